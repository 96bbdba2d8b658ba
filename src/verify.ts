import type { Target } from './config.ts';
import { parseDotConfig } from './fallout/config.ts';
import { judge } from './fallout/judge.ts';
import { readTranscript } from './fallout/transcript.ts';
import { lostWishes } from './fallout/wishes.ts';
import type { History } from './history/open.ts';
import { judged } from './history/record.ts';
import { definedSymbols, markUnknown, unknownWishes } from './kernel/symbols.ts';
import { withPositions } from './locate.ts';
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

export type VerifyOptions = {
  target: Target;
  history: History;
  /** The user's files that the evaluation read, the patches file first. */
  inputs: readonly string[];
  cacheDir: string;
  signal: AbortSignal;
  onProgress: (progress: BuildProgress) => void;
};

type Defined = Awaited<ReturnType<typeof definedSymbols>>;

type Buildable = EvaluatedKernel & { build: NonNullable<EvaluatedKernel['build']> };

/** Builds the user's own derivation, or takes the recorded result of it, and reads what came of every intent. */
export async function verify(kernel: Buildable, options: VerifyOptions): Promise<Verification> {
  const { drvPath, outPath } = kernel.build;
  const known = judged(options.history, drvPath);
  if (known !== null && known.transcript !== null && (known.outcome === 'fallout' || known.dotConfig !== null)) {
    return await explained(readBuild(kernel, options.target, known.transcript, known.dotConfig, 0), kernel, options);
  }
  return await build(kernel, drvPath, outPath, options);
}

/** Builds the probe: the same request answered by a script that lists everything. null where this kernel allows none. */
export async function probe(kernel: Buildable, options: VerifyOptions): Promise<Verification | null> {
  const { probeDrvPath, probeOutPath } = kernel.build;
  if (probeDrvPath === null || probeOutPath === null) return null;
  return await build(kernel, probeDrvPath, probeOutPath, options);
}

async function build(kernel: Buildable, drvPath: string, outPath: string, options: VerifyOptions): Promise<Verification> {
  const { target: { nixArgs }, signal, onProgress, cacheDir } = options;
  // Reading the Kconfig files goes on beside the build, which leaves a processor free.
  const defined = definedSymbols(kernel.source, cacheDir);
  const built = await buildConfig(drvPath, outPath, { nixArgs, signal, onProgress });
  if (built.kind !== 'built' && built.kind !== 'failed') return built;
  const dotConfig = built.kind === 'built' ? built.dotConfig : null;
  return await explained(readBuild(kernel, options.target, built.transcript, dotConfig, built.ms), kernel, options, await defined);
}

/** Adds what the transcript does not tell: which symbols no Kconfig file defines, and the user's lines. */
async function explained(verified: Verified, kernel: Buildable, { target, inputs, cacheDir }: VerifyOptions, early: Defined = null): Promise<Verified> {
  // Before the first build the source may not have been fetched.
  const defined = early ?? await definedSymbols(kernel.source, cacheDir);
  let { fallout, lost } = verified;
  if (defined !== null) {
    fallout = markUnknown(fallout, defined);
    if (verified.succeeded) lost = [...unknownWishes(kernel.intents, lost, defined, target.managedName), ...markUnknown(lost, defined)];
  }
  return { ...verified, fallout: await withPositions(fallout, inputs), lost: await withPositions(lost, inputs) };
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
