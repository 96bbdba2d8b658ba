import { existsSync } from 'node:fs';
import { mkdir, readlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Limit } from '../model/limits.ts';
import { runNix, type NixCommand, type ProcessListener } from '../nix/command.ts';
import { goneStore } from '../nix/configBuild.ts';
import { fetchPaths, sendDerivation } from '../nix/copyPaths.ts';
import { BuildLogCollector, type BuildLog } from '../nix/buildLog.ts';
import { derivationName } from '../nix/derivationName.ts';
import { realiseArguments, rootArguments, rootedRealiseArguments, rootPathsArguments } from '../nix/installable.ts';
import { hereArguments, storeName, storesOf } from '../nix/stores.ts';
import type { Problem } from '../model/problem.ts';
import { classifyKernelFailure } from './kernelFailure.ts';
import { isObjectLine } from './kbuildLines.ts';
import { kernelSizes, type KernelSizes } from './kernelSizes.ts';

/** Whatever came of it: the kernel's own log (`cut`: without its middle), and how many objects were compiled; null where the kernel was there already. */
type Came = { log: string; cut: boolean; objects: number | null };

export type KernelResult = Came &
  /** `problem`: why the result is not in the store of the evaluation. */
  (
    | ({ kind: 'built'; outPath: string; problem: Problem | null } & KernelSizes)
    | { kind: 'failed' | 'infrastructure'; problem: Problem }
    | { kind: 'cancelled' }
  );

type KernelProgress = { step: string; objects: number };

export type KernelBuildOptions = {
  nixArgs: readonly string[];
  /** Where the link to the result stands that keeps it from the garbage collector. */
  root: string;
  signal?: AbortSignal;
  /** How long Nix may take. */
  limit?: Limit | undefined;
  /** How long Nix gets to end when it is told to. */
  graceMs?: number;
  /** How much of the log is kept, in characters. */
  logLimit: number;
  processes?: ProcessListener | undefined;
  /** Called at each step, and at most twice a second while the build prints. */
  onProgress?: (progress: KernelProgress) => void;
};

type Running = { nixArgs: readonly string[] } & Pick<NixCommand, 'signal' | 'limit' | 'processes'>;

/** Nix ends the builder at once, but then removes a build directory of gigabytes; killed in that, it would leave it behind. */
const GRACE_MS = 60_000;
const PROGRESS_MS = 500;

/**
 * Builds a kernel derivation that is already evaluated. Until it is built the derivation itself is kept from the
 * garbage collector, then its result: in the store of the evaluation, to which it is copied from another one that built it.
 * @throws InfrastructureError when nix cannot be started.
 */
export async function buildKernel(drvPath: string, options: KernelBuildOptions): Promise<KernelResult> {
  const { nixArgs, root, signal, limit, graceMs = GRACE_MS, processes } = options;
  await mkdir(dirname(root), { recursive: true });
  await keepDerivation(drvPath, `${root}.drv`, options);
  const nothing: Came = { log: '', cut: false, objects: null };
  const sent = await sendDerivation(drvPath, options);
  if (sent.kind === 'aborted') return { kind: 'cancelled', ...nothing };
  if (sent.kind !== 'copied') return { kind: 'infrastructure', problem: sent.problem, ...nothing };

  const stores = storesOf(nixArgs);
  const wasThere = existsSync(drvPath);
  const watched = watchLog(drvPath, options);
  const exit = await runNix({
    command: 'nix-store',
    args: stores.kind === 'one' ? rootedRealiseArguments(drvPath, root, nixArgs) : realiseArguments(drvPath, nixArgs),
    signal,
    limit,
    graceMs,
    processes,
    onStderr: watched.push,
  });
  const result = watched.result();
  const build = result.builds.get(drvPath);
  const came: Came = {
    log: build?.lines.join('\n') ?? '',
    cut: build !== undefined && build.cut !== 'nothing',
    objects: build === undefined ? null : watched.objects(),
  };
  if (exit.kind === 'aborted') return { kind: 'cancelled', ...came };
  if (exit.kind === 'broken') return { kind: 'infrastructure', problem: exit.problem, ...came };
  if (exit.code !== 0) {
    const { outcome, problem } = classifyKernelFailure(result, drvPath);
    if (wasThere && !existsSync(drvPath)) return { kind: 'infrastructure', problem: goneStore(drvPath), ...came };
    return { kind: outcome, problem, ...came };
  }
  // Those of other outputs (ROOT-dev, ROOT-modules) are longer.
  const printed = exit.stdout
    .split('\n')
    .filter((line) => line !== '')
    .toSorted((a, b) => a.length - b.length);
  const outputs = await Promise.all(printed.map(linkedPath));
  if (stores.kind === 'two')
    options.onProgress?.({ step: `copying it from ${storeName(stores.there)}`, objects: watched.objects() });
  const kept = await keepFetched(outputs, root, { nixArgs, signal, limit, processes });
  if (kept === 'aborted') return { kind: 'cancelled', ...came };
  // Of what was not copied the sizes would take copying it.
  const sizes =
    kept === null ? await kernelSizes(outputs, hereArguments(nixArgs)) : { kernelBytes: null, modulesBytes: null };
  return { kind: 'built', outPath: outputs[0] ?? '', problem: kept, ...sizes, ...came };
}

/** Reads a kernel build's log as it comes, and tells of its steps. */
function watchLog(
  drvPath: string,
  { logLimit, onProgress }: KernelBuildOptions,
): { push: (chunk: Buffer) => void; result: () => BuildLog; objects: () => number } {
  let objects = 0;
  let told = -Infinity;
  let last = '';
  const log = new BuildLogCollector({
    own: drvPath,
    limit: logLimit,
    onLine: (from, line) => {
      if (from === drvPath && isObjectLine(line)) objects++;
    },
  });
  const own = derivationName(drvPath);
  const push = (chunk: Buffer): void => {
    log.push(chunk);
    const { name, phase } = log.progress();
    const step = name === own ? (phase ?? 'starting') : (name ?? 'waiting for nix');
    const now = performance.now();
    // A phase may be silent for minutes: its beginning is told at once.
    if (onProgress === undefined || (step === last && now - told < PROGRESS_MS)) return;
    told = now;
    last = step;
    onProgress({ step, objects });
  };
  return { push, result: () => log.result(), objects: () => objects };
}

async function keepDerivation(drvPath: string, root: string, { nixArgs, signal, limit }: Running): Promise<void> {
  await runNix({
    command: 'nix-instantiate',
    args: rootArguments(drvPath, root, hereArguments(nixArgs)),
    signal,
    limit,
  });
}

/**
 * Brings a result from the store that built it, where that is another one, and keeps it at the root.
 * @returns what stood in the way; null when it is here.
 */
async function keepFetched(
  outputs: readonly string[],
  root: string,
  { nixArgs, ...running }: Running,
): Promise<Problem | null | 'aborted'> {
  const stores = storesOf(nixArgs);
  if (stores.kind === 'one') return null;
  const fetched = await fetchPaths(outputs, { nixArgs, ...running });
  if (fetched.kind === 'aborted') return 'aborted';
  if (fetched.kind !== 'copied')
    return { ...fetched.problem, message: `it is only in ${storeName(stores.there)}: ${fetched.problem.message}` };
  await runNix({ command: 'nix-store', args: rootPathsArguments(outputs, root, hereArguments(nixArgs)), ...running });
  return null;
}

/** Nix prints the roots that it made: links to the results; where it made none, the results themselves. */
async function linkedPath(path: string): Promise<string> {
  return await readlink(path).catch(() => path);
}
