import type { Expression, Location, Option, Statement, SymbolType } from './ast.ts';
import type { Report } from './errors.ts';
import { conditionalDependency, parseExpression, parseOperand, type TokenSource } from './expressions.ts';
import type { Grammar } from './grammar.ts';
import type { Lexer } from './lexer.ts';
import type { Flavour, Macros } from './macros.ts';
import { Token } from './tokens.ts';

/** A block whose end statement is still to come, and the list that it stands in. */
type Block = { kind: 'menu' | 'choice' | 'if'; at: Location; outer: Statement[]; /** Its statements are a choice's (`stmt_list_in_choice`). */ inChoice: boolean };

/** The entry that option lines add to (`current_entry`). `name` is as kconfig writes it in messages. */
type Entry = { name: string; at: Location; options: Option[]; hasPrompt: boolean; hasHelp: boolean };

/** A statement's token fits nowhere: the parser goes on at the next line. */
class UnexpectedToken extends Error {}
/** The tree ended inside of a statement or a block. */
class Aborted extends Error {}
const UNEXPECTED = new UnexpectedToken('unexpected token');
const ABORTED = new Aborted('unexpected end');

const TYPES: ReadonlyMap<Token, SymbolType> = new Map([
  [Token.BOOL, 'bool'],
  [Token.TRISTATE, 'tristate'],
  [Token.INT, 'int'],
  [Token.HEX, 'hex'],
  [Token.STRING, 'string'],
]);
const FLAVOURS: ReadonlyMap<Token, Flavour> = new Map([
  [Token.EQUAL, '='],
  [Token.COLON_EQUAL, ':='],
  [Token.PLUS_EQUAL, '+='],
]);
const ENDS: ReadonlyMap<Token, Block['kind']> = new Map([
  [Token.ENDMENU, 'menu'],
  [Token.ENDCHOICE, 'choice'],
  [Token.ENDIF, 'if'],
]);

/** Which files a `source` means. */
export type SourceResolver = (name: string) => readonly string[];

/**
 * From tokens to statements (`parser.y`). Each statement acts as soon as its line is complete and before the next token is made, because macros are
 * defined and files entered that way. After an unexpected token it skips to the end of the line, as bison's `error` rules do, to find more of them.
 */
export class Parser implements TokenSource {
  readonly #lexer: Lexer;
  readonly #macros: Macros;
  readonly #report: Report;
  readonly #resolve: SourceResolver;
  readonly #grammar: Grammar;

  /** The last place asked for: what stands in one line shares it. */
  #last: Location = { file: '', line: 0 };
  #token: Token | null = null;
  #value = '';
  /** A second token read ahead, for words that are keywords only in some versions. */
  #second: { token: Token; value: string } | null = null;
  /** bison's yyerrstatus: tokens to be taken before the next syntax error is told. */
  #quiet = 0;

  #list: Statement[] = [];
  readonly #blocks: Block[] = [];
  /** Menus, choices and ifs not left yet (`current_menu`); a wrong end statement ends the block but does not leave it. */
  readonly #entered: Location[] = [];
  readonly #types = new Map<string, SymbolType>([['y', 'tristate'], ['m', 'tristate'], ['n', 'tristate']]);
  /** Between the options of a choice and the next end statement of one (`current_choice`). */
  #inChoice = false;
  #modules: string | null = null;
  #defconfigList: string | null = null;

  constructor(lexer: Lexer, macros: Macros, report: Report, resolve: SourceResolver, grammar: Grammar) {
    this.#lexer = lexer;
    this.#macros = macros;
    this.#report = report;
    this.#resolve = resolve;
    this.#grammar = grammar;
  }

