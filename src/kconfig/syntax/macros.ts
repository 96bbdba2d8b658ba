import type { Environment, FileLine, Probe } from './ast.ts';
import type { Report } from './diagnostics.ts';
import { take, type Steps } from './steps.ts';

/** `depth` is how many expansions of the variable are under way. */
type Variable = { value: string; simple: boolean; depth: number };

export type Flavour = '=' | ':=' | '+=';

/** A call of the macro language. The calls of one reading, in order, suffice to expand its macros again without the tree. `expanded` is what a text became. */
export type MacroCall = { at: FileLine } & (
  | { kind: 'define'; name: string; value: string; flavour: Flavour }
  | { kind: 'reference' | 'word'; text: string; expanded: string }
);

/** `FUNCTION_MAX_ARGS` of preprocess.c, which counts the function's name. */
const MOST_ARGUMENTS = 16;
const DEEPEST_RECURSION = 1_000;
/** How many references may be expanded within each other. conf has no limit but its stack, which ends at some 20,000. */
const DEEPEST_EXPANSION = 6_000;
/** Longer than a file may be. Macros that double their value reach it in 25 lines. */
const LONGEST_TEXT = 1 << 24;
/** Linux 6.12 evaluates 1,046 references on x86. Only macros written to explode reach this limit. conf would never end. */
const MOST_REFERENCES = 1_000_000;

