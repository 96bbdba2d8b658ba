import type { Expression, Location, Option, SymbolType } from './ast.ts';
import type { Report } from './errors.ts';
import { conditionalDependency, parseExpression, parseOperand } from './expressions.ts';
import type { Grammar } from './grammar.ts';
import type { Lexer } from './lexer.ts';
import { Token } from './tokens.ts';
import type { TokenStream } from './tokenStream.ts';

/** The entry that option lines add to (`current_entry`). `name` is as kconfig writes it in messages. */
export type Entry = { name: string; at: Location; options: Option[]; hasPrompt: boolean; hasHelp: boolean };

/** The option lines of entries, one method for each form (`parser.y`); which entry may have which is for `EntryParser`. */
export class OptionLines {
  readonly #tokens: TokenStream;
  readonly #lexer: Lexer;
  readonly #report: Report;
  readonly #grammar: Grammar;
  /** The first type of each symbol, which counts. */
  readonly #types = new Map<string, SymbolType>([
    ['y', 'tristate'],
    ['m', 'tristate'],
    ['n', 'tristate'],
  ]);
  #modules: string | null = null;
  #defconfigList: string | null = null;

  constructor(tokens: TokenStream, lexer: Lexer, report: Report, grammar: Grammar) {
    this.#tokens = tokens;
    this.#lexer = lexer;
    this.#report = report;
    this.#grammar = grammar;
  }

  typeOf(symbol: string): SymbolType | undefined {
    return this.#types.get(symbol);
  }

  default(entry: Entry): void {
    this.#tokens.take();
    const value = parseExpression(this.#tokens);
    const condition = this.#conditionAndEnd();
    entry.options.push({ kind: 'default', value, condition, at: this.#tokens.here() });
  }

  depends(entry: Entry): void {
    this.#tokens.take();
    this.#tokens.expect(Token.ON);
    const on = parseExpression(this.#tokens);
    const condition = this.#grammar.conditionalDepends ? this.#condition() : null;
    this.#tokens.expect(Token.EOL);
    entry.options.push({ kind: 'depends', on: conditionalDependency(on, condition), at: this.#tokens.here() });
  }

  visible(entry: Entry): void {
    this.#tokens.take();
    const condition = this.#conditionAndEnd();
    entry.options.push({ kind: 'visible', condition, at: this.#tokens.here() });
  }

  /** A prompt with its condition. One behind a type is taken before the line's end is looked for, others after. */
  prompt(entry: Entry, endsLine: boolean): void {
    const text = this.#tokens.expect(Token.QUOTED);
    const condition = this.#condition();
    if (endsLine) this.#tokens.expect(Token.EOL);
    else this.#tokens.peek();
    const at = this.#tokens.here();
    const trimmed = this.promptText(text, at);
    if (entry.hasPrompt) this.#report.warn(at, 'warning: prompt redefined');
    entry.hasPrompt = true;
    entry.options.push({ kind: 'prompt', text: trimmed, condition, at });
  }

  /** A symbol's first type counts. `symbol` is null for a choice, which has a type of its own. */
  type(entry: Entry, type: SymbolType, symbol: string | null): void {
    entry.options.push({ kind: 'type', type, at: this.#tokens.here() });
    const known =
      symbol === null ? entry.options.find((option) => option.kind === 'type')?.type : this.#types.get(symbol);
    if (known === undefined) this.#types.set(symbol ?? '', type);
    else if (known !== type) {
      this.#report.warn(
        entry.at,
        `warning: ignoring type redefinition of '${entry.name}' from '${typeName(known)}' to '${typeName(type)}'`,
      );
    }
  }

  /** `select` or `imply`. */
  reverse(entry: Entry, kind: 'select' | 'imply'): void {
    this.#tokens.take();
    const symbol = this.#tokens.expect(Token.WORD);
    const condition = this.#conditionAndEnd();
    entry.options.push({ kind, symbol, condition, at: this.#tokens.here() });
  }

  range(entry: Entry): void {
    this.#tokens.take();
    const low = parseOperand(this.#tokens);
    const high = parseOperand(this.#tokens);
    const condition = this.#conditionAndEnd();
    entry.options.push({ kind: 'range', low, high, condition, at: this.#tokens.here() });
  }

  /** A choice's default names one of its members. */
  defaultMember(entry: Entry): void {
    this.#tokens.take();
    const name = this.#tokens.expect(Token.WORD);
    const condition = this.#conditionAndEnd();
    entry.options.push({
      kind: 'default',
      value: { kind: 'symbol', operand: { name, constant: false } },
      condition,
      at: this.#tokens.here(),
    });
  }

  /** A word alone in its line. */
  flag(entry: Entry, kind: 'transitional' | 'optional'): void {
    this.#tokens.take();
    this.#tokens.expect(Token.EOL);
    entry.options.push({ kind, at: this.#tokens.here() });
  }

  modules(entry: Entry, symbol: string): void {
    this.#tokens.take();
    this.#tokens.expect(Token.EOL);
    this.#modulesOption(entry, symbol);
  }

  /** What followed `option` in trees before 5.13, and `env` in those before 4.18. */
  old(entry: Entry, symbol: string): void {
    this.#tokens.take();
    const token = this.#tokens.peek();
    const name = this.#tokens.take();
    if (token === Token.MODULES) {
      this.#tokens.expect(Token.EOL);
      this.#modulesOption(entry, symbol);
    } else if (name === 'allnoconfig_y') {
      this.#tokens.expect(Token.EOL);
      entry.options.push({ kind: 'allnoconfig_y', at: this.#tokens.here() });
    } else if (name === 'defconfig_list') {
      this.#tokens.expect(Token.EOL);
      const other = this.#defconfigList !== null && this.#defconfigList !== symbol;
      if (other) this.#report.error(this.#tokens.place, ' trying to redefine defconfig symbol');
      this.#defconfigList ??= symbol;
      entry.options.push({ kind: 'defconfig_list', at: this.#tokens.here() });
    } else if (name === 'env') {
      this.#tokens.expect(Token.EQUAL);
      const variable = this.#tokens.expect(Token.QUOTED);
      this.#tokens.expect(Token.EOL);
      entry.options.push({ kind: 'env', variable, at: this.#tokens.here() });
    } else this.#tokens.syntaxError();
  }

  #modulesOption(entry: Entry, symbol: string): void {
    if (this.#modules !== null) {
      this.#report.error(
        this.#tokens.place,
        ` symbol '${symbol}' redefines option 'modules' already defined by symbol '${this.#modules}'`,
      );
    }
    this.#modules = symbol;
    entry.options.push({ kind: 'modules', at: this.#tokens.here() });
  }

  /** What kconfig warned of until it made an error of it. `consequence` is what only the warning says. */
  flaw(at: Location, text: string, consequence = ''): void {
    if (this.#grammar.strictEntries) this.#report.error(at, ` ${text}`);
    else this.#report.warn(at, ` warning: ${text}${consequence}`);
  }

  help(entry: Entry): void {
    this.#tokens.take();
    this.#tokens.expect(Token.EOL);
    this.#lexer.startHelp();
    const text = this.#tokens.expect(Token.HELP_TEXT);
    const at = this.#tokens.place;
    if (entry.hasHelp)
      this.flaw(at, `'${entry.name}' defined with more than one help text`, ' -- only the last one will be used');
    if (!/[^ \f\n\r\t\v]/.test(text)) this.flaw(at, `'${entry.name}' defined with blank help text`);
    entry.hasHelp = true;
    entry.options.push({ kind: 'help', text, at: this.#tokens.here() });
  }

  #condition(): Expression | null {
    if (this.#tokens.peek() !== Token.IF) return null;
    this.#tokens.take();
    return parseExpression(this.#tokens);
  }

  #conditionAndEnd(): Expression | null {
    const condition = this.#condition();
    this.#tokens.expect(Token.EOL);
    return condition;
  }

  promptText(text: string, at: Location): string {
    if (!/^[ \f\n\r\t\v]/.test(text)) return text;
    this.#report.warn(at, 'warning: leading whitespace ignored');
    return text.replace(/^[ \f\n\r\t\v]+/, '');
  }
}

/** As kconfig writes it (`sym_type_name`). */
function typeName(type: SymbolType): string {
  return type === 'int' ? 'integer' : type;
}
