import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settingsInTree } from '../../src/generate/treeSettings.ts';
import { buildKconfig, Configuration, fillNew, parseText, readConfig, writeConfig } from '../../src/kconfig/index.ts';
import { differing, valuesOf, withChanges } from '../../src/kernel/wantedConfig.ts';
import { spelled } from '../../src/model/value.ts';
import { randomTree } from '../helpers/randomTree.ts';

type Choices = 'ranked' | 'symbol';

function found(kconfig: string, present: string, text: string, choices: Choices = 'ranked') {
  const tree = buildKconfig(parseText(kconfig), { choices });
  const given = { kconfig: tree, present, wanted: { kind: 'config', text } as const, modules: null };
  const result = settingsInTree(given);
  if (result.kind !== 'settings') throw new Error(result.kind);
  return { ...result, tree };
}

const written = (kconfig: string, present: string, text: string): string[] =>
  found(kconfig, present, text).settings.map(({ symbol, value }) => `${symbol}=${spelled(value) ?? ''}`);

describe('the settings between two .config files of a tree', () => {
  const tree = `config A\n\tbool "a"\nconfig B\n\tbool "b"\n\tdepends on A\n\tdefault y\nconfig C\n\tbool "c"\n\tdepends on A\n`;

  it('leave out what olddefconfig answers so anyway', () => {
    expect(written(tree, '', 'CONFIG_A=y\nCONFIG_B=y\n# CONFIG_C is not set\n')).toEqual(['A=y']);
    expect(written(tree, '', 'CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=y\n')).toEqual(['A=y', 'B=n', 'C=y']);
    expect(written(tree, 'CONFIG_A=y\nCONFIG_C=y\n', '# CONFIG_A is not set\n')).toEqual(['A=n']);
  });

  it('ask for what the present .config says otherwise, be it a default', () => {
    expect(written(tree, 'CONFIG_A=y\nCONFIG_C=y\n', 'CONFIG_A=y\nCONFIG_B=y\n# CONFIG_C is not set\n')).toEqual([
      'C=n',
    ]);
  });

  it('name the chosen member of a choice alone', () => {
    const choice = `choice\n\tprompt "one"\nconfig A\n\tbool "a"\nconfig B\n\tbool "b"\nendchoice\n`;
    expect(written(choice, 'CONFIG_A=y\n# CONFIG_B is not set\n', '# CONFIG_A is not set\nCONFIG_B=y\n')).toEqual([
      'B=y',
    ]);
  });
});

it.each<Choices>(['ranked', 'symbol'])('lead to any configuration of a tree with %s choices', (choices) => {
  const seed = fc.nat(2 ** 32 - 1);
  fc.assert(
    fc.property(randomTree, seed, seed, ({ kconfig }, from, to) => {
      const tree = buildKconfig(parseText(kconfig), { choices });
      const [present = '', wanted = ''] = [from, to].map((drawn) => {
        const configuration = new Configuration(tree);
        fillNew(configuration, { seed: drawn });
        return writeConfig(configuration);
      });
      const { settings, notAskable } = found(kconfig, present, wanted, choices);
      const changes = settings.map(({ symbol, value }) => ({ symbol, to: spelled(value) }));
      const result = new Configuration(tree);
      readConfig(result, withChanges(present, changes));
      const told = new Set(notAskable.map(({ symbol }) => symbol));
      const open = differing(valuesOf(writeConfig(result)), valuesOf(wanted));
      expect(open.filter((symbol) => !told.has(symbol))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
