/**
 * Nix's stderr as events. `--log-format internal-json` marks its lines with `@nix `; every other line is text.
 * Activity and result types grow and collide between versions, so only the few that a build log needs have names
 * here and everything else passes through as numbers.
 */
import { createKeptLines, type Cut, type KeptLines } from '../script/keptLines.ts';

/** An activity's id. Nix makes it of the process id and a counter, beyond what a double holds exactly: hence text. */
export type ActivityId = string;

export type NixMessage = { level: number; text: string; raw: string; file?: string; line?: number; column?: number };

export type NixEvent =
  | {
      kind: 'start';
      id: ActivityId;
      activity: number;
      level: number;
      text: string;
      fields: unknown[];
      parent: ActivityId | null;
    }
  | { kind: 'stop'; id: ActivityId }
  | { kind: 'log'; id: ActivityId; text: string }
  | { kind: 'phase'; id: ActivityId; phase: string }
  | { kind: 'result'; id: ActivityId; type: number; fields: unknown[] }
  | ({ kind: 'msg' } & NixMessage)
  | { kind: 'other'; action: string }
  | { kind: 'text'; text: string };

/** What Nix says of one derivation. */
export type DerivationLog = {
  drvPath: string;
  /** The name without hash and `.drv`: `linux-config-6.12.117`. */
  name: string;
  lines: string[];
  /** What is missing in the middle, because the log outgrew the limit. */
  cut: Cut;
  started: boolean;
  finished: boolean;
  phase: string | null;
  questions: number;
};

export type BuildLog = {
  builds: Map<string, DerivationLog>;
  messages: NixMessage[];
  /** The lines that were not Nix's JSON. */
  plain: string[];
};

export type BuildLogCollector = {
  /** Takes the next bytes of stderr; a line or a character may be split between two calls. */
  push: (chunk: Uint8Array | string) => void;
  /** Where the build is: the derivation that spoke last, its phase, and the kernel questions answered so far. */
  progress: () => { name: string | null; phase: string | null; questions: number };
  /** Takes what is left as the last line and gives the whole log; it may be called again after more pushes. */
  result: () => BuildLog;
};

const BUILD = 105;
const LOG_LINE = 101;
const PHASE = 104;
const PREFIX = '@nix ';
const LOG_PREFIX = '@nix {"action":"result","fields":["';
const MAX_LINE = 1 << 20;
/** An evaluation of a whole NixOS at -vv prints some 2 MB of messages. */
const MAX_MESSAGES = 16 << 20;
/** What stands outside of Nix's JSON: warnings of git and of the machine, a few lines. */
const MAX_PLAIN = 4 << 20;
/** What a message costs in memory besides its text. */
const MESSAGE_COST = 256;
/** Of the derivations that were not asked for, the logs of the latest are kept, this much of each. */
const OTHERS = 32;
const OTHER_LIMIT = 1 << 20;
const MAX_ACTIVITIES = 10_000;

// eslint-disable-next-line no-control-regex -- ANSI sequences begin with ESC
const ANSI = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

/** The text without ANSI colours, cursor movements and hyperlinks. */
export const stripAnsi = (text: string): string => (text.includes('\u001b') ? text.replace(ANSI, '') : text);

/**
 * Reads one line of Nix's stderr (without its line end). Never fails: what is not Nix's JSON, or not as Nix writes
 * it, is text; unknown actions are `other`, unknown types and keys pass. Source: Nix's src/libutil/logging.cc.
 */
export function parseNixLine(line: string): NixEvent {
  if (!line.startsWith(PREFIX)) return { kind: 'text', text: line };
  return logLine(line) ?? jsonLine(line) ?? { kind: 'text', text: line };
}

/** A build's log line, in the key order that every Nix writes, without parsing: these are 99 of 100 lines. */
function logLine(line: string): NixEvent | null {
  if (!line.startsWith(LOG_PREFIX) || !line.endsWith(',"type":101}')) return null;
  const close = line.indexOf('"', LOG_PREFIX.length);
  if (!line.startsWith('"],"id":', close) || line.charCodeAt(close - 1) === 92) return null;
  const text = line.slice(LOG_PREFIX.length, close);
  const id = line.slice(close + 8, -12);
  if (text.includes('\\') || !isDigits(id)) return null;
  return { kind: 'log', id, text };
}

function isDigits(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return text !== '';
}

