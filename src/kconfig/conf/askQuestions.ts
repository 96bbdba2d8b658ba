import { MOD, NO, TRI_TEXT, YES, isLogic, type ChoiceBlock, type KSymbol, type Menu, type Tri } from '../tree/model.ts';
import type { Configuration } from '../values/configuration.ts';
import { menuHelp } from './menuHelp.ts';

/** A question that conf asks. The answer is a line without its newline, or null at the end of the input. */
export type ConfQuestion =
  | { kind: 'tristate'; symbol: KSymbol; menu: Menu; value: Tri; offered: Tri[]; isNew: boolean }
  | { kind: 'text'; symbol: KSymbol; menu: Menu; value: string; isNew: boolean }
  /** `chosen` counts from 1; it is 0 if no member is chosen. */
  | ChoiceQuestion;
type ChoiceQuestion = { kind: 'choice'; choice: ChoiceBlock; menu: Menu; members: Member[]; chosen: number };
/** A member of a choice as it is offered. */
type Member = { symbol: KSymbol; prompt: string; isNew: boolean; menu: Menu };

export type AskOptions = {
  /** `all` asks everything and then what became new (`make config`), `new` only what is new (`make oldconfig`). */
  ask: 'all' | 'new';
  /** Receives what conf prints to standard output, including the answers. */
  print?: (text: string) => void;
};

/**
 * The session of `make config` or `make oldconfig`, question by question in conf's order, until nothing is new (conf.c).
 * If conf would refuse an answer, the question comes again.
 * @throws EndOfAnswers if the input ends where conf cannot go on.
 */
export function* askQuestions(
  configuration: Configuration,
  options: AskOptions,
): Generator<ConfQuestion, void, string | null> {
  /** The menus down to the one that asks: they can be nested more deeply than generators can. */
  const open: Asking[] = [];
  let current: Asking = new Session(configuration, options).run();
  for (let answer: string | null = null; ;) {
    const { done, value } = current.next(answer);
    answer = null;
    if (done === true) {
      const outer = open.pop();
      if (outer === undefined) return;
      current = outer;
    } else if ('kind' in value) answer = yield value;
    else {
      open.push(current);
      current = value;
    }
  }
}

/** The input ended at a new number that has no valid default. */
export class EndOfAnswers extends Error {
  readonly symbol: string;

  constructor(symbol: string) {
    super(`no value for new symbol '${symbol}' at end of input`);
    this.name = 'EndOfAnswers';
    this.symbol = symbol;
  }
}

/** Yields questions, and what asks about the nodes below. */
type Asking<T = void> = Generator<ConfQuestion | Asking, T, string | null>;

class Session {
  readonly #print: (text: string) => void;
  readonly #ranked: boolean;
  #ask: 'all' | 'new';
  #indent = 1;
  /** The menu whose entries are shown even if they are not new (`rootEntry`). */
  #shown: Menu;
  #restarts = 0;

  constructor(
    private readonly configuration: Configuration,
    { ask, print = () => undefined }: AskOptions,
  ) {
    this.#print = print;
    this.#ranked = configuration.calculator.ranked;
    this.#ask = ask;
    this.#shown = configuration.kconfig.root;
  }

  *run(): Asking {
    const { root } = this.configuration.kconfig;
    if (this.#ask === 'all') {
      yield* this.#menu(root);
      this.#ask = 'new';
    }
    do {
      this.#restarts = 0;
      yield* this.#askNew(root);
    } while (this.#restarts > 0);
  }

  /** Shows the menus that contain something new (`check_conf`). */
  *#askNew(menu: Menu): Asking {
    if (!this.configuration.isVisible(menu)) return;
    if (menu.symbol !== null && this.#isNew(menu.symbol)) {
      if (this.#restarts++ === 0) this.#print('*\n* Restart config...\n*\n');
      this.#shown = menuAbove(menu, this.configuration.kconfig.root);
      yield* this.#menu(this.#shown);
    }
    for (const child of menu.children) yield this.#askNew(child);
  }

  #isNew(symbol: KSymbol): boolean {
    if (this.configuration.isNew(symbol)) return true;
    const isOldChoice = !this.#ranked && symbol.choice !== null && this.configuration.state.tri[symbol.id] === YES;
    return isOldChoice && !this.configuration.hasUserValue(symbol);
  }

