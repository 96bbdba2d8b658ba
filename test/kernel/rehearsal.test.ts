import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadEngine } from '../../src/kernel/kernelEngine.ts';
import { readFacts } from '../../src/kernel/kernelFacts.ts';
import { compared, type Rehearsed } from '../../src/kernel/rehearsal.ts';
import type { Intent } from '../../src/model/intent.ts';
import type { Comparison } from '../../src/model/rehearsal.ts';
import { valueOf } from '../../src/model/value.ts';
import { factsBytes } from '../helpers/facts.ts';
import { settingFor } from '../../src/script/settings.ts';
import { randomTree, type RandomTree } from '../helpers/randomTree.ts';

const MODULES = 'config MODULES\n\tbool "modules"\n\tmodules\n\tdefault y\n';

/** What a tree comes to with these wishes, and with these defaults of nixpkgs. */
function rehearsed(tree: string, wishes: Record<string, string>, defaults: Record<string, string> = {}): Rehearsed {
  const found = foreseen({ kconfig: MODULES + tree, defconfig: 'CONFIG_MODULES=y\n', wishes, defaults });
  if (found === null) throw new Error('there is no .config');
  return found;
}

type Given = { kconfig: string; defconfig: string; wishes: Record<string, string>; defaults?: Record<string, string> };

/** null where the script dies. */
function foreseen({ kconfig, defconfig, wishes, defaults = {} }: Given): Rehearsed | null {
  const read = readFacts(factsBytes({ files: { Kconfig: kconfig }, baseConfig: defconfig }));
  const loaded = read.kind === 'facts' ? loadEngine(read.facts) : read;
  if (loaded.kind !== 'engine') throw new Error(loaded.kind);
  const { engine } = loaded;
  const intents = [...intentsOf(defaults, false), ...intentsOf(wishes, true)];
  const asking = { intents, legacy: [], managedName: 'fallout' };
  const given = Object.entries({ ...defaults, ...wishes }).flatMap(([symbol, text]) => {
    const setting = settingFor({ value: valueOf(text), optional: false });
    return setting === null ? [] : [[symbol, setting] as const];
  });
  const asked = { ...asking, settings: Object.fromEntries(given), managedIndex: 1, entries: [] };
  const { dotConfig, entries, lost, settings } = engine.predict({ ...asked, policy: 'keep-wish' });
  if (dotConfig === null) return null;
  const requested = new Set(Object.keys(settings));
  return { asking, requested, lost: lost.lost, entries, dotConfig, portrait: engine.portray(dotConfig) };
}

const intentsOf = (asked: Record<string, string>, areWishes: boolean): Intent[] =>
  Object.entries(asked).map(([symbol, text], i) => ({
    symbol,
    ask: { value: valueOf(text), optional: false },
    priority: areWishes ? 50 : 100,
    by: areWishes ? { kind: 'patch', name: 'mine', index: 0 } : { kind: 'nixpkgs' },
    position: areWishes ? { file: '/p.nix', line: i + 1, column: 1 } : null,
  }));

const between = (now: string, next: string, wishes: Record<string, string>): Comparison =>
  compared(rehearsed(now, wishes), rehearsed(next, wishes));

const names = (items: readonly { symbol: string }[]): string[] => items.map(({ symbol }) => symbol);

describe('another kernel', () => {
  const PLAIN = 'config A\n\ttristate "Some a"\n';

  it('loses a wish that holds now, and says why', () => {
    const next = `${PLAIN}\tdepends on B\nconfig B\n\tbool\n`;
    const { lost, gained, entries } = between(PLAIN, next, { A: 'y' });
    expect(lost).toMatchObject([{ symbol: 'A', wanted: 'y', got: null, cause: { kind: 'needs' } }]);
    expect(gained).toEqual([]);
    expect(names(entries.needed)).toEqual(['A']);
    const back = between(next, PLAIN, { A: 'y' });
    expect([back.lost, names(back.gained), back.entries]).toEqual([
      [],
      ['A'],
      { needed: [], noLonger: [{ symbol: 'A', setting: 'option y' }] },
    ]);
  });

  it('names what came in the place of an option that the user names', () => {
    const next = 'config NEW_A\n\ttristate "Some a"\n';
    const { gone, lost, questions } = between(PLAIN, next, { A: 'y' });
    expect(gone).toMatchObject([{ symbol: 'A', wanted: 'y', replacedBy: { kind: 'prompt', names: ['NEW_A'] } }]);
    expect(names(lost)).toEqual(['A']);
    expect(questions).toEqual([{ symbol: 'NEW_A', prompt: 'Some a', menu: '', value: 'm' }]);
    expect(between(PLAIN, next, { A: 'n' })).toMatchObject({ gone: [{ symbol: 'A' }], lost: [] });
  });

  it('does not call an option gone that was never there', () => {
    expect(between(PLAIN, PLAIN, { MISSPELT: 'y' }).gone).toEqual([]);
  });

  it('asks no question that is answered, or that stands below something that is off', () => {
    const next = `${PLAIN}config WISHED\n\tbool "w"\nconfig OFF\n\tbool "o"\nconfig BELOW\n\tbool "b"\n\tdepends on OFF\n`;
    expect(names(between(PLAIN, next, { WISHED: 'n', OFF: 'n' }).questions)).toEqual([]);
    const asked = compared(rehearsed(PLAIN, {}), rehearsed(next, {}, { OFF: 'y' }));
    expect(names(asked.questions)).toEqual(['WISHED', 'BELOW']);
  });

  it('asks of a new choice what it takes by itself', () => {
    const choice = 'choice\n\tprompt "speed"\nconfig SLOW\n\tbool "slow"\nconfig FAST\n\tbool "fast"\nendchoice\n';
    expect(names(between(PLAIN, PLAIN + choice, {}).questions)).toEqual(['SLOW']);
  });

  it('lists the values that change of options which both have', () => {
    const tree = (value: string): string => `menu "Devices"\nconfig D\n\tbool "d"\n\tdefault ${value}\nendmenu\n`;
    const { changed } = between(tree('y'), tree('n'), {});
    expect(changed).toEqual([{ symbol: 'D', before: 'y', after: 'n', change: 'off', hurts: null, menu: 'Devices' }]);
  });

  it('is nothing to a host whose kernel it is', () => {
    fc.assert(
      fc.property(randomTree, (tree) => {
        const own = foreseen(wishing(tree, tree));
        fc.pre(own !== null);
        const nothing = { lost: [], gained: [], gone: [], questions: [], changed: [] };
        expect(compared(own, own)).toEqual({ ...nothing, entries: { needed: [], noLonger: [] } });
      }),
      { numRuns: 40 },
    );
  });

  it('takes what the way back gives', () => {
    fc.assert(
      fc.property(randomTree, randomTree, (tree, other) => {
        const [now, next] = [foreseen(wishing(tree, tree)), foreseen(wishing(other, tree))];
        fc.pre(now !== null && next !== null);
        const [there, back] = [compared(now, next), compared(next, now)];
        expect([there.lost, there.gained]).toEqual([back.gained, back.lost]);
        expect(names(back.entries.needed)).toEqual(expect.arrayContaining(names(there.entries.noLonger)));
      }),
      { numRuns: 40 },
    );
  });
});

/** A tree with the wishes of another one. */
const wishing = ({ kconfig, defconfig }: RandomTree, { wishes }: RandomTree): Given => ({
  kconfig,
  defconfig,
  wishes: Object.fromEntries([...wishes].map(([symbol, { value }]) => [symbol, value])),
});
