import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Configuration, fillNew, readUserValues, writeConfig } from '../../src/kconfig/index.ts';
import { withWishes } from '../../src/kernel/addedWishes.ts';
import { loadEngine, type KernelEngine } from '../../src/kernel/kernelEngine.ts';
import { readFacts, type KernelFacts } from '../../src/kernel/kernelFacts.ts';
import { kconfigOf } from '../../src/kernel/kernelTree.ts';
import type { PredictionInput } from '../../src/kernel/prediction.ts';
import type { PatchSetting } from '../../src/kernel/patchSettings.ts';
import type { Toward, TowardInput } from '../../src/kernel/settingsToward.ts';
import { differing, valuesOf } from '../../src/kernel/wantedConfig.ts';
import type { Intent } from '../../src/model/intent.ts';
import { spelled, valueOf } from '../../src/model/value.ts';
import { writtenValues } from '../../src/script/dotConfig.ts';
import { settingFor } from '../../src/script/settings.ts';
import { factsBytes, LISTING_SCRIPT } from '../helpers/facts.ts';
import { randomTree } from '../helpers/randomTree.ts';

const MODULES = 'config MODULES\n\tbool "modules"\n\tmodules\n\tdefault y\n';

type Tree = { facts: KernelFacts; engine: KernelEngine };

type More = { settings?: Record<string, string>; script?: string };

function treeOf(kconfig: string, baseConfig = 'CONFIG_MODULES=y\n', more: More = {}): Tree {
  const read = readFacts(factsBytes({ files: { Kconfig: kconfig }, baseConfig, ...more }));
  if (read.kind !== 'facts') throw new Error(read.kind);
  const loaded = loadEngine(read.facts);
  if (loaded.kind !== 'engine') throw new Error(loaded.kind);
  return { facts: read.facts, engine: loaded.engine };
}

/** What nixpkgs (priority 100) or others ask, `[symbol, value, priority]`. */
function asking(asked: readonly [string, string, number?][]): PredictionInput {
  const intents = asked.map(([symbol, text, priority = 100]): Intent => ({
    symbol,
    ask: { value: valueOf(text), optional: false },
    priority,
    by: { kind: 'nixpkgs' },
    position: null,
  }));
  const settings = Object.fromEntries(
    intents.flatMap(({ symbol, ask }) => {
      const setting = settingFor(ask);
      return setting === null ? [] : [[symbol, setting] as const];
    }),
  );
  return { settings, intents, legacy: [], managedName: 'fallout', managedIndex: 0, entries: [], policy: 'keep-wish' };
}

function toward(tree: Tree, input: Omit<TowardInput, 'against'> & { against?: string }) {
  const found = tree.engine.toward({ against: null, ...input });
  if (found.kind !== 'settings') throw new Error(found.kind);
  return found;
}

const written = ({ symbol, value, priority }: PatchSetting): string =>
  `${symbol}=${spelled(value) ?? ''}${priority < 100 ? ` at ${priority}` : ''}`;

const config = (text: string) => ({ kind: 'config', text }) as const;