  /** The statements of the whole tree; faults are in the report. */
  parse(): Statement[] {
    try {
      if (this.peek() === Token.MAINMENU) this.#mainmenu();
      while (this.peek() !== Token.END || this.#blocks.length > 0) this.#recovering();
    } catch (error) {
      if (error instanceof UnexpectedToken) this.#tellSyntaxError();
      else if (!(error instanceof Aborted)) throw error;
      for (const { at } of this.#blocks.reverse()) this.#report.error(at, ' missing end statement for this entry');
    }
    return this.#list;
  }

  peek(): Token {
    if (this.#token === null) {
      if (this.#second === null) {
        this.#token = this.#lexer.next();
        this.#value = this.#lexer.value;
      } else {
        ({ token: this.#token, value: this.#value } = this.#second);
        this.#second = null;
      }
    }
    return this.#token;
  }

  take(): string {
    this.peek();
    this.#token = null;
    if (this.#quiet > 0) this.#quiet--;
    return this.#value;
  }

  syntaxError(): never {
    throw UNEXPECTED;
  }

  #expect(token: Token): string {
    if (this.peek() !== token) throw UNEXPECTED;
    return this.take();
  }

  /** Where an entry or an option is. */
  #here(): Location {
    const { file, statementLine: line } = this.#lexer;
    if (this.#last.line !== line || this.#last.file !== file) this.#last = { file, line };
    return this.#last;
  }

  // Faults

  #tellSyntaxError(): void {
    if (this.#quiet > 0) return;
    const { file, line } = this.#lexer.statementPlace;
    this.#report.error({ file, line: this.#grammar.oldPlaces ? line + 1 : line }, ' syntax error');
  }

  /** One statement; after a fault the rest of its line is skipped. */
  #recovering(): void {
    const word = this.peek() === Token.WORD && !this.#restricted() ? this.#value : null;
    try {
      this.#statement();
    } catch (error) {
      if (!(error instanceof UnexpectedToken)) throw error;
      this.#tellSyntaxError();
      this.#quiet = 3;
      while (this.peek() !== Token.EOL) {
        if (this.peek() === Token.END) throw ABORTED;
        this.#token = null;
      }
      this.take();
      this.#report.error(this.#lexer.statementPlace, word === null ? ' invalid statement' : ` unknown statement "${word}"`);
    }
  }

  // Statements

  #mainmenu(): void {
    this.take();
    const text = this.#expect(Token.QUOTED);
    this.#expect(Token.EOL);
    const at = this.#here();
    this.#list.push({ kind: 'mainmenu', prompt: this.#promptText(text, at), at });
  }

  #statement(): void {
    const token = this.peek();
    if (this.#restricted() && !this.#mayStandInChoice(token)) throw UNEXPECTED;
    switch (token) {
      case Token.CONFIG:
        this.#config(false);
        break;
      case Token.MENUCONFIG:
        this.#config(true);
        break;
      case Token.WORD:
        this.#assignment();
        break;
      case Token.SOURCE:
        this.#source();
        break;
      case Token.COMMENT:
        this.#comment();
        break;
      case Token.MENU:
        this.#menu();
        break;
      case Token.IF:
        this.#if();
        break;
      case Token.CHOICE:
        this.#choice();
        break;
      case Token.ENDMENU:
      case Token.ENDCHOICE:
      case Token.ENDIF:
        this.#end();
        break;
      default:
        throw UNEXPECTED;
    }
  }

  /** Whether only some statements may stand here, because it is in a choice. */
  #restricted(): boolean {
    return this.#blocks.at(-1)?.inChoice ?? false;
  }

  #mayStandInChoice(token: Token): boolean {
    if (token === Token.CHOICE || token === Token.MENU) return false;
    return this.#grammar.openChoices || !(token === Token.MENUCONFIG || token === Token.SOURCE || token === Token.WORD);
  }

  #config(menuconfig: boolean): void {
    this.take();
    const symbol = this.#expect(Token.WORD);
    this.#expect(Token.EOL);
    const entry = this.#entry(symbol);
    while (this.#configOption(entry, symbol));
    if (menuconfig && !entry.hasPrompt) this.#flaw(this.#lexer.statementPlace, 'menuconfig statement without prompt');
    if (!menuconfig && this.#inChoice && this.#grammar.boolMembers) {
      if (!entry.hasPrompt) this.#report.error(entry.at, ' error: choice member must have a prompt');
      if (this.#types.get(symbol) !== 'bool') this.#report.error(entry.at, ' error: choice member must be bool');
    }
    this.#list.push({ kind: 'config', symbol, menuconfig, options: entry.options, at: entry.at });
  }

  #assignment(): void {
    const name = this.take();
    const flavour = FLAVOURS.get(this.peek());
    if (flavour === undefined) throw UNEXPECTED;
    this.take();
    const value = this.peek() === Token.ASSIGN_VALUE ? this.take() : '';
    this.#expect(Token.EOL);
    this.#macros.define(name, value, flavour);
  }

