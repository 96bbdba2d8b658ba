/** The variables of one Makefile and all that it includes, for every `.config` at once. No command runs. */
import { ALWAYS, NEVER, type Condition, type Conditions } from './conditions.ts';
import {
  alternativesOf,
  guarded,
  joinWords,
  notBlank,
  plain,
  wordsOf,
  type GuardedText,
  type GuardedWord,
} from './guardedText.ts';
import { MAKE_FUNCTIONS } from './makeFunctions.ts';
import { closing, makeStatements, splitArguments, type MakeStatement, type MakeTest } from './makeSyntax.ts';
import { normalPath } from './treePath.ts';

type Variable = {
  parts: Part[];
  /** When it is set at all. */
  defined: Condition;
  /** When what is added to it is expanded at once, and not where it is used. */
  simple: Condition;
};
type Part = { text: GuardedText } | { raw: string; when: Condition };

/** The branch of an `if` that is being read. */
type Branch = { outside: Condition; taken: Condition; now: Condition };

const DEEPEST = 40;
const EMPTY: GuardedText = [];
/** Where a word is missing, there may be more blanks than make would leave. */
const singleBlanks = (text: string): string => text.trim().replace(/\s+/g, ' ');
const UNSET: Variable = { parts: [], defined: NEVER, simple: NEVER };

export type MakefileInput = {
  conditions: Conditions;
  /** The files of the tree that can be included. */
  files: ReadonlyMap<string, string>;
  /** What is set from the start. */
  variables: Readonly<Record<string, string>>;
  /** What the environment holds besides. */
  inherited?: (name: string) => GuardedText | null;
};

export class Makefile {
  readonly #conditions: Conditions;
  readonly #files: ReadonlyMap<string, string>;
  readonly #inherited: (name: string) => GuardedText | null;
  readonly #variables = new Map<string, Variable>();
  readonly #exported = new Set<string>();
  #depth = 0;

  constructor({ conditions, files, variables, inherited = () => null }: MakefileInput) {
    this.#conditions = conditions;
    this.#files = files;
    this.#inherited = inherited;
    for (const [name, text] of Object.entries(variables)) this.#define(name, plain(text));
  }

  /** The words of a variable. */
  words(name: string): GuardedWord[] {
    return wordsOf(this.#conditions, this.#valueOf(name));
  }

  /** What it sets for the makes that it starts; null: nothing. */
  exported(name: string): GuardedText | null {
    return this.#exported.has(name) ? this.#valueOf(name) : null;
  }

  /** Reads a file of the tree, after what was read before. */
  read(file: string, when: Condition = ALWAYS): void {
    const text = this.#files.get(file);
    if (text === undefined || this.#depth > DEEPEST) return;
    this.#depth++;
    const branches: Branch[] = [{ outside: when, taken: NEVER, now: when }];
    for (const statement of makeStatements(text)) this.#follow(statement, branches);
    this.#depth--;
  }

  #follow(statement: MakeStatement, branches: Branch[]): void {
    const branch = branches.at(-1);
    if (branch === undefined) return;
    if (statement.kind === 'endif') {
      if (branches.length > 1) branches.pop();
    } else if (statement.kind === 'else') this.#turn(branch, statement.test);
    else if (statement.kind === 'if') {
      const inside = { outside: branch.now, taken: NEVER, now: NEVER };
      branches.push(inside);
      this.#turn(inside, statement.test);
    } else if (branch.now !== NEVER) this.#do(statement, branch.now);
  }

  /** Goes on with the next branch of an `if`. */
  #turn(branch: Branch, test: MakeTest | null): void {
    const left = this.#conditions.and(branch.outside, this.#conditions.not(branch.taken));
    branch.now = left === NEVER || test === null ? left : this.#conditions.and(left, this.#holds(test));
    branch.taken = this.#conditions.or(branch.taken, branch.now);
  }

