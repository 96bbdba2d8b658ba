import fc from 'fast-check';
import type { ConfRequest } from './kconfRun.ts';

/** A small Kconfig tree that uses the whole language, and what conf is asked to do with it. */
export type RandomKconfig = { kconfig: string; requests: ConfRequest[] };

export type RandomOptions = {
  /** Which language: choices with names, types and `optional` were dropped before 6.12. */
  choices: 'legacy' | 'ranked';
  /** Symbols, `if`s and ranges may refer to anything, themselves too: most such trees depend on themselves. */
  wild: boolean;
  /** Choices with names, of which no kernel since 5.10 has one. */
  named?: boolean;
};

type SymbolType = 'bool' | 'tristate' | 'int' | 'hex' | 'string';

/** How a reference finds its symbol, so that a smaller tree still has one: counted back or on from the symbol that refers. */
type Reference = { way: 'back' | 'on' | 'any'; steps: number };
type Expr =
  | { kind: 'reference'; to: Reference }
  | { kind: 'constant'; text: string }
  | { kind: 'compare'; operator: string; left: Expr; right: Expr }
  | { kind: 'not'; operand: Expr }
  | { kind: 'both'; operator: '&&' | '||'; left: Expr; right: Expr };

type Draft = {
  type: SymbolType;
  /** `def_bool y` and the like; a default before its type. */
  style: 'plain' | 'def' | 'apart' | 'untyped';
  prompt: { text: string; condition: Expr | null } | null;
  menuconfig: boolean;
  defaults: { value: Expr; number: number; text: string; condition: Expr | null }[];
  depends: Expr[];
  selects: { to: Reference; imply: boolean; condition: Expr | null }[];
  range: { low: Bound; high: Bound; condition: Expr | null }[];
  help: string | null;
};
type Bound = { number: number; to: Reference | null };

type Node =
  | { kind: 'config'; draft: Draft }
  | { kind: 'again'; of: number; draft: Draft }
  | { kind: 'choice'; choice: Choice }
  | { kind: 'menu'; prompt: string; depends: Expr | null; visible: Expr | null; body: Node[] }
  | { kind: 'if'; condition: Expr; body: Node[] }
  | { kind: 'comment'; prompt: string; depends: Expr | null };
type Choice = {
  name: string | null;
  type: 'bool' | 'tristate' | null;
  prompt: string;
  condition: Expr | null;
  optional: boolean;
  depends: Expr | null;
  defaults: { member: number; condition: Expr | null }[];
  help: string | null;
  members: Member[];
};
type Member =
  | { kind: 'config'; draft: Draft }
  | { kind: 'again'; of: number; draft: Draft }
  | { kind: 'if'; condition: Expr; body: Member[] }
  | { kind: 'comment'; prompt: string; depends: Expr | null };

const often = <T>(arbitrary: fc.Arbitrary<T>, weight: number, rest: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 1, arbitrary: rest }, { weight, arbitrary });
/** Null `freq` times for each value. */
const rarely = <T>(arbitrary: fc.Arbitrary<T>, freq: number): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: freq, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
const yesOneIn = (n: number): fc.Arbitrary<boolean> =>
  fc.oneof({ weight: n - 1, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });

const steps = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.constant(2) },
  { weight: 3, arbitrary: fc.nat(30) },
);
const PROMPTS = [
  'A symbol',
  'Say "yes"',
  "It's",
  String.raw`back\slash`,
  ' blank before',
  'Größe',
  'a # b',
  'trailing ',
];
const TEXTS = ['', 'text', 'two words', 'say "hi"', String.raw`a\b`, '5', '0x10', 'y', 'n', "it's", 'm'];
const NUMBERS = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom(-3, 100, 2 ** 31, 2 ** 32 + 5) },
);

