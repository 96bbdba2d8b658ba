import type { Environment, FileLine, Probe } from './ast.ts';
import { CLOSING_PARENTHESIS, COMMA, DOLLAR, isWordCode, OPENING_PARENTHESIS } from './charCodes.ts';
import type { Report } from './diagnostics.ts';

/** `depth` is how many expansions of the variable are under way. */
type Variable = { value: string; simple: boolean; depth: number };

export type Flavour = '=' | ':=' | '+=';

/** A call of the macro language. The calls of one reading, in order, suffice to expand its macros again without the tree. */
export type MacroCall = { at: FileLine } & (
  { kind: 'define'; name: string; value: string; flavour: Flavour } | { kind: 'reference' | 'word'; text: string }
);

/** `FUNCTION_MAX_ARGS` of preprocess.c, which counts the function's name. */
const MOST_ARGUMENTS = 16;
const DEEPEST_RECURSION = 1_000;
/** Linux 6.12 evaluates 1,046 references on x86. Only macros written to explode reach this limit. conf would never end. */
const MOST_REFERENCES = 1_000_000;

const NO_ARGUMENTS: readonly string[] = [];

/** The built-in functions, and how many arguments each takes. */
const ARITIES: ReadonlyMap<string, number> = new Map([
  ['error-if', 2],
  ['filename', 0],
  ['info', 1],
  ['lineno', 0],
  ['shell', 1],
  ['warning-if', 2],
]);

/** What the macros of one reading need: where the lexer is, and where to note every call. */
type MacroContext = {
  environment: Environment;
  probe: Probe;
  report: Report;
  place: () => FileLine;
  calls: MacroCall[];
};

/** The macro language: variables, user functions and built-in functions (`preprocess.c`). A name has the value that the lines read so far gave it. */
export class Macros {
  /** The environment variables that were asked for and exist, with their values (`env_write_dep`). */
  readonly used = new Map<string, string>();
  /** The position after the text that the last `reference` or `word` expanded. */
  end = 0;

  readonly #variables = new Map<string, Variable>();
  readonly #context: MacroContext;
  #references = 0;

  constructor(context: MacroContext) {
    this.#context = context;
  }

  /** The statement `name flavour value` (`variable_add`). */
  define(name: string, value: string, flavour: Flavour): void {
    this.#context.calls.push({ kind: 'define', name, value, flavour, at: this.#context.place() });
    const known = this.#variables.get(name);
    // += keeps the flavour of a known variable; an unknown one becomes recursive.
    const simple = flavour === '+=' ? (known?.simple ?? false) : flavour === ':=';
    const expanded = simple ? this.#expand(value, NO_ARGUMENTS) : value;
    if (known === undefined) this.#variables.set(name, { value: expanded, simple, depth: 0 });
    else {
      known.value = flavour === '+=' ? `${known.value} ${expanded}` : expanded;
      known.simple = simple;
    }
  }

  /** Expands the `(…)` after a `$` at `start - 1` in one line of text. Without a parenthesis the `$` stays (`expand_dollar`). */
  reference(text: string, start: number): string {
    this.#context.calls.push({ kind: 'reference', text: text.slice(start), at: this.#context.place() });
    return this.#reference(text, start, NO_ARGUMENTS);
  }

  /** Expands a word with references in it, up to the character that ends it (`expand_one_token`). */
  word(text: string): string {
    this.#context.calls.push({ kind: 'word', text, at: this.#context.place() });
    let result = '';
    let from = 0;
    let position = 0;
    for (;;) {
      const code = text.charCodeAt(position);
      if (code === DOLLAR) {
        const value = this.#reference(text, position + 1, NO_ARGUMENTS);
        result += text.slice(from, position) + value;
        from = position = this.end;
      } else if (isWordCode(code)) position++;
      else break;
    }
    this.end = position;
    return result + text.slice(from, position);
  }

