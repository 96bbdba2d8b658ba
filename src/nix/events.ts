/**
 * Nix's stderr as events. `--log-format internal-json` marks its lines with `@nix `; every other line is text.
 * Activity and result types grow and collide between versions, so only the few that a build log needs have names
 * here and everything else passes through as numbers.
 */

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

/** The activities and results that a build's log is read from (Nix's src/libutil/logging.hh). */
export const ACTIVITY = { build: 105 } as const;
const RESULT = { logLine: 101, phase: 104 } as const;

const PREFIX = '@nix ';
/** Nix's levels of verbosity: a message of a higher one is for the curious. */
const VERBOSITY = { error: 0, warning: 1 } as const;
export const isErrorOrWarning = ({ level }: NixMessage): boolean => level <= VERBOSITY.warning;

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

const LOG_BEGIN = `${PREFIX}{"action":"result","fields":["`;
const LOG_END = new RegExp(`"\\],"id":(\\d+),"type":${RESULT.logLine}}$`);

/** How the record of a log line of this activity ends, in the key order that every Nix writes. */
export const logEnd = (id: ActivityId): string => `"],"id":${id},"type":${RESULT.logLine}}`;

/** The text of a record of a log line that ends so, without parsing; null where it needs that. These are 99 of 100 lines. */
export function logText(line: string, end: string): string | null {
  if (!line.endsWith(end) || !line.startsWith(LOG_BEGIN) || line.length < LOG_BEGIN.length + end.length) return null;
  const text = line.slice(LOG_BEGIN.length, line.length - end.length);
  return text.includes('"') || text.includes('\\') ? null : text;
}

function logLine(line: string): NixEvent | null {
  const [end = '', id = ''] = LOG_END.exec(line) ?? [];
  const text = end === '' ? null : logText(line, end);
  return text === null ? null : { kind: 'log', id, text };
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
      if (type === RESULT.logLine && typeof fields[0] === 'string') return { kind: 'log', id, text: fields[0] };
      if (type === RESULT.phase && typeof fields[0] === 'string') return { kind: 'phase', id, phase: fields[0] };
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