function expressions({ wild }: RandomOptions): {
  expr: fc.Arbitrary<Expr>;
  on: fc.Arbitrary<Reference>;
  back: fc.Arbitrary<Reference>;
  any: fc.Arbitrary<Reference>;
} {
  const any: fc.Arbitrary<Reference> = fc.nat(30).map((at) => ({ way: 'any', steps: at }));
  const referring = (way: 'back' | 'on'): fc.Arbitrary<Reference> => {
    const tame = steps.map((n): Reference => ({ way, steps: n }));
    return wild ? often(tame, 3, any) : tame;
  };
  const back = referring('back');
  const reference = back.map((to): Expr => ({ kind: 'reference', to }));
  const constant = fc
    .constantFrom('y', 'm', 'n', '"y"', '"n"', '"m"', 'UNDEFINED', 'MODULES', '5', '0x5', '""', '"text"', '3')
    .map((text): Expr => ({ kind: 'constant', text }));
  const logic = fc.constantFrom('y', 'm', 'n', 'MODULES').map((text): Expr => ({ kind: 'constant', text }));
  const operand = often(reference, 2, constant);
  const compare = fc
    .record({ operator: fc.constantFrom('=', '!=', '=', '!=', '<', '<=', '>', '>='), left: operand, right: operand })
    .map((parts): Expr => ({ kind: 'compare', ...parts }));
  const leaf = fc.oneof(
    { weight: 10, arbitrary: reference },
    { weight: 1, arbitrary: logic },
    { weight: 2, arbitrary: compare },
  );
  const { expr } = fc.letrec<{ expr: Expr }>((tie) => ({
    expr: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'expr' },
      { weight: 6, arbitrary: leaf },
      { weight: 1, arbitrary: tie('expr').map((operand_): Expr => ({ kind: 'not', operand: operand_ })) },
      {
        weight: 3,
        arbitrary: fc
          .record({ operator: fc.constantFrom('&&' as const, '||' as const), left: tie('expr'), right: tie('expr') })
          .map((parts): Expr => ({ kind: 'both', ...parts })),
      },
    ),
  }));
  return { expr, on: referring('on'), back, any };
}

const HELPS = ['This is help.', 'Two lines,\none of them indented:\n    here', 'A paragraph.\n\nAnother one.', ''];

function drafts(options: RandomOptions, member: boolean): fc.Arbitrary<Draft> {
  const { expr, on, back, any } = expressions(options);
  const bound = fc.record({ number: NUMBERS, to: rarely(options.wild ? any : back, 4) });
  const types: fc.Arbitrary<SymbolType> = member
    ? options.choices === 'legacy'
      ? often(fc.constant('bool' as const), 4, fc.constant('tristate' as const))
      : often(fc.constant('bool' as const), 40, fc.constant('tristate' as const))
    : fc.oneof(
        { weight: 5, arbitrary: fc.constant('bool' as const) },
        { weight: 6, arbitrary: fc.constant('tristate' as const) },
        { weight: 2, arbitrary: fc.constant('int' as const) },
        { weight: 1, arbitrary: fc.constant('hex' as const) },
        { weight: 1, arbitrary: fc.constant('string' as const) },
      );
  const prompt = fc.record({
    text: often(fc.constant('A symbol'), 4, fc.constantFrom(...PROMPTS)),
    condition: rarely(expr, 5),
  });
  return fc.record({
    type: types,
    style: fc.oneof(
      { weight: 20, arbitrary: fc.constant('plain' as const) },
      { weight: member ? 1 : 4, arbitrary: fc.constant('def' as const) },
      { weight: 4, arbitrary: fc.constant('apart' as const) },
      { weight: 1, arbitrary: fc.constant('untyped' as const) },
    ),
    prompt: member
      ? fc.oneof({ weight: 60, arbitrary: prompt }, { weight: 1, arbitrary: fc.constant(null) })
      : fc.oneof({ weight: 4, arbitrary: prompt }, { weight: 1, arbitrary: fc.constant(null) }),
    menuconfig: member ? fc.constant(false) : yesOneIn(8),
    defaults: fc.array(
      fc.record({
        value: fc.oneof(
          { weight: 3, arbitrary: fc.constantFrom('y', 'm', 'n').map((text): Expr => ({ kind: 'constant', text })) },
          { weight: 1, arbitrary: expr },
        ),
        number: NUMBERS,
        text: fc.constantFrom(...TEXTS),
        condition: rarely(expr, 2),
      }),
      { maxLength: member ? 1 : 2 },
    ),
    depends: fc.array(expr, { maxLength: 2 }),
    selects: fc.oneof(
      { weight: 2, arbitrary: fc.constant<Draft['selects']>([]) },
      {
        weight: 1,
        arbitrary: fc.array(fc.record({ to: on, imply: yesOneIn(3), condition: rarely(expr, 3) }), { maxLength: 2 }),
      },
    ),
    range: fc.array(fc.record({ low: bound, high: bound, condition: rarely(expr, 2) }), { maxLength: 2 }),
    help: rarely(fc.constantFrom(...HELPS), 4),
  });
}

