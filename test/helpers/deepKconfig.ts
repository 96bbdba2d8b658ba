/** Kconfig files that are nested, chained or closed to a ring as deeply as asked, in every way in which the language can be. */
import fc from 'fast-check';
import { mixture, type Layer } from './deepMixture.ts';

const entries = (count: number, lines: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => `config S${n}\n${lines(n)}`).join('');
const nested =
  (open: (n: number) => string, close: string) =>
  (depth: number): string =>
    `${Array.from({ length: depth }, (_, n) => open(n)).join('')}config A\n\tbool "A"\n${close.repeat(depth)}`;
const expression =
  (of: (depth: number) => string) =>
  (depth: number): string =>
    `config B\n\tbool "B"\n\nconfig A\n\tbool "A"\n\tdefault y if ${of(depth)}\n`;

/** conf takes these at a depth of some thousands; each gives the first file. */
export const CHAINS = {
  selects: (depth) => entries(depth, (n) => `\tbool "S${n}"\n\tselect S${n + 1}\n`) + end(depth),
  implies: (depth) => entries(depth, (n) => `\tbool "S${n}"\n\timply S${n + 1}\n`) + end(depth),
  'dependencies on what comes later': (depth) =>
    entries(depth, (n) => `\tbool "S${n}"\n\tdepends on S${n + 1}\n`) + end(depth),
  'dependencies on what comes before': (depth) =>
    entries(depth, (n) => `\tbool "S${n}"\n${n === 0 ? '' : `\tdepends on S${n - 1}\n`}`),
  defaults: (depth) => `${entries(depth, (n) => `\tbool\n\tdefault S${n + 1}\n`)}config S${depth}\n\tdef_bool y\n`,
  'defaults of numbers': (depth) =>
    `${entries(depth, (n) => `\tint\n\tdefault S${n + 1}\n`)}config S${depth}\n\tint\n\tdefault 5\n`,
  ranges: (depth) =>
    `${entries(depth, (n) => `\tint "S${n}"\n\trange S${n + 1} 100\n`)}config S${depth}\n\tint\n\tdefault 5\n`,
  'selects of one': (depth) => `config T\n\tbool\n${entries(depth, (n) => `\tbool "S${n}"\n\tselect T\n`)}`,
  menus: nested((n) => `menu "M${n}"\n`, 'endmenu\n'),
  'operands of a default': (depth) =>
    `config B1\n\tbool "B1"\n\nconfig A\n\tdef_bool ${Array.from({ length: depth }, (_, n) => `B${n}`).join(' || ')}\n`,
  parentheses: expression((depth) => '('.repeat(depth) + 'B' + ')'.repeat(depth)),
  negations: expression((depth) => `${'!'.repeat(depth)}B`),
  'negations of parentheses': expression((depth) => '!('.repeat(depth) + 'B' + ')'.repeat(depth)),
  'operators in parentheses': expression((depth) => '(B && '.repeat(depth) + 'B' + ')'.repeat(depth)),
  'macros in each other': (depth) =>
    `a = $(1)\nb := ${'$(a,'.repeat(depth)}y${')'.repeat(depth)}\nconfig A\n\tbool "A"\n\tdefault $(b)\n`,
  'variables of variables': (depth) =>
    `${Array.from({ length: depth }, (_, n) => `v${n} = $(v${n + 1})\n`).join('')}v${depth} = y\nconfig A\n\tbool "A"\n\tdefault $(v0)\n`,
} satisfies Record<string, (depth: number) => string>;

/** conf refuses these, or never ends with them. */
export const REFUSED = {
  'a ring of selects': (depth) => entries(depth, (n) => `\tbool "S${n}"\n\tselect S${(n + 1) % depth}\n`),
  'a ring of implies': (depth) => entries(depth, (n) => `\tbool "S${n}"\n\timply S${(n + 1) % depth}\n`),
  'a ring of dependencies': (depth) => entries(depth, (n) => `\tbool "S${n}"\n\tdepends on S${(n + 1) % depth}\n`),
  'a ring of defaults': (depth) => entries(depth, (n) => `\tbool "S${n}"\n\tdefault S${(n + 1) % depth}\n`),
  'ifs in each other': nested((n) => `if B${n}\n`, 'endif\n'),
  'menus in each other': nested((n) => `menu "M${n}"\n`, 'endmenu\n'),
  'parentheses in each other': expression((depth) => '('.repeat(depth) + 'B' + ')'.repeat(depth)),
  'negations in each other': expression((depth) => `${'!'.repeat(depth)}B`),
  'calls in each other': (depth) => `a = x$(1)\nb := ${'$(a,'.repeat(depth)}y${')'.repeat(depth)}\n`,
  'variables of variables': (depth) =>
    `${Array.from({ length: depth }, (_, n) => `v${n} = $(v${n + 1})\n`).join('')}config A\n\tbool "$(v0)"\n`,
  'a variable of itself': () => 'a = $(a)\nconfig A\n\tbool "$(a)"\n',
  'a function of itself': () => 'a = $(a,$(1)x)\nconfig A\n\tbool "$(a,y)"\n',
  'a value that doubles': () => `x := a\n${'x := $(x)$(x)\n'.repeat(60)}`,
  'a file that sources itself': () => 'source "Kconfig"\n',
} satisfies Record<string, (depth: number) => string>;

const end = (depth: number): string => `config S${depth}\n\tbool "S${depth}"\n`;

const AROUND_STATEMENTS: readonly Layer[] = [
  ['menu "M"\n', 'endmenu\n'],
  ['menu "N"\n\tdepends on B\n', 'endmenu\n'],
  ['menu "O"\n\tvisible if C\n', 'endmenu\n'],
  ['if B\n', 'endif\n'],
  ['if !(C && B)\n', 'endif\n'],
];
const AROUND_EXPRESSIONS: readonly Layer[] = [
  ['(', ')'],
  ['!', ''],
  ['B && ', ''],
  ['(B || ', ')'],
  ['(', ' && C = n)'],
];
const AROUND_TEXTS: readonly Layer[] = [
  ['$(same,', ')'],
  ['$(second,x,', ')'],
  ['$(same,$(one))$(same,', ')'],
  ['x$(', ')'],
];

/** A tree in which blocks, an expression and a text are mixtures of that kind, each at most so deep. */
export const deepTree = (deepest: number): fc.Arbitrary<string> =>
  fc
    .record({
      blocks: mixture(AROUND_STATEMENTS, 'config A\n\tbool "A"\n\tdefault EXPRESSION\n', deepest),
      expression: mixture(AROUND_EXPRESSIONS, 'B', deepest),
      text: mixture(AROUND_TEXTS, 'y', deepest),
    })
    .map(
      ({ blocks, expression, text }) =>
        `same = $(1)\nsecond = $(2)\none := 1\nconfig B\n\tbool "${text}"\n\nconfig C\n\tbool "C"\n\n${blocks.replace('EXPRESSION', expression)}`,
    );
