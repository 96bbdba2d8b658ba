import type { FileLine, Statement } from './ast.ts';
import type { Report } from './diagnostics.ts';
import type { Grammar } from './grammar.ts';
import type { Lexer } from './lexer.ts';
import type { Flavour, Macros } from './macros.ts';
import { OptionParser, type CurrentEntry } from './optionParser.ts';
import { parseExpression } from './parseExpression.ts';
import { TokenStream, UnexpectedEnd, UnexpectedToken } from './tokenStream.ts';
import { Token } from './tokenTypes.ts';

/** A block whose end statement is still to come. `outer` is the list that it belongs to; `inChoice` if it holds a choice's statements. */
type Block = { kind: 'menu' | 'choice' | 'if'; at: FileLine; outer: Statement[]; inChoice: boolean };

/** Returns the files that a `source` names. */
type FilesNamed = (name: string) => readonly string[];

const FLAVOURS: ReadonlyMap<Token, Flavour> = new Map([
  [Token.EQUAL, '='],
  [Token.COLON_EQUAL, ':='],
  [Token.PLUS_EQUAL, '+='],
]);

/**
 * Turns tokens into statements (`parser.y`). A statement takes effect as soon as its line is complete and before the next token is made, so that macros
 * are defined and files entered in time. After an unexpected token the parser continues at the next line, as bison's `error` rules do, to find more
 * errors.
 */
export class Parser {
  readonly #lexer: Lexer;
  readonly #macros: Macros;
  readonly #report: Report;
  readonly #filesNamed: FilesNamed;
  readonly #grammar: Grammar;

  readonly #tokens: TokenStream;
  readonly #options: OptionParser;

  #list: Statement[] = [];
  readonly #blocks: Block[] = [];
  /** Where the menus, choices and ifs begin that were not left yet (`current_menu`). A wrong end statement closes a block but does not leave it. */
  readonly #entered: FileLine[] = [];
  /** Whether the last `choice` is still open (`current_choice`). */
  #inChoice = false;

  constructor(lexer: Lexer, macros: Macros, report: Report, filesNamed: FilesNamed, grammar: Grammar) {
    this.#lexer = lexer;
    this.#macros = macros;
    this.#report = report;
    this.#filesNamed = filesNamed;
    this.#grammar = grammar;
    this.#tokens = new TokenStream(lexer);
    this.#options = new OptionParser(this.#tokens, report, grammar);
  }