describe('the settings toward a configuration', () => {
  const drivers = `${MODULES}menu "Drivers"\nmenuconfig BUS\n\ttristate "Bus"\nif BUS\nconfig A\n\ttristate "a"\nconfig B\n\ttristate "b"\nendif\nendmenu\n`;

  it('are one for a whole menu that goes, and all below it is needless', () => {
    const found = toward(treeOf(drivers), { asking: asking([]), wanted: config('CONFIG_MODULES=y\n') });
    expect(found.settings.map(written)).toEqual(['BUS=n']);
    expect(found.needless.map(written)).toEqual(['A=n', 'B=n']);
    expect(found.settings).toMatchObject([
      { prompt: 'Bus', menus: ['Drivers'], reason: { kind: 'change', from: 'm' } },
    ]);
  });

  it('hold back what the script would answer m, and leave it out where it does not', () => {
    const wanted = config('CONFIG_MODULES=y\nCONFIG_BUS=y\nCONFIG_A=m\n');
    const off = asking([['BUS', 'n']]);
    expect(toward(treeOf(drivers), { asking: off, wanted }).settings.map(written)).toEqual(['BUS=y at 50', 'B=n']);
    const none = { AUTO_MODULES: '', PREFER_BUILTIN: '', ignoreConfigErrors: '' };
    const manual = toward(treeOf(drivers, undefined, { settings: none }), { asking: off, wanted });
    expect(manual.settings.map(written)).toEqual(['BUS=y at 50', 'A=m']);
  });

  it('win over the definitions of others only as far as they have to', () => {
    const tree = treeOf(
      `${MODULES}${['A', 'B', 'C', 'D', 'E'].map((name) => `config ${name}\n\tbool "x"\n`).join('')}`,
    );
    const asked = asking([
      ['A', 'y'],
      ['B', 'y', 1000],
      ['C', 'y', 50],
      ['D', 'y', 30],
    ]);
    const { settings } = toward(tree, { asking: asked, wanted: config('CONFIG_E=y\n') });
    expect(settings.map(written)).toEqual(['A=n at 50', 'B=n', 'C=n at 49', 'D=n at 29', 'E=y']);
  });

  it('choose the member of a choice, and take it from another that is asked for', () => {
    const choice = `choice\n\tprompt "one"\n\tdefault A\nconfig A\n\tbool "a"\nconfig B\n\tbool "b"\nconfig C\n\tbool "c"\nendchoice\n`;
    const found = (text: string, asked: readonly [string, string][] = []) =>
      toward(treeOf(choice), { asking: asking(asked), wanted: config(text) }).settings.map(written);
    expect(found('CONFIG_A=y\n')).toEqual([]);
    expect(found('CONFIG_B=y\n')).toEqual(['B=y']);
    expect(found('CONFIG_B=y\n', [['C', 'y']])).toEqual(['B=y', 'C=n at 50']);
    expect(found('CONFIG_A=y\n', [['C', 'y']])).toEqual(['C=n at 50']);
  });

  it('have numbers and texts, but neither an empty text nor one that the script cannot read', () => {
    const text = `config N\n\tint "n"\n\tdefault 3\nconfig S\n\tstring "s"\n\tdefault "x"\nconfig T\n\tstring "t"\n\tdefault "x"\nconfig U\n\tstring "u"\n`;
    const wanted = config('CONFIG_N=5\nCONFIG_S=""\nCONFIG_T="a # b"\nCONFIG_U="two words"\n');
    const found = toward(treeOf(text), { asking: asking([]), wanted });
    expect(found.settings.map(written)).toEqual(['N=5', 'U=two words']);
    expect(found.notAskable).toMatchObject([
      { symbol: 'S', wanted: '', got: 'x', cause: { kind: 'empty-text' } },
      { symbol: 'T', wanted: 'a # b', got: 'x' },
    ]);
  });

  it('have an empty text where the script can empty one', () => {
    const tree = treeOf('config S\n\tstring "s"\n\tdefault "x"\nconfig T\n\tstring "t"\n', undefined, {
      script: `${LISTING_SCRIPT}\nlocal $^I = "";\n`,
    });
    const found = toward(tree, { asking: asking([]), wanted: config('CONFIG_S=""\nCONFIG_T=""\n') });
    expect(found.settings.map(written)).toEqual(['S=']);
    expect(found.notAskable).toEqual([]);
  });

  it('do not reach what a legacy string decides, and say who does', () => {
    const legacy = [
      {
        symbol: 'A',
        value: 'y',
        optional: false,
        by: { kind: 'patch', name: 'old', index: 0 } as const,
        position: null,
      },
    ];
    const asked = { ...asking([['A', 'y']]), legacy };
    const found = toward(treeOf('config A\n\tbool "a"\n'), {
      asking: asked,
      wanted: config('# CONFIG_A is not set\n'),
    });
    expect(found.settings).toEqual([]);
    expect(found.notAskable).toMatchObject([{ symbol: 'A', cause: { kind: 'overridden', by: { name: 'old' } } }]);
  });

  it('list what is new, what is unknown, and what its dependencies rule out', () => {
    const text = `config A\n\tbool "a"\nconfig NEW\n\tbool "new"\n\tdefault y\nconfig DEEP\n\tbool "deep"\n\tdepends on A\n`;
    const wanted = config('# CONFIG_A is not set\nCONFIG_DEEP=y\nCONFIG_NOWHERE=y\n# CONFIG_GONE is not set\n');
    const found = toward(treeOf(text), { asking: asking([]), wanted });
    expect(found.fresh).toEqual([{ symbol: 'NEW', value: 'y', prompt: 'new' }]);
    expect(found.notAskable).toMatchObject([
      { symbol: 'DEEP', wanted: 'y', got: null, cause: { kind: 'needs' } },
      { symbol: 'NOWHERE', wanted: 'y', got: null, cause: { kind: 'unknown' } },
    ]);
  });

  it('are only those that differ from another base, where one is given', () => {
    const tree = treeOf(`config A\n\tbool "a"\nconfig B\n\tbool "b"\n`);
    const asked = asking([['B', 'y']]);
    const wanted = config('CONFIG_A=y\n# CONFIG_B is not set\n');
    const against = '# CONFIG_A is not set\n# CONFIG_B is not set\n';
    expect(toward(tree, { asking: asked, wanted, against }).settings.map(written)).toEqual(['A=y']);
  });

  it('are those of changes that are applied to the present .config', () => {
    const changes = [
      { symbol: 'BUS', from: 'm', to: 'y' },
      { symbol: 'A', from: 'm', to: 'n' },
    ];
    const found = toward(treeOf(drivers), { asking: asking([]), wanted: { kind: 'changes', changes } });
    expect(found.settings.map(written)).toEqual(['BUS=y', 'A=n']);
  });

  it('are refused for the .config of another architecture', () => {
    const { engine } = treeOf('config X86_64\n\tdef_bool y\n');
    const wanted = config('CONFIG_ARM64=y\n');
    expect(engine.toward({ asking: asking([]), wanted, against: null })).toEqual<Toward>({
      kind: 'other-architecture',
      wanted: 'arm64',
      own: 'x86_64',
    });
  });
});

