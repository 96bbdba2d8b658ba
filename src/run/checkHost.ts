/** Whether a .config has what a target's host needs. */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { WANTED_OF_ALL, wantedBy, type Wanted } from '../kernel/needs.ts';
import type { Asking } from '../kernel/baseline.ts';
import type { Pursued } from '../kernel/pursuit.ts';
import { withRootPositions } from '../managed/positions.ts';
import { Interrupted } from '../model/errors.ts';
import type { Need, Preflight } from '../model/preflight.ts';
import type { Problem } from '../model/problem.ts';
import type { Target } from '../config/config.ts';
import { hostNeeds, requirementsUnder, type HostNeeds, type HostReading } from '../nix/hostNeeds.ts';
import { localPath, type SourceMap } from '../nix/sources.ts';
import { parseDotConfig } from '../script/dotConfig.ts';
import { ifSeen } from '../system/ifSeen.ts';
import type { Prepared, Unwritten } from './prepare.ts';
import type { Failed, Predictor, PredictOptions } from './predictor.ts';

export type HostCheck =
  /** `isHost` false: the kernel belongs to no NixOS configuration, and only what every kernel needs was looked up. */
  | {
      kind: 'checked';
      found: Preflight;
      isHost: boolean;
      /** The names and aliases of the modules that the host names. */
      modules: string[];
    }
  /** The host cannot be evaluated. */
  | { kind: 'unread'; problem: Problem }
  | Failed;

/**
 * Evaluates what the host needs, and looks it up in a .config of its kernel.
 * @throws InfrastructureError when Nix, the network or the disk fails.
 */
export async function checkHost(
  { kernel, asked, inputs, sources }: Prepared | Unwritten,
  dotConfig: string,
  predictor: Predictor,
  options: PredictOptions,
): Promise<HostCheck> {
  const { target, signal, processes } = options;
  try {
    const reading = await hostNeeds(target, { signal, processes });
    if (reading.kind === 'failed') return { kind: 'unread', problem: reading.problem };
    const wanted = wantedIn(reading, sources);
    const isOther = wanted.some(({ by }) => by === 'assertion');
    const judged = isOther ? await requirementsUnder(target, parseDotConfig(dotConfig), { signal, processes }) : null;
    const foreign = reading.kind === 'host' ? foreignModules(reading.needs) : [];
    const { intents, legacy } = kernel;
    const asking: Asking = { intents, legacy, managedName: asked.managedName };
    const input = { asking, dotConfig, wanted, foreign, judged: [...(judged ?? [])] };
    const reply = await predictor.preflight(kernel, input, options);
    if (reply.kind !== 'preflight') return reply;
    const found = { ...reply.found, misses: withRootPositions(reply.found.misses, inputs) };
    return { kind: 'checked', found, isHost: reading.kind === 'host', modules: modulesAmong(wanted) };
  } catch (error) {
    if (error instanceof Interrupted) return { kind: 'aborted' };
    throw error;
  }
}

/** What a kernel needs for its host, or for none, with the user's own files. */
export function wantedIn(reading: Exclude<HostReading, { kind: 'failed' }>, sources: SourceMap): Wanted[] {
  return allWanted(reading).map((each) => ({ ...each, need: withLocalFile(each.need, sources) }));
}

const allWanted = (reading: Exclude<HostReading, { kind: 'failed' }>): readonly Wanted[] =>
  reading.kind === 'host' ? wantedBy(reading.needs) : WANTED_OF_ALL;

/** The names and aliases of the modules that are needed. */
const modulesAmong = (wanted: readonly Wanted[]): string[] =>
  wanted.flatMap((each) => (each.by === 'module' ? each.names : []));

/**
 * The modules and options that a host needs, which must not be turned off for lost wishes; null where none is pursued, or where the host
 * cannot be evaluated.
 * @throws InfrastructureError when Nix, the network or the disk fails; Interrupted.
 */
export async function neededByHost(
  target: Target,
  running: Pick<PredictOptions, 'signal' | 'processes'>,
): Promise<Pursued['needed'] | null> {
  if (target.pursue === 'none') return null;
  const reading = await hostNeeds(target, running);
  if (reading.kind === 'failed') return null;
  const wanted = allWanted(reading);
  return {
    modules: modulesAmong(wanted),
    symbols: wanted.flatMap((each) => {
      if (each.by === 'option') return each.holds.includes('n') ? [] : [each.symbol];
      return each.by === 'assertion' && each.requirement.symbol !== null ? [each.requirement.symbol] : [];
    }),
  };
}

/** A need whose file is the user's own, not the copy of it in the store. */
const withLocalFile = (need: Need, sources: SourceMap): Need =>
  'file' in need && need.file !== null ? { ...need, file: localPath(need.file, sources) } : need;

/** The modules that packages of the host bring: those of a package that is built, else the one that it is called after. */
function foreignModules({ extraModules }: HostNeeds): string[] {
  return extraModules.flatMap(({ name, path }) => {
    const files = path === null ? null : ifSeen(() => readdirSync(join(path, 'lib/modules'), { recursive: true }));
    const modules = files?.flatMap((file) => /^(.*)\.ko(?:\.\w+)?$/.exec(basename(String(file)))?.[1] ?? []) ?? [];
    return [...modules, name.replace(/-\d.*$/, '')].map((module) => module.replaceAll('-', '_'));
  });
}