  /** Asks about one node of the menu and everything below it (`conf`). */
  *#menu(menu: Menu): Asking {
    if (!this.configuration.isVisible(menu)) return;
    const { symbol, prompt } = menu;
    if (prompt?.kind === 'menu' || prompt?.kind === 'comment') {
      if (prompt.kind === 'menu' && this.#ask !== 'all' && this.#shown !== menu) {
        yield* this.#askNew(menu);
        return;
      }
      const star = '*'.padStart(this.#indent);
      this.#print(`${star}\n${star} ${prompt.text ?? ''}\n${star}\n`);
    }
    if (symbol?.choice != null) {
      yield* this.#ranked ? this.#rankedChoice(menu, symbol.choice) : this.#symbolChoice(menu, symbol.choice);
      if (this.#ranked || this.configuration.state.tri[symbol.id] !== MOD) return;
    } else if (symbol !== null) {
      yield* isLogic(symbol) || symbol.type === 'unknown' ? this.#tristate(menu, symbol) : this.#text(menu, symbol);
    }
    yield* this.#below(menu, symbol !== null);
  }

  *#below(menu: Menu, indented: boolean): Asking {
    if (indented) this.#indent += 2;
    for (const child of menu.children) yield this.#menu(child);
    if (indented) this.#indent -= 2;
  }

  /** Asks for a bool or tristate (`conf_sym`). */
  *#tristate(menu: Menu, symbol: KSymbol): Asking {
    const configuration = this.configuration;
    for (;;) {
      const value = configuration.tri(symbol);
      const offered = ([NO, MOD, YES] as const).filter(
        (other) => other !== value && configuration.allows(symbol, other),
      );
      const name = symbol.name === null ? '' : `(${symbol.name}) `;
      const others = offered.map((other) => `/${TRI_TEXT[other]}`).join('');
      this.#printLine(menu, ` ${name}[${TRI_TEXT[value].toUpperCase()}${others}/?] `);
      // Before 6.11 a choice may have the type of its first member, even if that is a string.
      if (!this.#isAsked(symbol, configuration.value(symbol))) return;
      const isNew = !configuration.hasUserValue(symbol);
      const line = this.#echo(yield { kind: 'tristate', symbol, menu, value, offered, isNew })?.trim() ?? '';
      const answer = line === '' ? value : typedTri(line);
      if (answer === null && !line.startsWith('?')) continue;
      if (answer !== null && configuration.setTri(symbol, answer)) return;
      this.#help(menu);
    }
  }

  /** Asks for an int, hex or string (`conf_string`). */
  *#text(menu: Menu, symbol: KSymbol): Asking {
    const configuration = this.configuration;
    for (;;) {
      const value = configuration.value(symbol);
      const hasValue = configuration.state.text[symbol.id] !== null;
      this.#printLine(menu, ` (${symbol.name ?? ''}) ${hasValue ? `[${value}] ` : ''}`);
      if (!this.#isAsked(symbol, value)) return;
      const line = this.#echo(yield { kind: 'text', symbol, menu, value, isNew: !configuration.hasUserValue(symbol) });
      if (line === '?') {
        this.#help(menu);
        continue;
      }
      const isEmpty = line === null || line === '';
      if ((hasValue || !isEmpty) && configuration.set(symbol, isEmpty ? value : line)) return;
      if (line === null) throw new EndOfAnswers(symbol.name ?? '');
    }
  }