it('give any configuration that olddefconfig accepts, but for what is told, and from the changes of its diff the same', () => {
  fc.assert(
    fc.property(randomTree, fc.nat(2 ** 32 - 1), (drawn, seed) => {
      const { kconfig: text, defconfig, wishes, preferBuiltin } = drawn;
      const settings = { AUTO_MODULES: '1', PREFER_BUILTIN: preferBuiltin ? '1' : '', ignoreConfigErrors: '' };
      const tree = treeOf(text, defconfig, { settings });
      const configuration = new Configuration(kconfigOf(tree.facts));
      readUserValues(configuration, 'CONFIG_MODULES=y\n');
      fillNew(configuration, { seed });
      const wanted = writeConfig(configuration);
      const asked = asking([...wishes].map(([symbol, { value }]) => [symbol, value]));
      const found = tree.engine.toward({ asking: asked, wanted: config(wanted), against: null });
      if (found.kind !== 'settings') {
        expect(found.kind).toBe('no-present');
        return;
      }
      const { dotConfig } = tree.engine.predict(withWishes(asked, found.settings));
      const open = differing(valuesOf(dotConfig ?? ''), valuesOf(wanted));
      const told = new Set(found.notAskable.map(({ symbol }) => symbol));
      expect(open.filter((symbol) => !told.has(symbol))).toEqual([]);

      const present = tree.engine.predict(asked).dotConfig ?? '';
      const [before, after] = [writtenValues(present), writtenValues(wanted)];
      const changes = differing(before, after).map((symbol) => {
        return { symbol, from: before.get(symbol) ?? null, to: after.get(symbol) ?? null };
      });
      const again = tree.engine.toward({ asking: asked, wanted: { kind: 'changes', changes }, against: null });
      if (again.kind === 'settings') expect(again.settings).toEqual(found.settings);
    }),
    { numRuns: 300 },
  );
});
