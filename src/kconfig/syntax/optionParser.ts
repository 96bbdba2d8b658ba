import type { FileLine, Option, ParsedExpression, SymbolType } from './ast.ts';
import { typeName, type Report } from './diagnostics.ts';
import type { Grammar } from './grammar.ts';
import { parseExpression, parseOperand } from './parseExpression.ts';
import type { TokenStream } from './tokenStream.ts';
import { Token } from './tokenTypes.ts';

/** The entry that option lines add to (`current_entry`). `name` is what kconfig calls it in messages: a symbol, or `<choice>`. */
export type CurrentEntry = { name: string; at: FileLine; options: Option[]; hasPrompt: boolean; hasHelp: boolean };

const TYPES: ReadonlyMap<Token, SymbolType> = new Map([
  [Token.BOOL, 'bool'],
  [Token.TRISTATE, 'tristate'],
  [Token.INT, 'int'],
  [Token.HEX, 'hex'],
  [Token.STRING, 'string'],
  [Token.DEF_BOOL, 'bool'],
  [Token.DEF_TRISTATE, 'tristate'],
]);

/**
 * Reads the option lines of entries, in the tree's version of the language (`parser.y`). A method for a kind of entry reads one line, and returns false if
 * the next token begins no option of such an entry. A method for a form of option returns true.
 */
