import { describe, expect, it } from 'vitest';
import type { Prediction, PredictionInput } from '../../src/kernel/prediction.ts';
import type { Pursue } from '../../src/model/entry.ts';
import { spelled } from '../../src/model/value.ts';
import { askingFor, smallKernel, type AskedFor } from '../helpers/smallKernel.ts';

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

function asking(asked: readonly AskedFor[], pursue: Pursue, needed: readonly string[] = []): PredictionInput {
  const pursued = pursue === 'none' ? {} : { pursued: { pursue, needed: { modules: [], symbols: [...needed] } } };
  return { ...askingFor(asked), ...pursued };
}

const engine = () => smallKernel(TREE);

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

describe('what is looked for beside wishes that are pursued', () => {
  const pursuing = asking([['LIB', 'n']], 'unclaimed');

  it('begins from what the pursuit comes to, and takes it back where it has to', () => {
    const wanted = [{ symbol: 'DISK', value: 'm' }];
    const remedies = engine().remedies({ asking: pursuing, wanted, most: 1 });
    const [way] = remedies.kind === 'searched' ? remedies.found.alternatives : [];
    expect(way?.settings.map(({ symbol }) => symbol)).toEqual(['DISK', 'FAST']);
    expect(way?.overrides).toMatchObject([{ symbol: 'LIB', value: 'n', position: { line: 1 } }]);
  });

  it('keeps the wish that is pursued, which is not true anyway', () => {
    const tidy = engine().tidy({ asking: pursuing, own: [{ intent: 0, isForced: false }], withImplied: true });
    expect(tidy).toMatchObject({ kind: 'tidy', needless: [] });
    expect(tidy.kind === 'tidy' && tidy.dotConfig).toContain('# CONFIG_LIB is not set');
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
