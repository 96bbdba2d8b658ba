import type { FileLine, Statement } from './ast.ts';
import type { Report } from './diagnostics.ts';
import { NestedTooDeeply, UnexpectedEnd, UnexpectedToken } from './expressionParser.ts';
import type { Grammar } from './grammar.ts';
import type { Lexer, Token } from './lexer.ts';
import type { Flavour, Macros } from './macros.ts';
import { OptionParser, type CurrentEntry } from './optionParser.ts';

/** A block whose end statement is still to come. `outer` is the list that it belongs to; `inChoice` if it holds a choice's statements. */
type Block = { kind: 'menu' | 'choice' | 'if'; at: FileLine; outer: Statement[]; inChoice: boolean };

/** With one more, bison's stack is full (YYMAXDEPTH): conf says `memory exhausted`, and goes on with what it has. */
const MOST_BLOCKS = 4_998;

const FLAVOURS: readonly Token[] = ['=', ':=', '+='] satisfies Flavour[];

/**
 * Turns tokens into statements (`parser.y`). A statement takes effect as soon as its line is complete and before the next token is made, so that macros
 * are defined and files entered in time. After an unexpected token the parser continues at the next line, as bison's `error` rules do, to find more
 * errors.
 */
export class Parser extends OptionParser {
  #list: Statement[] = [];
  readonly #blocks: Block[] = [];
  /** Where the menus, choices and ifs begin that were not left yet (`current_menu`). A wrong end statement closes a block but does not leave it. */
  readonly #entered: FileLine[] = [];
  /** Whether the last `choice` is still open (`current_choice`). */
  #inChoice = false;

  /** @param filesNamed gives the files that a `source` names. */
  constructor(
    lexer: Lexer,
    report: Report,
    grammar: Grammar,
    private readonly macros: Macros,
    private readonly filesNamed: (name: string) => readonly string[],
  ) {
    super(lexer, report, grammar);
  }

  /** The statements of the whole tree. Errors go to the report. */
  parse(): Statement[] {
    try {
      if (this.peek() === 'mainmenu') this.#mainmenu();
      while (this.peek() !== 'END' || this.#blocks.length > 0) this.#statementOrError();
    } catch (error) {
      if (error instanceof UnexpectedToken) this.#reportSyntaxError();
      else if (error instanceof NestedTooDeeply) this.report.fatal(this.errorPlace, error.message);
      else if (!(error instanceof UnexpectedEnd)) throw error;
      for (const { at } of this.#blocks.reverse()) this.report.error(at, ' missing end statement for this entry');
    }
    return this.#list;
  }

  #reportSyntaxError(): void {
    if (!this.reportsSyntaxError) return;
    const { file, line } = this.errorPlace;
    this.report.error({ file, line: this.grammar.oldPlaces ? line + 1 : line }, ' syntax error');
  }

  /** Reads one statement; after a syntax error it skips the rest of the line. */
  #statementOrError(): void {
    const word = this.peek() === 'WORD' && !this.#restricted() ? this.value : null;
    try {
      this.#statement();
    } catch (error) {
      if (!(error instanceof UnexpectedToken)) throw error;
      this.#reportSyntaxError();
      this.skipLine();
      this.report.error(this.errorPlace, word === null ? ' invalid statement' : ` unknown statement "${word}"`);
    }
  }

