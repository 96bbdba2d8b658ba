/**
 * Nix's stderr as events. `--log-format internal-json` marks its lines with `@nix `; every other line is text. Types of
 * activities and results grow and collide between versions: only the few that a log is read from have names here, and
 * whatever else comes is `other`.
 */

/** An activity's id. Nix makes it of the process id and a counter, beyond what a double holds exactly: hence text. */
export type ActivityId = string;

export type NixMessage = { level: number; text: string };

export type NixEvent =
  | { kind: 'start'; id: ActivityId; activity: number; fields: unknown[] }
  | { kind: 'stop'; id: ActivityId }
  | { kind: 'log'; id: ActivityId; text: string }
  | { kind: 'phase'; id: ActivityId; phase: string }
  | ({ kind: 'msg' } & NixMessage)
  | { kind: 'other' }
  | { kind: 'text'; text: string };

/** The activities and results that a build's log is read from (Nix's src/libutil/logging.hh). */
export const ACTIVITY = { build: 105 } as const;
const RESULT = { logLine: 101, phase: 104 } as const;

const PREFIX = '@nix ';
/** Nix's levels of verbosity: 0 for errors, 1 for warnings, more for the curious. */
const WARNING = 1;
export const isErrorOrWarning = ({ level }: NixMessage): boolean => level <= WARNING;

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
  let record: Partial<Record<string, unknown>> | null;
  try {
    record = JSON.parse(line.slice(PREFIX.length)) as typeof record;
  } catch {
    return null;
  }
  if (typeof record?.['action'] !== 'string') return null;
  const { action, type, msg, level } = record;
  const id = idOf(record['id'], line);
  const fields = Array.isArray(record['fields']) ? (record['fields'] as unknown[]) : [];
  const [first] = fields;
  if (action === 'start') return { kind: 'start', id, activity: typeof type === 'number' ? type : -1, fields };
  if (action === 'stop') return { kind: 'stop', id };
  if (action === 'msg')
    return {
      kind: 'msg',
      level: typeof level === 'number' ? level : 0,
      text: stripAnsi(typeof msg === 'string' ? msg : ''),
    };
  if (action === 'result' && typeof first === 'string') {
    if (type === RESULT.logLine) return { kind: 'log', id, text: first };
    if (type === RESULT.phase) return { kind: 'phase', id, phase: first };
  }
  return { kind: 'other' };
}

// Inside a JSON string every quote has a backslash before it, so this matches the key only.
const ID = /"id":\s*(\d+)/;

function idOf(value: unknown, line: string): ActivityId {
  if (typeof value !== 'number') return typeof value === 'string' ? value : '';
  return Number.isSafeInteger(value) ? String(value) : (ID.exec(line)?.[1] ?? String(value));
}
