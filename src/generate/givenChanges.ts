/** What changes between two .config files: the lines of scripts/diffconfig, or of `diff -u`. */
import type { ConfigChange } from '../kernel/wantedConfig.ts';

export type GivenChanges =
  | { kind: 'changes'; changes: ConfigChange[] }
  /** `line` counts from 1; null: all of it. */
  | { kind: 'unreadable'; line: number | null; message: string };

/** Reads the changes; of one symbol the last counts. */
export function readChanges(text: string): GivenChanges {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  const changes = lines.some((line) => UNIFIED.test(line)) ? unified(lines) : listed(lines);
  if ('kind' in changes) return changes;
  const all = [...changes].map(([symbol, { from, to }]) => ({ symbol, from, to }));
  const real = all.filter(({ from, to }) => from !== to);
  return real.length === 0
    ? { kind: 'unreadable', line: null, message: 'holds no change' }
    : { kind: 'changes', changes: real };
}

type Changes = Map<string, { from: string | null; to: string | null }>;

const UNIFIED = /^(?:@@ |[-+](?:CONFIG_\w+=|# CONFIG_\w+ is not set))/;
const SET = /^([-+])(?:CONFIG_(\w+)=(.*)|# CONFIG_(\w+) is not set)$/;

/** The lines of a .config that were taken out and put in; the others stand around them. */
function unified(lines: readonly string[]): Changes {
  const changes: Changes = new Map();
  for (const line of lines) {
    const [found, sign, set, value = 'n', unset] = SET.exec(line) ?? [];
    if (found === undefined) continue;
    const symbol = set ?? unset ?? '';
    const known = changes.get(symbol) ?? { from: null, to: null };
    changes.set(symbol, sign === '-' ? { ...known, from: value } : { ...known, to: value });
  }
  return changes;
}

const VALUE = String.raw`("(?:[^"\\]|\\.)*"|[^"\s]\S*)`;
const CHANGED = new RegExp(`^ ?(\\w+) ${VALUE} -> ${VALUE}$`);
const ADDED_OR_GONE = new RegExp(`^([-+])(\\w+) ${VALUE}$`);

/** ` X m -> n`, `+X m`, `-X y`. */
function listed(lines: readonly string[]): Changes | Extract<GivenChanges, { kind: 'unreadable' }> {
  const changes: Changes = new Map();
  for (const [index, written] of lines.entries()) {
    const line = written.trimEnd();
    if (line === '' || line.startsWith('#')) continue;
    const [, symbol, from = null, to = null] = CHANGED.exec(line) ?? [];
    const [, sign, name, value = null] = ADDED_OR_GONE.exec(line) ?? [];
    if (symbol !== undefined) changes.set(symbol, { from, to });
    else if (name !== undefined)
      changes.set(name, sign === '+' ? { from: null, to: value } : { from: value, to: null });
    else return { kind: 'unreadable', line: index + 1, message: 'is no line of scripts/diffconfig or of diff -u' };
  }
  return changes;
}
