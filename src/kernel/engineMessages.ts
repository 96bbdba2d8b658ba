/** What the main thread and the engine's worker say to each other. */
import type { SideEffect } from '../model/sideEffects.ts';
import type { CpuChoice } from './cpuOptions.ts';
import type { Explained, ExplanationInput } from './explainBuild.ts';
import type { Portrait } from './portrait.ts';
import type { ExplainedSymbols, SymbolsInput } from './explainSymbols.ts';
import type { Prediction, PredictionInput } from './prediction.ts';
import type { PreflightInput } from './preflight.ts';
import type { Preflight } from '../model/preflight.ts';
import type { RemediesInput, TargetRemedies } from './remedies.ts';
import type { Toward, TowardInput } from './settingsToward.ts';
import type { Tidy, TidyInput } from './tidy.ts';

export type EngineAsk =
  | {
      kind: 'predict';
      input: PredictionInput;
      /** Whether what it changes beyond the wishes is wanted, too. */
      withEffects: boolean;
    }
  /** What a build showed is to be explained. */
  | { kind: 'explain'; input: ExplanationInput }
  /** Which settings lead to a configuration. */
  | { kind: 'toward'; input: TowardInput }
  /** Which settings of the user's can go. */
  | { kind: 'tidy'; input: TidyInput }
  /** What a .config lacks of what a host needs. */
  | { kind: 'preflight'; input: PreflightInput }
  /** What the kernel has for a finished .config. */
  | { kind: 'portray'; dotConfig: string }
  /** What there is to say of single symbols. */
  | { kind: 'symbols'; input: SymbolsInput }
  /** Which settings give what is wanted. */
  | { kind: 'remedies'; input: RemediesInput }
  /** Which options are for a processor, by its name for `-march`. */
  | { kind: 'cpu'; cpu: string };

/** What a .config holds beyond what was asked for. */
export type EffectsFound =
  | { kind: 'found'; effects: SideEffect[] }
  /** They were not wanted, or there is no .config or no baseline. */
  | { kind: 'none' }
  /** They are told beside a result: where they cannot be had, it is told without them. */
  | { kind: 'failed'; reason: string };

export type EngineRequest = { id: number; factsFile: string; ask: EngineAsk };

export type EngineReply =
  | {
      kind: 'predicted';
      prediction: Prediction;
      effects: EffectsFound;
      /** How long the kernel took to load, the prediction to make, and the side effects to find. */
      loadMs: number;
      predictMs: number;
      effectsMs: number;
    }
  | { kind: 'toward'; toward: Toward }
  | { kind: 'tidied'; tidy: Tidy }
  | { kind: 'preflight'; found: Preflight }
  | { kind: 'portrayed'; portrait: Portrait }
  | { kind: 'symbols'; explained: ExplainedSymbols }
  | { kind: 'explained'; explained: Explained; effects: EffectsFound }
  | { kind: 'remedies'; found: TargetRemedies }
  | { kind: 'cpu'; found: CpuChoice }
  /** The kept facts are damaged, or of another version: they have to be made again. */
  | { kind: 'bad-facts' }
  /** This kernel cannot be predicted. */
  | { kind: 'unpredictable'; reason: string }
  | { kind: 'error'; reason: string };

/** `pieces` tells how many of the reply's pieces wait at the other port. */
export type EngineAnswer = { id: number; reply: EngineReply; pieces: number };
