/** What a kernel that lacks it needs for a machine: each module that is loaded, with all that it depends on, is turned on. */
import {
  assume,
  Configuration,
  findRemedies,
  isLogic,
  writeConfig,
  type Remedy,
  type SymbolValue,
} from '../../kconfig/index.ts';
import type { KeptModule } from '../../model/keptModule.ts';
import type { ModuleRule } from '../modules/folderRules.ts';
import type { ModuleIndex } from '../modules/moduleIndex.ts';
import { driversIn, moduleValuesIn } from '../modules/moduleQueries.ts';
import { isOff } from '../../script/dotConfig.ts';
import type { Finished } from '../finished.ts';
import { differing, valuesOf, type ConfigChange } from '../wantedConfig.ts';
import type { KeptAndChanges } from './keepModules.ts';
import type { AddedMachine } from './machine.ts';
import { namedBy, type Named } from './named.ts';

/** How much a setting is to be avoided. */
type CostOf = (symbol: string, value: string) => number;

/**
 * Turns on one after the other what is named: what several need is there after the first of them. Pure.
 * @param configuration a finished one, that of `dotConfig`.
 */
export function addModules(
  { configuration, dotConfig }: Finished,
  index: ModuleIndex,
  machine: AddedMachine,
  costOf: CostOf,
): KeptAndChanges {
  const { named, unknown } = namedBy(index, machine, configuration);
  const growing = new Growing(configuration, index, costOf);
  const vain = new Map<string, string>();
  const drivers = driversIn(index);
  const kept = new Map<string, KeptModule>();
  const add = (module: string, symbol: string, because: KeptModule['because']): void => {
    const role = drivers.has(module) ? 'driver' : 'functionality';
    if (!kept.has(module)) kept.set(module, { symbol, module, role, because });
  };
  for (const each of named) {
    const { symbol, isThere } = growing.grow(each);
    if (symbol !== null && !isThere) vain.set(symbol, growing.mostOf(symbol));
    if (each.by === 'module')
      for (const rule of growing.made(each.rules)) add(rule.module, rule.symbols[0] ?? '', each.because);
  }
  const beside = index.rules.filter(({ symbols }) => symbols.some((symbol) => growing.neededBy.has(symbol)));
  for (const { module, symbols } of growing.made(beside, 'm')) {
    const symbol = symbols.find((each) => growing.neededBy.has(each)) ?? '';
    add(module, symbol, { kind: 'needed-by', symbol: growing.neededBy.get(symbol) ?? '' });
  }
  const [before, after] = [valuesOf(dotConfig), valuesOf(writeConfig(growing.working))];
  const changed = new Set([...differing(before, after), ...growing.turnedOff]);
  const changes = [...changed].map((symbol): ConfigChange => {
    return { symbol, from: before.get(symbol) ?? null, to: after.get(symbol) ?? 'n' };
  });
  const inVain = [...vain].map(([symbol, to]): ConfigChange => ({ symbol, from: before.get(symbol) ?? null, to }));
  return {
    modules: { kept: [...kept.values()], dropped: [], unknown, off: [] },
    wanted: { kind: 'changes', changes, inVain },
  };
}

/** A configuration that grows by what is named. */
class Growing {
  readonly working: Configuration;
  /** What came to be on, and for which symbol. */
  readonly neededBy = new Map<string, string>();
  /** What was turned off for another; it may be on by default once it can be seen. */
  readonly turnedOff = new Set<string>();
  /** What was named so far and is on: what is named later does not take it away. */
  readonly #held = new Set<string>();

  constructor(
    before: Configuration,
    private readonly index: ModuleIndex,
    private readonly costOf: CostOf,
  ) {
    this.working = new Configuration(before.kconfig);
    this.working.restore(before.snapshot());
  }

