import type {
  Diagnostic,
  Dialect,
  FileLine,
  Operand,
  Option,
  ParsedExpression,
  Statement,
  Tree,
} from '../syntax/ast.ts';
import { KconfigError } from '../syntax/diagnostics.ts';
import { assembleKconfig } from './assembleKconfig.ts';
import { leftEdge } from './expressions.ts';
import { ExpressionTable } from './expressionTable.ts';
import { finalizeMenu } from './finalizeMenu.ts';
import { choiceAround, nameOf, symbolsBelow } from './model.ts';
import type { ChoiceBlock, Expr, Kconfig, KSymbol, Menu, Property } from './model.ts';
import { checkDependencies } from './recursiveDependencies.ts';
import { Simplifier } from './simplifier.ts';
import { take, type Steps } from '../syntax/steps.ts';
import { SymbolTable } from './symbolTable.ts';

/** A property as it is written. */
type Written = { kind: Property['kind']; at: FileLine; condition: ParsedExpression | null };

/**
 * Resolves a tree after it was read, as parser.y's actions, `menu_finalize` and the checks of `conf_parse` do. `tree.diagnostics` already has the
 * warnings about the text (a second prompt, type or help).
 * @throws KconfigError where conf would exit with 1: members without a prompt, recursive dependencies.
 */
export function buildKconfig(tree: Tree, dialect: Dialect): Kconfig {
  const builder = new Builder(dialect, [...tree.diagnostics]);
  try {
    take(builder.addAll(tree.statements, builder.root));
    return builder.finish();
  } catch (error) {
    // What walks expressions descends in some of them, such as `(A && (B || (A && …` thousands of times.
    if (error instanceof RangeError) builder.refuse(' an expression is nested too deeply', error);
    throw error;
  }
}

class Builder {
  readonly table = new SymbolTable();
  readonly expressions = new ExpressionTable(this.table.y, this.table.m, this.table.n);
  readonly menus: Menu[] = [];
  readonly choices: ChoiceBlock[] = [];
  readonly simplifier: Simplifier;
  readonly root: Menu;
  modules: KSymbol | null = null;
  /** The place that is being worked on. */
  #at: FileLine = { file: '', line: 0 };
  /** The choice whose body is being read (`current_choice`). */
  #choice: ChoiceBlock | null = null;

  constructor(
    private readonly dialect: Dialect,
    private readonly diagnostics: Diagnostic[],
  ) {
    this.simplifier = new Simplifier(this.expressions, dialect.choices === 'symbol', (symbol, forced) => {
      const text = `boolean symbol ${nameOf(symbol)} tested for 'm'? test forced to '${forced}'`;
      this.diagnostics.push({ level: 'info', at: null, text });
    });
    this.root = this.#menu(null, { file: '', line: 0 }, null);
  }

  *addAll(statements: readonly Statement[], parent: Menu): Steps {
    for (const statement of statements) {
      const body = this.#add(statement, parent);
      if (body !== null) yield body;
    }
  }