  #expand(text: string, args: readonly string[]): string {
    let dollar = text.indexOf('$');
    if (dollar < 0) return text;
    let result = '';
    let from = 0;
    while (dollar >= 0) {
      const value = this.#reference(text, dollar + 1, args);
      result += text.slice(from, dollar) + value;
      from = this.end;
      dollar = text.indexOf('$', from);
    }
    this.end = text.length;
    return result + text.slice(from);
  }

  #reference(text: string, start: number, args: readonly string[]): string {
    if (text.charCodeAt(start) !== OPENING_PARENTHESIS) {
      this.end = start;
      return '$';
    }
    const from = start + 1;
    let nesting = 0;
    let position = from;
    for (; position < text.length; position++) {
      const code = text.charCodeAt(position);
      if (code === OPENING_PARENTHESIS) nesting++;
      else if (code === CLOSING_PARENTHESIS && nesting-- === 0) break;
    }
    if (position >= text.length) this.#fail(`unterminated reference to '${text.slice(from)}': missing ')'`);
    const value = this.#evaluate(text.slice(from, position), args);
    this.end = position + 1;
    return value;
  }

  /** The value of `$(clause)`; `args` are the arguments of the function that contains it (`eval_clause`). */
  #evaluate(clause: string, args: readonly string[]): string {
    if (++this.#references > MOST_REFERENCES) this.#fail('Too deep recursive expansion');
    const argument = argumentNumber(clause);
    if (argument > 0 && argument <= args.length) return args[argument - 1] as string;

    const parts = splitArguments(clause);
    if (parts.length > MOST_ARGUMENTS) this.#fail('too many function arguments');
    const expanded = parts.map((part) => this.#expand(part, args));
    const name = expanded[0] as string;
    const given = expanded.slice(1);
    return (
      this.#variable(name, given) ??
      this.#builtin(name, given) ??
      (given.length === 0 ? this.#fromEnvironment(name) : undefined) ??
      ''
    );
  }

  #variable(name: string, args: readonly string[]): string | undefined {
    const variable = this.#variables.get(name);
    if (variable === undefined) return undefined;
    if (args.length === 0 && variable.depth > 0)
      this.#fail(`Recursive variable '${name}' references itself (eventually)`);
    if (variable.depth > DEEPEST_RECURSION) this.#fail('Too deep recursive expansion');
    if (variable.simple) return variable.value;
    variable.depth++;
    const value = this.#expand(variable.value, args);
    variable.depth--;
    return value;
  }

  #builtin(name: string, args: readonly string[]): string | undefined {
    const arity = ARITIES.get(name);
    if (arity === undefined) return undefined;
    if (args.length < arity) this.#fail(`too few function arguments passed to '${name}'`);
    if (args.length > arity) this.#fail(`too many function arguments passed to '${name}'`);
    const [first = '', second = ''] = args;
    switch (name) {
      case 'filename':
        return this.#context.place().file;
      case 'lineno':
        return String(this.#context.place().line);
      case 'shell':
        return this.#context.probe(first);
      case 'info':
        this.#context.report.info(first);
        return '';
      case 'warning-if':
        if (first === 'y') this.#context.report.warn(this.#context.place(), ` ${second}`);
        return '';
      case 'error-if':
        if (first === 'y') this.#fail(second);
        return '';
      default:
        return undefined;
    }
  }

  #fromEnvironment(name: string): string | undefined {
    if (name === '' || !Object.hasOwn(this.#context.environment, name)) return undefined;
    const value = this.#context.environment[name];
    if (value !== undefined) this.used.set(name, value);
    return value;
  }

  #fail(text: string): never {
    return this.#context.report.fatal(this.#context.place(), ` ${text}`);
  }
}

/** The n of `$(n)`, else 0. As in strtoul(3), blanks and a `+` may come first. */
function argumentNumber(clause: string): number {
  return /^[ \t]*\+?\d+$/.test(clause) ? Number(clause) : 0;
}

/** Splits at the commas outside parentheses. */
function splitArguments(clause: string): string[] {
  const parts: string[] = [];
  let nesting = 0;
  let from = 0;
  for (let position = 0; position < clause.length; position++) {
    const code = clause.charCodeAt(position);
    if (code === COMMA && nesting === 0) {
      parts.push(clause.slice(from, position));
      from = position + 1;
    } else if (code === OPENING_PARENTHESIS) nesting++;
    else if (code === CLOSING_PARENTHESIS) nesting--;
  }
  parts.push(clause.slice(from));
  return parts;
}
