import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Answer } from './shell.ts';
import { probeConditions, stampOf } from './toolchain.ts';

/** An answer as it is kept; `errors` when it printed any, `files` those that the command names with their stamps. */
type Kept = { output: string; errors?: string; files?: Record<string, string> };

/** The answers under one set of conditions, by command. The tree's own path is written `$(srctree)` in them, so that they hold for a copy of it. */
type KeptSet = { tools: string[]; answers: Record<string, Kept> };

/** A cache as JSON. */
export type ProbeCacheData = { version: 1; sets: Record<string, KeptSet> };

/** How many sets of conditions are kept; those used last stay. */
const MOST_SETS = 16;

/** Answers of probes, for as long as what they were made from is unchanged: give `data` to JSON.stringify, and what was parsed back to the constructor. */
export class ProbeCache {
  readonly data: ProbeCacheData;

  /** @param data what a cache wrote once; anything else is taken for an empty one, since probes can be run again. */
  constructor(data?: unknown) {
    this.data = isCacheData(data) ? data : { version: 1, sets: {} };
  }

  /** The answers that hold for this tree in this environment now. */
  under(root: string, environment: Readonly<Record<string, string>>): ProbeAnswers {
    const { id, tools } = probeConditions(root, environment);
    const set = this.data.sets[id] ?? { tools, answers: {} };
    // Put last: the order is that of use.
    this.data.sets = Object.fromEntries([
      ...Object.entries(this.data.sets)
        .filter(([other]) => other !== id)
        .slice(1 - MOST_SETS),
      [id, set],
    ]);
    return new ProbeAnswers(set.answers, root, environment['srctree'] ?? root);
  }
}

/** The answers under the conditions of one load. */
export class ProbeAnswers {
  readonly #answers: Record<string, Kept>;
  readonly #root: string;
  readonly #srctree: string;
  /** Stamps taken in this load, so that a file is looked at once. */
  readonly #stamps = new Map<string, string>();

  constructor(answers: Record<string, Kept>, root: string, srctree: string) {
    this.#answers = answers;
    this.#root = root;
    this.#srctree = srctree;
  }

  get(command: string): Answer | undefined {
    const kept = this.#answers[this.#portable(command)];
    if (kept === undefined || Object.entries(kept.files ?? {}).some(([file, stamp]) => this.#stamp(file) !== stamp))
      return undefined;
    return { output: this.#local(kept.output), errors: this.#local(kept.errors ?? '') };
  }

  set(command: string, { output, errors }: Answer): void {
    const portable = this.#portable(command);
    const files = Object.fromEntries(filesNamed(portable).map((file) => [file, this.#stamp(file)]));
    this.#answers[portable] = {
      output: this.#portable(output),
      ...(errors === '' ? {} : { errors: this.#portable(errors) }),
      ...(Object.keys(files).length === 0 ? {} : { files }),
    };
  }

  #stamp(file: string): string {
    const known = this.#stamps.get(file);
    if (known !== undefined) return known;
    const stamp = file.startsWith('$(srctree)/')
      ? stampOfText(this.#root + file.slice('$(srctree)'.length))
      : stampOf(file);
    this.#stamps.set(file, stamp);
    return stamp;
  }

  #portable(text: string): string {
    return this.#srctree.length > 1 ? text.replaceAll(`${this.#srctree}/`, '$(srctree)/') : text;
  }

  #local(text: string): string {
    return text.replaceAll('$(srctree)/', `${this.#srctree}/`);
  }
}

/** A file of the tree counts by what is in it, whenever it was unpacked. */
function stampOfText(path: string): string {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16);
  } catch {
    return 'none';
  }
}

/** The files that a command names by absolute paths, or in the tree. */
function filesNamed(command: string): string[] {
  const named = [...command.matchAll(/(?<![^\s;|&(){}<>"'=])(?:\$\(srctree\))?\/[^\s;|&(){}<>"'`$]+/g)].map(
    ([path]) => path,
  );
  return [...new Set(named)].filter((path) => !path.startsWith('/dev/'));
}

function isCacheData(data: unknown): data is ProbeCacheData {
  if (typeof data !== 'object' || data === null || !('version' in data) || data.version !== 1 || !('sets' in data))
    return false;
  return typeof data.sets === 'object' && data.sets !== null;
}