  #do(statement: Exclude<MakeStatement, { kind: 'if' | 'else' | 'endif' }>, now: Condition): void {
    if (statement.kind === 'include') {
      for (const { word, when } of wordsOf(this.#conditions, this.#expand(statement.files)))
        this.read(normalPath(word), this.#conditions.and(now, when));
    } else if (statement.kind === 'export') {
      for (const { word } of wordsOf(this.#conditions, this.#expand(statement.names))) this.#exported.add(word);
    } else {
      for (const { word, when } of alternativesOf(this.#conditions, this.#expand(statement.name)) ?? []) {
        if (statement.exported) this.#exported.add(word);
        this.#assign(word.trim(), statement, this.#conditions.and(now, when));
      }
    }
  }

  #assign(name: string, { operator, value }: Extract<MakeStatement, { kind: 'assign' }>, when: Condition): void {
    if (operator === '+=') this.#append(name, value, when);
    else if (operator === ':=') this.#replace(name, this.#part(value, when), { when, simple: when });
    else if (operator === '=') this.#replace(name, { raw: value, when }, { when, simple: NEVER });
    else if (operator === '?=') {
      const missing = this.#conditions.and(when, this.#conditions.not(this.#isDefined(name)));
      this.#replace(name, { raw: value, when: missing }, { when: missing, simple: NEVER });
    }
  }

  #append(name: string, value: string, when: Condition): void {
    const { parts, defined, simple } = this.#variables.get(name) ?? UNSET;
    const [atOnce, later] = [simple, this.#conditions.not(simple)].map((each) => this.#conditions.and(when, each));
    const added: Part[] = [];
    if (atOnce !== undefined && atOnce !== NEVER) added.push(this.#part(value, atOnce));
    if (later !== undefined && later !== NEVER) added.push({ raw: value, when: later });
    const all = [...parts, { text: plain(' ') }, ...added];
    this.#variables.set(name, { parts: all, defined: this.#conditions.or(defined, when), simple });
  }

  #part(value: string, when: Condition): Part {
    return { text: guarded(this.#conditions, this.#expand(value), when) };
  }

  #replace(name: string, part: Part, { when, simple }: { when: Condition; simple: Condition }): void {
    if (when === NEVER) return;
    const before = this.#variables.get(name) ?? { ...UNSET, parts: this.#inheritedParts(name) };
    const otherwise = this.#conditions.not(when);
    this.#variables.set(name, {
      parts: [...before.parts.flatMap((each) => this.#under(each, otherwise)), part],
      defined: this.#conditions.or(before.defined, when),
      simple: this.#conditions.or(this.#conditions.and(before.simple, otherwise), simple),
    });
  }

  #inheritedParts(name: string): Part[] {
    const text = this.#inherited(name);
    return text === null ? [] : [{ text }];
  }

  #under(part: Part, when: Condition): Part | [] {
    if ('text' in part) return { text: guarded(this.#conditions, part.text, when) };
    const both = this.#conditions.and(part.when, when);
    return both === NEVER ? [] : { raw: part.raw, when: both };
  }

  #define(name: string, text: GuardedText): void {
    this.#variables.set(name, { parts: [{ text }], defined: ALWAYS, simple: ALWAYS });
  }

  #isDefined(name: string): Condition {
    return this.#variables.get(name)?.defined ?? notBlank(this.#conditions, this.#valueOf(name));
  }

  /** When a variable has a text. It is not expanded for that. */
  #hasText(name: string): Condition {
    const variable = this.#variables.get(name);
    if (variable === undefined) return notBlank(this.#conditions, this.#valueOf(name));
    return variable.parts.reduce((any, part) => {
      const here = 'text' in part ? notBlank(this.#conditions, part.text) : part.raw.trim() === '' ? NEVER : part.when;
      return this.#conditions.or(any, here);
    }, NEVER);
  }

  #holds(test: MakeTest): Condition {
    const holds =
      test.kind === 'defined'
        ? this.#anyOf(test.name, (name) => this.#hasText(name))
        : this.#areEqual(test.left, test.right);
    return test.negated ? this.#conditions.not(holds) : holds;
  }

  /** When one of the texts that something can be meets a condition. */
  #anyOf(raw: string, condition: (text: string) => Condition): Condition {
    return (alternativesOf(this.#conditions, this.#expand(raw)) ?? []).reduce(
      (any, { word, when }) => this.#conditions.or(any, this.#conditions.and(when, condition(singleBlanks(word)))),
      NEVER,
    );
  }

  #areEqual(left: string, right: string): Condition {
    const symbol = this.#symbolIn(left) ?? this.#symbolIn(right);
    if (symbol !== null)
      return this.#anyOf(this.#symbolIn(left) === null ? left : right, (text) => this.#symbolHas(symbol, text));
    const [a, b] = [this.#expand(left), this.#expand(right)];
    for (const [empty, other] of [
      [a, b],
      [b, a],
    ] as const)
      if (empty.length === 0) return this.#conditions.not(notBlank(this.#conditions, other));
    return this.#anyOf(left, (one) => this.#anyOf(right, (other) => (one === other ? ALWAYS : NEVER)));
  }

  #symbolIn(text: string): string | null {
    const symbol = /^\$[({]CONFIG_(\w+)[)}]$/.exec(text)?.[1];
    return symbol === undefined || this.#variables.has(`CONFIG_${symbol}`) ? null : symbol;
  }

  #symbolHas(symbol: string, value: string): Condition {
    if (value === '' || value === 'n') return value === '' ? this.#conditions.is(symbol, 'n') : NEVER;
    if (value === 'y' || value === 'm') return this.#conditions.is(symbol, value);
    return this.#conditions.equals(symbol, value.replace(/^"(.*)"$/, '$1'));
  }

  #valueOf(name: string): GuardedText {
    const variable = this.#variables.get(name);
    if (variable === undefined) {
      if (!name.startsWith('CONFIG_')) return this.#inherited(name) ?? EMPTY;
      const symbol = name.slice('CONFIG_'.length);
      return (['y', 'm'] as const).flatMap((text) => {
        const when = this.#conditions.is(symbol, text);
        return when === NEVER ? [] : { text, when };
      });
    }
    return variable.parts.flatMap((part) =>
      'text' in part ? part.text : guarded(this.#conditions, this.#expand(part.raw), part.when),
    );
  }

  #expand(raw: string): GuardedText {
    if (!raw.includes('$')) return plain(raw);
    if (this.#depth > DEEPEST) return EMPTY;
    this.#depth++;
    const text: GuardedText[] = [];
    let at = 0;
    for (let dollar = raw.indexOf('$'); dollar >= 0; dollar = raw.indexOf('$', at)) {
      text.push(plain(raw.slice(at, dollar)));
      const next = raw[dollar + 1] ?? '';
      const isReference = next === '(' || next === '{';
      const end = isReference ? closing(raw, dollar + 1) : dollar + 1;
      text.push(
        isReference ? this.#reference(raw.slice(dollar + 2, end)) : next === '$' ? plain('$') : this.#valueOf(next),
      );
      at = end + 1;
    }
    text.push(plain(raw.slice(at)));
    this.#depth--;
    return text.flat();
  }

  /** What stands between the brackets of `$(…)`. */
  #reference(inside: string): GuardedText {
    const [, name = '', rest = ''] = /^([a-z-]+)\s+(.*)$/s.exec(inside) ?? [];
    if (name !== '') return this.#call(name, rest);
    // $(NAME:%.a=%.b), and the same without the %.
    const [, variable, from = '', to = ''] = /^([^:]+|[^:]*\$[({].*[)}][^:]*):([^=]*)=(.*)$/s.exec(inside) ?? [];
    if (variable === undefined) return this.#named(inside);
    const [pattern, replacement] = from.includes('%') ? [from, to] : [`%${from}`, `%${to}`];
    const args = [this.#expand(pattern), this.#expand(replacement), this.#named(variable)];
    return MAKE_FUNCTIONS['patsubst']?.(this.#conditions, args) ?? EMPTY;
  }

  #named(name: string): GuardedText {
    if (!name.includes('$')) return this.#valueOf(name);
    return (alternativesOf(this.#conditions, this.#expand(name)) ?? []).flatMap(({ word, when }) =>
      guarded(this.#conditions, this.#valueOf(word), when),
    );
  }

  #call(name: string, rest: string): GuardedText {
    if (name === 'if') return this.#choose(splitArguments(rest, 3));
    if (name === 'foreach') return this.#repeat(splitArguments(rest, 3));
    if (name === 'or' || name === 'and') return this.#logical(name, splitArguments(rest));
    if (name === 'call') return this.#callDefined(splitArguments(rest));
    if (name === 'wildcard') return this.#present(this.#expand(rest));
    const known = MAKE_FUNCTIONS[name];
    const most = ONE_ARGUMENT.has(name) ? 1 : name.endsWith('subst') ? 3 : 2;
    return (
      known?.(
        this.#conditions,
        splitArguments(rest, most).map((each) => this.#expand(each)),
      ) ?? EMPTY
    );
  }

  #choose([condition = '', then = '', otherwise = '']: string[]): GuardedText {
    const holds = notBlank(this.#conditions, this.#expand(condition.trim()));
    return [
      ...guarded(this.#conditions, holds === NEVER ? EMPTY : this.#expand(then.trim()), holds),
      ...guarded(
        this.#conditions,
        holds === ALWAYS ? EMPTY : this.#expand(otherwise.trim()),
        this.#conditions.not(holds),
      ),
    ];
  }

  #logical(name: 'or' | 'and', args: string[]): GuardedText {
    let [open, last]: [Condition, GuardedText] = [ALWAYS, EMPTY];
    const found: GuardedText[] = [];
    for (const arg of args) {
      last = this.#expand(arg.trim());
      const holds = notBlank(this.#conditions, last);
      if (name === 'or') found.push(guarded(this.#conditions, last, this.#conditions.and(open, holds)));
      open = this.#conditions.and(open, name === 'or' ? this.#conditions.not(holds) : holds);
    }
    return name === 'or' ? found.flat() : guarded(this.#conditions, last, open);
  }

  #repeat([variable = '', list = '', body = '']: string[]): GuardedText {
    const texts = wordsOf(this.#conditions, this.#expand(list)).flatMap(({ word, when }) =>
      this.#with({ [variable.trim()]: plain(word) }, () => [
        ...guarded(this.#conditions, this.#expand(body), when),
        ...plain(' '),
      ]),
    );
    return texts;
  }

  #callDefined([name = '', ...args]: string[]): GuardedText {
    const called = name.trim();
    const variable = this.#variables.get(called);
    if (variable === undefined) return EMPTY;
    const given = Object.fromEntries(args.map((arg, i) => [String(i + 1), this.#expand(arg)]));
    return this.#with(given, () => this.#valueOf(called));
  }

  /** Which of the words are files that can be read; patterns are none. */
  #present(names: GuardedText): GuardedText {
    return joinWords(
      this.#conditions,
      wordsOf(this.#conditions, names).filter(({ word }) => this.#files.has(normalPath(word))),
    );
  }

  #with<T>(variables: Record<string, GuardedText>, body: () => T): T {
    const before = Object.keys(variables).map((name) => [name, this.#variables.get(name)] as const);
    for (const [name, text] of Object.entries(variables)) this.#define(name, text);
    try {
      return body();
    } finally {
      for (const [name, variable] of before)
        if (variable === undefined) this.#variables.delete(name);
        else this.#variables.set(name, variable);
    }
  }
}

const ONE_ARGUMENT = new Set([
  'basename',
  'suffix',
  'notdir',
  'dir',
  'strip',
  'abspath',
  'realpath',
  'sort',
  'firstword',
  'lastword',
  'words',
]);
