import { describe, expect, it } from 'vitest';
import { loadEngine } from '../../src/kernel/kernelEngine.ts';
import { readFacts } from '../../src/kernel/kernelFacts.ts';
import type { Prediction, PredictionInput } from '../../src/kernel/prediction.ts';
import type { Pursue } from '../../src/model/entry.ts';
import type { Intent } from '../../src/model/intent.ts';
import { spelled, valueOf } from '../../src/model/value.ts';
import type { Settings } from '../../src/script/settings.ts';
import { factsBytes } from '../helpers/facts.ts';

/** Drivers that select a library which somebody does not want, and a codec below a menu that is off. */
const TREE = `
config MODULES
	bool "modules"
	modules
	default y
config LIB
	tristate "library"
config FAST
	tristate "fast driver"
	select LIB
config SLOW
	tristate "slow driver"
	select LIB
config DISK
	tristate "disk"
	depends on FAST
config SND
	bool "sound"
config CODEC
	tristate "codec"
	depends on SND
`;

type By = 'user' | 'nixpkgs' | 'optional';

function asking(
  asked: readonly [string, string, By?][],
  pursue: Pursue,
  needed: readonly string[] = [],
): PredictionInput {
  const settings: Settings = {};
  const intents = asked.map(([symbol, text, by = 'user'], at): Intent => {
    const value = valueOf(text);
    const optional = by === 'optional';
    settings[symbol] = { tristate: value.kind === 'tristate' ? value.tristate : null, freeform: null, optional };
    const position = { file: '/home/me/patches.nix', line: at + 1, column: 1 };
    return {
      symbol,
      ask: { value, optional },
      priority: 100,
      by: by === 'user' ? { kind: 'patch', name: 'mine', index: 0 } : { kind: 'nixpkgs' },
      position: by === 'user' ? position : null,
    };
  });
  const pursued = pursue === 'none' ? {} : { pursued: { pursue, needed: { modules: [], symbols: needed } } };
  const rest = { managedName: 'fallout', managedIndex: 1, entries: [], policy: 'keep-wish' as const };
  return { settings, intents, legacy: [], ...rest, ...pursued };
}

function engine() {
  const read = readFacts(factsBytes({ files: { Kconfig: TREE }, baseConfig: 'CONFIG_MODULES=y\n' }));
  if (read.kind !== 'facts') throw new Error(read.kind);
  const loaded = loadEngine(read.facts);
  if (loaded.kind !== 'engine') throw new Error(loaded.kind);
  return loaded.engine;
}

const predicted = (...args: Parameters<typeof asking>): Prediction => engine().predict(asking(...args));

const entriesOf = ({ entries }: Prediction): string[] =>
  entries
    .map(({ symbol, ask, reason }) => `${symbol} = ${ask.optional ? 'option ' : ''}${spelled(ask.value)} # ${reason}`)
    .sort();

const lostOf = ({ lost: { lost } }: Prediction): string[] => lost.map(({ symbol }) => symbol);

describe('a lost wish that is pursued', () => {
  it('is given by turning off what selects it, and each entry names the wish', () => {
    expect(lostOf(predicted([['LIB', 'n']], 'none'))).toEqual(['LIB']);
    const given = predicted([['LIB', 'n']], 'unclaimed');
    expect(lostOf(given)).toEqual([]);
    expect(given.outcome).toEqual({ kind: 'stable' });
    expect(entriesOf(given)).toEqual([
      'FAST = option n # for LIB = n (patches.nix:1)',
      'SLOW = option n # for LIB = n (patches.nix:1)',
    ]);
    expect(given.dotConfig).toContain('# CONFIG_LIB is not set');
  });

  it('is given by turning on what it needs', () => {
    const given = predicted([['CODEC', 'm']], 'unclaimed');
    expect(entriesOf(given)).toEqual(['SND = option y # for CODEC = m (patches.nix:1)']);
    expect(lostOf(given)).toEqual([]);
  });

  it('never overrides a wish, and no default unless that is optional and all is pursued', () => {
    for (const by of ['user', 'nixpkgs', 'optional'] as const) {
      const kept = predicted(
        [
          ['LIB', 'n'],
          ['FAST', 'm', by],
        ],
        'unclaimed',
      );
      expect([lostOf(kept), kept.entries.filter(({ origin }) => origin.kind === 'pursuit')]).toEqual([['LIB'], []]);
    }
    expect(
      lostOf(
        predicted(
          [
            ['LIB', 'n'],
            ['FAST', 'm', 'nixpkgs'],
          ],
          'all',
        ),
      ),
    ).toEqual(['LIB']);
    const over = predicted(
      [
        ['LIB', 'n'],
        ['FAST', 'm', 'optional'],
      ],
      'all',
    );
    expect(lostOf(over)).toEqual([]);
    expect(entriesOf(over)).toContain('FAST = option n # for LIB = n (patches.nix:1)');
  });

  it('never takes away what the host needs, nor what that rests on', () => {
    for (const needed of ['FAST', 'DISK']) {
      const kept = predicted([['LIB', 'n']], 'unclaimed', [needed]);
      expect([lostOf(kept), kept.entries.filter(({ origin }) => origin.kind === 'pursuit')]).toEqual([['LIB'], []]);
    }
  });

  it('may be named alone', () => {
    const given = predicted(
      [
        ['LIB', 'n'],
        ['CODEC', 'm'],
      ],
      ['CODEC'],
    );
    expect(lostOf(given)).toEqual(['LIB']);
  });
});

it('entries go when their wish goes, and stay as they are while it stands', () => {
  const first = predicted([['LIB', 'n']], 'unclaimed');
  const again = engine().predict({
    ...asking([['LIB', 'n']], 'unclaimed'),
    entries: first.entries,
    settings: first.settings,
  });
  expect(again.entries).toEqual(first.entries);
  const gone = engine().predict({ ...asking([], 'unclaimed'), entries: first.entries, settings: first.settings });
  expect(gone.entries.filter(({ origin }) => origin.kind === 'pursuit')).toEqual([]);
  const off = engine().predict({ ...asking([['LIB', 'n']], 'none'), entries: first.entries, settings: first.settings });
  expect(off.entries.filter(({ origin }) => origin.kind === 'pursuit')).toEqual([]);
});
