/** Why modules stay. */
import type { Configuration } from '../../kconfig/index.ts';
import type { KeptBecause } from '../../model/keptModule.ts';
import type { ModuleIndex } from '../modules/moduleIndex.ts';
import type { Candidate } from './candidates.ts';
import { HardwareReasons } from './hardwareReasons.ts';
import type { Hardware, KeptMachine, LoadedModules, MachineModules } from './machine.ts';
import { namedBy, type Named } from './named.ts';

/** Those that have a reason to stay. */
export type Reasons = ReadonlyMap<Candidate, KeptBecause>;

/** Finds the reasons, and what was named in vain. */
export function reasonsFor(
  candidates: readonly Candidate[],
  index: ModuleIndex,
  machine: KeptMachine,
  configuration: Configuration,
): { reasons: Reasons } & Pick<MachineModules, 'unknown' | 'off'> {
  const { named, ...inVain } = namedBy(index, machine, configuration);
  const because = symbolsNamed(named);
  const first = (candidate: Candidate): KeptBecause | null =>
    because.get(candidate.name) ??
    (machine.kind === 'hardware' ? ofDevices(candidate, machine) : ofLoaded(candidate, machine));
  const direct = new Map<Candidate, KeptBecause>();
  for (const candidate of candidates) {
    const reason = first(candidate);
    if (reason !== null) direct.set(candidate, reason);
  }
  if (machine.kind === 'modules') return { reasons: direct, ...inVain };
  const ofDevice = [...direct].flatMap(([candidate, { kind }]) =>
    kind === 'device' || kind === 'in-use' ? candidate : [],
  );
  const x86 = configuration.symbol('X86');
  const isX86 = x86 !== undefined && configuration.value(x86) === 'y';
  const hardware = new HardwareReasons(machine, candidates, ofDevice, isX86);
  const indirect = candidates.flatMap((candidate) => {
    const reason = direct.has(candidate) ? null : hardware.indirect(candidate);
    return reason === null ? [] : [[candidate, reason] as const];
  });
  return { reasons: new Map([...direct, ...indirect]), ...inVain };
}

/** The symbols of what is named, each with who names it first. */
function symbolsNamed(named: readonly Named[]): Map<string, KeptBecause> {
  const because = new Map<string, KeptBecause>();
  for (const each of named) {
    const symbols = each.by === 'option' ? [each.symbol] : each.rules.flatMap((rule) => rule.symbols);
    for (const symbol of symbols) if (!because.has(symbol)) because.set(symbol, each.because);
  }
  return because;
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