  /** Turns on what is named. `symbol`: the first that could be asked for it. */
  grow(named: Named): { symbol: string | null; isThere: boolean } {
    const result = this.#grown(named);
    const symbols = named.by === 'option' ? [named.symbol] : this.made(named.rules).flatMap((rule) => rule.symbols);
    for (const symbol of symbols) if (this.#isOn(symbol)) this.#held.add(symbol);
    return result;
  }

  #grown(named: Named): { symbol: string | null; isThere: boolean } {
    if (named.by === 'option') {
      const { symbol, holds } = named;
      const isThere = (): boolean => holds.length === 0 || holds.some((value) => value === this.#valueOf(symbol));
      const most = this.mostOf(symbol);
      const inOrder = [...holds].sort((a, b) => Number(b === most) - Number(a === most));
      const isGiven = isThere() || inOrder.some((value) => this.#give([{ symbol, value }]));
      return { symbol, isThere: isGiven };
    }
    const [first] = named.rules.flatMap(({ symbols }) => symbols);
    const isThere = (): boolean => this.made(named.rules).length > 0;
    const isGiven = isThere() || named.rules.some((rule) => this.#giveModule(rule, isThere));
    return { symbol: first ?? null, isThere: isGiven };
  }

  /** Those of the rules by which something is made; `as`: only what becomes that. */
  made(rules: readonly ModuleRule[], as?: 'm'): ModuleRule[] {
    const valueUnder = moduleValuesIn(this.index, this.working);
    return rules.filter((rule) => (as === undefined ? valueUnder(rule) !== 'n' : valueUnder(rule) === as));
  }

  /** The value by which a symbol is turned on: as a module, where it can be one. */
  mostOf(name: string): string {
    return this.working.symbol(name)?.type === 'tristate' ? 'm' : 'y';
  }

  /** Of several symbols each may be enough; else they are needed together. */
  #giveModule({ symbols }: ModuleRule, isThere: () => boolean): boolean {
    const sets = symbols.length > 1 ? [...symbols.map((symbol) => [symbol]), symbols] : [symbols];
    return sets.some((set) => {
      const wanted = set.map((symbol) => ({ symbol, value: this.mostOf(symbol) }));
      const isGiven = this.#give(wanted) || this.#give(set.map((symbol) => ({ symbol, value: 'y' })));
      return isGiven && isThere();
    });
  }

  #give(wanted: readonly SymbolValue[]): boolean {
    const open = wanted.filter(({ symbol, value }) => !this.#isOn(symbol) || value === 'n');
    if (open.length === 0) return true;
    const alone = this.#remedies(open);
    if (alone.kind === 'holds') return true;
    const way = firstOf(alone) ?? this.#wayBesideHeld(open);
    if (way === undefined) return false;
    this.#take(way, wanted[0]?.symbol ?? '');
    return true;
  }

  /** Only those ways that take away nothing that is held. */
  #remedies(wanted: readonly SymbolValue[]): Found {
    return findRemedies(this.working, wanted, {
      costOf: this.#cost,
      accepts: (remedy) => this.#heldIn(remedy).length === 0,
      most: 1,
    });
  }

  /** Where each way takes away what is held, that is asked for again, together with what is wanted. */
  #wayBesideHeld(wanted: readonly SymbolValue[]): Remedy | undefined {
    const taking = firstOf(findRemedies(this.working, wanted, { costOf: this.#cost, most: 1 }));
    if (taking === undefined) return undefined;
    const again = this.#heldIn(taking).map((symbol) => ({ symbol, value: this.mostOf(symbol) }));
    return firstOf(this.#remedies([...wanted, ...again]));
  }

  readonly #cost: CostOf = (symbol, value) =>
    value === 'n' && this.#held.has(symbol) ? Infinity : this.costOf(symbol, value);

  /** What is held and would go. */
  #heldIn({ alsoChanges }: Remedy): string[] {
    return alsoChanges.flatMap(({ symbol, after }) => (isOff(after) && this.#held.has(symbol) ? symbol : []));
  }

  #take({ settings, alsoChanges }: Remedy, by: string): void {
    for (const { symbol, value } of settings) {
      const known = this.working.symbol(symbol);
      if (known !== undefined) assume(this.working, known, value);
      if (value === 'n') this.turnedOff.add(symbol);
    }
    const changed = [
      ...settings.filter(({ value }) => value !== 'n').map(({ symbol }) => symbol),
      ...alsoChanges.filter(({ after }) => !isOff(after)).map(({ symbol }) => symbol),
    ];
    for (const symbol of changed) if (symbol !== by && !this.neededBy.has(symbol)) this.neededBy.set(symbol, by);
  }

  #isOn(name: string): boolean {
    return !isOff(this.#valueOf(name));
  }

  #valueOf(name: string): string | null {
    const symbol = this.working.symbol(name);
    return symbol === undefined || !isLogic(symbol) ? null : this.working.value(symbol);
  }
}

type Found = ReturnType<typeof findRemedies>;

const firstOf = (found: Found): Remedy | undefined => (found.kind === 'found' ? found.alternatives[0] : undefined);
