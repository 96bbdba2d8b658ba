import type { Location, Statement } from './ast.ts';
import { EntryParser } from './entryParser.ts';
import type { Report } from './errors.ts';
import { parseExpression } from './expressions.ts';
import type { Grammar } from './grammar.ts';
import type { Lexer } from './lexer.ts';
import type { Flavour, Macros } from './macros.ts';
import { OptionLines, type Entry } from './optionLines.ts';
import { Token } from './tokens.ts';
import { Aborted, TokenStream, UnexpectedToken } from './tokenStream.ts';

/** A block whose end statement is still to come, and the list that it stands in. */
type Block = {
  kind: 'menu' | 'choice' | 'if';
  at: Location;
  outer: Statement[];
  /** Its statements are a choice's (`stmt_list_in_choice`). */ inChoice: boolean;
};

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
export class Parser {
  readonly #lexer: Lexer;
  readonly #macros: Macros;
  readonly #report: Report;
  readonly #resolve: SourceResolver;
  readonly #grammar: Grammar;

  readonly #tokens: TokenStream;
  readonly #lines: OptionLines;
  readonly #entries: EntryParser;

  #list: Statement[] = [];
  readonly #blocks: Block[] = [];
  /** Menus, choices and ifs not left yet (`current_menu`); a wrong end statement ends the block but does not leave it. */
  readonly #entered: Location[] = [];
  /** Between the options of a choice and the next end statement of one (`current_choice`). */
  #inChoice = false;

  constructor(lexer: Lexer, macros: Macros, report: Report, resolve: SourceResolver, grammar: Grammar) {
    this.#lexer = lexer;
    this.#macros = macros;
    this.#report = report;
    this.#resolve = resolve;
    this.#grammar = grammar;
    this.#tokens = new TokenStream(lexer);
    this.#lines = new OptionLines(this.#tokens, lexer, report, grammar);
    this.#entries = new EntryParser(this.#tokens, this.#lines, grammar);
  }

