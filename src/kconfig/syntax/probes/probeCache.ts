import { createHash } from 'node:crypto';
import type { Environment } from '../ast.ts';
import { readRegularFile } from '../regularFile.ts';
import type { ShellAnswer } from './shell.ts';
import { probeConditions, stampOf } from './toolchain.ts';

/** A kept answer. `errors` is absent if there were none; `files` are the files that the command names, with their stamps. */
type Kept = { output: string; errors?: string; files?: Record<string, string> };

/** The answers under one set of conditions, by command. They contain `$(srctree)` in place of the tree's path, so that they are valid for a copy of it. */
type KeptSet = { tools: string[]; answers: Record<string, Kept> };

/** A cache as JSON. */
export type ProbeCacheData = { version: 1; sets: Record<string, KeptSet> };

/** The number of sets kept. The ones used longest ago are dropped. */
const MOST_SETS = 16;

/** Keeps answers of probes for as long as what they depend on is unchanged. Store `data` as JSON, and give it to the constructor next time. */
export class ProbeCache {
  readonly data: ProbeCacheData;

  /** @param data what an earlier cache held. Anything else counts as an empty cache, since probes can be run again. */
  constructor(data?: unknown) {
    this.data = isCacheData(data) ? data : { version: 1, sets: {} };
  }

  /** The answers that are valid for this tree in this environment now. */
  under(root: string, environment: Environment): ProbeAnswers {
    const { id, tools } = probeConditions(root, environment);
    const set = this.data.sets[id] ?? { tools, answers: {} };
    // The sets are in order of use, so this one comes last.
    this.data.sets = Object.fromEntries([
      ...Object.entries(this.data.sets)
        .filter(([other]) => other !== id)
        .slice(1 - MOST_SETS),
      [id, set],
    ]);
    return new ProbeAnswers(set.answers, root, environment['srctree'] ?? root);
  }
}

/** The answers that are valid while one tree is loaded. */
export class ProbeAnswers {
  /** The stamps found so far, so that each file is examined once. */
  readonly #stamps = new Map<string, string>();

  constructor(
    private readonly answers: Record<string, Kept>,
    private readonly root: string,
    private readonly srctree: string,
  ) {}

  get(command: string): ShellAnswer | undefined {
    const kept = this.answers[this.#portable(command)];
    if (kept === undefined || Object.entries(kept.files ?? {}).some(([file, stamp]) => this.#stamp(file) !== stamp))
      return undefined;
    return { output: this.#local(kept.output), errors: this.#local(kept.errors ?? '') };
  }

  set(command: string, { output, errors }: ShellAnswer): void {
    const portable = this.#portable(command);
    const files = Object.fromEntries(filesNamed(portable).map((file) => [file, this.#stamp(file)]));
    this.answers[portable] = {
      output: this.#portable(output),
      ...(errors === '' ? {} : { errors: this.#portable(errors) }),
      ...(Object.keys(files).length === 0 ? {} : { files }),
    };
  }

  #stamp(file: string): string {
    const known = this.#stamps.get(file);
    if (known !== undefined) return known;
    const stamp = file.startsWith('$(srctree)/')
      ? stampOfText(this.root + file.slice('$(srctree)'.length))
      : stampOf(file);
    this.#stamps.set(file, stamp);
    return stamp;
  }

  #portable(text: string): string {
    return this.srctree.length > 1 ? text.replaceAll(`${this.srctree}/`, '$(srctree)/') : text;
  }

  #local(text: string): string {
    return text.replaceAll('$(srctree)/', `${this.srctree}/`);
  }
}

/** The stamp of a file in the tree: its content counts, not the time at which it was unpacked. */
function stampOfText(path: string): string {
  try {
    return createHash('sha256').update(readRegularFile(path)).digest('hex').slice(0, 16);
  } catch {
    return 'none';
  }
}

/** The files that a command names by an absolute path or below `$(srctree)`. */
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
