/** A resolved tree as plain data, which can be kept, and becomes a tree again in a fraction of the time that its text takes. */
import type { Diagnostic, Dialect, FileLine } from '../syntax/ast.ts';
import { assembleKconfig } from './assembleKconfig.ts';
import { equality } from './equality.ts';
import type { ChoiceBlock, Expr, Kconfig, KSymbol, Menu, Property } from './model.ts';
import { SymbolTable } from './symbolTable.ts';

/**
 * To be raised whenever the same text gives another tree, or a tree is packed in another way. Else a tree that an older
 * version kept would be taken for one of this.
 */
export const PACKED_TREE_FORMAT = 1;

/** It survives a structured clone and `v8.serialize`. */
export type PackedTree = {
  dialect: Dialect;
  diagnostics: Diagnostic[];
  /** Every text that occurs, once. */
  texts: string[];
  /** What `packTree` wrote. References are ids, and indexes into `texts`; -1 is null. */
  numbers: Int32Array;
};

const TYPES: readonly KSymbol['type'][] = ['unknown', 'bool', 'tristate', 'int', 'hex', 'string'];
const PROPERTIES: readonly Property['kind'][] = ['prompt', 'menu', 'comment', 'default', 'select', 'imply', 'range'];
const EXPRESSIONS: readonly Expr['kind'][] = ['symbol', 'not', 'and', 'or', 'compare'];
const OPERATORS = ['=', '!=', '<', '<=', '>', '>='] as const;
/** What is true of a symbol, one bit each. */
const FLAGS = ['constant', 'isChoiceValue', 'transitional', 'allnoconfigY'] as const;

/** Makes a tree plain data. */
export function packTree({ symbols, expressions, menus, choices, ...kconfig }: Kconfig): PackedTree {
  const w = new Writer();
  w.list(symbols, (symbol) => {
    w.text(symbol.name);
    w.numbers.push(FLAGS.reduce((bits, flag, bit) => bits | (Number(symbol[flag]) << bit), 0));
    w.numbers.push(TYPES.indexOf(symbol.type));
  });
  w.list(expressions, (expr) => w.expression(expr));
  w.list(menus, (menu) => {
    w.ids(menu.symbol, menu.dependency, menu.visibility);
    w.text(menu.help);
    w.place(menu.at);
  });
  for (const { children } of menus) w.list(children, (child) => w.ids(child));
  for (const symbol of symbols) {
    w.ids(symbol.dependency, symbol.selectedBy, symbol.impliedBy);
    w.list(symbol.properties, (property) => w.property(property));
  }
  const withoutSymbol = menus.flatMap(({ symbol, prompt }) => (symbol === null && prompt !== null ? [prompt] : []));
  w.list(withoutSymbol, (prompt) => w.property(prompt));
  w.list(choices, ({ symbol, menu, optional, members, entries }) => {
    w.ids(symbol, menu);
    w.numbers.push(Number(optional));
    for (const list of [members, entries]) w.list(list, (member) => w.ids(member));
  });
  const members = symbols.filter(({ memberOf }) => memberOf !== null);
  w.list(members, (member) => w.ids(member, member.memberOf));
  w.ids(kconfig.modules, kconfig.root);
  const { dialect, diagnostics } = kconfig;
  return { dialect, diagnostics, texts: [...w.texts.keys()], numbers: Int32Array.from(w.numbers) };
}

class Writer {
  readonly numbers: number[] = [];
  readonly texts = new Map<string, number>();

  list<T>(items: readonly T[], write: (item: T) => void): void {
    this.numbers.push(items.length);
    for (const item of items) write(item);
  }

  ids(...items: readonly ({ id: number } | null)[]): void {
    for (const item of items) this.numbers.push(item?.id ?? -1);
  }

  text(text: string | null): void {
    if (text !== null && !this.texts.has(text)) this.texts.set(text, this.texts.size);
    this.numbers.push(text === null ? -1 : (this.texts.get(text) ?? -1));
  }

  place({ file, line }: FileLine): void {
    this.text(file);
    this.numbers.push(line);
  }

  expression(expr: Expr): void {
    this.numbers.push(EXPRESSIONS.indexOf(expr.kind));
    if (expr.kind === 'symbol') this.ids(expr.symbol, null);
    else if (expr.kind === 'not') this.ids(expr.operand, null);
    else this.ids(expr.left, expr.right);
    if (expr.kind === 'compare') this.numbers.push(OPERATORS.indexOf(expr.operator));
  }

  property(property: Property): void {
    const { kind, at, menu, text, visible, value, range } = property;
    this.numbers.push(PROPERTIES.indexOf(kind), Number(menu.prompt === property));
    this.place(at);
    this.text(text);
    this.ids(menu, visible, value, range?.[0] ?? null, range?.[1] ?? null);
  }
}

/** Makes a tree of what `packTree` of the same format gave. */
export function unpackTree(packed: PackedTree): Kconfig {
  return new Reader(packed).tree();
}

class Reader {
  readonly #table = new SymbolTable();
  readonly #expressions: Expr[] = [];
  readonly #menus: Menu[] = [];
  readonly #choices: ChoiceBlock[] = [];
  readonly #texts: readonly string[];
  readonly #numbers: Int32Array;
  #at = 0;
  /** Those of one line share it. */
  #place: FileLine = { file: '', line: 0 };