  /** Since 6.11: asks for one of the members. */
  *#rankedChoice(menu: Menu, choice: ChoiceBlock): Asking {
    let hasNew = false;
    for (;;) {
      const question = this.#printMembers(menu, choice);
      hasNew ||= question.members.some(({ isNew }) => isNew);
      const chosen = yield* this.#member(question, hasNew);
      if (chosen === null) continue;
      this.configuration.choose(choice, chosen.symbol);
      return;
    }
  }

  /** Before 6.11: asks whether the choice is on at all, then for one of the members, then about what is below that. */
  *#symbolChoice(menu: Menu, choice: ChoiceBlock): Asking {
    const configuration = this.configuration;
    const { symbol } = choice;
    const isNew = !configuration.hasUserValue(symbol);
    const changeable = configuration.isChangeable(symbol);
    if (changeable) yield* this.#tristate(menu, symbol);
    const value = configuration.tri(symbol);
    if (value === MOD && !changeable) this.#printLine(menu, '\n');
    if (value !== YES) return;
    for (;;) {
      const chosen = yield* this.#member(this.#printMembers(menu, choice), isNew);
      if (chosen === null) continue;
      configuration.setTri(chosen.symbol, YES);
      yield* this.#below(chosen.menu, true);
      return;
    }
  }

  #printMembers(menu: Menu, choice: ChoiceBlock): ChoiceQuestion {
    this.#printLine(menu, '\n');
    const chosen = this.configuration.chosen(choice);
    const members: Member[] = [];
    for (const child of menu.children) {
      if (!this.configuration.isVisible(child)) continue;
      const { symbol } = child;
      const prompt = child.prompt?.text ?? '';
      if (symbol === null) {
        this.#print(`${'*'.padStart(this.#indent)} ${prompt}\n`);
        continue;
      }
      const isNew = !this.configuration.hasUserValue(symbol);
      members.push({ symbol, prompt, isNew, menu: child });
      const mark = (symbol === chosen ? '>' : ' ').padStart(this.#indent);
      this.#print(`${mark} ${members.length}. ${prompt} (${symbol.name ?? ''})${isNew ? ' (NEW)' : ''}\n`);
    }
    const number = members.findLastIndex((member) => member.symbol === chosen) + 1;
    return { kind: 'choice', choice, menu, members, chosen: number };
  }

  /** Takes one answer, if there is anything to ask. Returns the member, or null if the question has to be asked again. */
  *#member(question: ChoiceQuestion, isNew: boolean): Asking<Member | null> {
    const { menu, members, chosen } = question;
    if (members.length === 1) {
      this.#print(`${this.#margin()}choice[1]: 1\n`);
      return members[0] ?? null;
    }
    this.#print(`${this.#margin()}choice[1-${members.length}?]: `);
    if (this.#ask === 'new' && !isNew) {
      this.#print(`${chosen}\n`);
      return members[chosen - 1] ?? null;
    }
    const line = this.#echo(yield question, '')?.trim() ?? '';
    if (line.startsWith('?')) this.#help(menu);
    else if (line === '') return members[chosen - 1] ?? null;
    else if (/^[0-9]/.test(line)) {
      const member = members[Number.parseInt(line, 10) - 1];
      if (member === undefined || !line.endsWith('?')) return member ?? null;
      this.#help(member.menu);
    }
    return null;
  }

  /** Whether conf waits for an answer here. If not, it prints the value and goes on (`conf_askvalue`). */
  #isAsked(symbol: KSymbol, shown: string): boolean {
    const hasValue = this.configuration.hasUserValue(symbol);
    if (!hasValue) this.#print('(NEW) ');
    if (this.configuration.isChangeable(symbol) && !(this.#ask === 'new' && hasValue)) return true;
    this.#print(`${shown}\n`);
    return false;
  }

  /** Prints an answer, as conf does if its input is not a terminal. At the end of the input it prints `atEnd`, what was in conf's buffer before. */
  #echo(answer: string | null, atEnd = '\n'): string | null {
    this.#print(answer === null ? atEnd : `${answer}\n`);
    return answer;
  }

  #help(menu: Menu): void {
    this.#print(`\n${menuHelp(this.configuration, menu)}\n`);
  }

  #printLine(menu: Menu, rest: string): void {
    this.#print(`${this.#margin()}${menu.prompt?.text ?? ''}${rest}`);
  }

  #margin(): string {
    return ' '.repeat(this.#indent - 1);
  }
}

/** `y`, `yes`, `m`, `n`, `no`; anything else is null. */
function typedTri(line: string): Tri | null {
  if (/^[yY](?:es)?$/.test(line)) return YES;
  if (/^[nN]o?$/.test(line)) return NO;
  return /^[mM]$/.test(line) ? MOD : null;
}

/** The menu that contains an entry (`menu_get_parent_menu`). */
function menuAbove(menu: Menu, root: Menu): Menu {
  let at = menu;
  while (at !== root && at.prompt?.kind !== 'menu' && at.parent !== null) at = at.parent;
  return at;
}
