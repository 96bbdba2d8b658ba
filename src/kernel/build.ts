import { mkdir, readlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Limit } from '../limits.ts';
import { runNix, type NixCommand, type ProcessListener } from '../nix/command.ts';
import { createBuildLog, derivationName } from '../nix/events.ts';
import { rootArguments, rootedRealiseArguments } from '../nix/installable.ts';
import type { Problem } from '../words.ts';
import { classifyKernelFailure } from './failure.ts';
import { isObjectLine } from './progress.ts';
import { kernelSizes, type KernelSizes } from './sizes.ts';

/** Whatever came of it: the kernel's own log (`cut`: without its middle), and how many objects were compiled; null where the kernel was there already. */
type Came = { log: string; cut: boolean; objects: number | null };

export type KernelResult = Came & (
  | ({ kind: 'built'; outPath: string } & KernelSizes)
  | { kind: 'failed' | 'infrastructure'; problem: Problem }
  | { kind: 'cancelled' }
);

export type KernelProgress = { step: string; objects: number };

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

/** Nix ends the builder at once, but then removes a build directory of gigabytes; killed in that, it would leave it behind. */
const GRACE_MS = 60_000;
const PROGRESS_MS = 500;

/**
 * Builds a kernel derivation that is already evaluated. Until it is built the derivation itself is kept from the
 * garbage collector, then its result.
 * @throws InfrastructureError when nix cannot be started.
 */
export async function buildKernel(drvPath: string, { nixArgs, root, signal, limit, graceMs = GRACE_MS, logLimit, processes, onProgress }: KernelBuildOptions): Promise<KernelResult> {
  await mkdir(dirname(root), { recursive: true });
  await keepDerivation(drvPath, `${root}.drv`, { nixArgs, signal, limit });
  let objects = 0;
  let told = -Infinity;
  let last = '';
  const log = createBuildLog({ own: drvPath, limit: logLimit, onLine: (from, line) => {
    if (from === drvPath && isObjectLine(line)) objects++;
  } });
  const own = derivationName(drvPath);
  const exit = await runNix({
    command: 'nix-store',
    args: rootedRealiseArguments(drvPath, root, nixArgs),
    signal,
    limit,
    graceMs,
    processes,
    onStderr: (chunk) => {
      log.push(chunk);
      const { name, phase } = log.progress();
      const step = name === own ? phase ?? 'starting' : name ?? 'waiting for nix';
      const now = performance.now();
      // A phase may be silent for minutes: its beginning is told at once.
      if (onProgress === undefined || (step === last && now - told < PROGRESS_MS)) return;
      told = now;
      last = step;
      onProgress({ step, objects });
    },
  });
  const result = log.result();
  const build = result.builds.get(drvPath);
  const came: Came = { log: build?.lines.join('\n') ?? '', cut: build !== undefined && build.cut !== 'nothing', objects: build === undefined ? null : objects };
  if (exit.kind === 'aborted') return { kind: 'cancelled', ...came };
  if (exit.kind === 'broken') return { kind: 'infrastructure', problem: exit.problem, ...came };
  if (exit.code !== 0) {
    const { outcome, problem } = classifyKernelFailure(result, drvPath);
    return { kind: outcome, problem, ...came };
  }
  // Those of other outputs (ROOT-dev, ROOT-modules) are longer.
  const printed = exit.stdout.split('\n').filter((line) => line !== '').toSorted((a, b) => a.length - b.length);
  const outputs = await Promise.all(printed.map(linkedPath));
  return { kind: 'built', outPath: outputs[0] ?? '', ...await kernelSizes(outputs, nixArgs), ...came };
}

/** A store that is not of this machine takes no roots; then nothing is kept, and Nix says so when it builds. */
async function keepDerivation(drvPath: string, root: string, { nixArgs, ...running }: Pick<NixCommand, 'signal' | 'limit'> & { nixArgs: readonly string[] }): Promise<void> {
  await runNix({ command: 'nix-instantiate', args: rootArguments(drvPath, root, nixArgs), ...running });
}

/** Nix prints the roots that it made: links to the results; where it made none, the results themselves. */
async function linkedPath(path: string): Promise<string> {
  return await readlink(path).catch(() => path);
}
