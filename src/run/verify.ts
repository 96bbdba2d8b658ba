import { dirname } from 'node:path';
import type { Target } from '../config/config.ts';
import { parseDotConfig } from '../script/dotConfig.ts';
import type { Observation } from '../model/observation.ts';
import { judge } from '../fallout/judge.ts';
import { readTranscript } from '../script/readTranscript.ts';
import { lostDefaults, lostWishes } from '../fallout/lostWishes.ts';
import { isHonouredUnknown } from '../fallout/unknownName.ts';
import { judged } from '../state/recordRun.ts';
import type { Declarations } from '../kernel/declarations.ts';
import { explainMisses } from '../kernel/explainMisses.ts';
import { kernelDeclarations } from '../kernel/sourceDeclarations.ts';
import { unknownWishes } from '../kernel/symbols.ts';
import { withPositions } from '../managed/positions.ts';
import { isWish } from '../model/asker.ts';
import { limitOf, type Limit, type LimitKey } from '../model/limits.ts';
import { buildConfig, type BuildProgress, type Transcript } from '../nix/configBuild.ts';
import type { Fallout, Wish } from '../model/fallout.ts';
import type { Problem } from '../model/problem.ts';
import type { Lost } from '../model/run.ts';
import type { Prepared, Running } from './prepare.ts';

/** A config build and what its transcript says. */
export type Verified = {
  kind: 'verified';
  observation: Observation;
  /** Whether the script came to its end: a transcript that ends early does not show everything. */
  isWhole: boolean;
  fallout: Fallout[];
  lost: Lost;
  transcript: Transcript;
  dotConfig: string | null;
  questions: number;
  ms: number;
};

export type Verification =
  | Verified
  | { kind: 'blocked'; problem: Problem; transcript: Transcript; ms: number }
  | { kind: 'infrastructure'; problem: Problem; ms: number }
  | { kind: 'aborted' };

export type VerifyOptions = Running & {
  /** The user's files that the evaluation read, the patches file first. */
  inputs: readonly string[];
  onProgress: (progress: BuildProgress) => void;
};

type Buildable = Prepared['kernel'];

/** Builds the user's own derivation, or takes the recorded result of it, and reads what came of every intent. */
export async function verify(kernel: Buildable, options: VerifyOptions): Promise<Verification> {
  const { drvPath, outPath } = kernel.build;
  const known = judged(options.history, drvPath);
  if (known !== null && known.transcript !== null && (known.outcome === 'fallout' || known.dotConfig !== null)) {
    const { transcript, dotConfig } = known;
    return await explained(readBuild(kernel, options.target, { transcript, dotConfig, ms: 0 }), kernel, options);
  }
  return await build(kernel, { drvPath, outPath, phase: 'config-build' }, options);
}

/** Builds the probe: the same request answered by a script that lists everything. null where this kernel allows none. */
export async function probe(kernel: Buildable, options: VerifyOptions): Promise<Verification | null> {
  const { probeDrvPath, probeOutPath } = kernel.build;
  if (probeDrvPath === null || probeOutPath === null) return null;
  return await build(kernel, { drvPath: probeDrvPath, outPath: probeOutPath, phase: 'probe' }, options);
}

async function build(
  kernel: Buildable,
  { drvPath, outPath, phase }: { drvPath: string; outPath: string; phase: LimitKey },
  options: VerifyOptions,
): Promise<Verification> {
  const { target, signal, processes, onProgress } = options;
  const { nixArgs, limits, transcriptLimit } = target;
  const limit = limitOf(limits, phase);
  // The Kconfig files are read during the build, which leaves a processor free.
  const declarations = declarationsOf(kernel, options, limit);
  const started = performance.now();
  const built = await buildConfig(drvPath, outPath, { nixArgs, signal, limit, transcriptLimit, processes, onProgress });
  const ms = performance.now() - started;
  if (built.kind === 'aborted') return built;
  if (built.kind !== 'built' && built.kind !== 'failed') return { ...built, ms };
  const read = readBuild(kernel, target, { dotConfig: null, ...built, ms });
  return await explained(read, kernel, options, await declarations);
}

function declarationsOf(
  { source }: Buildable,
  { target, history, signal, processes }: Running,
  limit?: Limit,
): Promise<Declarations | null> {
  const cacheDir = dirname(history.path);
  return kernelDeclarations(source, { nixArgs: target.nixArgs, cacheDir, signal, limit, processes });
}

/** Adds what the transcript does not show: which symbols no Kconfig file defines, why one is missing, and the user's lines. */
async function explained(
  verified: Verified,
  kernel: Buildable,
  options: VerifyOptions,
  early: Declarations | null = null,
): Promise<Verified> {
  const { target, inputs } = options;
  // Before the first build the source may not have been fetched.
  const declarations = early ?? (await declarationsOf(kernel, options));
  const marked = <T extends Fallout | Wish>(misses: readonly T[]): T[] =>
    declarations === null ? [...misses] : explainMisses(misses, verified.observation, declarations);
  return {
    ...verified,
    fallout: withPositions(marked(verified.fallout), inputs),
    lost: located(marked(verified.lost.lost), inputs, {
      defaults: marked(verified.lost.lostDefaults ?? []),
      unknown:
        declarations === null || verified.dotConfig === null
          ? []
          : unknownWishes(kernel, verified.lost.lost, declarations, target.managedName),
    }),
  };
}

/** The lost wishes with the user's lines. What turns out to be no wish of the user's is a default. */
export function located(
  lost: readonly Wish[],
  inputs: readonly string[],
  { defaults, unknown }: { defaults: readonly Wish[]; unknown: readonly Wish[] },
): Lost {
  const all = withPositions([...unknown, ...lost], inputs);
  const unknownNames = all.filter((wish) => isHonouredUnknown(wish) && isWish(wish));
  return {
    lost: all.filter((wish) => !isHonouredUnknown(wish)),
    ...(defaults.length === 0 ? {} : { lostDefaults: [...defaults] }),
    ...(unknownNames.length === 0 ? {} : { unknownNames }),
  };
}

/** Reads and judges what a build printed; `dotConfig` is null where it failed. */
function readBuild(
  { settings, intents, legacy }: Buildable,
  { managedName }: Target,
  { transcript, dotConfig, ms }: Pick<Verified, 'transcript' | 'dotConfig' | 'ms'>,
): Verified {
  const { observation: seen, isWhole, asked } = readTranscript(transcript.text, { succeeded: dotConfig !== null });
  const observation = { ...seen, finalValues: dotConfig === null ? null : parseDotConfig(dotConfig) };
  const input = { observation, settings, intents, legacy, managedName };
  const lost = { lost: lostWishes(input), lostDefaults: lostDefaults(input) };
  const found = { observation, isWhole, fallout: judge(input), lost };
  return { kind: 'verified', ...found, transcript, dotConfig, questions: asked, ms };
}
