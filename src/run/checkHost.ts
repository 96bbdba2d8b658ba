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
import { hostNeeds, requirementsUnder, type HostNeeds } from '../nix/hostNeeds.ts';
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

/** What a target's host needs of its kernel, with the places in the user's own files. */
export type HostRead =
  | {
      kind: 'read';
      isHost: boolean;
      wanted: Wanted[];
      /** The modules that packages of the host bring. */
      foreign: string[];
    }
  /** The host cannot be evaluated. */
  | { kind: 'failed'; problem: Problem };

type ReadOptions = Pick<PredictOptions, 'target' | 'signal' | 'processes'>;

/** Evaluates what the host needs. @throws InfrastructureError when Nix, the network or the disk fails; Interrupted. */
export async function readHost(
  { sources }: Prepared | Unwritten,
  { target, signal, processes }: ReadOptions,
): Promise<HostRead> {
  const reading = await hostNeeds(target, { signal, processes });
  if (reading.kind === 'failed') return reading;
  const isHost = reading.kind === 'host';
  const wanted = isHost ? wantedBy(reading.needs) : WANTED_OF_ALL;
  return {
    kind: 'read',
    isHost,
    wanted: wanted.map((each) => ({ ...each, need: withLocalFile(each.need, sources) })),
    foreign: isHost ? foreignModules(reading.needs) : [],
  };
}

/** The same, evaluated when it is first asked for, and once. */
export function hostOnce(prepared: Prepared | Unwritten, options: ReadOptions): () => Promise<HostRead> {
  let host: Promise<HostRead> | null = null;
  return () => (host ??= readHost(prepared, options));
}

/**
 * Looks up what the host needs in a .config of its kernel.
 * @throws InfrastructureError when Nix, the network or the disk fails.
 */
export async function checkHost(
  prepared: Prepared | Unwritten,
  dotConfig: string,
  predictor: Predictor,
  options: PredictOptions,
  read: () => Promise<HostRead>,
): Promise<HostCheck> {
  const { kernel, asked, inputs } = prepared;
  const { target, signal, processes } = options;
  try {
    const host = await read();
    if (host.kind === 'failed') return { kind: 'unread', problem: host.problem };
    const { wanted, foreign, isHost } = host;
    const isOther = wanted.some(({ by }) => by === 'assertion');
    const judged = isOther ? await requirementsUnder(target, parseDotConfig(dotConfig), { signal, processes }) : null;
    const { intents, legacy } = kernel;
    const asking: Asking = { intents, legacy, managedName: asked.managedName };
    const input = { asking, dotConfig, wanted, foreign, judged: [...(judged ?? [])] };
    const reply = await predictor.preflight(kernel, input, options);
    if (reply.kind !== 'preflight') return reply;
    const found = { ...reply.found, misses: withRootPositions(reply.found.misses, inputs) };
    return { kind: 'checked', found, isHost, modules: modulesAmong(wanted) };
  } catch (error) {
    if (error instanceof Interrupted) return { kind: 'aborted' };
    throw error;
  }
}

/** The names and aliases of the modules that are needed. */
const modulesAmong = (wanted: readonly Wanted[]): string[] =>
  wanted.flatMap((each) => (each.by === 'module' ? each.names : []));

/**
 * The modules and options that a host needs, which must not be turned off for lost wishes; null where none is pursued, or where the host
 * cannot be evaluated.
 * @throws InfrastructureError when Nix, the network or the disk fails; Interrupted.
 */
export async function neededByHost(
  { pursue }: Target,
  read: () => Promise<HostRead>,
): Promise<Pursued['needed'] | null> {
  if (pursue === 'none') return null;
  const host = await read();
  if (host.kind === 'failed') return null;
  return {
    modules: modulesAmong(host.wanted),
    symbols: host.wanted.flatMap((each) => {
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
