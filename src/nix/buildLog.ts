import { KeptLines, type Cut } from '../script/keptLines.ts';
import { derivationName } from './derivationName.ts';
import { ACTIVITY, isErrorOrWarning, logEnd, logText, parseNixLine } from './events.ts';
import type { ActivityId, NixEvent, NixMessage } from './events.ts';
import { createLineSplitter } from './lineSplitter.ts';

/** What Nix printed of one derivation; `name` is without hash and `.drv`: `linux-config-6.12.117`. */
type DerivationLog = {
  drvPath: string;
  name: string;
  lines: string[];
  /** What is missing in the middle, because the log outgrew the limit. */
  cut: Cut;
  questions: number;
};

export type BuildLog = {
  builds: Map<string, DerivationLog>;
  messages: NixMessage[];
  /** The lines that were not Nix's JSON. */
  plain: string[];
};

/** What a person would have seen of Nix without build logs: errors, warnings, and what is not Nix's JSON. */
export const printedLines = ({ messages, plain }: Pick<BuildLog, 'messages' | 'plain'>): string[] => [
  ...messages.filter(isErrorOrWarning).flatMap(({ text }) => text.split('\n')),
  ...plain,
];

/** An evaluation of a whole NixOS at -vv prints some 2 MB of messages. */
const MAX_MESSAGES = 16 << 20;
/** Limit for what is not Nix's JSON: a few warnings of git and of the machine. */
const MAX_PLAIN = 4 << 20;
/** What a message costs in memory besides its text. */
const MESSAGE_COST = 256;
/** Of other derivations the latest logs are kept, this much of each. */
const OTHERS = 32;
const OTHER_LIMIT = 1 << 20;
const MAX_ACTIVITIES = 10_000;

type Build = { drvPath: string; name: string; phase: string | null; kept: KeptLines; open: number };

export type BuildLogOptions = {
  /** How many characters of a log are kept. */
  limit?: number;
  /** The derivation that is asked for, or null. Of other derivations less is kept. */
  own?: string | null;
  /** Called with every line of a build's log as it comes. */
  onLine?: (drvPath: string, line: string) => void;
};

/**
 * Collects Nix's stderr, chunk by chunk, into one log per derivation, in bounded memory. Two activities for one derivation,
 * as with remote builders, are one log. Of a long log the middle is dropped first, and the lines of a verdict last.
 */
export class BuildLogCollector {
  readonly #limit: number;
  readonly #builds = new Map<string, Build>();
  readonly #byActivity = new Map<ActivityId, Build>();
  readonly #messages = new KeptMessages();
  readonly #plain: KeptLines;
  readonly #splitter = createLineSplitter((line) => this.#take(line));
  #last: Build | null = null;
  /** The build of the latest log line, and how its records end: the next line mostly has the same end and needs no parsing. */
  #speaking: { build: Build; end: string } | null = null;

  constructor(private readonly options: BuildLogOptions = {}) {
    this.#limit = options.limit ?? 64 << 20;
    this.#plain = new KeptLines(Math.min(this.#limit, MAX_PLAIN));
  }

  /** Takes the next bytes of stderr; a line or a character may be split between two calls. */
  push(chunk: Uint8Array | string): void {
    this.#splitter.push(chunk);
  }

  /** Where the build is: the derivation that spoke last, its phase, and the kernel questions answered so far. */
  progress(): { name: string | null; phase: string | null; questions: number } {
    const { name = null, phase = null, kept } = this.#last ?? {};
    return { name, phase, questions: kept?.questions() ?? 0 };
  }

  /** Takes what is left as the last line and gives the whole log; it may be called again after more pushes. */
  result(): BuildLog {
    this.#splitter.end();
    const builds = new Map<string, DerivationLog>();
    for (const { drvPath, name, kept } of this.#builds.values())
      builds.set(drvPath, { drvPath, name, lines: kept.lines(), cut: kept.cut(), questions: kept.questions() });
    return { builds, messages: this.#messages.all(), plain: this.#plain.lines() };
  }

  #take(line: string): void {
    const speaking = this.#speaking;
    const text = speaking === null ? null : logText(line, speaking.end);
    if (speaking !== null && text !== null) this.#log(speaking.build, text);
    else this.#event(parseNixLine(line));
  }

  #log(build: Build, text: string): void {
    this.#last = build;
    build.kept.push(text);
    this.options.onLine?.(build.drvPath, text);
  }

  #event(event: NixEvent): void {
    if (event.kind === 'text') this.#plain.push(event.text);
    else if (event.kind === 'msg') this.#messages.push(event);
    else if (event.kind === 'start') this.#start(event);
    const build = 'id' in event ? this.#byActivity.get(event.id) : undefined;
    if (build === undefined) return;
    if (event.kind === 'log') {
      this.#speaking = { build, end: logEnd(event.id) };
      this.#log(build, event.text);
    } else if (event.kind === 'phase') {
      build.phase = event.phase;
      this.#last = build;
    } else if (event.kind === 'stop') {
      build.open--;
      this.#byActivity.delete(event.id);
      this.#speaking = null;
    }
  }

  #start({ id, activity, fields: [drvPath] }: NixEvent & { kind: 'start' }): void {
    if (activity !== ACTIVITY.build || typeof drvPath !== 'string' || !drvPath.endsWith('.drv')) return;
    const build = this.#buildOf(drvPath);
    if (build === null || this.#byActivity.size >= MAX_ACTIVITIES) return;
    build.open++;
    this.#byActivity.set(id, build);
    this.#last = build;
  }

  /** The log of a derivation that begins; null if too many are under way. */
  #buildOf(drvPath: string): Build | null {
    const known = this.#builds.get(drvPath);
    if (known !== undefined) return known;
    const { own } = this.options;
    const isOther = own !== undefined && drvPath !== own;
    if (isOther && this.#builds.size > OTHERS) {
      const done = [...this.#builds.values()].find((build) => build.open <= 0 && build.drvPath !== own);
      if (done === undefined) return null;
      this.#builds.delete(done.drvPath);
    }
    const kept = new KeptLines(isOther ? Math.min(this.#limit, OTHER_LIMIT) : this.#limit);
    const build: Build = { drvPath, name: derivationName(drvPath), phase: null, kept, open: 0 };
    this.#builds.set(drvPath, build);
    return build;
  }
}

/** Nix's messages within a limit: the last errors, and the first of the other messages. Each may fill half of it. */
class KeptMessages {
  #messages: NixMessage[] = [];
  #errors = 0;
  #rest = 0;

  push(message: NixMessage): void {
    const cost = MESSAGE_COST + message.text.length;
    if (isErrorOrWarning(message)) this.#errors += cost;
    else if (this.#rest > MAX_MESSAGES / 2) return;
    else this.#rest += cost;
    this.#messages.push(message);
    if (this.#errors <= MAX_MESSAGES / 2) return;
    // The older half of the errors goes.
    this.#messages = this.#messages.filter((each) => {
      if (!isErrorOrWarning(each) || this.#errors <= MAX_MESSAGES / 4) return true;
      this.#errors -= MESSAGE_COST + each.text.length;
      return false;
    });
  }

  all(): NixMessage[] {
    return [...this.#messages];
  }
}