export class OptionParser {
  readonly #tokens: TokenStream;
  readonly #report: Report;
  readonly #grammar: Grammar;
  /** The first type of each symbol and each choice, which is the one that counts. */
  readonly #types = new Map<string | CurrentEntry, SymbolType>([
    ['y', 'tristate'],
    ['m', 'tristate'],
    ['n', 'tristate'],
  ]);
  #modules: string | null = null;
  #defconfigList: string | null = null;

  constructor(tokens: TokenStream, report: Report, grammar: Grammar) {
    this.#tokens = tokens;
    this.#report = report;
    this.#grammar = grammar;
  }

  typeOf(symbol: string): SymbolType | undefined {
    return this.#types.get(symbol);
  }

  config(entry: CurrentEntry): boolean {
    const token = this.#tokens.peek();
    const type = TYPES.get(token);
    if (type !== undefined) {
      if (token === Token.DEF_BOOL || token === Token.DEF_TRISTATE) this.#default(entry);
      else this.#promptAfterType(entry);
      return this.#type(entry, type, entry.name);
    }
    switch (token) {
      case Token.DEFAULT:
        return this.#default(entry);
      case Token.SELECT:
      case Token.IMPLY:
        return this.#select(entry, token === Token.SELECT ? 'select' : 'imply');
      case Token.RANGE:
        return this.#range(entry);
      case Token.MODULES:
        return this.#grammar.modulesOption && this.#modulesOption(entry);
      default:
        return this.#commonOption(entry) || this.#versionedOption(entry);
    }
  }

  choice(entry: CurrentEntry): boolean {
    const { typedChoices, boolPrompts, optionalChoices } = this.#grammar;
    const token = this.#tokens.peek();
    switch (token) {
      case Token.BOOL:
      case Token.TRISTATE:
        if (token === Token.TRISTATE ? !typedChoices : !boolPrompts) return false;
        if (typedChoices) this.#promptAfterType(entry);
        else this.#promptLine(entry);
        return this.#type(entry, token === Token.BOOL ? 'bool' : 'tristate', entry);
      case Token.DEFAULT:
        return this.#defaultMember(entry);
      default:
        if (this.#commonOption(entry)) return true;
        return optionalChoices && this.#begins('optional', Token.EOL) && this.#flag(entry, 'optional');
    }
  }

  menu(entry: CurrentEntry): boolean {
    return this.#tokens.peek() === Token.VISIBLE ? this.#visible(entry) : this.comment(entry);
  }

  comment(entry: CurrentEntry): boolean {
    return this.#tokens.peek() === Token.DEPENDS && this.#depends(entry);
  }

  #commonOption(entry: CurrentEntry): boolean {
    switch (this.#tokens.peek()) {
      case Token.PROMPT:
        return this.#promptLine(entry);
      case Token.DEPENDS:
        return this.#depends(entry);
      case Token.HELP:
        return this.#help(entry);
      default:
        return this.#grammar.dashedHelp && this.#begins('---help---', Token.EOL) && this.#help(entry);
    }
  }

  /** Words that begin an option of a config in some versions and are plain words in the others. */
  #versionedOption(entry: CurrentEntry): boolean {
    const { transitional, oldOptions } = this.#grammar;
    if (transitional && this.#begins('transitional', Token.EOL)) return this.#flag(entry, 'transitional');
    return oldOptions && this.#begins('option', Token.MODULES, Token.WORD) && this.#oldOption(entry);
  }

  /** Whether the next token is this word and begins an option: it is a keyword everywhere in this tree, or one of `next` follows. */
  #begins(word: string, ...next: readonly Token[]): boolean {
    const token = this.#tokens.peek();
    if ((token !== Token.WORD && token !== Token.RESERVED) || this.#tokens.value !== word) return false;
    return token === Token.RESERVED || next.includes(this.#tokens.peekSecond());
  }

  #default(entry: CurrentEntry): true {
    this.#tokens.take();
    const value = parseExpression(this.#tokens);
    entry.options.push({ kind: 'default', value, condition: this.#conditionAndEnd(), at: this.#tokens.here() });
    return true;
  }

  /** The default of a choice names one of its members. */
  #defaultMember(entry: CurrentEntry): true {
    this.#tokens.take();
    const value = { kind: 'symbol', operand: { name: this.#tokens.expect(Token.WORD), constant: false } } as const;
    entry.options.push({ kind: 'default', value, condition: this.#conditionAndEnd(), at: this.#tokens.here() });
    return true;
  }

  #depends(entry: CurrentEntry): true {
    this.#tokens.take();
    this.#tokens.expect(Token.ON);
    const on = parseExpression(this.#tokens);
    const condition = this.#grammar.conditionalDepends ? this.#condition() : null;
    this.#tokens.expect(Token.EOL);
    entry.options.push({ kind: 'depends', on, condition, at: this.#tokens.here() });
    return true;
  }

  #visible(entry: CurrentEntry): true {
    this.#tokens.take();
    entry.options.push({ kind: 'visible', condition: this.#conditionAndEnd(), at: this.#tokens.here() });
    return true;
  }

  /** What follows a type: a prompt or nothing. */
  #promptAfterType(entry: CurrentEntry): void {
    this.#tokens.take();
    if (this.#tokens.peek() === Token.QUOTED) this.#prompt(entry, false);
    this.#tokens.expect(Token.EOL);
  }

  #promptLine(entry: CurrentEntry): true {
    this.#tokens.take();
    this.#prompt(entry, true);
    return true;
  }

  /** A prompt with its condition. Warnings about one that follows a type come before the end of the line is checked, others after. */
  #prompt(entry: CurrentEntry, endsLine: boolean): void {
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

  /** `owner` is what gets the type: a symbol, by its name, or the entry of a choice. */
  #type(entry: CurrentEntry, type: SymbolType, owner: string | CurrentEntry): true {
    entry.options.push({ kind: 'type', type, at: this.#tokens.here() });
    const known = this.#types.get(owner);
    if (known === undefined) this.#types.set(owner, type);
    else if (known !== type) {
      const change = `from '${typeName(known)}' to '${typeName(type)}'`;
      this.#report.warn(entry.at, `warning: ignoring type redefinition of '${entry.name}' ${change}`);
    }
    return true;
  }

  #select(entry: CurrentEntry, kind: 'select' | 'imply'): true {
    this.#tokens.take();
    const symbol = this.#tokens.expect(Token.WORD);
    entry.options.push({ kind, symbol, condition: this.#conditionAndEnd(), at: this.#tokens.here() });
    return true;
  }

  #range(entry: CurrentEntry): true {
    this.#tokens.take();
    const low = parseOperand(this.#tokens);
    const high = parseOperand(this.#tokens);
    entry.options.push({ kind: 'range', low, high, condition: this.#conditionAndEnd(), at: this.#tokens.here() });
    return true;
  }

  /** A word at the end of its line. */
  #flag(entry: CurrentEntry, kind: 'transitional' | 'optional' | 'modules' | 'allnoconfig_y' | 'defconfig_list'): true {
    this.#tokens.take();
    this.#tokens.expect(Token.EOL);
    entry.options.push({ kind, at: this.#tokens.here() });
    return true;
  }

  #modulesOption(entry: CurrentEntry): true {
    this.#flag(entry, 'modules');
    const [name, before] = [entry.name, this.#modules];
    const text = ` symbol '${name}' redefines option 'modules' already defined by symbol '${before ?? ''}'`;
    if (before !== null) this.#report.error(this.#tokens.errorPlace, text);
    this.#modules = name;
    return true;
  }

  /** What may follow `option` in trees before 5.13 (`env` before 4.18). */
  #oldOption(entry: CurrentEntry): true {
    this.#tokens.take();
    if (this.#tokens.peek() === Token.MODULES) return this.#modulesOption(entry);
    switch (this.#tokens.value) {
      case 'allnoconfig_y':
        return this.#flag(entry, 'allnoconfig_y');
      case 'defconfig_list':
        this.#flag(entry, 'defconfig_list');
        this.#defconfigList ??= entry.name;
        if (this.#defconfigList !== entry.name)
          this.#report.error(this.#tokens.errorPlace, ' trying to redefine defconfig symbol');
        return true;
      case 'env': {
        this.#tokens.take();
        this.#tokens.expect(Token.EQUAL);
        const variable = this.#tokens.expect(Token.QUOTED);
        this.#tokens.expect(Token.EOL);
        entry.options.push({ kind: 'env', variable, at: this.#tokens.here() });
        return true;
      }
      default:
        this.#tokens.take();
        return this.#tokens.syntaxError();
    }
  }

  #help(entry: CurrentEntry): true {
    this.#tokens.take();
    const text = this.#tokens.takeHelp();
    const at = this.#tokens.errorPlace;
    if (entry.hasHelp)
      this.flaw(at, `'${entry.name}' defined with more than one help text`, ' -- only the last one will be used');
    if (!/[^ \f\n\r\t\v]/.test(text)) this.flaw(at, `'${entry.name}' defined with blank help text`);
    entry.hasHelp = true;
    entry.options.push({ kind: 'help', text, at: this.#tokens.here() });
    return true;
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
