import type { Target } from '../config/config.ts';
import { parseDotConfig } from '../script/dotConfig.ts';
import type { Observation } from '../model/observation.ts';
import { effectiveSaid } from '../fallout/intents.ts';
import { judge } from '../fallout/judge.ts';
import { readTranscript } from '../script/readTranscript.ts';
import { lostDefaults, lostWishes } from '../fallout/lostWishes.ts';
import { isHonouredUnknown } from '../fallout/unknownName.ts';
import { judged } from '../state/recordRun.ts';
import { withPositions } from '../managed/positions.ts';
import { isWish } from '../model/asker.ts';
import { limitOf } from '../model/limits.ts';
import { buildConfig, type BuildProgress, type Transcript } from '../nix/configBuild.ts';
import type { Fallout, Wish } from '../model/fallout.ts';
import type { Problem } from '../model/problem.ts';
import type { Lost } from '../model/run.ts';
import type { Prepared, Running } from './prepare.ts';

/** A config build and what its transcript says. */
export type Verified = {
  kind: 'verified';
  observation: Observation;
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
  onProgress: (progress: BuildProgress) => void;
};

type Buildable = Prepared['kernel'];

/** Builds the user's own derivation, or takes the recorded result of it, and reads what came of every intent. */
export async function verify(kernel: Buildable, options: VerifyOptions): Promise<Verification> {
  const { drvPath, outPath } = kernel.build;
  const known = judged(options.history, drvPath);
  if (known !== null && known.transcript !== null && (known.outcome === 'fallout' || known.dotConfig !== null)) {
    const { transcript, dotConfig } = known;
    return readBuild(kernel, options.target, { transcript, dotConfig, ms: 0 });
  }
  const { target, signal, processes, onProgress } = options;
  const { nixArgs, limits, transcriptLimit } = target;
  const limit = limitOf(limits, 'config-build');
  const started = performance.now();
  const built = await buildConfig(drvPath, outPath, { nixArgs, signal, limit, transcriptLimit, processes, onProgress });
  const ms = performance.now() - started;
  if (built.kind === 'aborted') return built;
  if (built.kind !== 'built' && built.kind !== 'failed') return { ...built, ms };
  return readBuild(kernel, target, { dotConfig: null, ...built, ms });
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
  const { observation: seen, asked } = readTranscript(transcript.text, { succeeded: dotConfig !== null });
  const observation = { ...seen, finalValues: dotConfig === null ? null : parseDotConfig(dotConfig) };
  const said = effectiveSaid(intents, managedName, legacy);
  const input = { observation, settings, intents, legacy, managedName, said };
  const lost = { lost: lostWishes(input), lostDefaults: lostDefaults(input) };
  const found = { observation, fallout: judge(input), lost };
  return { kind: 'verified', ...found, transcript, dotConfig, questions: asked, ms };
}
