import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildKconfig,
  Configuration,
  fillNew,
  findRemedies,
  isLogic,
  KconfigError,
  parseText,
  writeConfig,
  type Kconfig,
  type KSymbol,
  type Remedies,
  type RemedyOptions,
  type SymbolValue,
} from '../../../src/kconfig/index.ts';
import { randomKconfig } from '../../helpers/randomKconfig.ts';
import { configured, tree, valuesIn } from '../../helpers/remedyTree.ts';

const textOf = (values: readonly SymbolValue[]): string =>
  values.map(({ symbol, value }) => `${symbol}=${value}`).join(' ');

const search = (text: string, config: string, wanted: string, options?: RemedyOptions): Remedies =>
  findRemedies(configured(tree(text), config), valuesIn(wanted), options);

/** The settings of each way; what else was found as it is. */
function ways(text: string, config: string, wanted: string, options?: RemedyOptions): string[] | Remedies {
  const found = search(text, config, wanted, options);
  return found.kind === 'found' ? found.alternatives.map(({ settings }) => textOf(settings)) : found;
}

const SOUND = `
config SND
	tristate "sound"
config SND_SOC
	tristate "soc"
	depends on SND
config CODEC
	tristate "codec"
	depends on SND_SOC
`;

describe('what is needed is turned on', () => {
  it('the whole chain, at the level that is enough', () => {
    expect(ways(SOUND, '', 'CODEC=m')).toEqual(['CODEC=m SND_SOC=m SND=m']);
    expect(ways(SOUND, '', 'CODEC=y')).toEqual(['CODEC=y SND_SOC=y SND=y']);
    expect(ways(SOUND, 'CONFIG_SND=m\n', 'CODEC=y')).toEqual(['CODEC=y SND_SOC=y SND=y']);
    expect(ways(`${SOUND}config A\n\tbool "a"\n\tdepends on SND_SOC\n`, '', 'A=y')).toEqual(['A=y SND_SOC=m SND=m']);
  });

  it('the cheaper side of an alternative first', () => {
    const text =
      'config A\n\tbool "a"\n\tdepends on B || C\nconfig B\n\tbool "b"\n\tdepends on D\nconfig C\n\tbool "c"\nconfig D\n\tbool "d"\n';
    expect(ways(text, '', 'A=y')).toEqual(['A=y C=y', 'A=y B=y D=y']);
  });

  it('and again what a later need takes away', () => {
    const text =
      'config A\n\ttristate "a"\n\tdepends on B && C\nconfig B\n\ttristate "b"\n\tdepends on D || !C\nconfig C\n\tbool "c"\nconfig D\n\tbool "d"\n';
    expect(ways(text, '', 'A=m')).toEqual(['A=m B=m C=y D=y']);
  });

  it('nothing twice for several wishes', () => {
    const text = `${SOUND}config CARD\n\ttristate "card"\n\tdepends on SND_SOC\n`;
    expect(ways(text, '', 'CODEC=m CARD=m')).toEqual(['CODEC=m SND_SOC=m SND=m CARD=m']);
  });

  it('what selects a symbol that nobody is asked for', () => {
    const text =
      'config LIB\n\ttristate\nconfig USER\n\ttristate "user"\n\tselect LIB if FAST\nconfig FAST\n\tbool "fast"\n';
    expect(ways(text, '', 'LIB=m')).toEqual(['USER=m FAST=y']);
  });

  it('a default that gives way to a prompt', () => {
    const text = 'config EXPERT\n\tbool "expert"\nconfig A\n\tbool "a" if EXPERT\n\tdefault y\n';
    expect(ways(text, '', 'A=n')).toEqual(['A=n EXPERT=y']);
  });
});