function nodes(options: RandomOptions): fc.Arbitrary<Node[]> {
  const { expr } = expressions(options);
  const draft = drafts(options, false);
  const memberDraft = drafts(options, true);
  const comment = fc.record({
    kind: fc.constant('comment' as const),
    prompt: fc.constantFrom('A comment', ...PROMPTS),
    depends: rarely(expr, 1),
  });
  const plainMember = fc.oneof(
    { weight: 20, arbitrary: fc.record({ kind: fc.constant('config' as const), draft: memberDraft }) },
    {
      weight: options.wild ? 1 : 0,
      arbitrary: fc.record({ kind: fc.constant('again' as const), of: fc.nat(30), draft: memberDraft }),
    },
    { weight: 1, arbitrary: comment },
  );
  const member: fc.Arbitrary<Member> = fc.oneof(
    { weight: 12, arbitrary: plainMember },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('if' as const),
        condition: expr,
        body: fc.array(plainMember, { maxLength: 3 }),
      }),
    },
  );
  const legacy = options.choices === 'legacy';
  const choice: fc.Arbitrary<Choice> = fc.record({
    name: options.named === true ? rarely(fc.constantFrom('NAMED', 'OTHER'), 3) : fc.constant(null),
    type: legacy
      ? fc.constantFrom('bool' as const, 'tristate' as const, 'bool' as const, null)
      : fc.constantFrom(null, 'bool' as const),
    prompt: often(fc.constant('A choice'), 4, fc.constantFrom(...PROMPTS)),
    condition: rarely(expr, 4),
    optional: legacy ? yesOneIn(4) : fc.constant(false),
    depends: rarely(expr, 2),
    defaults: fc.array(fc.record({ member: fc.nat(4), condition: rarely(expr, 2) }), { maxLength: 2 }),
    help: rarely(fc.constantFrom(...HELPS), 4),
    members: fc.array(member, { minLength: 0, maxLength: 4 }),
  });
  const { body } = fc.letrec<{ body: Node[]; node: Node }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'node' },
      { weight: 12, arbitrary: fc.record({ kind: fc.constant('config' as const), draft }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('again' as const), of: fc.nat(30), draft }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('choice' as const), choice }) },
      { weight: 1, arbitrary: comment },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('menu' as const),
          prompt: fc.constantFrom('A menu', ...PROMPTS),
          depends: rarely(expr, 2),
          visible: rarely(expr, 2),
          body: tie('body'),
        }),
      },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('if' as const), condition: expr, body: tie('body') }) },
    ),
    body: fc.array(tie('node'), { maxLength: 4 }),
  }));
  return fc.array(body, { minLength: 1, maxLength: 5 }).map((parts) => parts.flat());
}

const VALUES = [
  'y',
  'm',
  'n',
  '7',
  '0x1f',
  '"text"',
  '"say \\"hi\\""',
  '"a\\\\b"',
  '""',
  '',
  '-1',
  '007',
  'Y',
  '0XFF',
  '1f',
  '"open',
  '5 ',
  ' y',
  '99999999999',
  'mod',
  'yes',
];
const RAW = [
  '',
  '# a comment',
  '#CONFIG_S0 is not set',
  '# CONFIG_S0 is not set ',
  'garbage',
  'CONFIG_S0',
  'CONFIG_UNKNOWN=y',
  '# CONFIG_UNKNOWN is not set',
  ' CONFIG_S0=y',
  'CONFIG_=y',
  '# CONFIG_S0 is  not set',
  'CONFIG_MODULES=n',
  '# CONFIG_MODULES is not set',
  'CONFIG_NAMED=y',
];
type ConfigLine = { symbol: number; value: string; unset: boolean; raw: string | null };
const configText = (modules: boolean | null): fc.Arbitrary<string> =>
  fc
    .record({
      lines: fc.array(
        fc.record<ConfigLine>({
          symbol: fc.nat(16),
          value: fc.oneof(
            { weight: 4, arbitrary: fc.constantFrom('y', 'm') },
            { weight: 2, arbitrary: fc.constantFrom('3', '7', '0x5', '"text"') },
            { weight: 1, arbitrary: fc.constantFrom(...VALUES) },
          ),
          unset: yesOneIn(3),
          raw: rarely(fc.constantFrom(...RAW), 12),
        }),
        { maxLength: 14 },
      ),
      ending: often(fc.constant('\n'), 9, fc.constant('\r\n')),
      last: often(fc.constant(true), 9, fc.constant(false)),
    })
    .map(({ lines, ending, last }) => {
      const texts = lines.map(
        ({ symbol, value, unset, raw }) =>
          raw ?? (unset ? `# CONFIG_S${symbol} is not set` : `CONFIG_S${symbol}=${value}`),
      );
      if (modules === true) texts.unshift('CONFIG_MODULES=y');
      return texts.join(ending) + (last ? ending : '');
    });

