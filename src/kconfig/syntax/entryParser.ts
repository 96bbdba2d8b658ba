import type { SymbolType } from './ast.ts';
import type { Grammar } from './grammar.ts';
import type { CurrentEntry, OptionLines } from './optionLines.ts';
import type { TokenStream } from './tokenStream.ts';
import { Token } from './tokenTypes.ts';

const TYPES: ReadonlyMap<Token, SymbolType> = new Map([
  [Token.BOOL, 'bool'],
  [Token.TRISTATE, 'tristate'],
  [Token.INT, 'int'],
  [Token.HEX, 'hex'],
  [Token.STRING, 'string'],
]);

/** Knows which option lines a `config` and a `choice` may have, in the tree's version of the language. */
export class EntryParser {
  readonly #tokens: TokenStream;
  readonly #lines: OptionLines;
  readonly #grammar: Grammar;

  constructor(tokens: TokenStream, lines: OptionLines, grammar: Grammar) {
    this.#tokens = tokens;
    this.#lines = lines;
    this.#grammar = grammar;
  }

  /** Reads one option line of a `config`; false if the next token begins none. */
  config(entry: CurrentEntry, symbol: string): boolean {
    const token = this.#tokens.peek();
    switch (token) {
      case Token.BOOL:
      case Token.TRISTATE:
      case Token.INT:
      case Token.HEX:
      case Token.STRING:
        this.#promptAndEnd(entry);
        this.#lines.type(entry, TYPES.get(token) as SymbolType, symbol);
        return true;
      case Token.DEFAULT:
        this.#lines.default(entry);
        return true;
      case Token.DEF_BOOL:
      case Token.DEF_TRISTATE:
        this.#lines.default(entry);
        this.#lines.type(entry, token === Token.DEF_BOOL ? 'bool' : 'tristate', symbol);
        return true;
      case Token.SELECT:
      case Token.IMPLY:
        this.#lines.select(entry, token === Token.SELECT ? 'select' : 'imply');
        return true;
      case Token.RANGE:
        this.#lines.range(entry);
        return true;
      case Token.MODULES:
        if (!this.#grammar.modulesOption) return false;
        this.#lines.modules(entry, symbol);
        return true;
      case Token.WORD:
      case Token.RESERVED:
        return this.#versionedOption(entry, symbol);
      default:
        return this.#commonOption(entry);
    }
  }

  /** Reads one option line of a `choice`; false if the next token begins none. */
  choice(entry: CurrentEntry): boolean {
    const token = this.#tokens.peek();
    switch (token) {
      case Token.BOOL:
      case Token.TRISTATE:
        if (token === Token.TRISTATE ? !this.#grammar.typedChoices : !this.#grammar.boolPrompts) return false;
        if (this.#grammar.typedChoices) this.#promptAndEnd(entry);
        else {
          this.#tokens.take();
          this.#lines.prompt(entry, true);
        }
        this.#lines.type(entry, token === Token.BOOL ? 'bool' : 'tristate', null);
        return true;
      case Token.DEFAULT:
        this.#lines.defaultMember(entry);
        return true;
      case Token.WORD:
      case Token.RESERVED:
        if (!this.#grammar.optionalChoices || this.#tokens.value !== 'optional') return this.#dashedHelp(entry);
        if (!this.#tokens.beginsOption(Token.EOL)) return false;
        this.#lines.flag(entry, 'optional');
        return true;
      default:
        return this.#commonOption(entry);
    }
  }

  /** What follows a type: a prompt or nothing. */
  #promptAndEnd(entry: CurrentEntry): void {
    this.#tokens.take();
    if (this.#tokens.peek() === Token.QUOTED) this.#lines.prompt(entry, false);
    this.#tokens.expect(Token.EOL);
  }

  #commonOption(entry: CurrentEntry): boolean {
    switch (this.#tokens.peek()) {
      case Token.PROMPT:
        this.#tokens.take();
        this.#lines.prompt(entry, true);
        return true;
      case Token.DEPENDS:
        this.#lines.depends(entry);
        return true;
      case Token.HELP:
        this.#lines.help(entry);
        return true;
      default:
        return false;
    }
  }

  /** Words that begin an option in some versions and are plain words in the others. */
  #versionedOption(entry: CurrentEntry, symbol: string): boolean {
    switch (this.#tokens.value) {
      case 'transitional':
        if (!this.#grammar.transitional || !this.#tokens.beginsOption(Token.EOL)) return false;
        this.#lines.flag(entry, 'transitional');
        return true;
      case 'option':
        if (!this.#grammar.oldOptions || !this.#tokens.beginsOption(Token.MODULES, Token.WORD)) return false;
        this.#lines.oldOption(entry, symbol);
        return true;
      default:
        return this.#dashedHelp(entry);
    }
  }

  #dashedHelp(entry: CurrentEntry): boolean {
    if (this.#tokens.value !== '---help---' || !this.#grammar.dashedHelp || !this.#tokens.beginsOption(Token.EOL))
      return false;
    this.#lines.help(entry);
    return true;
  }
}
