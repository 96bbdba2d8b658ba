/** Why modules stay. */
import type { Configuration } from '../../kconfig/index.ts';
import type { KeptBecause } from '../../model/keptModule.ts';
import type { ModuleIndex } from '../modules/moduleIndex.ts';
import { rulesFor } from '../modules/moduleQueries.ts';
import type { Candidate } from './candidates.ts';
import { HardwareReasons } from './hardwareReasons.ts';
import type { Hardware, LoadedModules, Machine } from './machine.ts';

/** Those that have a reason to stay. */
export type Reasons = ReadonlyMap<Candidate, KeptBecause>;

/** Finds the reasons, and what was named in vain. */
export function reasonsFor(
  candidates: readonly Candidate[],
  index: ModuleIndex,
  machine: Machine,
  configuration: Configuration,
): { reasons: Reasons; unknown: string[] } {
  const named = namedSymbols(index, machine, configuration);
  const first = (candidate: Candidate): KeptBecause | null =>
    named.because.get(candidate.name) ??
    (machine.kind === 'hardware' ? ofDevices(candidate, machine) : ofLoaded(candidate, machine));
  const direct = new Map<Candidate, KeptBecause>();
  for (const candidate of candidates) {
    const because = first(candidate);
    if (because !== null) direct.set(candidate, because);
  }
  if (machine.kind === 'modules') return { reasons: direct, unknown: named.unknown };
  const ofDevice = [...direct].flatMap(([candidate, { kind }]) =>
    kind === 'device' || kind === 'in-use' ? candidate : [],
  );
  const x86 = configuration.symbol('X86');
  const isX86 = x86 !== undefined && configuration.value(x86) === 'y';
  const hardware = new HardwareReasons(machine, candidates, ofDevice, isX86);
  const indirect = candidates.flatMap((candidate) => {
    const because = direct.has(candidate) ? null : hardware.indirect(candidate);
    return because === null ? [] : [[candidate, because] as const];
  });
  return { reasons: new Map([...direct, ...indirect]), unknown: named.unknown };
}

/** What is named: on the command line, by the host, as loaded. */
function namedSymbols(
  index: ModuleIndex,
  machine: Machine,
  configuration: Configuration,
): { because: Map<string, KeptBecause>; unknown: string[] } {
  const because = new Map<string, KeptBecause>();
  const unknown: string[] = [];
  const keepSymbols = (symbols: readonly string[], reason: KeptBecause): void => {
    for (const symbol of symbols) if (!because.has(symbol)) because.set(symbol, reason);
  };
  const keepNamed = (name: string, reason: KeptBecause): boolean => {
    const found = rulesFor(index, name);
    if (found.kind === 'unknown') return false;
    const rules = found.named.length > 0 ? found.named : found.aliased;
    keepSymbols(
      rules.flatMap(({ symbols }) => symbols),
      reason,
    );
    return true;
  };
  for (const name of machine.keep) {
    const symbol = configuration.symbol(name.replace(/^CONFIG_/, ''));
    if (symbol !== undefined && symbol.menus.length > 0) keepSymbols([symbol.name ?? ''], { kind: 'asked' });
    else if (!keepNamed(name, { kind: 'asked' })) unknown.push(name);
  }
  for (const { need, ...wanted } of machine.needs) {
    const reason: KeptBecause = { kind: 'host', need };
    if (wanted.by === 'module') for (const name of wanted.names) keepNamed(name, reason);
    else if (wanted.by === 'option') keepSymbols([wanted.symbol], reason);
    else if (wanted.requirement.symbol !== null) keepSymbols([wanted.requirement.symbol], reason);
  }
  const used = machine.kind === 'modules' ? machine.modules : [];
  for (const name of used) if (!keepNamed(name, { kind: 'loaded' })) unknown.push(name);
  return { because, unknown };
}

function ofLoaded({ role }: Candidate, { functionality }: LoadedModules): KeptBecause | null {
  return role === 'functionality' && !functionality ? { kind: 'functionality' } : null;
}

function ofDevices({ role, modules }: Candidate, { matched, inUse, tables }: Hardware): KeptBecause | null {
  for (const { rule } of modules) {
    const device = matched.get(rule.module);
    if (device !== undefined) return { kind: 'device', device };
    if (inUse.includes(rule.module)) return { kind: 'in-use' };
  }
  if (role === 'functionality') return { kind: 'functionality' };
  return modules.some(({ rule }) => tables.has(rule.module)) ? null : { kind: 'not-in-tables' };
}