const ANSWERS = [
  'y',
  'n',
  'm',
  'y',
  'n',
  'm',
  '',
  '',
  '1',
  '2',
  '3',
  '?',
  '1?',
  '5',
  '0x1f',
  'yes',
  'no',
  'Y',
  'text',
  '99',
  ' y ',
  'q',
  '-1',
  '0',
];
const answers = fc.array(fc.constantFrom(...ANSWERS), { minLength: 0, maxLength: 60 });
const probability = fc.constantFrom('10', '90', '30:40', '20:30:30', '0', '100');

/** The tasks of one tree: every mode of conf, with the files and numbers that it takes. */
const requests: fc.Arbitrary<ConfRequest[]> = fc
  .record({
    config: configText(true),
    other: configText(null),
    all: configText(null),
    answers,
    more: answers,
    seed: fc.nat(2 ** 31 - 1),
    probability: rarely(probability, 1),
  })
  .map(({ config, other, all, answers: given, more, seed, probability: p }): ConfRequest[] => [
    { mode: 'allnoconfig' },
    { mode: 'allyesconfig' },
    { mode: 'allmodconfig' },
    { mode: 'alldefconfig' },
    { mode: 'randconfig', seed, ...(p === null ? {} : { probability: p }) },
    { mode: 'olddefconfig', config },
    { mode: 'olddefconfig', config: other },
    { mode: 'defconfig', defconfig: { text: config } },
    { mode: 'savedefconfig', config },
    { mode: 'listnewconfig', config },
    { mode: 'allnoconfig', allConfig: all },
    { mode: 'allmodconfig', allConfig: all },
    { mode: 'randconfig', seed, allConfig: all },
    { mode: 'oldconfig', config, answers: given },
    { mode: 'oldaskconfig', answers: more },
    { mode: 'oldaskconfig', config, answers: given },
  ]);

/** Random trees with all constructs of the language, and all modes of conf to run on each. */
export function randomKconfig(options: RandomOptions): fc.Arbitrary<RandomKconfig> {
  return fc
    .record({
      nodes: nodes(options),
      modules: fc.constantFrom(
        'asked' as const,
        'asked' as const,
        'default y' as const,
        'without' as const,
        'last' as const,
      ),
      mainmenu: fc.boolean(),
      requests,
    })
    .map(({ nodes: body, modules, mainmenu, requests: asked }) => ({
      kconfig: new Writer(options).tree(body, modules, mainmenu),
      requests: asked,
    }));
}

/** Writes the drafts down; symbols are numbered in the order of their first definition. */
class Writer {
  readonly #options: RandomOptions;
  readonly #bools = new Set<string>();
  /** Numbers and strings. */
  readonly #texts = new Set<string>();
  #count = 0;
  /** Symbols of the whole tree: what references "on" count within. */
  #total = 0;

  constructor(options: RandomOptions) {
    this.#options = options;
  }

  tree(body: Node[], modules: 'asked' | 'default y' | 'without' | 'last', mainmenu: boolean): string {
    this.#total = countSymbols(body);
    this.#findTypes(body);
    const own = `config MODULES\n\tbool "Modules"\n\tmodules\n${modules === 'asked' ? '' : '\tdefault y\n'}\n`;
    const text = body.map((node) => this.#node(node)).join('\n');
    return `${mainmenu ? 'mainmenu "A random tree"\n\n' : ''}${modules === 'without' || modules === 'last' ? '' : own}${text}${modules === 'last' ? `\n${own}` : ''}`;
  }

  /** By the first definition; one without a type may become bool by another. */
  #findTypes(body: (Node | Member)[]): void {
    let count = 0;
    const walk = (nodes_: (Node | Member)[]): void => {
      for (const node of nodes_) {
        if (node.kind === 'config') {
          const at = count++;
          if (node.draft.type === 'bool' || node.draft.style === 'untyped') this.#bools.add(`S${at}`);
          else if (node.draft.type !== 'tristate') this.#texts.add(`S${at}`);
        } else if (node.kind === 'choice') walk(node.choice.members);
        else if (node.kind === 'menu' || node.kind === 'if') walk(node.body);
      }
    };
    walk(body);
  }

