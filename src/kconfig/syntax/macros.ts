import type { Location, Probe } from './ast.ts';
import type { Report } from './errors.ts';

type Variable = { value: string; simple: boolean; /** How many expansions of it are under way. */ depth: number };

export type Flavour = '=' | ':=' | '+=';

/** What the macros of one reading were asked, in order: enough to expand them again without the tree. */
export type Asked = { at: Location } & (
  { kind: 'define'; name: string; value: string; flavour: Flavour } | { kind: 'reference' | 'word'; text: string }
);

/** `FUNCTION_MAX_ARGS` of preprocess.c; the function's name counts. */
const MOST_ARGUMENTS = 16;
const DEEPEST_RECURSION = 1_000;
/** Only a macro made to explode evaluates that many references in one tree (6.12 on x86: 1,046); conf would not come back from it. */
const MOST_REFERENCES = 1_000_000;

const NO_ARGUMENTS: readonly string[] = [];

/**
 * The macro language: variables, user functions and the builtin ones (`preprocess.c`). Expansion happens while the tree is read, so what a name
 * means depends on what stands before it.
 */
export class Macros {
  /** Environment variables that were asked for and exist, with their values (`env_write_dep`). */
  readonly used = new Map<string, string>();
  /** Where the text last given to `reference` or `word` goes on. */
  end = 0;

  readonly #variables = new Map<string, Variable>();
  readonly #environment: Readonly<Record<string, string>>;
  readonly #probe: Probe;
  readonly #report: Report;
  /** Where the lexer is: its file, and the line it has read up to (`yylineno`). */
  readonly #place: () => Location;
  readonly #asked: Asked[];
  #references = 0;

  /** @param asked takes what it is asked, if somebody wants to know. */
  constructor(
    environment: Readonly<Record<string, string>>,
    probe: Probe,
    report: Report,
    place: () => Location,
    asked: Asked[] = [],
  ) {
    this.#environment = environment;
    this.#probe = probe;
    this.#report = report;
    this.#place = place;
    this.#asked = asked;
  }

  /** `name flavour value`, a line of its own (`variable_add`). */
  define(name: string, value: string, flavour: Flavour): void {
    this.#asked.push({ kind: 'define', name, value, flavour, at: this.#place() });
    const known = this.#variables.get(name);
    // += keeps the flavour of a known variable, and makes a recursive one of an unknown.
    const simple = flavour === '+=' ? (known?.simple ?? false) : flavour === ':=';
    const expanded = simple ? this.#expand(value, NO_ARGUMENTS) : value;
    if (known === undefined) this.#variables.set(name, { value: expanded, simple, depth: 0 });
    else {
      known.value = flavour === '+=' ? `${known.value} ${expanded}` : expanded;
      known.simple = simple;
    }
  }

  /**
   * Expands what follows a `$` at `start - 1` in one line of text: `(…)`, or nothing, which leaves the `$` as it is. `end` is then behind it
   * (`expand_dollar`).
   */
  reference(text: string, start: number): string {
    this.#asked.push({ kind: 'reference', text: text.slice(start), at: this.#place() });
    return this.#reference(text, start, NO_ARGUMENTS);
  }

  /** Expands a word with references in it up to the character that ends it, at which `end` then stands (`expand_one_token`). */
  word(text: string): string {
    this.#asked.push({ kind: 'word', text, at: this.#place() });
    let result = '';
    let from = 0;
    let position = 0;
    for (;;) {
      const code = text.charCodeAt(position);
      if (code === 0x24) {
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
    if (text.charCodeAt(start) !== 0x28) {
      this.end = start;
      return '$';
    }
    const from = start + 1;
    let nesting = 0;
    let position = from;
    for (; position < text.length; position++) {
      const code = text.charCodeAt(position);
      if (code === 0x28) nesting++;
      else if (code === 0x29 && nesting-- === 0) break;
    }
    if (position >= text.length) this.#fail(`unterminated reference to '${text.slice(from)}': missing ')'`);
    const value = this.#evaluate(text.slice(from, position), args);
    this.end = position + 1;
    return value;
  }

  /** The value of `$(clause)` where `args` are the arguments of the function it stands in (`eval_clause`). */
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
    const [first = '', second = ''] = args;
    switch (name) {
      case 'error-if':
        this.#arity(name, args, 2);
        if (first === 'y') this.#fail(second);
        return '';
      case 'filename':
        this.#arity(name, args, 0);
        return this.#place().file;
      case 'info':
        this.#arity(name, args, 1);
        this.#report.info(first);
        return '';
      case 'lineno':
        this.#arity(name, args, 0);
        return String(this.#place().line);
      case 'shell':
        this.#arity(name, args, 1);
        return this.#probe(first);
      case 'warning-if':
        this.#arity(name, args, 2);
        if (first === 'y') this.#report.warn(this.#place(), ` ${second}`);
        return '';
      default:
        return undefined;
    }
  }

  #arity(name: string, args: readonly string[], count: number): void {
    if (args.length < count) this.#fail(`too few function arguments passed to '${name}'`);
    if (args.length > count) this.#fail(`too many function arguments passed to '${name}'`);
  }

  #fromEnvironment(name: string): string | undefined {
    if (name === '' || !Object.hasOwn(this.#environment, name)) return undefined;
    const value = this.#environment[name];
    if (value !== undefined) this.used.set(name, value);
    return value;
  }

  #fail(text: string): never {
    return this.#report.fatal(this.#place(), ` ${text}`);
  }
}

/** A letter, a digit, `_` or `-`: what a word is made of. */
export function isWordCode(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    code === 0x2d
  );
}

/** n of `$(n)`, else 0. */
function argumentNumber(clause: string): number {
  const code = clause.charCodeAt(0);
  // As strtoul reads it: blanks and a + may stand before.
  if ((code >= 0x30 && code <= 0x39) || code === 0x20 || code === 0x09 || code === 0x2b)
    return /^[ \t]*\+?\d+$/.test(clause) ? Number(clause) : 0;
  return 0;
}

/** Splits at the commas that stand outside of parentheses. */
function splitArguments(clause: string): string[] {
  const parts: string[] = [];
  let nesting = 0;
  let from = 0;
  for (let position = 0; position < clause.length; position++) {
    const code = clause.charCodeAt(position);
    if (code === 0x2c && nesting === 0) {
      parts.push(clause.slice(from, position));
      from = position + 1;
    } else if (code === 0x28) nesting++;
    else if (code === 0x29) nesting--;
  }
  parts.push(clause.slice(from));
  return parts;
}
