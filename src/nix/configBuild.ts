import { existsSync } from 'node:fs';
import { InfrastructureError } from '../model/errors.ts';
import { classifyBuildFailure } from './buildFailure.ts';
import { cutText, type Cut } from '../script/keptLines.ts';
import type { Problem } from '../model/problem.ts';
import { wholeFile } from '../system/wholeFile.ts';
import { outputOf, runNix, type NixExit, type Running } from './command.ts';
import { sendDerivation } from './copyPaths.ts';
import { BuildLogCollector, type BuildLog } from './buildLog.ts';
import { realiseArguments, storeArguments } from './installable.ts';

/** The log of a config build; `cut`: its middle is missing. */
export type Transcript = { text: string; cut: boolean };

/** How a config build ended; `failed` has a verdict of the answering script, the others after it have none. */
export type ConfigBuild =
  | { kind: 'built'; transcript: Transcript; dotConfig: string }
  | { kind: 'failed'; transcript: Transcript }
  | { kind: 'blocked'; problem: Problem; transcript: Transcript }
  | { kind: 'infrastructure'; problem: Problem }
  | { kind: 'aborted' };

export type BuildProgress = { step: string; questions: number };

export type BuildOptions = Running & {
  nixArgs: readonly string[];
  /** How much of a transcript is kept, in characters. */
  transcriptLimit: number;
  /** Called at most ten times a second while the build prints. */
  onProgress?: (progress: BuildProgress) => void;
};

const PROGRESS_MS = 100;

/**
 * Builds a linux-config derivation that is already evaluated and gives its whole transcript.
 * A derivation whose output is already valid prints nothing: its log is asked for, and if that is gone it is built once more
 * beside the valid output. A transcript that exceeded its limit and lost lines of the verdict blocks.
 * @throws InfrastructureError when nix cannot be started.
 */
export async function buildConfig(drvPath: string, outPath: string, options: BuildOptions): Promise<ConfigBuild> {
  const sent = await sendDerivation(drvPath, options);
  if (sent.kind === 'aborted') return sent;
  if (sent.kind !== 'copied') return { ...sent, transcript: transcriptOf(NO_LOG) };
  const wasThere = existsSync(drvPath);
  const first = await realise(drvPath, [], options);
  if (first.kind !== 'exited') return unended(first);
  if (first.code !== 0) return failedBuild(drvPath, first.log, wasThere, options);
  let own = logOf(first.log, drvPath) ?? (await keptLog(drvPath, options));
  if (own === null) {
    const again = await realise(drvPath, ['--check'], options);
    if (again.kind !== 'exited') return unended(again);
    own = logOf(again.log, drvPath);
  }
  if (own?.cut === 'verdict') return tooLong(own, options);
  const dotConfig = await storeFile(outPath, options);
  if (dotConfig === null) return { kind: 'aborted' };
  return { kind: 'built', transcript: transcriptOf(own ?? NO_LOG), dotConfig };
}

const unended = (exit: Exclude<NixExit, { kind: 'exited' }>): ConfigBuild =>
  exit.kind === 'aborted' ? exit : { kind: 'infrastructure', problem: exit.problem };

function failedBuild(drvPath: string, log: BuildLog, wasThere: boolean, options: BuildOptions): ConfigBuild {
  const own = logOf(log, drvPath) ?? NO_LOG;
  const transcript = transcriptOf(own);
  const failed = classifyBuildFailure(log, drvPath);
  if (failed === 'verdict') return own.cut === 'verdict' ? tooLong(own, options) : { kind: 'failed', transcript };
  const { problem } = failed;
  if (failed.kind === 'infrastructure') return { kind: 'infrastructure', problem };
  return wasThere && !existsSync(drvPath)
    ? { kind: 'infrastructure', problem: goneStore(drvPath) }
    : { kind: 'blocked', problem, transcript };
}

/** What fails without a store says nothing of the user's settings. */
export function goneStore(drvPath: string): Problem {
  return {
    message: `the Nix store went away during the build: ${drvPath} is no longer there`,
    hint: 'is its disk there? The run is tried again',
  };
}

type Log = { text: string; cut: Cut };
const NO_LOG: Log = { text: '', cut: 'nothing' };

const transcriptOf = ({ text, cut }: Log): Transcript => ({ text, cut: cut !== 'nothing' });

function logOf(log: BuildLog, drvPath: string): Log | null {
  const own = log.builds.get(drvPath);
  return own === undefined ? null : { text: own.lines.join('\n'), cut: own.cut };
}

/** Such a transcript is true but may be incomplete: neither stability nor what to absorb can be read from it. */
function tooLong(log: Log, { transcriptLimit }: BuildOptions): ConfigBuild {
  const problem: Problem = {
    message: `the transcript is too long: ${transcriptLimit >> 20} MiB do not hold all that the script says of the settings`,
    hint: 'see what prints that much with `falloutd show N --log`; or raise `transcript-size` under [history]',
  };
  return { kind: 'blocked', problem, transcript: transcriptOf(log) };
}

type Realised = Exclude<NixExit, { kind: 'exited' }> | { kind: 'exited'; code: number; log: BuildLog };

/** Builds a derivation that is already evaluated, with its log. @throws InfrastructureError when nix cannot be started. */
export async function realise(
  drvPath: string,
  extra: readonly string[],
  { nixArgs, transcriptLimit, onProgress, ...running }: BuildOptions,
): Promise<Realised> {
  const log = new BuildLogCollector({ own: drvPath, limit: transcriptLimit });
  let told = 0;
  const exit = await runNix({
    command: 'nix-store',
    args: [...realiseArguments(drvPath, nixArgs), ...extra],
    ...running,
    onStderr: (chunk) => {
      log.push(chunk);
      const now = performance.now();
      if (onProgress === undefined || now - told < PROGRESS_MS) return;
      told = now;
      const { name, phase, questions } = log.progress();
      onProgress({ step: stepName(name, phase), questions });
    },
  });
  return exit.kind === 'exited' ? { kind: 'exited', code: exit.code, log: log.result() } : exit;
}

/** `unpackPhase`; of another derivation than the config's `linux-6.12.tar.xz`. */
function stepName(name: string | null, phase: string | null): string {
  if (name === null) return 'waiting for nix';
  return /^linux-(?:config|kernel-facts)/.test(name) ? (phase ?? 'starting') : name;
}

/** The log of a finished build, from the local store only: Nix would ask every substituter first. */
async function keptLog(drvPath: string, { nixArgs, transcriptLimit, ...running }: BuildOptions): Promise<Log | null> {
  const log = ['log', drvPath, '--option', 'substitute', 'false', '--option', 'substituters', ''];
  const text = outputOf(await runNix({ command: 'nix', args: storeArguments(log, nixArgs), ...running })) ?? '';
  return text === '' ? null : cutText(text, transcriptLimit);
}

/** The text of a file in the store, which may be on another machine; null when reading it was aborted. */
async function storeFile(path: string, { nixArgs, ...running }: BuildOptions): Promise<string | null> {
  try {
    return wholeFile(path).toString('utf8');
  } catch (cause) {
    const exit = await runNix({ command: 'nix', args: storeArguments(['store', 'cat', path], nixArgs), ...running });
    const text = outputOf(exit);
    if (text !== null || exit.kind === 'aborted') return text;
    const hint = 'is the store reachable, and was it collected just now?';
    throw new InfrastructureError({ message: `the finished .config ${path} cannot be read`, hint }, { cause });
  }
}