  #source(): void {
    this.take();
    const name = this.#expect(Token.QUOTED);
    this.#expect(Token.EOL);
    this.#lexer.include(this.#resolve(name));
  }

  #comment(): void {
    this.take();
    const text = this.#expect(Token.QUOTED);
    this.#expect(Token.EOL);
    const entry = this.#entry('');
    const prompt = this.#promptText(text, entry.at);
    while (this.peek() === Token.DEPENDS) this.#depends(entry);
    this.#list.push({ kind: 'comment', prompt, options: entry.options, at: entry.at });
  }

  #menu(): void {
    this.take();
    const text = this.#expect(Token.QUOTED);
    this.#expect(Token.EOL);
    const entry = this.#entry('');
    const prompt = this.#promptText(text, entry.at);
    for (;;) {
      const token = this.peek();
      if (token === Token.DEPENDS) this.#depends(entry);
      else if (token === Token.VISIBLE) this.#visible(entry);
      else break;
    }
    const body: Statement[] = [];
    this.#list.push({ kind: 'menu', prompt, options: entry.options, body, at: entry.at });
    this.#begin('menu', entry.at, body);
  }

  #if(): void {
    this.take();
    const condition = parseExpression(this);
    this.#expect(Token.EOL);
    const at = this.#here();
    const body: Statement[] = [];
    this.#list.push({ kind: 'if', condition, body, at });
    this.#begin('if', at, body);
  }

  #choice(): void {
    this.take();
    const symbol = this.peek() === Token.WORD && this.#grammar.namedChoices ? this.take() : null;
    this.#expect(Token.EOL);
    const entry = this.#entry('<choice>');
    while (this.#choiceOption(entry));
    if (!entry.hasPrompt && this.#grammar.promptedChoices) this.#report.error(entry.at, ' error: choice must have a prompt');
    const body: Statement[] = [];
    this.#list.push({ kind: 'choice', symbol, options: entry.options, body, at: entry.at });
    this.#begin('choice', entry.at, body);
    this.#inChoice = true;
  }

  #begin(kind: Block['kind'], at: Location, body: Statement[]): void {
    const inChoice = kind === 'choice' || (kind === 'if' && this.#restricted() && !this.#grammar.openChoices);
    this.#blocks.push({ kind, at, outer: this.#list, inChoice });
    this.#entered.push(at);
    this.#list = body;
  }

  #end(): void {
    const kind = ENDS.get(this.peek());
    const block = this.#blocks.at(-1);
    if (kind === undefined || block === undefined) throw UNEXPECTED;
    this.take();
    this.#expect(Token.EOL);
    this.#blocks.pop();
    this.#list = block.outer;
    if (block.kind === 'choice') this.#inChoice = false;
    const entered = this.#entered.at(-1);
    if (kind !== block.kind) this.#report.error(this.#lexer.statementPlace, ` unexpected '${kind}' within ${block.kind} block`);
    else if (entered !== undefined && entered.file !== this.#lexer.file) {
      this.#report.error(this.#lexer.statementPlace, ` '${kind}' in different file than '${block.kind}'`);
      this.#report.error(entered, ` location of the '${block.kind}'`);
    } else this.#entered.pop();
  }

  // Options

  #entry(name: string): Entry {
    return { name, at: this.#here(), options: [], hasPrompt: false, hasHelp: false };
  }

  /** One option line of a `config`; false when the next token begins none. */
  #configOption(entry: Entry, symbol: string): boolean {
    const token = this.peek();
    switch (token) {
      case Token.BOOL:
      case Token.TRISTATE:
      case Token.INT:
      case Token.HEX:
      case Token.STRING: {
        this.take();
        if (this.peek() === Token.QUOTED) this.#prompt(entry, false);
        this.#expect(Token.EOL);
        this.#type(entry, TYPES.get(token) as SymbolType, symbol);
        return true;
      }
      case Token.PROMPT:
        this.take();
        this.#prompt(entry, true);
        return true;
      case Token.DEFAULT:
        this.#default(entry);
        return true;
      case Token.DEF_BOOL:
      case Token.DEF_TRISTATE:
        this.#default(entry);
        this.#type(entry, token === Token.DEF_BOOL ? 'bool' : 'tristate', symbol);
        return true;
      case Token.SELECT:
      case Token.IMPLY: {
        this.take();
        const target = this.#expect(Token.WORD);
        const condition = this.#conditionAndEnd();
        entry.options.push({ kind: token === Token.SELECT ? 'select' : 'imply', symbol: target, condition, at: this.#here() });
        return true;
      }
      case Token.RANGE: {
        this.take();
        const low = parseOperand(this);
        const high = parseOperand(this);
        const condition = this.#conditionAndEnd();
        entry.options.push({ kind: 'range', low, high, condition, at: this.#here() });
        return true;
      }
      case Token.MODULES:
        if (!this.#grammar.modulesOption) return false;
        this.take();
        this.#expect(Token.EOL);
        this.#modulesOption(entry, symbol);
        return true;
      case Token.WORD:
      case Token.RESERVED:
        return this.#versionedOption(entry, symbol);
      default:
        return this.#commonOption(entry);
    }
  }

  #choiceOption(entry: Entry): boolean {
    const token = this.peek();
    switch (token) {
      case Token.BOOL:
      case Token.TRISTATE:
        if (token === Token.TRISTATE ? !this.#grammar.typedChoices : !this.#grammar.boolPrompts) return false;
        this.take();
        if (this.#grammar.typedChoices) {
          if (this.peek() === Token.QUOTED) this.#prompt(entry, false);
          this.#expect(Token.EOL);
        } else this.#prompt(entry, true);
        this.#type(entry, token === Token.BOOL ? 'bool' : 'tristate', null);
        return true;
      case Token.PROMPT:
        this.take();
        this.#prompt(entry, true);
        return true;
      case Token.DEFAULT: {
        this.take();
        const name = this.#expect(Token.WORD);
        const condition = this.#conditionAndEnd();
        entry.options.push({ kind: 'default', value: { kind: 'symbol', operand: { name, constant: false } }, condition, at: this.#here() });
        return true;
      }
      case Token.WORD:
      case Token.RESERVED:
        if (!this.#grammar.optionalChoices || this.#value !== 'optional') return this.#dashedHelp(entry);
        if (!this.#beginsOption(Token.EOL)) return false;
        this.take();
        this.#expect(Token.EOL);
        entry.options.push({ kind: 'optional', at: this.#here() });
        return true;
      default:
        return this.#commonOption(entry);
    }
  }

  #commonOption(entry: Entry): boolean {
    switch (this.peek()) {
      case Token.DEPENDS:
        this.#depends(entry);
        return true;
      case Token.HELP:
        this.#help(entry);
        return true;
      default:
        return false;
    }
  }

  /** Words that begin an option in some versions only, and are plain words in the others. */
  #versionedOption(entry: Entry, symbol: string): boolean {
    switch (this.#value) {
      case 'transitional':
        if (!this.#grammar.transitional || !this.#beginsOption(Token.EOL)) return false;
        this.take();
        this.#expect(Token.EOL);
        entry.options.push({ kind: 'transitional', at: this.#here() });
        return true;
      case 'option':
        if (!this.#grammar.oldOptions || !this.#beginsOption(Token.MODULES, Token.WORD)) return false;
        this.take();
        this.#option(entry, symbol);
        return true;
      default:
        return this.#dashedHelp(entry);
    }
  }

  #dashedHelp(entry: Entry): boolean {
    if (this.#value !== '---help---' || !this.#grammar.dashedHelp || !this.#beginsOption(Token.EOL)) return false;
    this.#help(entry);
    return true;
  }

  /** Whether the present word is a keyword: because it is always one in this tree, or because one of `next` follows. */
  #beginsOption(...next: readonly Token[]): boolean {
    return this.#token === Token.RESERVED || next.includes(this.#peekSecond());
  }

  /** What followed `option` in trees before 5.13, and `env` in those before 4.18. */
  #option(entry: Entry, symbol: string): void {
    const token = this.peek();
    const name = this.take();
    if (token === Token.MODULES) {
      this.#expect(Token.EOL);
      this.#modulesOption(entry, symbol);
    } else if (name === 'allnoconfig_y') {
      this.#expect(Token.EOL);
      entry.options.push({ kind: 'allnoconfig_y', at: this.#here() });
    } else if (name === 'defconfig_list') {
      this.#expect(Token.EOL);
      const other = this.#defconfigList !== null && this.#defconfigList !== symbol;
      if (other) this.#report.error(this.#lexer.statementPlace, ' trying to redefine defconfig symbol');
      this.#defconfigList ??= symbol;
      entry.options.push({ kind: 'defconfig_list', at: this.#here() });
    } else if (name === 'env') {
      this.#expect(Token.EQUAL);
      const variable = this.#expect(Token.QUOTED);
      this.#expect(Token.EOL);
      entry.options.push({ kind: 'env', variable, at: this.#here() });
    } else throw UNEXPECTED;
  }

  #peekSecond(): Token {
    this.peek();
    if (this.#second === null) {
      const token = this.#lexer.next();
      this.#second = { token, value: this.#lexer.value };
    }
    return this.#second.token;
  }

  #modulesOption(entry: Entry, symbol: string): void {
    if (this.#modules !== null) {
      this.#report.error(this.#lexer.statementPlace, ` symbol '${symbol}' redefines option 'modules' already defined by symbol '${this.#modules}'`);
    }
    this.#modules = symbol;
    entry.options.push({ kind: 'modules', at: this.#here() });
  }

  #default(entry: Entry): void {
    this.take();
    const value = parseExpression(this);
    const condition = this.#conditionAndEnd();
    entry.options.push({ kind: 'default', value, condition, at: this.#here() });
  }

  #depends(entry: Entry): void {
    this.take();
    this.#expect(Token.ON);
    const on = parseExpression(this);
    const condition = this.#grammar.conditionalDepends ? this.#condition() : null;
    this.#expect(Token.EOL);
    entry.options.push({ kind: 'depends', on: conditionalDependency(on, condition), at: this.#here() });
  }

  #visible(entry: Entry): void {
    this.take();
    const condition = this.#conditionAndEnd();
    entry.options.push({ kind: 'visible', condition, at: this.#here() });
  }

  /** A prompt with its condition. One behind a type is taken before the line's end is looked for, others after. */
  #prompt(entry: Entry, endsLine: boolean): void {
    const text = this.#expect(Token.QUOTED);
    const condition = this.#condition();
    if (endsLine) this.#expect(Token.EOL);
    else this.peek();
    const at = this.#here();
    const trimmed = this.#promptText(text, at);
    if (entry.hasPrompt) this.#report.warn(at, 'warning: prompt redefined');
    entry.hasPrompt = true;
    entry.options.push({ kind: 'prompt', text: trimmed, condition, at });
  }

  /** A symbol's first type counts. `symbol` is null for a choice, which has a type of its own. */
  #type(entry: Entry, type: SymbolType, symbol: string | null): void {
    entry.options.push({ kind: 'type', type, at: this.#here() });
    const known = symbol === null ? entry.options.find((option) => option.kind === 'type')?.type : this.#types.get(symbol);
    if (known === undefined) this.#types.set(symbol ?? '', type);
    else if (known !== type) {
      this.#report.warn(entry.at, `warning: ignoring type redefinition of '${entry.name}' from '${typeName(known)}' to '${typeName(type)}'`);
    }
  }

  /** What kconfig warned of until it made an error of it. `consequence` is what only the warning says. */
  #flaw(at: Location, text: string, consequence = ''): void {
    if (this.#grammar.strictEntries) this.#report.error(at, ` ${text}`);
    else this.#report.warn(at, ` warning: ${text}${consequence}`);
  }

  #help(entry: Entry): void {
    this.take();
    this.#expect(Token.EOL);
    this.#lexer.startHelp();
    const text = this.#expect(Token.HELP_TEXT);
    const at = this.#lexer.statementPlace;
    if (entry.hasHelp) this.#flaw(at, `'${entry.name}' defined with more than one help text`, ' -- only the last one will be used');
    if (!/[^ \f\n\r\t\v]/.test(text)) this.#flaw(at, `'${entry.name}' defined with blank help text`);
    entry.hasHelp = true;
    entry.options.push({ kind: 'help', text, at: this.#here() });
  }

  #condition(): Expression | null {
    if (this.peek() !== Token.IF) return null;
    this.take();
    return parseExpression(this);
  }

  #conditionAndEnd(): Expression | null {
    const condition = this.#condition();
    this.#expect(Token.EOL);
    return condition;
  }

  #promptText(text: string, at: Location): string {
    if (!/^[ \f\n\r\t\v]/.test(text)) return text;
    this.#report.warn(at, 'warning: leading whitespace ignored');
    return text.replace(/^[ \f\n\r\t\v]+/, '');
  }
}

/** As kconfig writes it (`sym_type_name`). */
function typeName(type: SymbolType): string {
  return type === 'int' ? 'integer' : type;
}