  /** The statements of the whole tree; faults are in the report. */
  parse(): Statement[] {
    try {
      if (this.#tokens.peek() === Token.MAINMENU) this.#mainmenu();
      while (this.#tokens.peek() !== Token.END || this.#blocks.length > 0) this.#recovering();
    } catch (error) {
      if (error instanceof UnexpectedToken) this.#tellSyntaxError();
      else if (!(error instanceof Aborted)) throw error;
      for (const { at } of this.#blocks.reverse()) this.#report.error(at, ' missing end statement for this entry');
    }
    return this.#list;
  }

  // Faults

  #tellSyntaxError(): void {
    if (!this.#tokens.isTold) return;
    const { file, line } = this.#tokens.place;
    this.#report.error({ file, line: this.#grammar.oldPlaces ? line + 1 : line }, ' syntax error');
  }

  /** One statement; after a fault the rest of its line is skipped. */
  #recovering(): void {
    const word = this.#tokens.peek() === Token.WORD && !this.#restricted() ? this.#tokens.value : null;
    try {
      this.#statement();
    } catch (error) {
      if (!(error instanceof UnexpectedToken)) throw error;
      this.#tellSyntaxError();
      this.#tokens.skipLine();
      this.#report.error(this.#tokens.place, word === null ? ' invalid statement' : ` unknown statement "${word}"`);
    }
  }

  // Statements

  #mainmenu(): void {
    this.#tokens.take();
    const text = this.#tokens.expect(Token.QUOTED);
    this.#tokens.expect(Token.EOL);
    const at = this.#tokens.here();
    this.#list.push({ kind: 'mainmenu', prompt: this.#lines.promptText(text, at), at });
  }

  #statement(): void {
    const token = this.#tokens.peek();
    if (this.#restricted() && !this.#mayStandInChoice(token)) this.#tokens.syntaxError();
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
        this.#tokens.syntaxError();
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
    this.#tokens.take();
    const symbol = this.#tokens.expect(Token.WORD);
    this.#tokens.expect(Token.EOL);
    const entry = this.#entry(symbol);
    while (this.#entries.config(entry, symbol));
    if (menuconfig && !entry.hasPrompt) this.#lines.flaw(this.#tokens.place, 'menuconfig statement without prompt');
    if (!menuconfig && this.#inChoice && this.#grammar.boolMembers) {
      if (!entry.hasPrompt) this.#report.error(entry.at, ' error: choice member must have a prompt');
      if (this.#lines.typeOf(symbol) !== 'bool') this.#report.error(entry.at, ' error: choice member must be bool');
    }
    this.#list.push({ kind: 'config', symbol, menuconfig, options: entry.options, at: entry.at });
  }

  #assignment(): void {
    const name = this.#tokens.take();
    const flavour = FLAVOURS.get(this.#tokens.peek());
    if (flavour === undefined) this.#tokens.syntaxError();
    this.#tokens.take();
    const value = this.#tokens.peek() === Token.ASSIGN_VALUE ? this.#tokens.take() : '';
    this.#tokens.expect(Token.EOL);
    this.#macros.define(name, value, flavour);
  }

  #source(): void {
    this.#tokens.take();
    const name = this.#tokens.expect(Token.QUOTED);
    this.#tokens.expect(Token.EOL);
    this.#lexer.include(this.#resolve(name));
  }

  #comment(): void {
    this.#tokens.take();
    const text = this.#tokens.expect(Token.QUOTED);
    this.#tokens.expect(Token.EOL);
    const entry = this.#entry('');
    const prompt = this.#lines.promptText(text, entry.at);
    while (this.#tokens.peek() === Token.DEPENDS) this.#lines.depends(entry);
    this.#list.push({ kind: 'comment', prompt, options: entry.options, at: entry.at });
  }

  #menu(): void {
    this.#tokens.take();
    const text = this.#tokens.expect(Token.QUOTED);
    this.#tokens.expect(Token.EOL);
    const entry = this.#entry('');
    const prompt = this.#lines.promptText(text, entry.at);
    for (;;) {
      const token = this.#tokens.peek();
      if (token === Token.DEPENDS) this.#lines.depends(entry);
      else if (token === Token.VISIBLE) this.#lines.visible(entry);
      else break;
    }
    const body: Statement[] = [];
    this.#list.push({ kind: 'menu', prompt, options: entry.options, body, at: entry.at });
    this.#begin('menu', entry.at, body);
  }

  #if(): void {
    this.#tokens.take();
    const condition = parseExpression(this.#tokens);
    this.#tokens.expect(Token.EOL);
    const at = this.#tokens.here();
    const body: Statement[] = [];
    this.#list.push({ kind: 'if', condition, body, at });
    this.#begin('if', at, body);
  }

  #choice(): void {
    this.#tokens.take();
    const symbol = this.#tokens.peek() === Token.WORD && this.#grammar.namedChoices ? this.#tokens.take() : null;
    this.#tokens.expect(Token.EOL);
    const entry = this.#entry('<choice>');
    while (this.#entries.choice(entry));
    if (!entry.hasPrompt && this.#grammar.promptedChoices)
      this.#report.error(entry.at, ' error: choice must have a prompt');
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
    const kind = ENDS.get(this.#tokens.peek());
    const block = this.#blocks.at(-1);
    if (kind === undefined || block === undefined) this.#tokens.syntaxError();
    this.#tokens.take();
    this.#tokens.expect(Token.EOL);
    this.#blocks.pop();
    this.#list = block.outer;
    if (block.kind === 'choice') this.#inChoice = false;
    const entered = this.#entered.at(-1);
    if (kind !== block.kind) this.#report.error(this.#tokens.place, ` unexpected '${kind}' within ${block.kind} block`);
    else if (entered !== undefined && entered.file !== this.#lexer.file) {
      this.#report.error(this.#tokens.place, ` '${kind}' in different file than '${block.kind}'`);
      this.#report.error(entered, ` location of the '${block.kind}'`);
    } else this.#entered.pop();
  }

  /** An entry that begins here. */
  #entry(name: string): Entry {
    return { name, at: this.#tokens.here(), options: [], hasPrompt: false, hasHelp: false };
  }
}
