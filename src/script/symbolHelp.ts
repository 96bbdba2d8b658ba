/** The help that kconfig prints for a symbol, with live values, among the `GOT:` lines. */
import type { Branch, SymbolHelp } from '../model/observation.ts';

const HEADING = /^(Selected|Implied) by(?: \[([ymn])\])?:\s*(.*)$/;
const FIELD = /^(Type|Depends on|Visible if)\s*: (.*)$/;
const SYMBOL = /^\s*Symbol: ([A-Za-z0-9_]+)(?: \[=(.*)\])?\s*$/;

/** No help has more lines. */
const MAX_LINES = 2000;

/** Collects the helps among the echoed lines: each goes from its `Symbol:` line to the next question. */
export class HelpCollector {
  readonly help = new Map<string, SymbolHelp>();
  #lines: string[] = [];
  /** Whether nothing came before these lines: then the log may begin within a help. */
  #isFirst = true;

  /** Takes an echoed line without its `GOT: `. */
  take(text: string): void {
    if (text.startsWith('Symbol: ')) {
      this.end();
      this.#lines = [text];
    } else if ((this.#isFirst || this.#lines.length > 0) && this.#lines.length < MAX_LINES) this.#lines.push(text);
  }

  /** A question came, or the log ended. kconfig asks the `asked` symbol again after the help for it. */
  end(asked?: string): void {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (this.#lines.length === 0) return;
    const lines = this.#lines;
    this.#lines = [];
    const read = readHelp(lines) ?? (isFirst && asked !== undefined ? readFields(asked, null, lines) : null);
    if (read !== null && (read.value !== null || isSaying(read))) this.help.set(read.symbol, read);
  }
}

const isSaying = ({ dependsOn, visibleIf, selectedBy, impliedBy, type }: SymbolHelp): boolean =>
  type !== null || dependsOn.length + visibleIf.length + selectedBy.length + impliedBy.length > 0;

/**
 * Reads one help from its `Symbol: X [=m]` line on; `lines` are without `GOT: `. Null where that line is missing.
 * Both layouts: one branch a line under `Selected by [m]:`, and the old `Selected by: A [=y] && B || C`.
 */
export function readHelp(lines: readonly string[]): SymbolHelp | null {
  const [, symbol, value = null] = SYMBOL.exec(lines[0] ?? '') ?? [];
  return symbol === undefined ? null : readFields(symbol, value, lines.slice(1));
}

function readFields(symbol: string, value: string | null, lines: readonly string[]): SymbolHelp {
  const help: SymbolHelp = { symbol, value, type: null, dependsOn: [], visibleIf: [], selectedBy: [], impliedBy: [] };
  let section: { branches: Branch[]; level: string | null } | null = null;
  for (const line of lines) {
    const text = line.trim();
    const heading = HEADING.exec(text);
    if (heading !== null) {
      section = { branches: heading[1] === 'Selected' ? help.selectedBy : help.impliedBy, level: heading[2] ?? null };
      for (const expression of splitOr(heading[3] ?? '')) section.branches.push({ expression, level: section.level });
    } else if (section !== null && text.startsWith('- ')) {
      section.branches.push({ expression: text.slice(2), level: section.level });
    } else {
      section = null;
      const field = FIELD.exec(text);
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
  for (const piece of expression.split(' || ')) {
    parts.push(depth === 0 ? piece : `${parts.pop() ?? ''} || ${piece}`);
    depth += piece.split('(').length - piece.split(')').length;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}