  #node(node: Node): string {
    switch (node.kind) {
      case 'config': {
        const at = this.#count++;
        return this.#config(at, at, at + 1, node.draft);
      }
      case 'again':
        return this.#again(node.of, node.draft);
      case 'choice':
        return this.#choice(node.choice);
      case 'comment':
        return `comment ${quote(node.prompt)}\n${this.#depends(node.depends, this.#count)}`;
      case 'if':
        return this.#enclosed(`if ${this.#expr(node.condition, this.#count)}\n`, node.body, 'endif');
      case 'menu': {
        const visible = node.visible === null ? '' : `\tvisible if ${this.#expr(node.visible, this.#count)}\n`;
        return this.#enclosed(
          `menu ${quote(node.prompt)}\n${this.#depends(node.depends, this.#count)}${visible}`,
          node.body,
          'endmenu',
        );
      }
    }
  }

  #enclosed(head: string, body: (Node | Member)[], end: string): string {
    return `${head}\n${body.map((node) => this.#node(node)).join('\n')}\n${end}\n`;
  }

  #again(of: number, draft: Draft): string {
    if (this.#count === 0) return '';
    const at = of % this.#count;
    return this.#config(at, at, at + 1, draft);
  }

  #choice(choice: Choice): string {
    const first = this.#count;
    const size = countSymbols(choice.members);
    const lines = [`choice${choice.name === null ? '' : ` ${choice.name}`}`];
    const condition = this.#condition(choice.condition, first);
    if (choice.type === null) lines.push(`\tprompt ${quote(choice.prompt)}${condition}`);
    else if (this.#options.choices === 'legacy')
      lines.push(`\t${choice.type}`, `\tprompt ${quote(choice.prompt)}${condition}`);
    else lines.push(`\t${choice.type} ${quote(choice.prompt)}${condition}`);
    if (choice.optional) lines.push('\toptional');
    if (size > 0)
      for (const each of choice.defaults)
        lines.push(`\tdefault S${first + (each.member % size)}${this.#condition(each.condition, first)}`);
    const head = `${lines.join('\n')}\n${this.#depends(choice.depends, first)}${help(choice.help)}\n`;
    // Members depend on each other, so that what they refer to stands before the first or after the last.
    const body = (members: Member[], direct: boolean): string =>
      members
        .map((member) => {
          switch (member.kind) {
            // Before 6.11 a member without a type has the choice's, but not below an `if`: it then has none, and conf never comes to terms with it.
            case 'config':
              return this.#config(
                this.#count++,
                first,
                first + size,
                direct || member.draft.style !== 'untyped' ? member.draft : { ...member.draft, style: 'plain' },
              );
            // Before 6.11 a choice without a type may get that of a number or string; of its text conf then prints a pointer to the chosen member (`def[S_DEF_USER].val`).
            case 'again':
              return choice.type === null &&
                this.#options.choices === 'legacy' &&
                this.#texts.has(`S${member.of % this.#count}`)
                ? ''
                : this.#again(member.of, member.draft);
            case 'comment':
              return this.#node(member);
            case 'if':
              return `if ${this.#expr(member.condition, first)}\n\n${body(member.body, false)}\nendif\n`;
          }
        })
        .join('\n');
    return `${head}${body(choice.members, true)}\nendchoice\n`;
  }

  #config(at: number, before: number, after: number, draft: Draft): string {
    const { type } = draft;
    const logical = type === 'bool' || type === 'tristate';
    const expr = (e: Expr) => this.#expr(e, before);
    const lines: string[] = [];
    const prompt =
      draft.prompt === null ? null : `${quote(draft.prompt.text)}${this.#condition(draft.prompt.condition, before)}`;
    const defaults = draft.defaults.map((each) => {
      const value =
        logical || each.value.kind === 'reference'
          ? expr(each.value)
          : type === 'string'
            ? quote(each.text)
            : type === 'hex'
              ? `0x${Math.abs(each.number).toString(16)}`
              : String(each.number);
      return `${value}${this.#condition(each.condition, before)}`;
    });
    const [first, ...rest] = defaults;
    if (draft.style === 'def' && logical && first !== undefined) {
      if (prompt !== null) lines.push(`prompt ${prompt}`);
      lines.push(`def_${type} ${first}`, ...rest.map((value) => `default ${value}`));
    } else if (draft.style === 'plain') {
      lines.push(prompt === null ? type : `${type} ${prompt}`, ...defaults.map((value) => `default ${value}`));
    } else {
      lines.push(...defaults.map((value) => `default ${value}`));
      if (prompt !== null) lines.push(`prompt ${prompt}`);
      if (draft.style !== 'untyped') lines.push(type);
    }
    for (const each of draft.depends) lines.push(`depends on ${expr(each)}`);
    if (type === 'int' || type === 'hex') {
      for (const { low, high, condition } of draft.range)
        lines.push(
          `range ${this.#bound(low, at, type)} ${this.#bound(high, at, type)}${this.#condition(condition, before)}`,
        );
    }
    if (logical) {
      for (const each of draft.selects) {
        const to = this.#name(each.to, before, after);
        if (to !== null)
          lines.push(`${each.imply ? 'imply' : 'select'} ${to}${this.#condition(each.condition, before)}`);
      }
    }
    return `${draft.menuconfig ? 'menuconfig' : 'config'} S${at}\n${lines.map((line) => `\t${line}\n`).join('')}${help(draft.help)}`;
  }

  #bound({ number, to }: Bound, at: number, type: 'int' | 'hex'): string {
    return (
      (to === null ? null : this.#name(to, at, at + 1)) ??
      (type === 'hex' ? `0x${Math.abs(number).toString(16)}` : String(number))
    );
  }

  #depends(expr: Expr | null, before: number): string {
    return expr === null ? '' : `\tdepends on ${this.#expr(expr, before)}\n`;
  }

  #condition(expr: Expr | null, before: number): string {
    return expr === null ? '' : ` if ${this.#expr(expr, before)}`;
  }

  /** `before`: references back lead to symbols below this number. */
  #expr(expr: Expr, before: number): string {
    switch (expr.kind) {
      case 'reference':
        return this.#name(expr.to, before, before) ?? 'MODULES';
      case 'constant':
        return expr.text;
      case 'compare': {
        const left = this.#expr(expr.left, before);
        const right = this.#expr(expr.right, before);
        // conf of 6.12 makes of `A!=y`, where A is bool, an expression that points to something else (E_UNEQUAL in `expr_transform`).
        const isUndefined =
          this.#options.choices === 'ranked' && /^"?y"?$/.test(right) && (left === 'MODULES' || this.#bools.has(left));
        return `${left}${expr.operator}${isUndefined ? 'n' : right}`;
      }
      case 'not':
        return expr.operand.kind === 'both' || expr.operand.kind === 'compare'
          ? `!(${this.#expr(expr.operand, before)})`
          : `!${this.#expr(expr.operand, before)}`;
      case 'both': {
        const side = (e: Expr) =>
          e.kind === 'both' && e.operator !== expr.operator ? `(${this.#expr(e, before)})` : this.#expr(e, before);
        return `${side(expr.left)} ${expr.operator} ${side(expr.right)}`;
      }
    }
  }

  #name(to: Reference, before: number, after: number): string | null {
    switch (to.way) {
      case 'back':
        return before === 0 ? null : `S${before - 1 - (to.steps % before)}`;
      case 'on':
        return after >= this.#total ? null : `S${after + (to.steps % (this.#total - after))}`;
      case 'any':
        return this.#total === 0 ? null : `S${to.steps % this.#total}`;
    }
  }
}

function countSymbols(body: (Node | Member)[]): number {
  return body.reduce((count, node) => {
    switch (node.kind) {
      case 'config':
        return count + 1;
      case 'choice':
        return count + countSymbols(node.choice.members);
      case 'menu':
      case 'if':
        return count + countSymbols(node.body);
      case 'again':
      case 'comment':
        return count;
    }
  }, 0);
}

function help(text: string | null): string {
  return text === null
    ? ''
    : `\thelp\n${text
        .split('\n')
        .map((line) => (line === '' ? '\n' : `\t  ${line}\n`))
        .join('')}\n`;
}

const quote = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
