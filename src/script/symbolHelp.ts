/** The help that kconfig prints for a symbol, with live values, as it stands among the `GOT:` lines. */
import type { Branch, SymbolHelp } from '../model/observation.ts';

const HEADING = /^(Selected|Implied) by(?: \[([ymn])\])?:\s*(.*)$/;

/** What follows a help without a question behind it is no help. */
const MAX_LINES = 2000;

/** Collects the helps among the echoed lines: each goes from its `Symbol:` line to the next question. */
export class HelpCollector {
  readonly help = new Map<string, SymbolHelp>();
  #lines: string[] = [];

  /** Takes an echoed line without its `GOT: `. */
  take(text: string): void {
    if (text.startsWith('Symbol: ')) {
      this.end();
      this.#lines = [text];
    } else if (this.#lines.length > 0 && this.#lines.length < MAX_LINES) this.#lines.push(text);
  }

  /** A question came, or the log ended. */
  end(): void {
    if (this.#lines.length === 0) return;
    const read = readHelp(this.#lines);
    if (read !== null) this.help.set(read.symbol, read);
    this.#lines = [];
  }
}

/**
 * Reads one help from its `Symbol: X [=m]` line on; `lines` are without `GOT: `. Gives null where that line is missing.
 * Both layouts: one branch a line under `Selected by [m]:`, and the old `Selected by: A [=y] && B || C`.
 */
export function readHelp(lines: readonly string[]): SymbolHelp | null {
  const first = /^\s*Symbol: ([A-Za-z0-9_]+)(?: \[=(.*)\])?\s*$/.exec(lines[0] ?? '');
  if (first?.[1] === undefined) return null;
  const help: SymbolHelp = {
    symbol: first[1],
    value: first[2] ?? null,
    type: null,
    dependsOn: [],
    visibleIf: [],
    selectedBy: [],
    impliedBy: [],
  };
  let section: { branches: Branch[]; level: string | null } | null = null;
  for (const line of lines.slice(1)) {
    const text = line.trim();
    const heading = HEADING.exec(text);
    if (heading !== null) {
      section = { branches: heading[1] === 'Selected' ? help.selectedBy : help.impliedBy, level: heading[2] ?? null };
      for (const expression of splitOr(heading[3] ?? '')) section.branches.push({ expression, level: section.level });
    } else if (section !== null && text.startsWith('- ')) {
      section.branches.push({ expression: text.slice(2), level: section.level });
    } else {
      section = null;
      const field = /^(Type|Depends on|Visible if)\s*: (.*)$/.exec(text);
      if (field?.[2] === undefined) continue;
      if (field[1] === 'Type') help.type = field[2];
      else (field[1] === 'Depends on' ? help.dependsOn : help.visibleIf).push(field[2]);
    }
  }
  return help;
}

/** The operands of `||` at the top level of an expression, as text. */
function splitOr(expression: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < expression.length; i++) {
    const c = expression[i];
    if (c === '(') depth++;
    else if (c === ')') depth--;
    else if (depth === 0 && expression.startsWith(' || ', i)) {
      parts.push(expression.slice(from, i));
      from = i + 4;
    }
  }
  parts.push(expression.slice(from));
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}
