import { describe, expect, it } from 'vitest';
import { causeText } from '../../src/fallout/causeText.ts';
import { buildKconfig, Configuration, parseText, readConfig } from '../../src/kconfig/index.ts';
import type { Said } from '../../src/fallout/intents.ts';
import { causesIn, type AskedBy } from '../../src/kernel/causes.ts';
import { namesOf } from '../../src/kernel/kernelNames.ts';
import { rootFinder } from '../../src/kernel/roots.ts';
import type { Observation } from '../../src/model/observation.ts';

const kconfig = buildKconfig(
  parseText(`
config MODULES
	bool "modules"
	modules
	default y
config SOUND
	tristate "sound"
config PCM
	tristate "pcm"
	depends on SOUND
config CODEC
	tristate "codec"
	depends on PCM
config TOP
	tristate "top"
	select MIDDLE
config MIDDLE
	tristate
	select LIBRARY
config UPPER
	tristate "upper"
	select INNER
config INNER
	tristate
	select LOWER
config LOWER
	tristate
	select LIBRARY
config OTHER
	tristate "other"
	select LIBRARY
config LIBRARY
	tristate "library"
config FREE
	tristate "free"
	depends on ALONE
config ALONE
	bool "alone"
choice
	prompt "model"
config SLOW
	bool "slow"
config FAST
	bool "fast"
endchoice
`),
  { choices: 'ranked' },
);

const NOTHING_SEEN: Observation = {
  questions: new Map(),
  choices: [],
  refusals: [],
  complaints: [],
  help: new Map(),
  finalValues: new Map(),
};

const said = (symbol: string, wanted: string, line: number, by: Said['by']): [string, Said] => [
  symbol,
  { symbol, wanted, optional: false, by, position: by.kind === 'nixpkgs' ? null : { file: '/p.nix', line, column: 1 } },
];
const MINE: Said['by'] = { kind: 'patch', name: 'mine', index: 0 };

const asking = (wishes: Record<string, string>, defaults: Record<string, string> = {}): AskedBy =>
  new Map([
    ...Object.entries(defaults).map(([symbol, wanted]) => said(symbol, wanted, 0, { kind: 'nixpkgs' })),
    ...Object.entries(wishes).map(([symbol, wanted], i) => said(symbol, wanted, i + 1, MINE)),
  ]);

function configured(config: string): Configuration {
  const configuration = new Configuration(kconfig);
  readConfig(configuration, config);
  return configuration;
}

function causeOf(config: string, asked: AskedBy, observation = NOTHING_SEEN) {
  return causesIn(configured(config), { names: namesOf(['SOUND'], new Map()), asked, observation });
}

describe('causesIn', () => {
  it('names the own wishes among those who select first', () => {
    const config = 'CONFIG_TOP=y\nCONFIG_OTHER=y\n';
    const cause = causeOf(config, asking({ OTHER: 'y', LIBRARY: 'n' }))('LIBRARY', 'n');
    expect(cause).toEqual({
      kind: 'selected',
      by: [
        { symbol: 'OTHER', level: 'y', isWish: true },
        { symbol: 'MIDDLE', level: 'y', heldBy: ['TOP'] },
      ],
    });
    expect(cause && causeText(cause)).toBe('selected by OTHER (your wish), and by MIDDLE, which TOP selects');
  });

  it('puts together what the same symbols hold', () => {
    const cause = causeOf('CONFIG_UPPER=y\nCONFIG_TOP=y\nCONFIG_OTHER=y\n', asking({}))('LIBRARY', 'n');
    expect(cause && causeText(cause)).toBe(
      'selected by OTHER, and by MIDDLE, which TOP selects, and by LOWER, which UPPER selects',
    );
  });

  it('says that less was offered in the first pass, and what changed since', () => {
    const help = new Map([
      [
        'LIBRARY',
        {
          symbol: 'LIBRARY',
          value: 'm',
          type: 'tristate',
          dependsOn: [],
          visibleIf: [],
          selectedBy: [{ expression: 'OTHER [=m]', level: 'm' }],
          impliedBy: [],
        },
      ],
    ]);
    const refusal = {
      kind: 'repeated' as const,
      symbol: 'LIBRARY',
      prompt: 'library',
      alts: 'M/y/?',
      offered: ['m', 'y'],
    };
    const refusals = [{ ...refusal, current: 'm', answer: 'n', used: 'm' }];
    const cause = causeOf('CONFIG_LIBRARY=m\n', asking({}), { ...NOTHING_SEEN, help, refusals })('LIBRARY', 'n');
    expect(cause && causeText(cause)).toBe('was offered m/y only: OTHER changes later in the tree');
  });

  it('knows what no file defines', () => {
    expect(causeOf('', asking({}))('SOUNDS', 'y')).toMatchObject({ kind: 'unknown', near: ['SOUND'] });
  });
});

describe('rootFinder', () => {
  const roots = (config: string, asked: AskedBy, symbol: string, wanted: string): string[] =>
    rootFinder(configured(config), asked)(symbol, wanted).map(({ symbol, value, by, position }) =>
      `${symbol}=${value} ${by?.kind ?? 'nobody'} ${position?.line ?? ''}`.trim(),
    );

  it('follows what is missing to the wish that took it away', () => {
    expect(roots('# CONFIG_SOUND is not set\n', asking({ CODEC: 'm', SOUND: 'n' }), 'CODEC', 'm')).toEqual([
      'SOUND=n patch 2',
    ]);
  });

  it('follows what selects to the wish that asks for it', () => {
    expect(roots('CONFIG_TOP=y\n', asking({ LIBRARY: 'n', TOP: 'y' }), 'LIBRARY', 'n')).toEqual(['TOP=y patch 2']);
  });

  it('names a default of nixpkgs only where no wish of the user stands behind it', () => {
    const config = 'CONFIG_TOP=y\nCONFIG_OTHER=y\n';
    expect(roots(config, asking({ OTHER: 'y' }, { TOP: 'y' }), 'LIBRARY', 'n')).toEqual(['OTHER=y patch 1']);
    expect(roots(config, asking({}, { TOP: 'y' }), 'LIBRARY', 'n')).toEqual(['TOP=y nixpkgs']);
  });

  it('ends where nobody asks', () => {
    expect(roots('', asking({ FREE: 'm' }), 'FREE', 'm')).toEqual(['ALONE=n nobody']);
  });

  it('leads from a member of a choice to the one that is wished for', () => {
    expect(roots('CONFIG_FAST=y\n', asking({ SLOW: 'y', FAST: 'y' }), 'SLOW', 'y')).toEqual(['FAST=y patch 2']);
  });
});
