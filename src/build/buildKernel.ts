import { existsSync } from 'node:fs';
import { mkdir, readlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { runNix, type NixCommand } from '../nix/command.ts';
import { goneStore } from '../nix/configBuild.ts';
import { fetchPaths, sendDerivation, type CopyOptions } from '../nix/copyPaths.ts';
import { BuildLogCollector, type BuildLog } from '../nix/buildLog.ts';
import { derivationName } from '../nix/derivationName.ts';
import { realiseArguments, rootArguments, rootedRealiseArguments, rootPathsArguments } from '../nix/installable.ts';
import { hereArguments, storeName, storesOf } from '../nix/stores.ts';
import type { Problem } from '../model/problem.ts';
import { classifyKernelFailure } from './kernelFailure.ts';
import { isObjectLine } from './kbuildLines.ts';
import { kernelSizes, type KernelSizes } from './kernelSizes.ts';

/** The kernel's own log (`cut`: without its middle), and how many objects were compiled; null if nothing had to be built. */
type Logged = { log: string; cut: boolean; objects: number | null };

type Outcome =
  /** `problem`: why the result is not in the store of the evaluation. */
  | ({ kind: 'built'; outPath: string; problem: Problem | null } & KernelSizes)
  | { kind: 'failed' | 'infrastructure'; problem: Problem }
  | { kind: 'cancelled' };

export type KernelResult = Logged & Outcome;

/** `limit`: how long Nix may take. */
export type KernelBuildOptions = CopyOptions & {
  /** The path of the link that keeps the result from the garbage collector. */
  root: string;
  /** How much of the log is kept, in characters. */
  logLimit: number;
  /** Called at each step, and at most twice a second while the build prints. */
  onProgress?: (progress: { step: string; objects: number }) => void;
} & Pick<NixCommand, 'graceMs'>;

/** Nix ends the builder at once, but then removes a build directory of gigabytes. If it were killed, the rest would stay. */
const GRACE_MS = 60_000;
const PROGRESS_MS = 500;

/**
 * Builds a kernel derivation that is already evaluated. Until it is built, the derivation itself is kept from the garbage
 * collector; then its result is, in the store of the evaluation. If another store built it, it is copied there.
 * @throws InfrastructureError when nix cannot be started.
 */
export async function buildKernel(drvPath: string, options: KernelBuildOptions): Promise<KernelResult> {
  const { nixArgs, root, signal, limit, graceMs = GRACE_MS, processes } = options;
  await mkdir(dirname(root), { recursive: true });
  const keep = rootArguments(drvPath, `${root}.drv`, hereArguments(nixArgs));
  await runNix({ command: 'nix-instantiate', args: keep, signal, limit });
  const nothing: Logged = { log: '', cut: false, objects: null };
  const sent = await sendDerivation(drvPath, options);
  if (sent.kind === 'aborted') return { kind: 'cancelled', ...nothing };
  if (sent.kind !== 'copied') return { kind: 'infrastructure', problem: sent.problem, ...nothing };

  const isOneStore = storesOf(nixArgs).kind === 'one';
  const wasThere = existsSync(drvPath);
  const watched = watchLog(drvPath, options);
  const exit = await runNix({
    command: 'nix-store',
    args: isOneStore ? rootedRealiseArguments(drvPath, root, nixArgs) : realiseArguments(drvPath, nixArgs),
    signal,
    limit,
    graceMs,
    processes,
    onStderr: watched.push,
  });
  const result = watched.result();
  const build = result.builds.get(drvPath);
  const logged: Logged =
    build === undefined
      ? nothing
      : { log: build.lines.join('\n'), cut: build.cut !== 'nothing', objects: watched.objects() };
  if (exit.kind === 'aborted') return { kind: 'cancelled', ...logged };
  if (exit.kind === 'broken') return { kind: 'infrastructure', problem: exit.problem, ...logged };
  if (exit.code === 0) return { ...(await fetched(exit.stdout, options, watched.objects())), ...logged };
  return wasThere && !existsSync(drvPath)
    ? { kind: 'infrastructure', problem: goneStore(drvPath), ...logged }
    : { ...classifyKernelFailure(result, drvPath), ...logged };
}

/** Reads a kernel build's log as it comes, and reports its steps. */
function watchLog(
  drvPath: string,
  { logLimit, onProgress }: KernelBuildOptions,
): { push: (chunk: Buffer) => void; result: () => BuildLog; objects: () => number } {
  let objects = 0;
  let reported = -Infinity;
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
    // A phase may be silent for minutes: its beginning is reported at once.
    if (onProgress === undefined || (step === last && now - reported < PROGRESS_MS)) return;
    reported = now;
    last = step;
    onProgress({ step, objects });
  };
  return { push, result: () => log.result(), objects: () => objects };
}

/** Brings what nix-store printed to the store of the evaluation, keeps it there, and measures it. */
async function fetched(printed: string, options: KernelBuildOptions, objects: number): Promise<Outcome> {
  const { nixArgs, root, signal, limit, processes, onProgress } = options;
  // Those of other outputs (ROOT-dev, ROOT-modules) are longer.
  const paths = printed.split('\n').filter((line) => line !== '');
  const sorted = paths.toSorted((a, b) => a.length - b.length);
  // Nix prints the roots that it made, which are links to the results; if it made none, the results themselves.
  const outputs = await Promise.all(sorted.map((path) => readlink(path).catch(() => path)));
  const built = { kind: 'built', outPath: outputs[0] ?? '' } as const;
  const stores = storesOf(nixArgs);
  if (stores.kind === 'two') {
    onProgress?.({ step: `copying it from ${storeName(stores.there)}`, objects });
    const copied = await fetchPaths(outputs, { nixArgs, signal, limit, processes });
    if (copied.kind === 'aborted') return { kind: 'cancelled' };
    if (copied.kind !== 'copied') {
      const message = `it is only in ${storeName(stores.there)}: ${copied.problem.message}`;
      // To measure it, it would have to be copied.
      return { ...built, problem: { ...copied.problem, message }, kernelBytes: null, modulesBytes: null };
    }
    const args = rootPathsArguments(outputs, root, hereArguments(nixArgs));
    await runNix({ command: 'nix-store', args, signal, limit, processes });
  }
  return { ...built, problem: null, ...(await kernelSizes(outputs, hereArguments(nixArgs))) };
}
