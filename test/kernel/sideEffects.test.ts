import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildKconfig, Configuration, parseText, readConfig } from '../../src/kconfig/index.ts';
import { loadEngine } from '../../src/kernel/kernelEngine.ts';
import { readFacts } from '../../src/kernel/kernelFacts.ts';
import { summed } from '../../src/kernel/valueChanges.ts';
import { rootsOfChanges } from '../../src/kernel/wishRoots.ts';
import type { Intent } from '../../src/model/intent.ts';
import type { SideEffect } from '../../src/model/sideEffects.ts';
import { valueOf } from '../../src/model/value.ts';
import { factsBytes } from '../helpers/facts.ts';
import { randomTree } from '../helpers/randomTree.ts';

const MODULES = 'config MODULES\n\tbool "modules"\n\tmodules\n\tdefault y\n';

/** What wishes change beyond themselves, `SYMBOL BEFORE -> AFTER (ROOTS)`. */
function beyond(tree: string, wishes: Record<string, string | null>, defaults: Record<string, string> = {}): string[] {
  return (effectsOf({ Kconfig: MODULES + tree }, wishes, defaults) ?? []).map(
    ({ symbol, before, after, roots }) =>
      `${symbol} ${before ?? 'none'} -> ${after ?? 'none'} (${roots.map((root) => root.symbol).join(' ')})`,
  );
}

function effectsOf(
  files: Record<string, string>,
  wishes: Record<string, string | null>,
  defaults: Record<string, string> = {},
): SideEffect[] | null {
  const read = readFacts(factsBytes({ files, baseConfig: 'CONFIG_MODULES=y\n' }));
  const loaded = read.kind === 'facts' ? loadEngine(read.facts) : read;
  if (loaded.kind !== 'engine') throw new Error(loaded.kind);
  const { engine } = loaded;
  const intents = [...intentsOf(defaults, false), ...intentsOf(wishes, true)];
  const settings = Object.fromEntries(
    Object.entries({ ...defaults, ...wishes }).flatMap(([symbol, text]) => {
      const value = text === null ? null : valueOf(text);
      if (value === null) return [];
      const tristate = value.kind === 'tristate' ? value.tristate : null;
      return [[symbol, { tristate, freeform: tristate === null ? text : null, optional: false }]];
    }),
  );
  const asking = { intents, legacy: [], managedName: 'fallout' };
  const { dotConfig } = engine.predict({ ...asking, settings, managedIndex: 1, entries: [], policy: 'keep-wish' });
  return dotConfig === null ? null : engine.sideEffects(asking, dotConfig);
}

const intentsOf = (asked: Record<string, string | null>, areWishes: boolean): Intent[] =>
  Object.entries(asked).map(([symbol, text], i) => ({
    symbol,
    ask: { value: text === null ? { kind: 'unset' } : valueOf(text), optional: false },
    priority: areWishes ? 50 : 100,
    by: areWishes ? { kind: 'patch', name: 'mine', index: 0 } : { kind: 'nixpkgs' },
    position: areWishes ? { file: '/p.nix', line: i + 1, column: 1 } : null,
  }));