describe('what stands against it is turned off', () => {
  it('all that selects, or the condition of the select', () => {
    const text =
      'config A\n\ttristate "a"\nconfig B\n\ttristate "b"\n\tselect A\nconfig C\n\ttristate "c"\n\tselect A if D\nconfig D\n\tbool "d"\n';
    expect(ways(text, 'CONFIG_A=m\nCONFIG_B=m\nCONFIG_C=m\nCONFIG_D=y\n', 'A=n')).toEqual([
      'A=n B=n C=n',
      'A=n B=n D=n',
    ]);
  });

  it('what selects what selects it', () => {
    const text = 'config A\n\ttristate "a"\nconfig B\n\ttristate\n\tselect A\nconfig C\n\ttristate "c"\n\tselect B\n';
    expect(ways(text, 'CONFIG_A=y\nCONFIG_C=y\n', 'A=n')).toEqual(['A=n C=n']);
    expect(ways(text, 'CONFIG_A=y\nCONFIG_C=y\n', 'A=m')).toEqual(['A=m C=m']);
  });

  it('a symbol that must be off, and with it what needs it', () => {
    const text = 'config A\n\tbool "a"\n\tdepends on !Q\nconfig Q\n\tbool "q"\nconfig P\n\tbool "p"\n\tselect Q\n';
    expect(ways(text, 'CONFIG_Q=y\nCONFIG_P=y\n', 'A=y')).toEqual(['A=y Q=n P=n']);
  });

  it('the other members of a choice', () => {
    const text = 'choice\n\tprompt "hz"\nconfig HZ_100\n\tbool "100"\nconfig HZ_250\n\tbool "250"\nendchoice\n';
    expect(ways(text, 'CONFIG_HZ_100=y\n', 'HZ_250=y')).toEqual(['HZ_250=y']);
    expect(ways(text, 'CONFIG_HZ_100=y\n', 'HZ_100=n')).toEqual(['HZ_100=n']);
  });
});

describe('numbers and texts', () => {
  const CPUS =
    'config MAXSMP\n\tbool "max"\nconfig END\n\tint\n\tdefault 8192 if MAXSMP\n\tdefault 512\nconfig CPUS\n\tint "cpus"\n\trange 2 END\n\tdefault 64\n';

  it('a bound moves where the range is too narrow', () => {
    expect(ways(CPUS, '', 'CPUS=128')).toEqual(['CPUS=128']);
    expect(ways(CPUS, '', 'CPUS=1024')).toEqual(['CPUS=1024 MAXSMP=y']);
    expect(ways(CPUS, '', 'CPUS=9000')).toMatchObject({ kind: 'blocked' });
  });

  it('a comparison is reached at its bound', () => {
    expect(ways(`${CPUS}config A\n\tbool "a"\n\tdepends on CPUS >= 100\n`, '', 'A=y')).toEqual(['A=y CPUS=100']);
  });

  it('a text with quotes', () => {
    const text = 'config CMDLINE_BOOL\n\tbool "own"\nconfig CMDLINE\n\tstring "line" if CMDLINE_BOOL\n';
    const found = search(text, '', 'CMDLINE=x');
    expect(found).toMatchObject({ kind: 'found' });
    const given = findRemedies(configured(tree(text), ''), [{ symbol: 'CMDLINE', value: 'a "b" \\c' }]);
    expect(given.kind === 'found' && textOf(given.alternatives[0]?.settings ?? [])).toBe(
      'CMDLINE=a "b" \\c CMDLINE_BOOL=y',
    );
  });
});

describe('where there is no way', () => {
  it('the symbols that stand against it for good', () => {
    const text = 'config A\n\tbool "a"\n\tdepends on ARM64 && B\nconfig B\n\tbool "b"\nconfig ARM64\n\tbool\n';
    expect(search(text, '', 'A=y')).toMatchObject({
      kind: 'blocked',
      by: [{ symbol: 'ARM64', value: 'y', obstacle: { kind: 'no-prompt', setBy: { kind: 'nothing' } } }],
    });
    expect(search(text, '', 'NOWHERE=y B=y GONE=n')).toMatchObject({
      kind: 'blocked',
      by: [{ symbol: 'NOWHERE' }, { symbol: 'GONE' }],
    });
    expect(search(text, '', 'B=m')).toMatchObject({ kind: 'blocked', by: [{ obstacle: { kind: 'not-tristate' } }] });
    for (const value of ['17', 'no', 'Y', 'yes', ''])
      expect(search(text, '', `B=${value}`)).toMatchObject({
        kind: 'blocked',
        by: [{ obstacle: { kind: 'malformed' } }],
      });
  });

  it('a range that always applies, and not the y that it always applies by', () => {
    const text = 'config SHIFT\n\tint "shift"\n\trange 12 25\n\tdefault 17\nconfig B\n\tbool "b"\n';
    const by = [{ symbol: 'SHIFT', value: '40', obstacle: { kind: 'range', low: '12', high: '25' } }];
    expect(search(text, '', 'SHIFT=40')).toMatchObject({ kind: 'blocked', by });
    expect(search(text, '', 'B=y SHIFT=40')).toMatchObject({ kind: 'blocked', by });
    const below = text.replace('default 17', 'depends on B');
    expect(search(below, 'CONFIG_B=y\n', 'SHIFT=40')).toMatchObject({ kind: 'blocked', by });
  });

  it('wishes that exclude each other', () => {
    expect(search(SOUND, '', 'CODEC=y SND=n')).toEqual({ kind: 'not-found' });
  });

  it('what holds already', () => {
    expect(search(SOUND, 'CONFIG_SND=m\n', 'SND=m')).toEqual({ kind: 'holds' });
  });

  it('what may not be changed is left alone', () => {
    const costOf = (symbol: string): number => (symbol === 'SND' ? Infinity : 1);
    expect(search(SOUND, '', 'CODEC=m', { costOf })).toEqual({ kind: 'not-found' });
  });
});