  #statement(): void {
    const token = this.peek();
    const read = Parser.#STATEMENTS.get(token);
    if (read === undefined || (this.#restricted() && !this.#isAllowedInChoice(token))) this.syntaxError();
    read(this);
  }

  static readonly #STATEMENTS: ReadonlyMap<Token, (parser: Parser) => void> = new Map([
    ['config', (parser) => parser.#config(false)],
    ['menuconfig', (parser) => parser.#config(true)],
    ['WORD', (parser) => parser.#assignment()],
    ['source', (parser) => parser.lexer.include(parser.filesNamed(parser.#quotedLine()))],
    ['comment', (parser) => parser.#comment()],
    ['menu', (parser) => parser.#menu()],
    ['if', (parser) => parser.#if()],
    ['choice', (parser) => parser.#choice()],
    ['endmenu', (parser) => parser.#end('menu')],
    ['endchoice', (parser) => parser.#end('choice')],
    ['endif', (parser) => parser.#end('if')],
  ]);

  /** Whether only some statements are allowed here, because they are in a choice (`stmt_list_in_choice`). */
  #restricted(): boolean {
    return this.#blocks.at(-1)?.inChoice ?? false;
  }

  #isAllowedInChoice(token: Token): boolean {
    if (token === 'choice' || token === 'menu') return false;
    return this.grammar.openChoices || !(token === 'menuconfig' || token === 'source' || token === 'WORD');
  }

  #config(menuconfig: boolean): void {
    this.take();
    const symbol = this.expect('WORD');
    this.expect('EOL');
    const entry = this.#entry(symbol);
    while (this.configOption(entry));
    if (menuconfig && !entry.hasPrompt) this.flaw(this.errorPlace, 'menuconfig statement without prompt');
    if (!menuconfig && this.#inChoice && this.grammar.boolMembers) {
      if (!entry.hasPrompt) this.report.error(entry.at, ' error: choice member must have a prompt');
      if (this.types.get(symbol) !== 'bool') this.report.error(entry.at, ' error: choice member must be bool');
    }
    this.#list.push({ kind: 'config', symbol, menuconfig, options: entry.options, at: entry.at });
  }

  #assignment(): void {
    const name = this.take();
    const flavour = this.peek();
    if (!FLAVOURS.includes(flavour)) this.syntaxError();
    this.take();
    const value = this.peek() === 'ASSIGN_VALUE' ? this.take() : '';
    this.expect('EOL');
    this.macros.define(name, value, flavour as Flavour);
  }

  #mainmenu(): void {
    const text = this.#quotedLine();
    const at = this.here();
    this.#list.push({ kind: 'mainmenu', prompt: this.promptText(text, at), at });
  }

  #comment(): void {
    const { entry, prompt } = this.#titled();
    while (this.commentOption(entry));
    this.#list.push({ kind: 'comment', prompt, options: entry.options, at: entry.at });
  }

  #menu(): void {
    const { entry, prompt } = this.#titled();
    while (this.menuOption(entry));
    this.#begin({ kind: 'menu', prompt, options: entry.options, body: [], at: entry.at });
  }

  #titled(): { entry: CurrentEntry; prompt: string } {
    const text = this.#quotedLine();
    const entry = this.#entry('');
    return { entry, prompt: this.promptText(text, entry.at) };
  }

  #if(): void {
    this.take();
    const condition = this.expression();
    this.expect('EOL');
    this.#begin({ kind: 'if', condition, body: [], at: this.here() });
  }

  #choice(): void {
    this.take();
    const symbol = this.peek() === 'WORD' && this.grammar.namedChoices ? this.take() : null;
    this.expect('EOL');
    const entry = this.#entry('<choice>');
    while (this.choiceOption(entry));
    if (!entry.hasPrompt && this.grammar.promptedChoices)
      this.report.error(entry.at, ' error: choice must have a prompt');
    this.#begin({ kind: 'choice', symbol, options: entry.options, body: [], at: entry.at });
    this.#inChoice = true;
  }

  #begin(statement: Extract<Statement, { body: Statement[] }>): void {
    const { kind, at, body } = statement;
    const inChoice = kind === 'choice' || (kind === 'if' && this.#restricted() && !this.grammar.openChoices);
    if (this.#blocks.length >= MOST_BLOCKS)
      this.report.fatal(at, ` more than ${MOST_BLOCKS} menus, choices and ifs in each other`);
    this.#list.push(statement);
    this.#blocks.push({ kind, at, outer: this.#list, inChoice });
    this.#entered.push(at);
    this.#list = body;
  }

  #end(kind: Block['kind']): void {
    const block = this.#blocks.at(-1);
    if (block === undefined) this.syntaxError();
    this.take();
    this.expect('EOL');
    this.#blocks.pop();
    this.#list = block.outer;
    if (block.kind === 'choice') this.#inChoice = false;
    const entered = this.#entered.at(-1);
    if (kind !== block.kind) this.report.error(this.errorPlace, ` unexpected '${kind}' within ${block.kind} block`);
    else if (entered !== undefined && entered.file !== this.lexer.file) {
      this.report.error(this.errorPlace, ` '${kind}' in different file than '${block.kind}'`);
      this.report.error(entered, ` location of the '${block.kind}'`);
    } else this.#entered.pop();
  }

  /** Reads a line that consists of a keyword and a string. */
  #quotedLine(): string {
    this.take();
    const text = this.expect('QUOTED');
    this.expect('EOL');
    return text;
  }

  #entry(name: string): CurrentEntry {
    return { name, at: this.here(), options: [], hasPrompt: false, hasHelp: false };
  }
}
