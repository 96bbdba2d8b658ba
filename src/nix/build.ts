import { readFile } from 'node:fs/promises';
import { InfrastructureError } from '../errors.ts';
import type { Problem } from '../words.ts';
import { runNix, type ProcessListener } from './command.ts';
import { createBuildLog } from './events.ts';
import { realiseArguments, storeArguments } from './installable.ts';
import { classifyBuildFailure } from '../fallout/failure.ts';

/** A config build that came to a verdict of the answering script, or to none. */
export type ConfigBuild =
  | { kind: 'built'; transcript: string; dotConfig: string; ms: number }
  | { kind: 'failed'; transcript: string; ms: number }
  | { kind: 'blocked'; problem: Problem; transcript: string; ms: number }
  | { kind: 'infrastructure'; problem: Problem; ms: number }
  | { kind: 'aborted' };

export type BuildProgress = { step: string; questions: number };

export type BuildOptions = {
  nixArgs: readonly string[];
  signal?: AbortSignal;
  processes?: ProcessListener | undefined;
  /** Called at most ten times a second while the build prints. */
  onProgress?: (progress: BuildProgress) => void;
};

const PROGRESS_MS = 100;

/**
 * Builds a linux-config derivation that is already evaluated and gives its whole transcript.
 * A derivation whose output is already valid prints nothing: its log is asked for, and where that is gone it is built
 * once more beside the valid output.
 * @throws InfrastructureError when nix cannot be started.
 */
export async function buildConfig(drvPath: string, outPath: string, options: BuildOptions): Promise<ConfigBuild> {
  const started = performance.now();
  const first = await realise(drvPath, [], options);
  if (first.kind !== 'exited') return finish(first, started);
  if (first.code !== 0) return failure(first, drvPath, performance.now() - started);
  let transcript = first.transcript;
  if (transcript === null) {
    transcript = await buildLog(drvPath, options);
    if (transcript === null) {
      const again = await realise(drvPath, ['--check'], options);
      if (again.kind === 'aborted') return again;
      transcript = again.kind === 'exited' ? again.transcript : null;
    }
  }
  const dotConfig = await storeFile(outPath, options);
  return { kind: 'built', transcript: transcript ?? '', dotConfig, ms: performance.now() - started };
}

type Realised =
  | { kind: 'exited'; code: number; transcript: string | null; log: ReturnType<ReturnType<typeof createBuildLog>['result']> }
  | { kind: 'killed'; signal: string }
  | { kind: 'aborted' };

async function realise(drvPath: string, extra: readonly string[], { nixArgs, signal, processes, onProgress }: BuildOptions): Promise<Realised> {
  const log = createBuildLog();
  let told = 0;
  const exit = await runNix({
    command: 'nix-store',
    args: [...realiseArguments(drvPath, nixArgs), ...extra],
    signal,
    processes,
    onStderr: (chunk) => {
      log.push(chunk);
      const now = performance.now();
      if (onProgress === undefined || now - told < PROGRESS_MS) return;
      told = now;
      const { name, phase, questions } = log.progress();
      onProgress({ step: stepName(name, phase), questions });
    },
  });
  if (exit.kind !== 'exited') return exit;
  const result = log.result();
  const own = result.builds.get(drvPath);
  return { kind: 'exited', code: exit.code, transcript: own === undefined ? null : own.lines.join('\n'), log: result };
}

/** `unpackPhase`; of another derivation than the config's `linux-6.12.tar.xz`. */
function stepName(name: string | null, phase: string | null): string {
  if (name === null) return 'waiting for nix';
  return name.startsWith('linux-config') ? phase ?? 'starting' : name;
}

function failure(exit: Extract<Realised, { kind: 'exited' }>, drvPath: string, ms: number): ConfigBuild {
  const transcript = exit.transcript ?? '';
  const failed = classifyBuildFailure(exit.log, drvPath);
  if (failed === 'verdict') return { kind: 'failed', transcript, ms };
  return failed.kind === 'blocked' ? { kind: 'blocked', problem: failed.problem, transcript, ms } : { kind: 'infrastructure', problem: failed.problem, ms };
}

function finish(exit: Exclude<Realised, { kind: 'exited' }>, started: number): ConfigBuild {
  if (exit.kind === 'aborted') return exit;
  return { kind: 'infrastructure', problem: { message: `nix-store was ended by ${exit.signal}` }, ms: performance.now() - started };
}

/** The log of a finished build, from the local store only: Nix would ask every substituter first. */
async function buildLog(drvPath: string, { nixArgs, signal }: BuildOptions): Promise<string | null> {
  const exit = await runNix({
    command: 'nix',
    args: storeArguments(['log', drvPath, '--option', 'substitute', 'false', '--option', 'substituters', ''], nixArgs),
    signal,
  });
  return exit.kind === 'exited' && exit.code === 0 && exit.stdout !== '' ? exit.stdout : null;
}

/** A file of the store, also where the store is not of this machine's file system. */
async function storeFile(path: string, { nixArgs }: BuildOptions): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const exit = await runNix({ command: 'nix', args: storeArguments(['store', 'cat', path], nixArgs) });
    if (exit.kind === 'exited' && exit.code === 0) return exit.stdout;
    throw new InfrastructureError({ message: `the finished .config ${path} cannot be read`, hint: 'is the store reachable, and was it collected just now?' }, { cause });
  }
}