const [OPENING, CLOSING, COMMA] = ['(', ')', ','].map((sign) => sign.charCodeAt(0));
const NO_ARGUMENTS: readonly string[] = [];
const WORD_PART = /[\w-]*/y;

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
  /** The built-in functions. Each takes as many arguments as it has parameters; one that only prints has no value. */
  readonly #builtins: Readonly<Record<string, (...args: string[]) => string | undefined>> = {
    'error-if': (condition, text) => (condition === 'y' ? this.#fail(text) : undefined),
    filename: () => this.context.place().file,
    info: (text) => {
      this.context.report.info(text);
    },
    lineno: () => String(this.context.place().line),
    shell: (command) => this.context.probe(command),
    'warning-if': (condition, text) => {
      if (condition === 'y') this.context.report.warn(this.context.place(), ` ${text}`);
    },
  };
  #references = 0;
  #depth = 0;

  constructor(private readonly context: MacroContext) {}

  /** The statement `name flavour value` (`variable_add`). */
  define(name: string, value: string, flavour: Flavour): void {
    this.context.calls.push({ kind: 'define', name, value, flavour, at: this.context.place() });
    const known = this.#variables.get(name);
    // += keeps the flavour of a known variable; an unknown one becomes recursive.
    const simple = flavour === '+=' ? (known?.simple ?? false) : flavour === ':=';
    const expanded = simple ? take(this.#expand(value, NO_ARGUMENTS)) : value;
    if (known === undefined) this.#variables.set(name, { value: expanded, simple, depth: 0 });
    else {
      known.value = flavour === '+=' ? `${known.value} ${expanded}` : expanded;
      known.simple = simple;
    }
  }

  /** Expands the `(…)` after a `$` at `start - 1` in one line of text. Without a parenthesis the `$` stays (`expand_dollar`). */
  reference(text: string, start: number): string {
    const call: MacroCall = { kind: 'reference', text: text.slice(start), expanded: '', at: this.context.place() };
    this.context.calls.push(call);
    call.expanded = take(this.#reference(text, start, NO_ARGUMENTS));
    return call.expanded;
  }

  /** Expands a word with references in it, up to the character that ends it (`expand_one_token`). */
  word(text: string): string {
    const call: MacroCall = { kind: 'word', text, expanded: '', at: this.context.place() };
    this.context.calls.push(call);
    let result = '';
    this.end = 0;
    for (;;) {
      WORD_PART.lastIndex = this.end;
      result += WORD_PART.exec(text)?.[0] ?? '';
      this.end = WORD_PART.lastIndex;
      if (text[this.end] !== '$') return (call.expanded = result);
      result += take(this.#reference(text, this.end + 1, NO_ARGUMENTS));
    }
  }

  *#expand(text: string, args: readonly string[]): Steps<string> {
    let result = '';
    let from = 0;
    for (let dollar = text.indexOf('$'); dollar >= 0; dollar = text.indexOf('$', from)) {
      const value = yield this.#reference(text, dollar + 1, args);
      result += text.slice(from, dollar) + (value as string);
      if (result.length > LONGEST_TEXT) this.#fail(`a value longer than ${LONGEST_TEXT} characters`);
      from = this.end;
    }
    return result + text.slice(from);
  }

  *#reference(text: string, start: number, args: readonly string[]): Steps<string> {
    this.end = start;
    if (text[start] !== '(') return '$';
    let nesting = 0;
    let close = start + 1;
    for (; close < text.length; close++) {
      const code = text.charCodeAt(close);
      if (code === OPENING) {
        if (++nesting > DEEPEST_EXPANSION) this.#failTooDeep();
      } else if (code === CLOSING && nesting-- === 0) break;
    }
    const clause = text.slice(start + 1, close);
    if (close >= text.length) this.#fail(`unterminated reference to '${clause}': missing ')'`);
    if (++this.#depth > DEEPEST_EXPANSION) this.#failTooDeep();
    const value = (yield this.#evaluate(clause, args)) as string;
    this.#depth--;
    this.end = close + 1;
    return value;
  }

  /** The value of `$(clause)`; `args` are the arguments of the function that contains it (`eval_clause`). */
  *#evaluate(clause: string, args: readonly string[]): Steps<string> {
    if (++this.#references > MOST_REFERENCES) this.#fail('Too deep recursive expansion');
    // As in strtoul(3), blanks and a `+` may come before the n of `$(n)`.
    const argument = /^[ \t]*\+?\d+$/.test(clause) ? args[Number(clause) - 1] : undefined;
    if (argument !== undefined) return argument;
    const parts = splitArguments(clause);
    if (parts.length > MOST_ARGUMENTS) this.#fail('too many function arguments');
    const expanded: string[] = [];
    for (const part of parts) expanded.push((yield this.#expand(part, args)) as string);
    const [name = '', ...given] = expanded;
    const variable = this.#variables.get(name);
    if (variable !== undefined) return (yield this.#variable(name, variable, given)) as string;
    return this.#builtin(name, given) ?? this.#fromEnvironment(name, given) ?? '';
  }

  *#variable(name: string, variable: Variable, args: readonly string[]): Steps<string> {
    if (args.length === 0 && variable.depth > 0)
      this.#fail(`Recursive variable '${name}' references itself (eventually)`);
    if (variable.depth > DEEPEST_RECURSION) this.#fail('Too deep recursive expansion');
    if (variable.simple) return variable.value;
    variable.depth++;
    const value = (yield this.#expand(variable.value, args)) as string;
    variable.depth--;
    return value;
  }

  #builtin(name: string, args: readonly string[]): string | undefined {
    const call = Object.hasOwn(this.#builtins, name) ? this.#builtins[name] : undefined;
    if (call === undefined) return undefined;
    if (args.length < call.length) this.#fail(`too few function arguments passed to '${name}'`);
    if (args.length > call.length) this.#fail(`too many function arguments passed to '${name}'`);
    return call(...args) ?? '';
  }

  #fromEnvironment(name: string, args: readonly string[]): string | undefined {
    if (name === '' || args.length > 0 || !Object.hasOwn(this.context.environment, name)) return undefined;
    const value = this.context.environment[name];
    if (value !== undefined) this.used.set(name, value);
    return value;
  }

  #failTooDeep(): never {
    this.#fail(`more than ${DEEPEST_EXPANSION} references in each other`);
  }

  #fail(text: string): never {
    return this.context.report.fatal(this.context.place(), ` ${text}`);
  }
}

/** Splits at the commas outside parentheses. */
function splitArguments(clause: string): string[] {
  const parts: string[] = [];
  let nesting = 0;
  let from = 0;
  for (let position = 0; position < clause.length; position++) {
    const code = clause.charCodeAt(position);
    if (code === OPENING) nesting++;
    else if (code === CLOSING) nesting--;
    else if (code === COMMA && nesting === 0) {
      parts.push(clause.slice(from, position));
      from = position + 1;
    }
  }
  parts.push(clause.slice(from));
  return parts;
}
