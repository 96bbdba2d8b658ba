import type { FileLine, Option, ParsedExpression, SymbolType } from './ast.ts';
import { typeName, type Report } from './diagnostics.ts';
import { ExpressionParser } from './expressionParser.ts';
import type { Grammar } from './grammar.ts';
import type { Lexer, Token } from './lexer.ts';

/** The entry that option lines add to (`current_entry`). `name` is what kconfig calls it in messages: a symbol, or `<choice>`. */
export type CurrentEntry = { name: string; at: FileLine; options: Option[]; hasPrompt: boolean; hasHelp: boolean };

/** The words that give a type. */
const TYPES: ReadonlyMap<Token, SymbolType> = new Map([
  ...(['bool', 'tristate', 'int', 'hex', 'string'] as const).map((type) => [type, type] as const),
  ['def_bool', 'bool'],
  ['def_tristate', 'tristate'],
]);

/**
 * Reads the option lines of entries, in the tree's version of the language (`parser.y`). A method for a kind of entry reads one line, and returns false if
 * the next token begins no option of such an entry. A method for a form of option returns true.
 */
export class OptionParser extends ExpressionParser {
  /** The first type of each symbol and each choice, which is the one that counts. */
  protected readonly types = new Map<string | CurrentEntry, SymbolType>(
    ['y', 'm', 'n'].map((name) => [name, 'tristate']),
  );
  #modules: string | null = null;
  #defconfigList: string | null = null;

  constructor(
    lexer: Lexer,
    protected readonly report: Report,
    protected readonly grammar: Grammar,
  ) {
    super(lexer);
  }

  protected configOption(entry: CurrentEntry): boolean {
    const token = this.peek();
    const type = TYPES.get(token);
    if (type !== undefined) {
      if (token === 'def_bool' || token === 'def_tristate') this.#default(entry);
      else this.#promptAfterType(entry);
      return this.#type(entry, type, entry.name);
    }
    if (token === 'default') return this.#default(entry);
    if (token === 'select' || token === 'imply') return this.#select(entry, token);
    if (token === 'range') return this.#range(entry);
    if (token === 'modules') return this.grammar.modulesOption && this.#modulesOption(entry);
    return this.#commonOption(entry) || this.#versionedOption(entry);
  }

  protected choiceOption(entry: CurrentEntry): boolean {
    const { typedChoices, boolPrompts, optionalChoices } = this.grammar;
    const token = this.peek();
    if (token === 'bool' || token === 'tristate') {
      if (token === 'tristate' ? !typedChoices : !boolPrompts) return false;
      if (typedChoices) this.#promptAfterType(entry);
      else this.#promptLine(entry);
      return this.#type(entry, token, entry);
    }
    if (token === 'default') return this.#defaultMember(entry);
    if (this.#commonOption(entry)) return true;
    return optionalChoices && this.#begins('optional', 'EOL') && this.#flag(entry, 'optional');
  }

  protected menuOption(entry: CurrentEntry): boolean {
    if (this.peek() !== 'visible') return this.commentOption(entry);
    this.take();
    return this.#add(entry, { kind: 'visible', condition: this.#conditionAndEnd(), at: this.here() });
  }

  protected commentOption(entry: CurrentEntry): boolean {
    return this.peek() === 'depends' && this.#depends(entry);
  }

  #commonOption(entry: CurrentEntry): boolean {
    const token = this.peek();
    if (token === 'prompt') return this.#promptLine(entry);
    if (token === 'depends') return this.#depends(entry);
    const helps = token === 'help' || (this.grammar.dashedHelp && this.#begins('---help---', 'EOL'));
    return helps && this.#help(entry);
  }

  /** Words that begin an option of a config in some versions and are plain words in the others. */
  #versionedOption(entry: CurrentEntry): boolean {
    const { transitional, oldOptions } = this.grammar;
    if (transitional && this.#begins('transitional', 'EOL')) return this.#flag(entry, 'transitional');
    return oldOptions && this.#begins('option', 'modules', 'WORD') && this.#oldOption(entry);
  }

  /** Whether the next token is this word and begins an option: it is a keyword everywhere in this tree, or one of `next` follows. */
  #begins(word: string, ...next: readonly Token[]): boolean {
    const token = this.peek();
    if ((token !== 'WORD' && token !== 'RESERVED') || this.value !== word) return false;
    return token === 'RESERVED' || next.includes(this.peekSecond());
  }