function jsonLine(line: string): NixEvent | null {
  let json: unknown;
  try {
    json = JSON.parse(line.slice(PREFIX.length));
  } catch {
    return null;
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return null;
  const record = json as Record<string, unknown>;
  const id = exact(record['id'], line, ID);
  const fields = Array.isArray(record['fields']) ? (record['fields'] as unknown[]) : [];
  const type = typeof record['type'] === 'number' ? record['type'] : -1;
  switch (record['action']) {
    case 'start':
      return {
        kind: 'start',
        id,
        activity: type,
        level: number(record['level']),
        text: stripAnsi(string(record['text'])),
        fields,
        parent: record['parent'] === undefined ? null : exact(record['parent'], line, PARENT),
      };
    case 'stop':
      return { kind: 'stop', id };
    case 'result':
      if (type === LOG_LINE && typeof fields[0] === 'string') return { kind: 'log', id, text: fields[0] };
      if (type === PHASE && typeof fields[0] === 'string') return { kind: 'phase', id, phase: fields[0] };
      return { kind: 'result', id, type, fields };
    case 'msg':
      return { kind: 'msg', ...message(record) };
    default:
      return typeof record['action'] === 'string' ? { kind: 'other', action: record['action'] } : null;
  }
}

// Inside a JSON string every quote has a backslash before it, so these match keys only.
const ID = /"id":\s*(\d+)/;
const PARENT = /"parent":\s*(\d+)/;

function exact(value: unknown, line: string, key: RegExp): ActivityId {
  if (typeof value !== 'number') return typeof value === 'string' ? value : '';
  return Number.isSafeInteger(value) ? String(value) : (key.exec(line)?.[1] ?? String(value));
}

const string = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number => (typeof value === 'number' ? value : 0);

function message(record: Record<string, unknown>): NixMessage {
  const raw = string(record['msg']);
  const result: NixMessage = { level: number(record['level']), text: stripAnsi(raw), raw };
  // Some versions repeat line and column behind the file name.
  if (typeof record['file'] === 'string') result.file = record['file'].replace(/:\d+:\d+$/, '');
  if (typeof record['line'] === 'number') result.line = record['line'];
  if (typeof record['column'] === 'number') result.column = record['column'];
  return result;
}

/**
 * Splits a stream into lines, whatever the borders of its chunks. `\n` and `\r\n` end a line; of a line longer than
 * a mebibyte only the beginning is kept, so that memory stays bounded.
 */
export function createLineSplitter(take: (line: string) => void): {
  push: (chunk: Uint8Array | string) => void;
  end: () => void;
} {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  const emit = (line: string): void => take(line.charCodeAt(line.length - 1) === 13 ? line.slice(0, -1) : line);
  const push = (chunk: Uint8Array | string): void => {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    let from = 0;
    for (let to = text.indexOf('\n'); to !== -1; to = text.indexOf('\n', from)) {
      emit(
        rest === ''
          ? text.slice(from, Math.min(to, from + MAX_LINE))
          : (rest + text.slice(from, to)).slice(0, MAX_LINE),
      );
      rest = '';
      from = to + 1;
    }
    if (from < text.length && rest.length < MAX_LINE) rest = (rest + text.slice(from)).slice(0, MAX_LINE);
  };
  const end = (): void => {
    push(decoder.decode());
    if (rest !== '') emit(rest);
    rest = '';
  };
  return { push, end };
}

type Build = Omit<DerivationLog, 'lines' | 'cut' | 'questions' | 'finished'> & { kept: KeptLines; open: number };

/** The name in a store path of a derivation: `/nix/store/HASH-linux-config-6.12.drv` gives `linux-config-6.12`. */
export const derivationName = (drvPath: string): string =>
  /^(?:.*\/)?(?:[0-9a-z]{32}-)?(.*?)(?:\.drv)?$/.exec(drvPath)?.[1] ?? drvPath;

/**
 * Collects Nix's stderr, chunk by chunk, into one log per derivation (two activities for one derivation, as remote
 * builders give, are one log), in bounded memory, whatever comes. Of a log at most `limit` characters are kept (default
 * 64 Mi): the middle goes first, and the lines that a verdict is read from last. `own` is the derivation that is asked for (null:
 * none is): of others less is kept. `onLine` gets every line of a build's log as it comes.
 */
export function createBuildLog(
  options: { limit?: number; own?: string | null; onLine?: (drvPath: string, line: string) => void } = {},
): BuildLogCollector {
  const limit = options.limit ?? 64 << 20;
  const builds = new Map<string, Build>();
  const byActivity = new Map<ActivityId, Build>();
  const messages = createKeptMessages(MAX_MESSAGES);
  const plain = createKeptLines(Math.min(limit, MAX_PLAIN));
  let last: Build | null = null;
  // The build of the latest log line and how its lines end: the next one mostly ends alike, and needs no event then.
  let speaking: { build: Build; end: string } | null = null;

  /** The log of a derivation that begins; null where too many are under way to tell apart. */
  const started = (drvPath: string): Build | null => {
    const known = builds.get(drvPath);
    if (known !== undefined) return known;
    const isOther = options.own !== undefined && drvPath !== options.own;
    if (isOther && builds.size > OTHERS) {
      const done = [...builds.values()].find((build) => build.open <= 0 && build.drvPath !== options.own);
      if (done === undefined) return null;
      builds.delete(done.drvPath);
    }
    const build: Build = {
      drvPath,
      name: derivationName(drvPath),
      started: true,
      phase: null,
      kept: createKeptLines(isOther ? Math.min(limit, OTHER_LIMIT) : limit),
      open: 0,
    };
    builds.set(drvPath, build);
    return build;
  };

  const take = (line: string): void => {
    if (
      speaking !== null &&
      line.endsWith(speaking.end) &&
      line.startsWith(LOG_PREFIX) &&
      line.length >= LOG_PREFIX.length + speaking.end.length
    ) {
      const text = line.slice(LOG_PREFIX.length, line.length - speaking.end.length);
      if (!text.includes('"') && !text.includes('\\')) {
        last = speaking.build;
        last.kept.push(text);
        options.onLine?.(last.drvPath, text);
        return;
      }
    }
    const event = parseNixLine(line);
    if (event.kind === 'log' || event.kind === 'phase') {
      const build = byActivity.get(event.id);
      if (build === undefined) return;
      last = build;
      if (event.kind === 'phase') build.phase = event.phase;
      else {
        build.kept.push(event.text);
        options.onLine?.(build.drvPath, event.text);
        speaking = { build, end: `"],"id":${event.id},"type":101}` };
      }
    } else if (event.kind === 'text') plain.push(event.text);
    else if (event.kind === 'msg') messages.push(event);
    else if (
      event.kind === 'start' &&
      event.activity === BUILD &&
      typeof event.fields[0] === 'string' &&
      event.fields[0].endsWith('.drv')
    ) {
      const build = started(event.fields[0]);
      if (build === null || byActivity.size >= MAX_ACTIVITIES) return;
      build.open++;
      byActivity.set(event.id, build);
      last = build;
    } else if (event.kind === 'stop') {
      const build = byActivity.get(event.id);
      if (build !== undefined) build.open--;
      byActivity.delete(event.id);
      speaking = null;
    }
  };

  const splitter = createLineSplitter(take);
  return {
    push: splitter.push,
    progress: () => ({ name: last?.name ?? null, phase: last?.phase ?? null, questions: last?.kept.questions() ?? 0 }),
    result: () => {
      splitter.end();
      const logs = [...builds.values()].map(({ kept, open, ...build }): [string, DerivationLog] => [
        build.drvPath,
        { ...build, finished: open <= 0, lines: kept.lines(), cut: kept.cut(), questions: kept.questions() },
      ]);
      return { builds: new Map(logs), messages: messages.all(), plain: plain.lines() };
    },
  };
}

/** Nix's messages within a limit: errors before all else, of them the last; of the rest the first. */
function createKeptMessages(limit: number): { push: (message: NixMessage) => void; all: () => NixMessage[] } {
  let messages: NixMessage[] = [];
  const size = { errors: 0, rest: 0 };
  const costOf = ({ raw, text }: NixMessage): number => MESSAGE_COST + raw.length + (text === raw ? 0 : text.length);
  return {
    push: (message) => {
      const kind = message.level <= 1 ? 'errors' : 'rest';
      if (kind === 'rest' && size.rest > limit / 2) return;
      size[kind] += costOf(message);
      messages.push(message);
      if (size.errors <= limit / 2) return;
      // The older half of the errors goes.
      messages = messages.filter((each) => {
        if (each.level > 1 || size.errors <= limit / 4) return true;
        size.errors -= costOf(each);
        return false;
      });
    },
    all: () => [...messages],
  };
}