  constructor(private readonly packed: PackedTree) {
    this.#texts = packed.texts;
    this.#numbers = packed.numbers;
  }

  /** Reads in the order in which `packTree` writes. */
  tree(): Kconfig {
    this.#each((id) => this.#symbol(id));
    this.#each((id) => this.#expression(id));
    this.#each((id) => this.#menu(id));
    for (const menu of this.#menus) {
      menu.children = this.#list(() => this.#menuAt(this.#next()));
      for (const child of menu.children) child.parent = menu;
    }
    for (const symbol of this.#table.all) {
      symbol.dependency = this.#expr();
      symbol.selectedBy = this.#expr();
      symbol.impliedBy = this.#expr();
      symbol.properties = this.#list(() => this.#property());
    }
    this.#each(() => this.#property());
    this.#each((id) => this.#choice(id));
    this.#each(() => {
      this.#symbolAt(this.#next()).memberOf = this.#choices[this.#next()] ?? null;
    });
    const { dialect, diagnostics } = this.packed;
    const modules = this.#symbolAt(this.#next());
    return assembleKconfig(this.#table, {
      root: this.#menuAt(this.#next()),
      expressions: this.#expressions,
      equalExpressions: equality(this.#table, this.#expressions, dialect),
      menus: this.#menus,
      choices: this.#choices,
      modules,
      dialect,
      diagnostics: [...diagnostics],
    });
  }

  #next(): number {
    return this.#numbers[this.#at++] ?? -1;
  }

  #each(read: (index: number) => void): void {
    const length = this.#next();
    for (let index = 0; index < length; index++) read(index);
  }

  #list<T>(read: () => T): T[] {
    const items: T[] = [];
    this.#each(() => items.push(read()));
    return items;
  }

  #text(): string | null {
    return this.#texts[this.#next()] ?? null;
  }

  #where(): FileLine {
    const file = this.#text() ?? '';
    const line = this.#next();
    if (this.#place.line !== line || this.#place.file !== file) this.#place = { file, line };
    return this.#place;
  }

  #expr(): Expr | null {
    return this.#expressions[this.#next()] ?? null;
  }

  #symbolAt(id: number): KSymbol {
    return this.#table.all[id] as KSymbol;
  }

  #menuAt(id: number): Menu {
    return this.#menus[id] as Menu;
  }

  #symbol(id: number): void {
    const name = this.#text();
    const flags = this.#next();
    const isConstant = (flags & 1) !== 0;
    const made =
      name === null ? this.#table.choice() : isConstant ? this.#table.constant(name) : this.#table.symbol(name);
    if (made.id !== id) throw new RangeError('a symbol occurs twice');
    made.type = TYPES[this.#next()] ?? 'unknown';
    made.isChoiceValue = (flags & 2) !== 0;
    made.transitional = (flags & 4) !== 0;
    made.allnoconfigY = (flags & 8) !== 0;
  }

  #expression(id: number): void {
    const kind = EXPRESSIONS[this.#next()];
    const a = this.#next();
    const b = this.#next();
    const all = this.#expressions;
    if (kind === 'and' || kind === 'or') all.push({ id, kind, left: all[a] as Expr, right: all[b] as Expr });
    else if (kind === 'not') all.push({ id, kind, operand: all[a] as Expr });
    else if (kind === 'symbol') all.push({ id, kind, symbol: this.#symbolAt(a) });
    else {
      const operator = OPERATORS[this.#next()] ?? '=';
      all.push({ id, kind: 'compare', operator, left: this.#symbolAt(a), right: this.#symbolAt(b) });
    }
  }

  #menu(id: number): void {
    const symbol = this.#table.all[this.#next()] ?? null;
    const menu: Menu = {
      id,
      symbol,
      prompt: null,
      dependency: this.#expr(),
      visibility: this.#expr(),
      help: this.#text(),
      at: this.#where(),
      parent: null,
      children: [],
    };
    this.#menus.push(menu);
    symbol?.menus.push(menu);
  }

  #property(): Property {
    const kind = PROPERTIES[this.#next()] ?? 'prompt';
    const isPrompt = this.#next() === 1;
    const at = this.#where();
    const text = this.#text();
    const menu = this.#menuAt(this.#next());
    const visible = this.#expr();
    const value = this.#expr();
    const low = this.#next();
    const high = this.#next();
    const range = low < 0 ? null : ([this.#symbolAt(low), this.#symbolAt(high)] as const);
    const property: Property = { kind, at, menu, text, visible, value, range };
    if (isPrompt) menu.prompt = property;
    return property;
  }

  #choice(id: number): void {
    const [symbol, menu] = [this.#symbolAt(this.#next()), this.#menuAt(this.#next())];
    const optional = this.#next() === 1;
    const [members, entries] = [0, 1].map(() => this.#list(() => this.#symbolAt(this.#next())));
    symbol.choice = { id, symbol, menu, members: members ?? [], entries: entries ?? [], optional };
    this.#choices.push(symbol.choice);
  }
}
