import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadEngine } from '../../src/kernel/kernelEngine.ts';
import { readFacts } from '../../src/kernel/kernelFacts.ts';
import type { PredictionInput } from '../../src/kernel/prediction.ts';
import type { Intent } from '../../src/model/intent.ts';
import { valueOf } from '../../src/model/value.ts';
import type { Settings } from '../../src/script/settings.ts';
import { factsBytes } from '../helpers/facts.ts';
import { QUESTIONS } from './questionsTree.ts';

function engine(more: { script?: string; settings?: Record<string, string>; baseConfig?: string } = {}) {
  const read = readFacts(factsBytes({ files: { Kconfig: QUESTIONS }, baseConfig: 'CONFIG_MODULES=y\n', ...more }));
  if (read.kind !== 'facts') throw new Error(read.kind);
  const loaded = loadEngine(read.facts);
  if (loaded.kind !== 'engine') throw new Error(loaded.kind);
  return loaded.engine;
}

function asking(wishes: Record<string, string>): PredictionInput {
  const settings: Settings = {};
  const intents = Object.entries(wishes).map(([symbol, text], i): Intent => {
    const value = valueOf(text);
    const tristate = value.kind === 'tristate' ? value.tristate : null;
    settings[symbol] = { tristate, freeform: tristate === null ? text : null, optional: false };
    const position = { file: '/p.nix', line: i + 1, column: 1 };
    return {
      symbol,
      ask: { value, optional: false },
      priority: 100,
      by: { kind: 'patch', name: 'mine', index: 0 },
      position,
    };
  });
  return { settings, intents, legacy: [], managedName: 'fallout', managedIndex: 1, entries: [], policy: 'keep-wish' };
}

const asks = (wishes: Record<string, string>) => {
  const { entries, outcome, sessions, dotConfig } = engine().predict(asking(wishes));
  const asked = Object.fromEntries(
    entries.map(({ symbol, ask }) => [symbol, ask.value.kind === 'tristate' ? ask.value.tristate : ask.value.kind]),
  );
  return { asked, outcome, sessions, dotConfig };
};

describe('predict', () => {
  it('needs no entry for wishes that are honoured', () => {
    expect(asks({ BUS: 'm', DEVICE: 'm' })).toMatchObject({ asked: {}, outcome: { kind: 'stable' }, sessions: 1 });
  });

  it('absorbs what is not asked for, in one session: the answers are the same', () => {
    expect(asks({ BUS: 'n', DEVICE: 'y' })).toMatchObject({ asked: { DEVICE: 'y' }, sessions: 1 });
  });

  it('takes what is offered where the script would die', () => {
    expect(asks({ DRIVER: 'm', LIBRARY: 'n' })).toMatchObject({ asked: { LIBRARY: 'm' }, outcome: { kind: 'stable' } });
  });

  it('takes the nearest number in range, and unsets what is no number', () => {
    const near = engine().predict(asking({ SIZE: '40' }));
    expect(near.entries).toMatchObject([
      { rung: 2, ask: { value: { text: '25' }, optional: true }, reason: 'wanted 40, refused: out of range 12..25' },
    ]);
    expect(near.lost.lost).toMatchObject([{ symbol: 'SIZE', got: '25', cause: { kind: 'range', nearest: '25' } }]);
    expect(near.dotConfig).toContain('CONFIG_SIZE=25\n');
    expect(asks({ SIZE: 'many' })).toMatchObject({ asked: { SIZE: 'unset' }, outcome: { kind: 'stable' } });
  });

  it('finds a cause for every entry and every lost wish, and the wishes behind it', () => {
    const wishes = {
      BUS: 'n',
      DEVICE: 'y',
      DRIVER: 'm',
      LIBRARY: 'n',
      FIRST: 'y',
      SECOND: 'y',
      MODULES: 'm',
      SIZE: 'x',
    };
    const { entries, lost } = engine().predict(asking(wishes));
    const isChoice = (kind: string): boolean => kind === 'choice';
    expect(entries.filter(({ cause, origin }) => cause === undefined && !isChoice(origin.kind))).toEqual([]);
    expect(
      Object.fromEntries(lost.lost.map(({ symbol, cause, roots }) => [symbol, [cause?.kind, roots?.[0]?.symbol]])),
    ).toEqual({
      DEVICE: ['needs', 'BUS'],
      LIBRARY: ['selected', 'DRIVER'],
      FIRST: ['chosen', 'SECOND'],
      MODULES: ['not-tristate', undefined],
      SIZE: ['malformed', undefined],
    });
  });

  it('leaves the last of two members of a choice', () => {
    const { asked, dotConfig } = asks({ FIRST: 'y', SECOND: 'y' });
    expect(asked).toEqual({ FIRST: 'n' });
    expect(dotConfig).toContain('CONFIG_SECOND=y');
  });

  it('answers m to what nobody asks about, unless builtin is preferred', () => {
    const built = engine().predict(asking({})).dotConfig;
    expect(built).toContain('CONFIG_DRIVER=m');
    const none = engine({ settings: { AUTO_MODULES: '' } }).predict(asking({})).dotConfig;
    expect(none).toContain('# CONFIG_DRIVER is not set');
  });

  it('knows why a wish is lost also where only the refusal, steps ago, said so', () => {
    const { lost } = engine().predict(asking({ MODULES: 'm' })).lost;
    expect(lost).toMatchObject([{ symbol: 'MODULES', got: 'y', cause: { kind: 'not-tristate' } }]);
  });

  it('finds everything out in one pass from any wishes, and its entries need nothing more', () => {
    const one = engine();
    const value = fc.constantFrom('y', 'm', 'n');
    const names = ['BUS', 'DEVICE', 'LIBRARY', 'DRIVER', 'FIRST', 'SECOND', 'MODULES', 'MISSING'];
    const wishes = fc.dictionary(fc.constantFrom(...names), value);
    fc.assert(
      fc.property(wishes, (asked) => {
        const input = asking(asked);
        const first = one.predict(input);
        expect(first.outcome).toEqual({ kind: 'stable' });
        const again = one.predict({ ...input, settings: first.settings, entries: first.entries });
        expect(again.entries.map(({ symbol, ask }) => [symbol, ask])).toEqual(
          first.entries.map(({ symbol, ask }) => [symbol, ask]),
        );
        expect(again.dotConfig).toBe(first.dotConfig);
      }),
      { numRuns: 200 },
    );
  });
});

describe('loadEngine', () => {
  it('knows no script but those of nixpkgs', () => {
    const read = readFacts(factsBytes({ files: { Kconfig: QUESTIONS }, script: 'exec make olddefconfig' }));
    expect(read.kind === 'facts' && loadEngine(read.facts)).toEqual({ kind: 'unknown-script' });
  });

  it('runs nothing: a command without an answer makes the tree unreadable', () => {
    const shell = readFacts(factsBytes({ files: { Kconfig: 'X := $(shell,touch /tmp/never)\nconfig A\n\tbool\n' } }));
    expect(shell.kind === 'facts' && loadEngine(shell.facts)).toMatchObject({ kind: 'unreadable-tree' });
  });
});
