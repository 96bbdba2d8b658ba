/** The baseline: the same host without the user's settings. Its source patches, and what nixpkgs asks for, stay. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { effectiveSaid, intentsBySymbol, type Said } from '../fallout/intents.ts';
import { isManaged, isWish } from '../model/asker.ts';
import type { Intent, LegacyLine } from '../model/intent.ts';
import { isStorePath } from '../nix/sources.ts';
import { sha256 } from '../system/contentHash.ts';
import { keepContent, keptContent } from './keptFile.ts';
import type { Prediction, PredictionInput } from './prediction.ts';
import { wholeRequest } from './predictedRequest.ts';

/** Who asks for what in an evaluation. */
export type Asking = Pick<PredictionInput, 'intents' | 'legacy' | 'managedName' | 'hostModules'>;

/** A kernel's own settings that stand in the store came with it, as those of linux_rt do. */
export const isOfUser = ({ by, position }: Intent | LegacyLine): boolean =>
  isWish({ by, position }) && !(by.kind === 'kernel' && position !== null && isStorePath(position.file));

/** What a prediction of the baseline begins from. */
export function baselineOf({ intents, legacy, managedName }: Asking): PredictionInput {
  const isDefault = (of: Intent | LegacyLine): boolean => !isOfUser(of) && !isManaged(of.by, managedName);
  const left = {
    intents: intents.filter(isDefault),
    legacy: legacy.filter(isDefault),
    managedName,
    managedIndex: null,
  };
  const settings = wholeRequest(new Map(), { ...left, intents: intentsBySymbol(left.intents, managedName) });
  return { ...left, settings, entries: [], policy: 'keep-wish' };
}

/** What is asked of each symbol that the user's own files ask for anything, whoever has the last word. */
export function wishesOf({ intents, legacy, managedName }: Asking): Map<string, Said> {
  const isOwn = (of: Intent | LegacyLine): boolean => isOfUser(of) && !isManaged(of.by, managedName);
  const own = new Set([...intents, ...legacy].filter(isOwn).map(({ symbol }) => symbol));
  return new Map([...effectiveSaid(intents, managedName, legacy)].filter(([symbol]) => own.has(symbol)));
}

/** To be raised when predictions change: a baseline of another format is made again. */
const FORMAT = 1;

/** The .config of the baseline, predicted at most once for the same defaults. */
export class Baseline {
  #last: { key: string; dotConfig: string | null } | null = null;

  constructor(
    private readonly predict: (input: PredictionInput) => Prediction,
    /** Where it is kept beside the facts; null: nowhere. */
    private readonly file: string | null,
  ) {}

  /** null where the defaults alone come to no kernel that builds. */
  dotConfig(asking: Asking): string | null {
    const input = baselineOf(asking);
    const key = sha256(JSON.stringify([...Object.entries(input.settings)].sort()));
    if (this.#last?.key !== key) this.#last = { key, dotConfig: this.#kept(key) ?? this.#made(key, input) };
    return this.#last.dotConfig;
  }

  #made(key: string, input: PredictionInput): string | null {
    const { outcome, dotConfig } = this.predict(input);
    if (outcome.kind !== 'stable' || dotConfig === null) return null;
    if (this.file !== null)
      try {
        keepContent(this.file, titleOf(key), gzipSync(dotConfig));
      } catch {
        // It is made again next time.
      }
    return dotConfig;
  }

  #kept(key: string): string | null {
    const content = this.file === null ? null : keptContent(this.file, titleOf(key));
    return content === null ? null : gunzipSync(content).toString('utf8');
  }
}

const titleOf = (key: string): string => `baseline ${FORMAT} ${key}`;
