import type { FileLine, Option, ParsedExpression, SymbolType } from './ast.ts';
import type { Report } from './diagnostics.ts';
import type { Grammar } from './grammar.ts';
import type { Lexer } from './lexer.ts';
import { conditionalDependency, parseExpression, parseOperand } from './parseExpression.ts';
import type { TokenStream } from './tokenStream.ts';
import { Token } from './tokenTypes.ts';

/** The entry that option lines add to (`current_entry`). `name` is what kconfig calls it in messages. */
export type CurrentEntry = { name: string; at: FileLine; options: Option[]; hasPrompt: boolean; hasHelp: boolean };

/** Reads the option lines of entries, with one method for each form (`parser.y`). `EntryParser` knows which entry may have which option. */
export class OptionLines {
  readonly #tokens: TokenStream;
  readonly #lexer: Lexer;
  readonly #report: Report;
  readonly #grammar: Grammar;
  /** The first type of each symbol, which is the one that counts. */
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

  default(entry: CurrentEntry): void {
    this.#tokens.take();
    const value = parseExpression(this.#tokens);
    entry.options.push({ kind: 'default', value, condition: this.#conditionAndEnd(), at: this.#tokens.here() });
  }

  depends(entry: CurrentEntry): void {
    this.#tokens.take();
    this.#tokens.expect(Token.ON);
    const on = parseExpression(this.#tokens);
    const condition = this.#grammar.conditionalDepends ? this.#condition() : null;
    this.#tokens.expect(Token.EOL);
    entry.options.push({ kind: 'depends', on: conditionalDependency(on, condition), at: this.#tokens.here() });
  }

  visible(entry: CurrentEntry): void {
    this.#tokens.take();
    entry.options.push({ kind: 'visible', condition: this.#conditionAndEnd(), at: this.#tokens.here() });
  }

  /** A prompt with its condition. One that follows a type is reported before the end of the line is checked, others after. */
  prompt(entry: CurrentEntry, endsLine: boolean): void {
    const text = this.#tokens.expect(Token.QUOTED);
    const condition = this.#condition();
    if (endsLine) this.#tokens.expect(Token.EOL);
    else this.#tokens.peek();
    const at = this.#tokens.here();
    const trimmed = this.promptText(text, at);
    if (entry.hasPrompt) this.#report.warn(at, 'warning: prompt redefined');
    entry.hasPrompt = true;
    entry.options.push({ kind: 'prompt', text: trimmed, condition, at: this.#tokens.here() });
  }

  /** `symbol` is null for a choice, which has a type of its own. */
  type(entry: CurrentEntry, type: SymbolType, symbol: string | null): void {
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

  select(entry: CurrentEntry, kind: 'select' | 'imply'): void {
    this.#tokens.take();
    const symbol = this.#tokens.expect(Token.WORD);
    entry.options.push({ kind, symbol, condition: this.#conditionAndEnd(), at: this.#tokens.here() });
  }

  range(entry: CurrentEntry): void {
    this.#tokens.take();
    const low = parseOperand(this.#tokens);
    const high = parseOperand(this.#tokens);
    entry.options.push({ kind: 'range', low, high, condition: this.#conditionAndEnd(), at: this.#tokens.here() });
  }

  /** The default of a choice names one of its members. */
  defaultMember(entry: CurrentEntry): void {
    this.#tokens.take();
    const operand = { name: this.#tokens.expect(Token.WORD), constant: false };
    entry.options.push({
      kind: 'default',
      value: { kind: 'symbol', operand },
      condition: this.#conditionAndEnd(),
      at: this.#tokens.here(),
    });
  }

  /** A word alone in its line. */
  flag(entry: CurrentEntry, kind: 'transitional' | 'optional'): void {
    this.#tokens.take();
    this.#tokens.expect(Token.EOL);
    entry.options.push({ kind, at: this.#tokens.here() });
  }

  modules(entry: CurrentEntry, symbol: string): void {
    this.#tokens.take();
    this.#tokens.expect(Token.EOL);
    if (this.#modules !== null) {
      this.#report.error(
        this.#tokens.errorPlace,
        ` symbol '${symbol}' redefines option 'modules' already defined by symbol '${this.#modules}'`,
      );
    }
    this.#modules = symbol;
    entry.options.push({ kind: 'modules', at: this.#tokens.here() });
  }

  /** What may follow `option` in trees before 5.13 (`env` before 4.18). */
  oldOption(entry: CurrentEntry, symbol: string): void {
    this.#tokens.take();
    if (this.#tokens.peek() === Token.MODULES) {
      this.modules(entry, symbol);
      return;
    }
    switch (this.#tokens.take()) {
      case 'allnoconfig_y':
        this.#tokens.expect(Token.EOL);
        entry.options.push({ kind: 'allnoconfig_y', at: this.#tokens.here() });
        return;
      case 'defconfig_list':
        this.#tokens.expect(Token.EOL);
        this.#defconfigList ??= symbol;
        if (this.#defconfigList !== symbol)
          this.#report.error(this.#tokens.errorPlace, ' trying to redefine defconfig symbol');
        entry.options.push({ kind: 'defconfig_list', at: this.#tokens.here() });
        return;
      case 'env': {
        this.#tokens.expect(Token.EQUAL);
        const variable = this.#tokens.expect(Token.QUOTED);
        this.#tokens.expect(Token.EOL);
        entry.options.push({ kind: 'env', variable, at: this.#tokens.here() });
        return;
      }
      default:
        this.#tokens.syntaxError();
    }
  }

  help(entry: CurrentEntry): void {
    this.#tokens.take();
    this.#tokens.expect(Token.EOL);
    this.#lexer.startHelp();
    const text = this.#tokens.expect(Token.HELP_TEXT);
    const at = this.#tokens.errorPlace;
    if (entry.hasHelp)
      this.flaw(at, `'${entry.name}' defined with more than one help text`, ' -- only the last one will be used');
    if (!/[^ \f\n\r\t\v]/.test(text)) this.flaw(at, `'${entry.name}' defined with blank help text`);
    entry.hasHelp = true;
    entry.options.push({ kind: 'help', text, at: this.#tokens.here() });
  }

  /** Reports what is an error since 7.2 and was a warning before. Only the warning names the consequence. */
  flaw(at: FileLine, text: string, consequence = ''): void {
    if (this.#grammar.strictEntries) this.#report.error(at, ` ${text}`);
    else this.#report.warn(at, ` warning: ${text}${consequence}`);
  }

  promptText(text: string, at: FileLine): string {
    if (!/^[ \f\n\r\t\v]/.test(text)) return text;
    this.#report.warn(at, 'warning: leading whitespace ignored');
    return text.replace(/^[ \f\n\r\t\v]+/, '');
  }

  #condition(): ParsedExpression | null {
    if (this.#tokens.peek() !== Token.IF) return null;
    this.#tokens.take();
    return parseExpression(this.#tokens);
  }

  #conditionAndEnd(): ParsedExpression | null {
    const condition = this.#condition();
    this.#tokens.expect(Token.EOL);
    return condition;
  }
}

/** kconfig's own name for a type (`sym_type_name`). */
function typeName(type: SymbolType): string {
  return type === 'int' ? 'integer' : type;
}
