import type {
  Diagnostic,
  Dialect,
  Expression,
  Location,
  Operand,
  Option,
  Statement,
  SymbolType,
  Tree,
} from '../syntax/ast.ts';
import { KconfigError } from '../syntax/errors.ts';
import { Expressions, type Expr } from './expr.ts';
import { checkDependencies } from './recursion.ts';
import { finalizeMenu } from './finalize.ts';
import { choiceAround, type Choice, type Kconfig, type KSymbol, type Menu, type Property } from './model.ts';
import { Simplifier } from './simplify.ts';
import { SymbolTable } from './symbolTable.ts';

/** Buckets of conf's hash table: SYMBOL_HASHSIZE in expr.h, since 6.12 in internal.h. */
const BUCKETS = { symbol: 9973, ranked: 1 << 14 } as const;

/**
 * The resolved tree of what was read: what parser.y's actions, `menu_finalize` and the checks of `conf_parse` do. What kconfig warns of while it reads
 * (a second prompt, type or help) is in `tree.diagnostics` already.
 * @throws KconfigError with everything that made conf end: duplicate `modules`, members without a prompt, recursive dependencies.
 */
export function buildKconfig(tree: Tree, dialect: Dialect): Kconfig {
  const builder = new Builder(dialect, tree.diagnostics);
  for (const statement of tree.statements) builder.add(statement, builder.root);
  return builder.finish();
}

class Builder {
  readonly table = new SymbolTable();
  readonly expressions = new Expressions(this.table);
  readonly menus: Menu[] = [];
  readonly choices: Choice[] = [];
  readonly diagnostics: Diagnostic[];
  readonly dialect: Dialect;
  readonly root: Menu;
  modules: KSymbol | null = null;
  /** The last child of each menu, for appending. */
  readonly #last = new Map<Menu, Menu>();
  /** The choice whose body is being read (`current_choice`). */
  #choice: Choice | null = null;

  constructor(dialect: Dialect, diagnostics: readonly Diagnostic[]) {
    this.dialect = dialect;
    this.diagnostics = [...diagnostics];
    this.root = this.#menu(null, { file: '', line: 0 }, null);
  }

  add(statement: Statement, parent: Menu): void {
    const { at } = statement;
    switch (statement.kind) {
      case 'mainmenu':
        this.#prompt(this.root, 'menu', statement.prompt, null, at);
        return;
      case 'config':
        this.#config(statement, parent);
        return;
      case 'choice':
        this.#addChoice(statement, parent);
        return;
      case 'menu':
      case 'comment': {
        const menu = this.#menu(null, at, parent);
        this.#prompt(menu, statement.kind, statement.prompt, null, at);
        this.#options(menu, statement.options);
        if (statement.kind === 'menu') for (const child of statement.body) this.add(child, menu);
        return;
      }
      case 'if': {
        const menu = this.#menu(null, at, parent);
        menu.dependency = this.#expr(statement.condition);
        for (const child of statement.body) this.add(child, menu);
        return;
      }
    }
  }

  finish(): Kconfig {
    if (this.root.prompt === null) this.#prompt(this.root, 'menu', 'Main menu', null, this.root.at);
    this.#throwErrors();
    const modules = this.modules ?? this.table.n;
    const simplifier = new Simplifier(this.expressions, this.dialect.choices === 'symbol', (symbol, forced) => {
      this.diagnostics.push({
        level: 'info',
        at: null,
        text: `boolean symbol ${symbol.name ?? '<choice>'} tested for 'm'? test forced to '${forced}'`,
      });
    });
    const kconfig: Kconfig = {
      root: this.root,
      symbols: this.table.all,
      hashOrder: this.table.inHashOrder(BUCKETS[this.dialect.choices]),
      menus: this.menus,
      choices: this.choices,
      byName: this.table.byName,
      expressions: this.expressions.all,
      modules,
      constants: this.table,
      dialect: this.dialect,
      simplifier,
      diagnostics: this.diagnostics,
    };
    finalizeMenu(kconfig, this.expressions, (menu, type) => this.#type(menu, type));
    // Only now: a member that became the submenu of another one is in the choice no longer.
    if (this.dialect.choices === 'ranked') for (const symbol of this.table.all) symbol.memberOf = choiceAround(symbol);
    checkDependencies(kconfig);
    this.#throwErrors();
    return kconfig;
  }

  #throwErrors(): void {
    const first = this.diagnostics.find((d) => d.level === 'error');
    if (first !== undefined) throw new KconfigError(this.diagnostics, this.root.at);
  }

  #config(statement: Extract<Statement, { kind: 'config' }>, parent: Menu): void {
    const symbol = this.table.symbol(statement.symbol);
    const menu = this.#menu(symbol, statement.at, parent);
    this.#options(menu, statement.options);
    if (statement.menuconfig) {
      if (menu.prompt !== null) menu.prompt.kind = 'menu';
      return;
    }
    if (this.#choice === null || this.dialect.choices !== 'ranked') return;
    if (menu.prompt === null) this.#report('error', statement.at, ' error: choice member must have a prompt');
    if (symbol.type !== 'bool') this.#report('error', statement.at, ' error: choice member must be bool');
    if (symbol.isChoiceValue) return;
    symbol.isChoiceValue = true;
    this.#choice.members.push(symbol);
  }