  /** Adds a statement without its body, and gives the step that adds the body, if it has one. */
  #add(statement: Statement, parent: Menu): Steps | null {
    const { at } = statement;
    switch (statement.kind) {
      case 'mainmenu':
        this.#prompt(this.root, { kind: 'menu', text: statement.prompt, condition: null, at });
        return null;
      case 'config':
        this.#config(statement, parent);
        return null;
      case 'choice':
        return this.#addChoice(statement, parent);
      case 'menu':
      case 'comment': {
        const menu = this.#menu(null, at, parent);
        this.#prompt(menu, { kind: statement.kind, text: statement.prompt, condition: null, at });
        for (const option of statement.options) this.#option(menu, option);
        return statement.kind === 'menu' ? this.addAll(statement.body, menu) : null;
      }
      case 'if': {
        const menu = this.#menu(null, at, parent);
        menu.dependency = this.#expr(statement.condition);
        return this.addAll(statement.body, menu);
      }
    }
  }

  finish(): Kconfig {
    if (this.root.prompt === null)
      this.#prompt(this.root, { kind: 'menu', text: 'Main menu', condition: null, at: this.root.at });
    this.#throwErrors();
    const modules = this.modules ?? this.table.n;
    const { root, menus, choices, dialect, diagnostics, simplifier } = this;
    const equalExpressions: Kconfig['equalExpressions'] = (a, b) => simplifier.equal(a, b);
    const parts = { root, menus, choices, modules, dialect, diagnostics, equalExpressions };
    const kconfig = assembleKconfig(this.table, { ...parts, expressions: this.expressions.all });
    finalizeMenu(kconfig, this.expressions, this.simplifier, ({ at }) => void (this.#at = at));
    const ranked = this.dialect.choices === 'ranked';
    // These come after finalizeMenu because a member that became another one's submenu is no longer in the choice.
    if (ranked) for (const symbol of this.table.all) symbol.memberOf = choiceAround(symbol);
    for (const choice of this.choices) choice.entries = ranked ? symbolsBelow(choice.menu) : choice.members;
    checkDependencies(kconfig);
    this.#throwErrors();
    return kconfig;
  }

  refuse(text: string, cause: RangeError): never {
    throw new KconfigError([...this.diagnostics, { level: 'error', at: this.#at, text }], this.#at, { cause });
  }

  #throwErrors(): void {
    if (this.diagnostics.some(({ level }) => level === 'error')) throw new KconfigError(this.diagnostics, this.root.at);
  }

  #config(statement: Extract<Statement, { kind: 'config' }>, parent: Menu): void {
    const symbol = this.table.symbol(statement.symbol);
    const menu = this.#menu(symbol, statement.at, parent);
    for (const option of statement.options) this.#option(menu, option);
    if (statement.menuconfig) {
      if (menu.prompt !== null) menu.prompt.kind = 'menu';
      return;
    }
    if (this.#choice === null || this.dialect.choices !== 'ranked') return;
    if (menu.prompt === null) this.#error(statement.at, ' error: choice member must have a prompt');
    if (symbol.type !== 'bool') this.#error(statement.at, ' error: choice member must be bool');
    if (symbol.isChoiceValue) return;
    symbol.isChoiceValue = true;
    this.#choice.members.push(symbol);
  }

  *#addChoice(statement: Extract<Statement, { kind: 'choice' }>, parent: Menu): Steps {
    const symbol = this.table.choice();
    const menu = this.#menu(symbol, statement.at, parent);
    const optional = statement.options.some(({ kind }) => kind === 'optional');
    const choice: ChoiceBlock = { id: this.choices.length, symbol, menu, members: [], entries: [], optional };
    symbol.choice = choice;
    this.choices.push(choice);
    if (this.dialect.choices === 'ranked') symbol.type = 'bool';
    for (const option of statement.options) this.#option(menu, option);
    if (menu.prompt === null && this.dialect.choices === 'ranked')
      this.#error(statement.at, ' error: choice must have a prompt');
    const outer = this.#choice;
    this.#choice = choice;
    yield* this.addAll(statement.body, menu);
    this.#choice = outer;
  }

  #option(menu: Menu, option: Option): void {
    const { symbol } = menu;
    switch (option.kind) {
      case 'type':
        // The first type counts. A second one was reported while the tree was read.
        if (symbol?.type === 'unknown') symbol.type = option.type;
        return;
      case 'prompt':
        this.#prompt(menu, option);
        return;
      case 'default':
        this.#property(menu, option, null, this.#expr(option.value));
        return;
      case 'select':
      case 'imply':
        this.#property(menu, option, null, this.expressions.symbol(this.table.symbol(option.symbol)));
        return;
      case 'range':
        this.#property(menu, option, null, null, [this.#operand(option.low), this.#operand(option.high)]);
        return;
      case 'depends':
        menu.dependency = this.expressions.joinOptional('and', menu.dependency, this.#dependency(option));
        return;
      case 'visible':
        menu.visibility = this.expressions.joinOptional('and', menu.visibility, this.#condition(option.condition));
        return;
      case 'help':
        menu.help = option.text;
        return;
      case 'modules':
        this.modules = symbol;
        return;
      case 'transitional':
        if (symbol !== null) symbol.transitional = true;
        return;
      case 'allnoconfig_y':
        if (symbol !== null) symbol.allnoconfigY = true;
        return;
      case 'env':
      case 'optional':
      case 'defconfig_list':
        return;
    }
  }

  /** `depends on A if B` is `A || B = n`, where the comparison applies to each symbol (`menu_add_dep`). */
  #dependency({ on, condition }: Extract<Option, { kind: 'depends' }>): Expr {
    const dependency = this.#expr(on);
    if (condition === null) return dependency;
    return this.expressions.join('or', dependency, this.simplifier.comparedWithNo(this.#expr(condition), '='));
  }

  #prompt(menu: Menu, prompt: Written & { text: string }): void {
    const property = this.#property(menu, prompt, prompt.text);
    if (prompt.kind === 'prompt')
      for (let above = menu.parent; above !== null; above = above.parent)
        if (above.visibility !== null)
          property.visible = this.expressions.joinOptional('and', property.visible, above.visibility);
    menu.prompt = property;
  }

  #property(
    menu: Menu,
    { kind, at, condition }: Written,
    text: string | null,
    value: Expr | null = null,
    range: Property['range'] = null,
  ): Property {
    const property: Property = { kind, at, menu, text, visible: this.#condition(condition), value, range };
    menu.symbol?.properties.push(property);
    return property;
  }

  #menu(symbol: KSymbol | null, at: FileLine, parent: Menu | null): Menu {
    const menu: Menu = {
      id: this.menus.length,
      symbol,
      prompt: null,
      dependency: null,
      visibility: null,
      help: null,
      at,
      parent,
      children: [],
    };
    this.menus.push(menu);
    this.#at = at;
    symbol?.menus.push(menu);
    parent?.children.push(menu);
    return menu;
  }

  #condition(condition: ParsedExpression | null): Expr | null {
    return condition === null ? null : this.#expr(condition);
  }

  #expr(expression: ParsedExpression): Expr {
    const { expressions } = this;
    if (expression.kind === 'symbol') return expressions.symbol(this.#operand(expression.operand));
    let expr = expressions.symbol(this.table.n);
    for (const at of leftEdge(expression).reverse()) {
      if (at.kind === 'symbol') expr = expressions.symbol(this.#operand(at.operand));
      else if (at.kind === 'compare') {
        const [left, right] = [this.#operand(at.left), this.#operand(at.right)];
        expr = expressions.compare(at.operator, left, right);
      } else if (at.kind === 'not') expr = expressions.not(expr);
      else expr = expressions.join(at.kind, expr, this.#expr(at.right));
    }
    return expr;
  }

  #operand(operand: Operand): KSymbol {
    return operand.constant ? this.table.constant(operand.name) : this.table.symbol(operand.name);
  }

  #error(at: FileLine, text: string): void {
    this.diagnostics.push({ level: 'error', at, text });
  }
}