  /** The statements of the whole tree. Errors go to the report. */
  parse(): Statement[] {
    try {
      if (this.#tokens.peek() === Token.MAINMENU) this.#mainmenu();
      while (this.#tokens.peek() !== Token.END || this.#blocks.length > 0) this.#statementOrError();
    } catch (error) {
      if (error instanceof UnexpectedToken) this.#reportSyntaxError();
      else if (!(error instanceof UnexpectedEnd)) throw error;
      for (const { at } of this.#blocks.reverse()) this.#report.error(at, ' missing end statement for this entry');
    }
    return this.#list;
  }

  #reportSyntaxError(): void {
    if (!this.#tokens.reportsSyntaxError) return;
    const { file, line } = this.#tokens.errorPlace;
    this.#report.error({ file, line: this.#grammar.oldPlaces ? line + 1 : line }, ' syntax error');
  }

  /** Reads one statement; after a syntax error it skips the rest of the line. */
  #statementOrError(): void {
    const word = this.#tokens.peek() === Token.WORD && !this.#restricted() ? this.#tokens.value : null;
    try {
      this.#statement();
    } catch (error) {
      if (!(error instanceof UnexpectedToken)) throw error;
      this.#reportSyntaxError();
      this.#tokens.skipLine();
      this.#report.error(
        this.#tokens.errorPlace,
        word === null ? ' invalid statement' : ` unknown statement "${word}"`,
      );
    }
  }

  #statement(): void {
    const token = this.#tokens.peek();
    const read = Parser.#STATEMENTS.get(token);
    if (read === undefined || (this.#restricted() && !this.#isAllowedInChoice(token))) this.#tokens.syntaxError();
    read(this);
  }

  static readonly #STATEMENTS: ReadonlyMap<Token, (parser: Parser) => void> = new Map([
    [Token.CONFIG, (parser) => parser.#config(false)],
    [Token.MENUCONFIG, (parser) => parser.#config(true)],
    [Token.WORD, (parser) => parser.#assignment()],
    [Token.SOURCE, (parser) => parser.#lexer.include(parser.#filesNamed(parser.#quotedLine()))],
    [Token.COMMENT, (parser) => parser.#comment()],
    [Token.MENU, (parser) => parser.#menu()],
    [Token.IF, (parser) => parser.#if()],
    [Token.CHOICE, (parser) => parser.#choice()],
    [Token.ENDMENU, (parser) => parser.#end('menu')],
    [Token.ENDCHOICE, (parser) => parser.#end('choice')],
    [Token.ENDIF, (parser) => parser.#end('if')],
  ]);

  /** Whether only some statements are allowed here, because they are in a choice (`stmt_list_in_choice`). */
  #restricted(): boolean {
    return this.#blocks.at(-1)?.inChoice ?? false;
  }

  #isAllowedInChoice(token: Token): boolean {
    if (token === Token.CHOICE || token === Token.MENU) return false;
    return this.#grammar.openChoices || !(token === Token.MENUCONFIG || token === Token.SOURCE || token === Token.WORD);
  }

  #config(menuconfig: boolean): void {
    this.#tokens.take();
    const symbol = this.#tokens.expect(Token.WORD);
    this.#tokens.expect(Token.EOL);
    const entry = this.#entry(symbol);
    while (this.#options.config(entry));
    if (menuconfig && !entry.hasPrompt)
      this.#options.flaw(this.#tokens.errorPlace, 'menuconfig statement without prompt');
    if (!menuconfig && this.#inChoice && this.#grammar.boolMembers) {
      if (!entry.hasPrompt) this.#report.error(entry.at, ' error: choice member must have a prompt');
      if (this.#options.typeOf(symbol) !== 'bool') this.#report.error(entry.at, ' error: choice member must be bool');
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

  #mainmenu(): void {
    const text = this.#quotedLine();
    const at = this.#tokens.here();
    this.#list.push({ kind: 'mainmenu', prompt: this.#options.promptText(text, at), at });
  }

  #comment(): void {
    const text = this.#quotedLine();
    const entry = this.#entry('');
    const prompt = this.#options.promptText(text, entry.at);
    while (this.#options.comment(entry));
    this.#list.push({ kind: 'comment', prompt, options: entry.options, at: entry.at });
  }

  #menu(): void {
    const text = this.#quotedLine();
    const entry = this.#entry('');
    const prompt = this.#options.promptText(text, entry.at);
    while (this.#options.menu(entry));
    this.#begin({ kind: 'menu', prompt, options: entry.options, body: [], at: entry.at });
  }

  #if(): void {
    this.#tokens.take();
    const condition = parseExpression(this.#tokens);
    this.#tokens.expect(Token.EOL);
    this.#begin({ kind: 'if', condition, body: [], at: this.#tokens.here() });
  }

  #choice(): void {
    this.#tokens.take();
    const symbol = this.#tokens.peek() === Token.WORD && this.#grammar.namedChoices ? this.#tokens.take() : null;
    this.#tokens.expect(Token.EOL);
    const entry = this.#entry('<choice>');
    while (this.#options.choice(entry));
    if (!entry.hasPrompt && this.#grammar.promptedChoices)
      this.#report.error(entry.at, ' error: choice must have a prompt');
    this.#begin({ kind: 'choice', symbol, options: entry.options, body: [], at: entry.at });
    this.#inChoice = true;
  }

  #begin(statement: Extract<Statement, { body: Statement[] }>): void {
    const { kind, at, body } = statement;
    const inChoice = kind === 'choice' || (kind === 'if' && this.#restricted() && !this.#grammar.openChoices);
    this.#list.push(statement);
    this.#blocks.push({ kind, at, outer: this.#list, inChoice });
    this.#entered.push(at);
    this.#list = body;
  }

  #end(kind: Block['kind']): void {
    const block = this.#blocks.at(-1);
    if (block === undefined) this.#tokens.syntaxError();
    this.#tokens.take();
    this.#tokens.expect(Token.EOL);
    this.#blocks.pop();
    this.#list = block.outer;
    if (block.kind === 'choice') this.#inChoice = false;
    const entered = this.#entered.at(-1);
    if (kind !== block.kind)
      this.#report.error(this.#tokens.errorPlace, ` unexpected '${kind}' within ${block.kind} block`);
    else if (entered !== undefined && entered.file !== this.#lexer.file) {
      this.#report.error(this.#tokens.errorPlace, ` '${kind}' in different file than '${block.kind}'`);
      this.#report.error(entered, ` location of the '${block.kind}'`);
    } else this.#entered.pop();
  }

  /** Reads a line that consists of a keyword and a string. */
  #quotedLine(): string {
    this.#tokens.take();
    const text = this.#tokens.expect(Token.QUOTED);
    this.#tokens.expect(Token.EOL);
    return text;
  }

  #entry(name: string): CurrentEntry {
    return { name, at: this.#tokens.here(), options: [], hasPrompt: false, hasHelp: false };
  }
}
