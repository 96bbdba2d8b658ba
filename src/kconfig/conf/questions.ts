import { TRI_TEXT } from '../values/calculate.ts';
import { configLine } from './configFile.ts';
import type { Configuration } from '../values/configuration.ts';
import { helpText } from './help.ts';
import { MOD, NO, YES, type Choice, type KSymbol, type Menu, type Tri } from '../tree/model.ts';

/** What conf asks, one at a time; the answer is a line without its newline, or null at the end of the input. */
export type Question =
  | { kind: 'tristate'; symbol: KSymbol; menu: Menu; value: Tri; offered: Tri[]; isNew: boolean }
  | { kind: 'text'; symbol: KSymbol; menu: Menu; value: string; isNew: boolean }
  | {
      kind: 'choice';
      choice: Choice;
      menu: Menu;
      members: { symbol: KSymbol; prompt: string; isNew: boolean }[];
      /** Counts from 1; 0: none is chosen. */ chosen: number;
    };

export type AskOptions = {
  /** `all`: `make config`, everything and then what became new; `new`: `make oldconfig`. */
  ask: 'all' | 'new';
  /** Takes what conf prints to standard output, answers included. */
  print?: (text: string) => void;
};

/**
 * The session of `make config` or `make oldconfig`, question by question in conf's order, until nothing is new (conf.c).
 * Answers that conf refuses are asked for again. What it prints goes to `print`.
 */
export function* askQuestions(
  configuration: Configuration,
  options: AskOptions,
): Generator<Question, void, string | null> {
  yield* new Session(configuration, options).run();
}

/** The lines of `make listnewconfig`: every symbol that has a prompt but no user value, with its value. */
export function listNew(configuration: Configuration): string[] {
  const lines: string[] = [];
  const walk = (menu: Menu): void => {
    if (!configuration.isVisible(menu)) return;
    const { symbol } = menu;
    if (
      symbol !== null &&
      symbol.choice === null &&
      !configuration.hasUserValue(symbol) &&
      configuration.isChangeable(symbol)
    ) {
      const line = configLine(configuration, symbol);
      if (line !== null) lines.push(line.startsWith('#') ? `CONFIG_${symbol.name ?? ''}=n` : line);
    }
    for (let child = menu.first; child !== null; child = child.next) walk(child);
  };
  walk(configuration.kconfig.root);
  return lines;
}

type Asking = Generator<Question, void, string | null>;

class Session {
  readonly #configuration: Configuration;
  readonly #print: (text: string) => void;
  readonly #ranked: boolean;
  #ask: 'all' | 'new';
  #indent = 1;
  /** The menu whose entries are shown even though they are not new (`rootEntry`). */
  #shown: Menu;
  #restarts = 0;

  constructor(configuration: Configuration, { ask, print = () => undefined }: AskOptions) {
    this.#configuration = configuration;
    this.#print = print;
    this.#ranked = configuration.calculator.ranked;
    this.#ask = ask;
    this.#shown = configuration.kconfig.root;
  }

  *run(): Asking {
    const { root } = this.#configuration.kconfig;
    if (this.#ask === 'all') {
      yield* this.#menu(root);
      this.#ask = 'new';
    }
    do {
      this.#restarts = 0;
      yield* this.#askNew(root);
    } while (this.#restarts > 0);
  }

  /** `check_conf`: shows the menus that hold something new. */
  *#askNew(menu: Menu): Asking {
    const configuration = this.#configuration;
    if (!configuration.isVisible(menu)) return;
    const { symbol } = menu;
    if (
      symbol !== null &&
      !configuration.hasUserValue(symbol) &&
      (configuration.isChangeable(symbol) || this.#isNewChoice(symbol))
    ) {
      if (this.#restarts++ === 0) this.#print('*\n* Restart config...\n*\n');
      this.#shown = menuAbove(menu, configuration.kconfig.root);
      yield* this.#menu(this.#shown);
    }
    for (let child = menu.first; child !== null; child = child.next) yield* this.#askNew(child);
  }

  #isNewChoice(symbol: KSymbol): boolean {
    return !this.#ranked && symbol.choice !== null && this.#configuration.state.tri[symbol.id] === YES;
  }

  /** `conf`: one node of the menu and what stands below it. */
  *#menu(menu: Menu): Asking {
    const configuration = this.#configuration;
    if (!configuration.isVisible(menu)) return;
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
      if (this.#ranked || configuration.state.tri[symbol.id] !== MOD) return;
    } else if (symbol !== null) {
      yield* symbol.type === 'bool' || symbol.type === 'tristate' || symbol.type === 'unknown'
        ? this.#tristate(menu, symbol)
        : this.#text(menu, symbol);
    }
    yield* this.#below(menu, symbol !== null);
  }

