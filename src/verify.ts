import type { Target } from './config.ts';
import { parseDotConfig } from './fallout/config.ts';
import { judge } from './fallout/judge.ts';
import { readTranscript } from './fallout/transcript.ts';
import { lostWishes } from './fallout/wishes.ts';
import type { History } from './history/open.ts';
import { judged } from './history/record.ts';
import { buildConfig, type BuildProgress } from './nix/build.ts';
import type { EvaluatedKernel } from './nix/kernel.ts';
import type { Fallout, Problem, Wish } from './words.ts';

/** A config build and what its transcript says. */
export type Verified = {
  kind: 'verified';
  succeeded: boolean;
  /** Whether the script came to its end: a transcript that ends early does not show everything. */
  isWhole: boolean;
  fallout: Fallout[];
  lost: Wish[];
  transcript: string;
  dotConfig: string | null;
  questions: number;
  ms: number;
};

export type Verification =
  | Verified
  | { kind: 'blocked'; problem: Problem; transcript: string; ms: number }
  | { kind: 'infrastructure'; problem: Problem; ms: number }
  | { kind: 'aborted' };

export type VerifyOptions = { target: Target; history: History; signal: AbortSignal; onProgress: (progress: BuildProgress) => void };

type Buildable = EvaluatedKernel & { build: NonNullable<EvaluatedKernel['build']> };

/** Builds the user's own derivation, or takes the recorded result of it, and reads what came of every intent. */
export async function verify(kernel: Buildable, options: VerifyOptions): Promise<Verification> {
  const { drvPath, outPath } = kernel.build;
  const known = judged(options.history, drvPath);
  if (known !== null && known.transcript !== null && (known.outcome === 'fallout' || known.dotConfig !== null)) {
    const succeeded = known.outcome === 'green' || known.dotConfig !== null;
    return readBuild(kernel, options.target, known.transcript, succeeded ? known.dotConfig : null, 0);
  }
  const build = await buildConfig(drvPath, outPath, { nixArgs: options.target.nixArgs, signal: options.signal, onProgress: options.onProgress });
  switch (build.kind) {
    case 'built': return readBuild(kernel, options.target, build.transcript, build.dotConfig, build.ms);
    case 'failed': return readBuild(kernel, options.target, build.transcript, null, build.ms);
    default: return build;
  }
}

/** Builds the probe: the same request answered by a script that lists everything. null where this kernel allows none. */
export async function probe(kernel: Buildable, options: VerifyOptions): Promise<Verification | null> {
  const { probeDrvPath, probeOutPath } = kernel.build;
  if (probeDrvPath === null || probeOutPath === null) return null;
  const build = await buildConfig(probeDrvPath, probeOutPath, { nixArgs: options.target.nixArgs, signal: options.signal, onProgress: options.onProgress });
  switch (build.kind) {
    case 'built': return readBuild(kernel, options.target, build.transcript, build.dotConfig, build.ms);
    case 'failed': return readBuild(kernel, options.target, build.transcript, null, build.ms);
    default: return build;
  }
}

function readBuild(kernel: Buildable, target: Target, text: string, dotConfig: string | null, ms: number): Verified {
  const succeeded = dotConfig !== null;
  const transcript = readTranscript(text, { succeeded });
  const config = dotConfig === null ? null : parseDotConfig(dotConfig);
  const { settings, intents, legacy } = kernel;
  const { managedName } = target;
  return {
    kind: 'verified',
    succeeded,
    isWhole: transcript.verdict.kind === 'passed' || (transcript.verdict.kind === 'errors' && !isFirstErrorOnly(text)),
    fallout: judge({ transcript, settings, dotConfig: config, succeeded, intents, legacy, managedName }),
    lost: config === null ? [] : lostWishes({ settings, intents, legacy, dotConfig: config, transcript, managedName }),
    transcript: text,
    dotConfig,
    questions: transcript.asked,
    ms,
  };
}

/** Scripts before 2018 die at the first value error: perl adds where, `at PATH line N.` */
function isFirstErrorOnly(text: string): boolean {
  return /^(?:error: )?option not set correctly: .* at \S+ line \d+/m.test(text);
}
