/** Nix expressions that are nested as deeply as asked, in every way in which the grammar nests. */
import type fc from 'fast-check';
import { mixture, type Layer } from './deepMixture.ts';

const wrapped =
  (open: string, close = '', core = '1') =>
  (depth: number): string =>
    open.repeat(depth) + core + close.repeat(depth);
const chained =
  (first: string, more: string) =>
  (depth: number): string =>
    first + more.repeat(depth);

/** Each gives an expression of this depth. */
export const DEEP = {
  addition: chained('1', ' + 1'),
  conjunction: chained('a', ' && a'),
  implication: chained('a', ' -> a'),
  concatenation: chained('[ ]', ' ++ [ ]'),
  update: chained('{ }', ' // { }'),
  'has attribute': chained('a', ' ? b'),
  arguments: chained('f', ' a'),
  selection: chained('a', '.b'),
  'selection with a default': wrapped('a.b or ', '', 'a'),
  negation: wrapped('!', '', 'a'),
  minus: wrapped('- '),
  'else if': wrapped('if a then 1 else '),
  conditions: wrapped('if ', ' then 1 else 2', 'a'),
  parentheses: wrapped('(', ')'),
  calls: wrapped('f (', ')'),
  lists: wrapped('[ ', ' ]'),
  sets: wrapped('{ a = ', '; }'),
  'recursive sets': wrapped('rec { a = ', '; }'),
  'old let': wrapped('let { body = ', '; }'),
  let: wrapped('let x = 1; in '),
  'let in let': wrapped('let x = ', '; in 1'),
  with: wrapped('with a; '),
  assert: wrapped('assert a; '),
  lambdas: wrapped('x: '),
  'sets of arguments': wrapped('{ x, ... }: '),
  'default arguments': wrapped('{ x ? ', ' }: 1'),
  inherit: wrapped('{ inherit (', ') b; }', 'a'),
  interpolation: wrapped('"${', '}"', 'a'),
  'indented interpolation': wrapped("''${", "}''", 'a'),
  'computed names': wrapped('{ ${', '} = 1; }', 'a'),
  paths: wrapped('./a/${', '}', 'a'),
} satisfies Record<string, (depth: number) => string>;

/** What can be put around any expression. */
const LAYERS: readonly Layer[] = [
  ['(', ')'],
  ['[ (', ') ]'],
  ['{ a.b = ', '; }'],
  ['rec { ${"a"} = ', '; }'],
  ['let x = ', '; in x'],
  ['let inherit (', ') x; in x'],
  ['if ', ' then 1 else 2'],
  ['if 1 then 2 else ', ''],
  ['with { }; ', ''],
  ['assert 1; ', ''],
  ['x: ', ''],
  ['{ x ? ', ', ... }@y: x'],
  ['1 + (', ') * 2'],
  ['[ ] ++ (', ')'],
  ['!(', ') && 1'],
  ['f (', ') 1'],
  ['(', ').a.b or 2'],
  ['"a${', '}b"'],
  ["''\n  ${", "}\n''"],
  ['./a/${', '}/b'],
  ['/* a */ ', ' # b\n'],
];

/** A mixture of layers, some of them many times, that is at most so deep. */
export const deepMixture = (deepest: number): fc.Arbitrary<string> => mixture(LAYERS, '1', deepest);