describe('the side effects of wishes', () => {
  it('are none where nothing is wished, or only what is so anyway', () => {
    const tree = 'config A\n\ttristate "a"\nconfig B\n\ttristate "b"\n\tdepends on A\n';
    expect(beyond(tree, {})).toEqual([]);
    expect(beyond(tree, { A: 'm' })).toEqual([]);
  });

  it('follow a dependency that went, from one to the next', () => {
    const tree = `config RT\n\tbool "rt"\nconfig A\n\ttristate "a"\n\tdepends on !RT\nconfig B\n\ttristate "b"\n\tdepends on A\n`;
    expect(beyond(tree, { RT: 'y' })).toEqual(['A m -> none (RT)', 'B m -> none (RT)']);
  });

  it('name the first wish on the chain, not the one behind it', () => {
    const tree = `config A\n\ttristate "a"\nconfig B\n\ttristate "b"\n\tdepends on A\nconfig C\n\ttristate "c"\n\tdepends on B\n`;
    expect(beyond(tree, { A: 'n', B: 'n' })).toEqual(['C m -> none (B)']);
  });

  it('go on past a wish that is lost itself', () => {
    const tree = `config A\n\ttristate "a"\nconfig B\n\ttristate "b"\n\tdepends on A\nconfig C\n\ttristate "c"\n\tdepends on B\n`;
    expect(beyond(tree, { A: 'n', B: 'm' })).toEqual(['C m -> none (A)']);
  });

  it('list several causes where any of them would do', () => {
    const tree = `config A\n\tbool "a"\nconfig B\n\tbool "b"\nconfig C\n\ttristate "c"\n\tdepends on !A && !B\n`;
    expect(beyond(tree, { A: 'y', B: 'y' })).toEqual(['C m -> none (A B)']);
  });

  it('leave out what did not take part', () => {
    const tree = `config A\n\tbool "a"\n\tdefault y\nconfig B\n\tbool "b"\n\tdefault y\nconfig C\n\ttristate "c"\n\tdepends on A || B\n`;
    expect(beyond(tree, { A: 'n' })).toEqual([]);
    expect(beyond(tree, { A: 'n', B: 'n' })).toEqual(['C m -> none (A B)']);
  });

  it('follow a select that began, and one that ended', () => {
    const tree = `config LIB\n\ttristate\nconfig A\n\ttristate "a"\n\tselect LIB\n`;
    expect(beyond(tree, { A: 'n' })).toEqual(['LIB m -> none (A)']);
    expect(beyond(tree, { A: 'y' })).toEqual(['LIB m -> y (A)']);
  });

  it('find what came on because an exclusion went', () => {
    const tree = `config OLD\n\ttristate "old"\nconfig NEW\n\ttristate "new"\n\tdepends on OLD=n\n`;
    expect(beyond(tree, { OLD: 'n' })).toEqual(['NEW none -> m (OLD)']);
  });

  it('follow a default, and the bounds of a number', () => {
    const tree = `config BIG\n\tbool "big"\nconfig SIZE\n\tint\n\tdefault 8 if BIG\n\tdefault 4\nconfig MOST\n\tint "most"\n\trange 1 SIZE\n\tdefault 4\n`;
    expect(beyond(tree, { BIG: 'y' })).toEqual(['SIZE 4 -> 8 (BIG)']);
    expect(beyond(tree, { BIG: 'n' }, { BIG: 'y', MOST: '7' })).toEqual(['SIZE 8 -> 4 (BIG)', 'MOST 7 -> 4 (BIG)']);
  });

  it('follow the member of a choice that took the place of another, and why that is so', () => {
    const tree = `config SEC\n\tbool "sec"\n\tdefault y\nchoice\n\tprompt "which"\n\tdefault FIRST if SEC\n\tdefault SECOND\nconfig FIRST\n\tbool "first"\n\tdepends on SEC\nconfig SECOND\n\tbool "second"\nendchoice\n`;
    expect(beyond(tree, { SECOND: 'y' })).toEqual(['FIRST y -> n (SECOND)']);
    expect(beyond(tree, { SEC: 'n' })).toEqual(['FIRST y -> none (SEC)', 'SECOND n -> y (SEC)']);
  });

  it('follow the end of modules', () => {
    const tree = `config A\n\ttristate "a"\nconfig B\n\ttristate "b"\n\tdepends on A\n`;
    expect(beyond(tree, { MODULES: 'n' })).toEqual(['A m -> n (MODULES)', 'B m -> none (MODULES)']);
  });

  it('count `unset` as a wish: what nixpkgs asks for is taken away', () => {
    const tree = `config A\n\ttristate "a"\n\tselect LIB\nconfig LIB\n\ttristate\n`;
    expect(beyond(tree, { A: null }, { A: 'y' })).toEqual(['LIB y -> m (A)']);
  });

  it('that follow from the same wishes are one group, whichever is the nearest', () => {
    const tree = `config A\n\tbool "a"\nconfig B\n\tbool "b"\nconfig C\n\ttristate "c"\n\tdepends on !A && !B\nconfig D\n\ttristate "d"\n\tdepends on !B && !A\n`;
    const effects = effectsOf({ Kconfig: MODULES + tree }, { A: 'y', B: 'y' }) ?? [];
    const [first, second] = effects;
    const turned = effects.map((effect) => ({
      ...effect,
      roots: effect === second ? (first?.roots ?? []).toReversed() : effect.roots,
    }));
    expect(summed(turned).groups).toMatchObject([{ off: 2, roots: [{ symbol: 'A' }, { symbol: 'B' }] }]);
  });

  it('put first what hurts: drivers, then file systems, then by how near they are', () => {
    const files = {
      Kconfig: `${MODULES}config RT\n\tbool "rt"\nsource "fs/Kconfig"\nsource "drivers/Kconfig"\nconfig Z\n\tbool "z"\n\tdepends on !RT\n\tdefault y\n`,
      'fs/Kconfig': 'menu "File systems"\nconfig EXT9_FS\n\ttristate "ext9"\n\tdepends on !RT\nendmenu\n',
      'drivers/Kconfig': `menu "Device Drivers"\nconfig SUB\n\ttristate "sub"\n\tdepends on WIFI\nconfig WIFI\n\ttristate "wifi"\n\tdepends on !RT\nendmenu\n`,
    };
    const effects = effectsOf(files, { RT: 'y' }) ?? [];
    expect(effects.map(({ symbol, hurts, menu }) => [symbol, hurts, menu])).toEqual([
      ['WIFI', 'driver', 'Device Drivers'],
      ['SUB', 'driver', 'Device Drivers'],
      ['EXT9_FS', 'file-system', 'File systems'],
      ['Z', null, ''],
    ]);
    expect(summed(effects)).toMatchObject({
      ...{ off: 4, on: 0, changed: 0, symbols: ['WIFI', 'SUB', 'EXT9_FS', 'Z'] },
      groups: [{ roots: [{ symbol: 'RT', value: 'y' }], off: 4 }],
    });
  });
});

it('every change of one answer leads back to it', () => {
  fc.assert(
    fc.property(randomTree, fc.nat(), fc.constantFrom('y', 'm', 'n'), ({ kconfig: text, defconfig }, at, value) => {
      const kconfig = buildKconfig(parseText(text), { choices: 'ranked' });
      const before = new Configuration(kconfig);
      const after = new Configuration(kconfig);
      for (const each of [before, after]) readConfig(each, defconfig);
      const askable = kconfig.symbols.filter((each) => each.name !== null && after.isChangeable(each));
      const wished = askable[at % askable.length];
      if (wished?.name == null || !after.set(wished, value)) return;
      const differing = kconfig.symbols.filter(
        (each) => each !== wished && each.name !== null && before.value(each) !== after.value(each),
      );
      const { name: symbol } = wished;
      const wish = {
        symbol,
        wanted: after.value(wished),
        optional: false,
        by: { kind: 'kernel' },
        position: null,
      } as const;
      const roots = rootsOfChanges(differing, before, after, new Map([[symbol, wish]]));
      expect(differing.filter((each) => roots.get(each)?.[0]?.wish !== wish).map(({ name }) => name)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