it('says what else would change, also what goes along', () => {
  const text = `${SOUND}config EXTRA\n\tbool "extra"\n\tdepends on SND_SOC\n\tdefault y\n`;
  const found = search(text, 'CONFIG_SND=m\n', 'CODEC=m');
  expect(found).toMatchObject({
    alternatives: [{ alsoChanges: [{ symbol: 'EXTRA', before: null, after: 'y' }] }],
  });
});

/** A value that one filling of a tree has and another has not, and that somebody could have answered. */
function drawn(
  kconfig: Kconfig,
  seeds: readonly [number, number],
  pick: number,
): { base: string; wanted: SymbolValue } | null {
  const [base, other] = seeds.map((seed) => {
    const configuration = new Configuration(kconfig);
    fillNew(configuration, { seed });
    return writeConfig(configuration);
  });
  if (base === undefined || other === undefined) return null;
  const [before, after] = [configured(kconfig, base), configured(kconfig, other)];
  // The search never turns modules off, by which each m would be y.
  if (before.tri(kconfig.modules) > after.tri(kconfig.modules)) return null;
  const candidates = kconfig.symbols.filter(
    (symbol) => isAnswered(after, symbol) && after.value(symbol) !== before.value(symbol),
  );
  const symbol = candidates[pick % Math.max(1, candidates.length)];
  return symbol === undefined ? null : { base, wanted: { symbol: symbol.name ?? '', value: after.value(symbol) } };
}

const isAnswered = (configuration: Configuration, symbol: KSymbol): boolean =>
  symbol.name !== null &&
  symbol.choice === null &&
  symbol.menus.length > 0 &&
  (symbol.memberOf === null ? configuration.isChangeable(symbol) : configuration.value(symbol) === 'y') &&
  (isLogic(symbol) ||
    (configuration.value(symbol) !== '' && configuration.allowsText(symbol, configuration.value(symbol))));

const withLines = (base: string, settings: readonly SymbolValue[], kconfig: Kconfig): string => {
  const lines = settings.map(({ symbol, value }) =>
    kconfig.byName.get(symbol)?.type === 'string'
      ? `CONFIG_${symbol}="${value.replace(/["\\]/g, '\\$&')}"`
      : `CONFIG_${symbol}=${value}`,
  );
  return `${base}${lines.join('\n')}\n`;
};

describe.each(['ranked', 'symbol'] as const)('random trees with %s choices', (choices) => {
  it('each way gives what is wanted as further lines of the .config, and none of its settings can be left out', () => {
    fc.assert(
      fc.property(
        randomKconfig({ choices: choices === 'ranked' ? 'ranked' : 'legacy', wild: false }),
        fc.tuple(fc.nat(10_000), fc.nat(10_000)),
        fc.nat(100),
        ({ kconfig: text }, seeds, pick) => {
          let kconfig: Kconfig;
          try {
            kconfig = buildKconfig(parseText(text), { choices });
          } catch (error) {
            if (error instanceof KconfigError) return;
            throw error;
          }
          const one = drawn(kconfig, seeds, pick);
          if (one === null) return;
          const { base, wanted } = one;
          const found = findRemedies(configured(kconfig, base), [wanted]);
          const gives = (settings: readonly SymbolValue[]): boolean => {
            const configuration = configured(kconfig, withLines(base, settings, kconfig));
            const symbol = configuration.symbol(wanted.symbol);
            return symbol !== undefined && configuration.value(symbol) === wanted.value;
          };
          // Another filling has it: it cannot be out of reach for good.
          expect(found.kind, JSON.stringify({ wanted, base, found })).not.toBe('blocked');
          if (found.kind !== 'found') return;
          for (const { settings } of found.alternatives) {
            expect(gives(settings)).toBe(true);
            for (const each of settings) expect(gives(settings.filter((other) => other !== each))).toBe(false);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