  #add(entry: CurrentEntry, option: Option): true {
    entry.options.push(option);
    return true;
  }

  #default(entry: CurrentEntry): true {
    this.take();
    const value = this.expression();
    return this.#add(entry, { kind: 'default', value, condition: this.#conditionAndEnd(), at: this.here() });
  }

  /** The default of a choice names one of its members. */
  #defaultMember(entry: CurrentEntry): true {
    this.take();
    const value = { kind: 'symbol', operand: { name: this.expect('WORD'), constant: false } } as const;
    return this.#add(entry, { kind: 'default', value, condition: this.#conditionAndEnd(), at: this.here() });
  }

  #depends(entry: CurrentEntry): true {
    this.take();
    this.expect('on');
    const on = this.expression();
    const condition = this.grammar.conditionalDepends ? this.condition() : null;
    this.expect('EOL');
    return this.#add(entry, { kind: 'depends', on, condition, at: this.here() });
  }

  /** What follows a type: a prompt or nothing. */
  #promptAfterType(entry: CurrentEntry): void {
    this.take();
    if (this.peek() === 'QUOTED') this.#prompt(entry, false);
    this.expect('EOL');
  }

  #promptLine(entry: CurrentEntry): true {
    this.take();
    return this.#prompt(entry, true);
  }

  /** A prompt with its condition. Warnings about one that follows a type come before the end of the line is checked, others after. */
  #prompt(entry: CurrentEntry, endsLine: boolean): true {
    const text = this.expect('QUOTED');
    const condition = this.condition();
    if (endsLine) this.expect('EOL');
    else this.peek();
    const at = this.here();
    const trimmed = this.promptText(text, at);
    if (entry.hasPrompt) this.report.warn(at, 'warning: prompt redefined');
    entry.hasPrompt = true;
    return this.#add(entry, { kind: 'prompt', text: trimmed, condition, at: this.here() });
  }

  /** `owner` is what gets the type: a symbol, by its name, or the entry of a choice. */
  #type(entry: CurrentEntry, type: SymbolType, owner: string | CurrentEntry): true {
    const known = this.types.get(owner) ?? type;
    this.types.set(owner, known);
    if (known !== type) {
      const change = `from '${typeName(known)}' to '${typeName(type)}'`;
      this.report.warn(entry.at, `warning: ignoring type redefinition of '${entry.name}' ${change}`);
    }
    return this.#add(entry, { kind: 'type', type, at: this.here() });
  }

  #select(entry: CurrentEntry, kind: 'select' | 'imply'): true {
    this.take();
    const symbol = this.expect('WORD');
    return this.#add(entry, { kind, symbol, condition: this.#conditionAndEnd(), at: this.here() });
  }

  #range(entry: CurrentEntry): true {
    this.take();
    const [low, high] = [this.operand(), this.operand()];
    return this.#add(entry, { kind: 'range', low, high, condition: this.#conditionAndEnd(), at: this.here() });
  }

  /** A word at the end of its line. */
  #flag(entry: CurrentEntry, kind: 'transitional' | 'optional' | 'modules' | 'allnoconfig_y' | 'defconfig_list'): true {
    this.take();
    this.expect('EOL');
    return this.#add(entry, { kind, at: this.here() });
  }

  #modulesOption(entry: CurrentEntry): true {
    this.#flag(entry, 'modules');
    const text = ` symbol '${entry.name}' redefines option 'modules' already defined by symbol '${this.#modules ?? ''}'`;
    if (this.#modules !== null) this.report.error(this.errorPlace, text);
    this.#modules = entry.name;
    return true;
  }

  /** What may follow `option` in trees before 5.13 (`env` before 4.18). */
  #oldOption(entry: CurrentEntry): true {
    this.take();
    if (this.peek() === 'modules') return this.#modulesOption(entry);
    if (this.value === 'allnoconfig_y') return this.#flag(entry, 'allnoconfig_y');
    if (this.value === 'defconfig_list') {
      this.#flag(entry, 'defconfig_list');
      this.#defconfigList ??= entry.name;
      if (this.#defconfigList !== entry.name)
        this.report.error(this.errorPlace, ' trying to redefine defconfig symbol');
      return true;
    }
    if (this.take() !== 'env') this.syntaxError();
    this.expect('=');
    const variable = this.expect('QUOTED');
    this.expect('EOL');
    return this.#add(entry, { kind: 'env', variable, at: this.here() });
  }

  #help(entry: CurrentEntry): true {
    this.take();
    this.expect('EOL');
    this.lexer.startHelp();
    const text = this.expect('HELP_TEXT');
    const at = this.errorPlace;
    if (entry.hasHelp)
      this.flaw(at, `'${entry.name}' defined with more than one help text`, ' -- only the last one will be used');
    if (!/[^ \f\n\r\t\v]/.test(text)) this.flaw(at, `'${entry.name}' defined with blank help text`);
    entry.hasHelp = true;
    return this.#add(entry, { kind: 'help', text, at: this.here() });
  }

  /** Reports what is an error since 7.2 and was a warning before. Only the warning names the consequence. */
  protected flaw(at: FileLine, text: string, consequence = ''): void {
    if (this.grammar.strictEntries) this.report.error(at, ` ${text}`);
    else this.report.warn(at, ` warning: ${text}${consequence}`);
  }

  protected promptText(text: string, at: FileLine): string {
    const trimmed = text.replace(/^[ \f\n\r\t\v]+/, '');
    if (trimmed !== text) this.report.warn(at, 'warning: leading whitespace ignored');
    return trimmed;
  }

  #conditionAndEnd(): ParsedExpression | null {
    const condition = this.condition();
    this.expect('EOL');
    return condition;
  }
}
