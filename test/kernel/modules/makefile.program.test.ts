import fc from 'fast-check';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { Conditions, judgeOf } from '../../../src/kernel/modules/conditions.ts';
import { Makefile } from '../../../src/kernel/modules/makefile.ts';

const SYMBOLS = ['A', 'B', 'C'];
const symbol = fc.constantFrom(...SYMBOLS).map((name) => `$(CONFIG_${name})`);
/** Each refers only to those before it: make ends where a variable refers to itself. */
const VARIABLES = ['V0', 'V1', 'V2'];

const literal = fc.constantFrom('a.o', 'b.o', 'sub/c.o', 'm', 'y', 'dir/');
/** A list of words that refers to variables below a number. */
function list(below: number, depth: number): fc.Arbitrary<string> {
  const word = fc.oneof(
    literal,
    symbol.map((value) => `x-${value}.o`),
    symbol,
    ...(below === 0 ? [] : [fc.constantFrom(...VARIABLES.slice(0, below)).map((name) => `$(${name})`)]),
    ...(depth === 0 ? [] : [call(below, depth - 1)]),
  );
  return fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' '));
}

function call(below: number, depth: number): fc.Arbitrary<string> {
  const inner = list(below, depth);
  const pattern = fc.constantFrom('%.o', 'a%', 'm', 'y', '%');
  return fc.oneof(
    fc.tuple(fc.constantFrom('filter', 'filter-out'), pattern, inner).map(([f, p, of]) => `$(${f} ${p},${of})`),
    fc.tuple(fc.constantFrom('addprefix', 'addsuffix'), inner).map(([f, of]) => `$(${f} p,${of})`),
    fc
      .tuple(fc.constantFrom('sort', 'strip', 'basename', 'notdir', 'firstword'), inner)
      .map(([f, of]) => `$(${f} ${of})`),
    fc.tuple(pattern, inner).map(([p, of]) => `$(patsubst ${p},q%,${of})`),
    fc.tuple(symbol, inner).map(([from, of]) => `$(subst m,${from},${of})`),
    fc.tuple(symbol, inner, inner).map(([test, then, or]) => `$(if ${test},${then},${or})`),
    fc.tuple(fc.constantFrom('and', 'or'), symbol, inner).map(([f, one, other]) => `$(${f} ${one},${other})`),
    fc.tuple(inner, symbol).map(([of, value]) => `$(foreach w,${of},$(w)${value})`),
  );
}

const assignment = fc.oneof(
  fc.nat({ max: VARIABLES.length - 1 }).chain((i) =>
    fc
      .tuple(fc.constantFrom('=', ':=', '+=', '?='), list(i, 2))
      // A text of blanks alone counts as none here.
      .map(([operator, value]) => `${VARIABLES[i] ?? ''} ${operator} $(strip ${value})`),
  ),
  fc
    .tuple(
      fc.oneof(
        fc.constant('y'),
        symbol,
        symbol.map((value) => `$(subst m,y,${value})`),
      ),
      list(VARIABLES.length, 2),
    )
    .map(([suffix, value]) => `obj-${suffix} += ${value}`),
);

const test = fc.oneof(
  fc
    .tuple(fc.constantFrom('ifeq', 'ifneq'), symbol, fc.constantFrom('y', 'm', ''))
    .map(([f, a, b]) => `${f} (${a},${b})`),
  fc
    .tuple(fc.constantFrom('ifeq', 'ifneq'), list(2, 1), list(2, 1))
    .map(([f, a, b]) => `${f} ($(strip ${a}),$(strip ${b}))`),
  fc
    .tuple(fc.constantFrom('ifdef', 'ifndef'), fc.constantFrom('CONFIG_A', 'CONFIG_B', 'V0'))
    .map(([f, of]) => `${f} ${of}`),
);

const { statements } = fc.letrec<{ statements: string }>((tie) => ({
  statements: fc
    .array(
      fc.oneof(
        { maxDepth: 3 },
        assignment,
        fc
          .tuple(test, tie('statements'), tie('statements'))
          .map(([head, then, otherwise]) => `${head}\n${then}\nelse\n${otherwise}\nendif`),
      ),
      { minLength: 1, maxLength: 6 },
    )
    .map((all) => all.join('\n')),
}));

async function byMake(text: string, values: Record<string, string>): Promise<string> {
  const set = SYMBOLS.flatMap((name) => (values[name] === 'n' ? [] : [`CONFIG_${name} := ${values[name] ?? ''}`]));
  const input = [...set, 'obj-y :=', text, '$(info $(strip $(obj-y)))', 'all: ;', ''].join('\n');
  const { stdout } = await execa('make', ['-s', '-f', '-'], { input, env: { LC_ALL: 'C' } });
  return stdout.split('\n')[0] ?? '';
}

it('a Makefile says what make says, whatever the values are', async () => {
  const value = fc.constantFrom('y', 'm', 'n');
  await fc.assert(
    fc.asyncProperty(statements, fc.record({ A: value, B: value, C: value }), async (text, values) => {
      const conditions = new Conditions();
      const makefile = new Makefile({ conditions, files: new Map([['M', text]]), variables: { 'obj-y': '' } });
      makefile.read('M');
      const words = makefile.words('obj-y');
      const holds = judgeOf(conditions.pack(), (name) => (values as Record<string, string>)[name] ?? null);
      const found = words.flatMap(({ word, when }) => (holds(when) ? [word] : []));
      expect(found.join(' ')).toBe(await byMake(text, values));
    }),
    { numRuns: 60 },
  );
});
