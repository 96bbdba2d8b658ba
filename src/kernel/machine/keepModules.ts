/** What stays of the modules of a .config for a machine, and what goes. */
import { findRemedies, obstacleTo, type Configuration, type KSymbol } from '../../kconfig/index.ts';
import type { DroppedBecause, DroppedModule, KeptBecause, KeptModule } from '../../model/keptModule.ts';
import type { ModuleIndex } from '../modules/moduleIndex.ts';
import { wantedConfig, type ConfigChange, type Wanted, type WantedConfig } from '../wantedConfig.ts';
import { candidatesIn, type Candidate } from './candidates.ts';
import { idleLibraries } from './idleLibraries.ts';
import type { KeptMachine, MachineModules } from './machine.ts';
import { reasonsFor, type Reasons } from './reasons.ts';
import { Upkeep } from './upkeep.ts';

/** `wanted`: the changes by which they go. */
export type KeptAndChanges = { modules: MachineModules; wanted: Extract<Wanted, { kind: 'changes' }> };

/** A symbol that stays unless what it depends on goes, too. */
const isLeftAlone = ({ kind }: KeptBecause): boolean => kind === 'functionality';

/** Rounds in which what was lost nevertheless is given all that it could need, and then rounds in which a way back is looked for. */
const UPKEEP_ROUNDS = 3;
const MOST_ROUNDS = 6;

/**
 * Decides about each symbol that makes a module. Pure.
 * @param configuration a finished one, that of `dotConfig`.
 */
export function keepModules(
  { configuration, dotConfig }: { configuration: Configuration; dotConfig: string },
  index: ModuleIndex,
  machine: KeptMachine,
): KeptAndChanges {
  const tables = machine.kind === 'hardware' ? machine.tables : new Map<string, readonly string[]>();
  const candidates = candidatesIn(configuration, index, tables);
  const { reasons, ...inVain } = reasonsFor(candidates, index, machine, configuration);
  const strong = candidates.filter((each) => {
    const because = reasons.get(each);
    return because !== undefined && !isLeftAlone(because);
  });
  const useless = candidates.filter((each) => !reasons.has(each));
  const libraries = idleLibraries(configuration, candidates, new Set(useless));
  const going = [...useless, ...libraries];
  const goingSymbols = new Set(going.map(({ symbol }) => symbol));
  const upkeep = new Upkeep(configuration, (symbol) => goingSymbols.has(symbol));
  upkeep.keep(strong.map(({ symbol }) => symbol));
  const settled = settle(configuration, dotConfig, { strong, going, upkeep });
  return {
    modules: { ...described(candidates, reasons, { ...settled, libraries }, machine), ...inVain },
    wanted: settled.wanted,
  };
}

type Parts = { strong: readonly Candidate[]; going: readonly Candidate[]; upkeep: Upkeep };

type Settled = {
  wanted: KeptAndChanges['wanted'];
  /** What stays after all, with what needs it; null: it cannot be asked for. */
  needed: ReadonlyMap<KSymbol, string | null>;
  /** The configuration that the changes give. */
  target: WantedConfig;
};

/** The changes after which all that has to stay is there, and nothing is asked for that others hold. */
function settle(present: Configuration, dotConfig: string, { strong, going, upkeep }: Parts): Settled {
  const { kconfig } = present;
  const waysBack = new Map<string, ConfigChange>();
  const changesFor = (off: readonly Candidate[]): KeptAndChanges['wanted'] => {
    const all = off.filter(({ name }) => !waysBack.has(name)).map(({ name }): ConfigChange => turnedOff(name));
    return { kind: 'changes', changes: [...all, ...waysBack.values()] };
  };
  for (let round = 1; ; round++) {
    const off = going.filter((each) => each.isOption && !upkeep.needed.has(each.symbol));
    const target = wantedConfig(kconfig, changesFor(off), dotConfig);
    const lost = strong.filter(({ name }) => !target.values.has(name));
    if (lost.length === 0 || round === MOST_ROUNDS) {
      const held = new Map<KSymbol, string | null>();
      for (const [symbol, by] of upkeep.needed) if (by !== null) held.set(symbol, by.name);
      for (const { symbol, name } of going)
        if (target.values.has(name) && !held.has(symbol)) held.set(symbol, selectorOf(target.configuration, name));
      return { wanted: changesFor(off.filter(({ symbol }) => !held.has(symbol))), needed: held, target };
    }
    if (round <= UPKEEP_ROUNDS) for (const { symbol } of lost) upkeep.keepAllFor(symbol);
    else for (const change of changesGiving(lost, present, target)) waysBack.set(change.symbol, change);
  }
}

const turnedOff = (symbol: string): ConfigChange => ({ symbol, from: 'm', to: 'n' });

/** What gives the candidates back: what nobody names can go, and by that something come that excludes them. */
function changesGiving(
  lost: readonly Candidate[],
  present: Configuration,
  { configuration }: WantedConfig,
): ConfigChange[] {
  return lost.flatMap(({ symbol, name }) => {
    const found = findRemedies(configuration, [{ symbol: name, value: present.value(symbol) }], { most: 1 });
    const settings = found.kind === 'found' ? (found.alternatives[0]?.settings ?? []) : [];
    return settings.map((setting) => {
      const before = present.symbol(setting.symbol);
      return { symbol: setting.symbol, from: before === undefined ? null : present.value(before), to: setting.value };
    });
  });
}

function selectorOf(configuration: Configuration, name: string): string | null {
  const obstacle = obstacleTo(configuration, name, 'n');
  return obstacle?.kind === 'selected' ? (obstacle.by[0]?.symbol ?? null) : null;
}

function described(
  candidates: readonly Candidate[],
  reasons: Reasons,
  { wanted, needed, target, libraries }: Settled & { libraries: ReadonlySet<Candidate> },
  { kind }: KeptMachine,
): Pick<MachineModules, 'kept' | 'dropped'> {
  const off = new Set(wanted.changes.filter(({ to }) => to === 'n').map(({ symbol }) => symbol));
  const [kept, dropped]: [KeptModule[], DroppedModule[]] = [[], []];
  for (const candidate of candidates) {
    const { symbol, name, modules, role } = candidate;
    const because = libraries.has(candidate) ? undefined : reasons.get(candidate);
    const isOff = off.has(name);
    for (const { rule } of modules) {
      const place = { symbol: name, module: rule.module, role };
      if (isOff)
        dropped.push({ ...place, because: libraries.has(candidate) ? { kind: 'unused' } : whyGone(candidate, kind) });
      else if (!target.values.has(name)) dropped.push({ ...place, because: { kind: 'follows' } });
      else kept.push({ ...place, because: because ?? { kind: 'needed-by', symbol: needed.get(symbol) ?? '' } });
    }
  }
  return { kept, dropped };
}

function whyGone({ modules }: Candidate, kind: KeptMachine['kind']): DroppedBecause {
  if (kind === 'modules') return { kind: 'not-loaded' };
  return { kind: 'no-device', buses: [...new Set(modules.flatMap(({ buses }) => buses))] };
}