  #addChoice(statement: Extract<Statement, { kind: 'choice' }>, parent: Menu): void {
    const symbol = this.table.choice();
    const menu = this.#menu(symbol, statement.at, parent);
    const choice: Choice = {
      id: this.choices.length,
      symbol,
      menu,
      members: [],
      optional: statement.options.some((o) => o.kind === 'optional'),
    };
    symbol.choice = choice;
    this.choices.push(choice);
    if (this.dialect.choices === 'ranked') symbol.type = 'bool';
    this.#options(menu, statement.options);
    if (menu.prompt === null && this.dialect.choices === 'ranked')
      this.#report('error', statement.at, ' error: choice must have a prompt');
    const outer = this.#choice;
    this.#choice = choice;
    for (const child of statement.body) this.add(child, menu);
    this.#choice = outer;
  }

  #options(menu: Menu, options: readonly Option[]): void {
    for (const option of options) this.#option(menu, option);
  }

  #option(menu: Menu, option: Option): void {
    const { at } = option;
    switch (option.kind) {
      case 'type':
        this.#type(menu, option.type);
        return;
      case 'prompt':
        this.#prompt(menu, 'prompt', option.text, this.#condition(option.condition), at);
        return;
      case 'default':
        this.#property(menu, 'default', at, {
          value: this.#expr(option.value),
          visible: this.#condition(option.condition),
        });
        return;
      case 'select':
      case 'imply':
        this.#property(menu, option.kind, at, {
          value: this.expressions.symbol(this.table.symbol(option.symbol)),
          visible: this.#condition(option.condition),
        });
        return;
      case 'range':
        this.#property(menu, 'range', at, {
          range: [this.#operand(option.low), this.#operand(option.high)],
          visible: this.#condition(option.condition),
        });
        return;
      case 'depends':
        menu.dependency = this.expressions.joinOptional('and', menu.dependency, this.#expr(option.on));
        return;
      case 'visible':
        menu.visibility = this.expressions.joinOptional('and', menu.visibility, this.#condition(option.condition));
        return;
      case 'help':
        menu.help = option.text;
        return;
      case 'modules':
        if (this.modules !== null)
          this.#report(
            'error',
            at,
            ` symbol '${menu.symbol?.name ?? ''}' redefines option 'modules' already defined by symbol '${this.modules.name ?? ''}'`,
          );
        this.modules = menu.symbol;
        return;
      case 'transitional':
        if (menu.symbol !== null) menu.symbol.transitional = true;
        return;
      case 'allnoconfig_y':
        if (menu.symbol !== null) menu.symbol.allnoconfigY = true;
        return;
      case 'env':
        return;
      case 'optional':
      case 'defconfig_list':
        return;
    }
  }

  /** The first type counts; that a second one differs was told while the tree was read. */
  #type(menu: Menu, type: SymbolType): void {
    const { symbol } = menu;
    if (symbol?.type === 'unknown') symbol.type = type;
  }

  #prompt(menu: Menu, kind: 'prompt' | 'menu' | 'comment', text: string, condition: Expr | null, at: Location): void {
    let visible = condition;
    if (kind === 'prompt') {
      for (let above = menu.parent; above !== null; above = above.parent) {
        if (above.visibility !== null) visible = this.expressions.joinOptional('and', visible, above.visibility);
      }
    }
    menu.prompt = this.#property(menu, kind, at, { text, visible });
  }

  #property(menu: Menu, kind: Property['kind'], at: Location, rest: Partial<Property>): Property {
    const property: Property = { kind, at, menu, text: null, visible: null, value: null, range: null, ...rest };
    menu.symbol?.properties.push(property);
    return property;
  }

  #menu(symbol: KSymbol | null, at: Location, parent: Menu | null): Menu {
    const menu: Menu = {
      id: this.menus.length,
      symbol,
      prompt: null,
      dependency: null,
      visibility: null,
      help: null,
      at,
      parent,
      first: null,
      next: null,
    };
    this.menus.push(menu);
    symbol?.menus.push(menu);
    if (parent !== null) {
      const last = this.#last.get(parent);
      if (last === undefined) parent.first = menu;
      else last.next = menu;
      this.#last.set(parent, menu);
    }
    return menu;
  }

  #condition(condition: Expression | null): Expr | null {
    return condition === null ? null : this.#expr(condition);
  }

  #expr(expression: Expression): Expr {
    switch (expression.kind) {
      case 'symbol':
        return this.expressions.symbol(this.#operand(expression.operand));
      case 'compare':
        return this.expressions.compare(
          expression.operator,
          this.#operand(expression.left),
          this.#operand(expression.right),
        );
      case 'not':
        return this.expressions.not(this.#expr(expression.operand));
      case 'and':
      case 'or':
        return this.expressions.join(expression.kind, this.#expr(expression.left), this.#expr(expression.right));
    }
  }

  #operand(operand: Operand): KSymbol {
    return operand.constant ? this.table.constant(operand.name) : this.table.symbol(operand.name);
  }

  #report(level: Diagnostic['level'], at: Location, text: string): void {
    this.diagnostics.push({ level, at, text });
  }
}