  *#below(menu: Menu, indented: boolean): Asking {
    if (indented) this.#indent += 2;
    for (let child = menu.first; child !== null; child = child.next) yield* this.#menu(child);
    if (indented) this.#indent -= 2;
  }

  /** `conf_sym` */
  *#tristate(menu: Menu, symbol: KSymbol): Asking {
    const configuration = this.#configuration;
    for (;;) {
      const value = configuration.tri(symbol);
      const offered = ([NO, MOD, YES] as const).filter(
        (other) => other !== value && configuration.allows(symbol, other),
      );
      const name = symbol.name === null ? '' : `(${symbol.name}) `;
      this.#print(
        `${this.#margin()}${menu.prompt?.text ?? ''} ${name}[${TRI_TEXT[value].toUpperCase()}${offered.map((other) => `/${TRI_TEXT[other]}`).join('')}/?] `,
      );
      // Before 6.11 a choice may have the type of its first member, even if that is a string.
      if (!this.#isAsked(symbol, configuration.value(symbol))) return;
      const line =
        this.#read(
          yield { kind: 'tristate', symbol, menu, value, offered, isNew: !configuration.hasUserValue(symbol) },
        )?.trim() ?? '';
      const answer = line === '' ? value : typedTri(line);
      if (answer === null && !line.startsWith('?')) continue;
      if (answer !== null && configuration.setTri(symbol, answer)) return;
      this.#help(menu);
    }
  }

  /** `conf_string` */
  *#text(menu: Menu, symbol: KSymbol): Asking {
    const configuration = this.#configuration;
    for (;;) {
      const value = configuration.value(symbol);
      const hasValue = configuration.state.text[symbol.id] !== null;
      this.#print(
        `${this.#margin()}${menu.prompt?.text ?? ''} (${symbol.name ?? ''}) ${hasValue ? `[${value}] ` : ''}`,
      );
      if (!this.#isAsked(symbol, value)) return;
      const line = this.#read(yield { kind: 'text', symbol, menu, value, isNew: !configuration.hasUserValue(symbol) });
      if (line === '?') {
        this.#help(menu);
        continue;
      }
      const isEmpty = line === null || line === '';
      if ((hasValue || !isEmpty) && configuration.set(symbol, isEmpty ? value : line)) return;
      if (line === null) throw new EndOfAnswers(symbol.name ?? '');
    }
  }

  /** Since 6.11: one of the members. */
  *#rankedChoice(menu: Menu, choice: Choice): Asking {
    const state = { isNew: false };
    while (!(yield* this.#members(menu, choice, state)));
  }

  /** Before 6.11: whether the choice is on at all, then one of the members, then what stands below it. */
  *#symbolChoice(menu: Menu, choice: Choice): Asking {
    const configuration = this.#configuration;
    const { symbol } = choice;
    const state = { isNew: !configuration.hasUserValue(symbol) };
    const changeable = configuration.isChangeable(symbol);
    if (changeable) yield* this.#tristate(menu, symbol);
    const value = configuration.tri(symbol);
    if (value === MOD && !changeable) this.#print(`${this.#margin()}${menu.prompt?.text ?? ''}\n`);
    if (value !== YES) return;
    for (;;) {
      const chosen = yield* this.#members(menu, choice, state);
      if (chosen === null) continue;
      yield* this.#below(chosen, true);
      return;
    }
  }

  /** Shows the members and takes one answer; gives the member's node, or null to ask again. */
  *#members(menu: Menu, choice: Choice, state: { isNew: boolean }): Generator<Question, Menu | null, string | null> {
    const configuration = this.#configuration;
    this.#print(`${this.#margin()}${menu.prompt?.text ?? ''}\n`);
    const chosen = configuration.chosen(choice);
    const members: { symbol: KSymbol; prompt: string; isNew: boolean; menu: Menu }[] = [];
    for (let child = menu.first; child !== null; child = child.next) {
      if (!configuration.isVisible(child)) continue;
      const prompt = child.prompt?.text ?? '';
      if (child.symbol === null) {
        this.#print(`${'*'.padStart(this.#indent)} ${prompt}\n`);
        continue;
      }
      const isNew = !configuration.hasUserValue(child.symbol);
      if (isNew && this.#ranked) state.isNew = true;
      members.push({ symbol: child.symbol, prompt, isNew, menu: child });
      this.#print(
        `${(child.symbol === chosen ? '>' : ' ').padStart(this.#indent)} ${members.length}. ${prompt} (${child.symbol.name ?? ''})${isNew ? ' (NEW)' : ''}\n`,
      );
    }
    const current = members.findLastIndex((member) => member.symbol === chosen) + 1;
    let number = 1;
    let line = '';
    if (members.length === 1) this.#print(`${this.#margin()}choice[1]: 1\n`);
    else {
      this.#print(`${this.#margin()}choice[1-${members.length}?]: `);
      if (this.#ask === 'new' && !state.isNew) {
        number = current;
        this.#print(`${current}\n`);
      } else {
        line = this.#read(yield { kind: 'choice', choice, menu, members, chosen: current }, '')?.trim() ?? '';
        if (line.startsWith('?')) {
          this.#help(menu);
          return null;
        }
        if (line !== '' && !/^[0-9]/.test(line)) return null;
        number = line === '' ? current : Number.parseInt(line, 10);
      }
    }
    const member = members[number - 1];
    if (member === undefined) return null;
    if (line.endsWith('?')) {
      this.#help(member.menu);
      return null;
    }
    if (this.#ranked) configuration.choose(choice, member.symbol);
    else configuration.setTri(member.symbol, YES);
    return member.menu;
  }

  /** Whether conf waits for an answer here; if not, it shows the value and goes on (`conf_askvalue`). */
  #isAsked(symbol: KSymbol, shown: string): boolean {
    const configuration = this.#configuration;
    const hasValue = configuration.hasUserValue(symbol);
    if (!hasValue) this.#print('(NEW) ');
    if (configuration.isChangeable(symbol) && !(this.#ask === 'new' && hasValue)) return true;
    this.#print(`${shown}\n`);
    return false;
  }

  /** Echoes an answer as conf does off a terminal; where the input has ended, `atEnd`, which is what conf's buffer held before. */
  #read(answer: string | null, atEnd = '\n'): string | null {
    this.#print(answer === null ? atEnd : `${answer}\n`);
    return answer;
  }

  #help(menu: Menu): void {
    this.#print(`\n${helpText(this.#configuration, menu)}\n`);
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

/** The input ended at a new number whose default is not valid: conf stops there. */
export class EndOfAnswers extends Error {
  readonly symbol: string;

  constructor(symbol: string) {
    super(`no value for new symbol '${symbol}' at end of input`);
    this.name = 'EndOfAnswers';
    this.symbol = symbol;
  }
}

/** The menu an entry stands in (`menu_get_parent_menu`). */
function menuAbove(menu: Menu, root: Menu): Menu {
  let at = menu;
  while (at !== root && at.prompt?.kind !== 'menu' && at.parent !== null) at = at.parent;
  return at;
}
