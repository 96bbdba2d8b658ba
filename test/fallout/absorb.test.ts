import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  absorb,
  adopt,
  changesBetween,
  isCurrent,
  recognise,
  release,
  spelledAsk,
  type Asked,
  type Managed,
  type OnDisk,
} from '../../src/fallout/absorb.ts';
import type { Policy } from '../../src/model/entry.ts';
import { intentsBySymbol } from '../../src/fallout/intents.ts';
import type { Ask, Tristate, Value } from '../../src/model/value.ts';
import type { Asker, Intent, LegacyLine } from '../../src/model/intent.ts';
import type { Fallout, FalloutKind } from '../../src/model/fallout.ts';
import type { ManagedEntry, Origin, OriginIntent } from '../../src/model/entry.ts';

const nixpkgs: Asker = { kind: 'nixpkgs' };
const patch = (index: number, name = `p${index}`): Asker => ({ kind: 'patch', name, index });
const tri = (tristate: Tristate): Value => ({ kind: 'tristate', tristate });
const text = (value: string): Value => ({ kind: 'freeform', text: value });
const plain = (value: Value): Ask => ({ value, optional: false });
const option = (value: Value): Ask => ({ value, optional: true });
const UNSET = plain({ kind: 'unset' });
const intent = (symbol: string, value: Value, rest: Partial<Intent> = {}): Intent => ({
  symbol,
  ask: plain(value),
  priority: 100,
  by: patch(0),
  position: null,
  ...rest,
});
const fallout = (kind: FalloutKind, symbol: string, rest: Partial<Fallout> = {}): Fallout => ({
  kind,
  symbol,
  wanted: null,
  got: null,
  by: null,
  ...rest,
});
const asked = (intents: Intent[], rest: Partial<Asked> = {}): Asked => ({
  intents: intentsBySymbol(intents, 'fallout'),
  legacy: [],
  managedName: 'fallout',
  managedIndex: 9,
  ...rest,
});
const NONE: Managed = new Map();

/** The one symbol's entries step by step, while the same kind of fallout comes back; what ends it stands last. */
function chain(
  kind: FalloutKind,
  wanted: Value,
  rest: Partial<Fallout> = {},
  policy: Policy = 'keep-wish',
  whose: Partial<Asked> = {},
): string[] {
  const from = asked([intent('X', wanted)], whose);
  const steps: string[] = [];
  for (let managed = NONE; ;) {
    const { managed: next, stuck, problems } = absorb([fallout(kind, 'X', rest)], managed, from, policy);
    if (stuck.length > 0 || problems.length > 0) return [...steps, stuck.length > 0 ? 'stuck' : 'problem'];
    const entry = next.get('X');
    if (entry === undefined || entry === managed.get('X')) return [...steps, 'nothing'];
    steps.push(`${entry.rung} ${spelledAsk(entry.ask)}`);
    managed = next;
  }
}

describe('the chain of keep-wish', () => {
  it.each(['unused', 'value', 'unknown'] as const)('%s: from the first rung', (kind) => {
    expect(chain(kind, tri('y'))).toEqual(['1 option y', '2 option m', '3 option n', '4 unset', 'stuck']);
    expect(chain(kind, tri('n'))).toEqual(['1 option n', '2 option m', '3 option y', '4 unset', 'stuck']);
    expect(chain(kind, text('8'))).toEqual(['1 option freeform "8"', '4 unset', 'stuck']);
  });

  it('repeated: from the nearest that was offered', () => {
    expect(chain('repeated', tri('y'), { offered: ['n', 'm'] })).toEqual([
      '2 option m',
      '3 option n',
      '4 unset',
      'stuck',
    ]);
    expect(chain('repeated', tri('m'), { offered: ['n', 'y'] })).toEqual([
      '2 option y',
      '3 option n',
      '4 unset',
      'stuck',
    ]);
    expect(chain('repeated', tri('n'), { offered: ['m', 'y'] })).toEqual([
      '2 option m',
      '3 option y',
      '4 unset',
      'stuck',
    ]);
    expect(chain('repeated', tri('n'), { offered: ['Y'] })).toEqual(['3 option y', '4 unset', 'stuck']);
    expect(chain('repeated', tri('y'), { offered: ['N', 'm'] })[0]).toBe('2 option m');
  });

  it('repeated: an int, hex or string is unset, and so is what was asked of one', () => {
    expect(chain('repeated', text('40'), { got: '17' })).toEqual(['4 unset', 'stuck']);
    expect(chain('repeated', tri('y'), { got: '17' })).toEqual(['4 unset', 'stuck']);
    expect(chain('repeated', text('maybe'), { offered: ['n', 'm', 'y'] })).toEqual(['4 unset', 'stuck']);
  });

  it('choice: the member that gives way is answered no', () => {
    expect(chain('choice', tri('y'), { cause: { kind: 'choice', with: ['Y'] } })).toEqual([
      '2 option n',
      '4 unset',
      'stuck',
    ]);
  });

  it('conflict: the very wish, over every definition', () => {
    const from = asked([
      intent('X', tri('y'), { by: nixpkgs }),
      intent('X', tri('n'), { by: patch(0) }),
      intent('X', tri('m'), { by: patch(1) }),
    ]);
    const { managed } = absorb([fallout('conflict', 'X')], NONE, from, 'keep-wish');
    expect(managed.get('X')).toMatchObject({
      ask: plain(tri('m')),
      rung: 0,
      override: 40,
      via: 'structured',
      origin: wished({ kind: 'patch', name: 'p1' }, plain(tri('m'))),
    });
    expect(absorb([fallout('conflict', 'X')], managed, from, 'keep-wish').stuck).toHaveLength(1);
    expect(absorb([fallout('unused', 'X')], managed, from, 'keep-wish').managed.get('X')).toMatchObject({
      rung: 1,
      ask: option(tri('m')),
    });
  });

  it("conflict: the user's unset over nixpkgs' value", () => {
    const from = asked([intent('X', tri('y'), { by: nixpkgs }), intent('X', { kind: 'unset' })]);
    expect(absorb([fallout('conflict', 'X')], NONE, from, 'keep-wish').managed.get('X')).toMatchObject({
      ask: UNSET,
      rung: 0,
    });
  });

  it('conflict: settled among the structured definitions also where a string asks too', () => {
    const line: LegacyLine = { symbol: 'X', value: 'y', optional: false, by: { kind: 'kernel' }, position: null };
    const from = asked([intent('X', tri('y'), { by: nixpkgs }), intent('X', tri('n'))], { legacy: [line] });
    const { managed } = absorb([fallout('conflict', 'X')], NONE, from, 'keep-wish');
    expect(managed.get('X')).toMatchObject({ ask: plain(tri('n')), rung: 0, via: 'structured', override: 40 });
    expect(isCurrent(managed, from, [fallout('conflict', 'X')])).toBe(true);
  });

  it('wins over the smallest number that the evaluation shows', () => {
    const from = asked([
      intent('X', tri('y'), { priority: 50 }),
      intent('X', tri('n'), { priority: 10, by: patch(1) }),
    ]);
    expect(absorb([fallout('value', 'X')], NONE, from, 'keep-wish').managed.get('X')).toMatchObject({
      override: 9,
      ask: option(tri('n')),
    });
  });

  it("a hex in another spelling: kconfig's spelling, as mandatory as the wish", () => {
    expect(chain('value', text('200000'), { got: '0x200000' })).toEqual(['1 freeform "0x200000"', '4 unset', 'stuck']);
    expect(chain('value', text('0X1F'), { got: '0x1f' })[0]).toBe('1 freeform "0x1f"');
    expect(chain('value', text('200001'), { got: '0x200000' })[0]).toBe('1 option freeform "200001"');
    expect(chain('value', text('zz'), { got: '0x200000' })[0]).toBe('1 option freeform "zz"');
  });

  it.each(['silent', 'overridden', 'clamped'] as const)('%s: reported, not absorbed', (kind) => {
    expect(chain(kind, tri('y'))).toEqual(['nothing']);
  });

  it('is stuck where nobody asks for the symbol', () => {
    expect(absorb([fallout('unused', 'Y')], NONE, asked([intent('X', tri('y'))]), 'keep-wish')).toEqual({
      managed: NONE,
      stuck: [fallout('unused', 'Y')],
      problems: [],
    });
  });

  it('leaves the entries of other symbols as they are, and what it was given', () => {
    const from = asked([intent('X', tri('y')), intent('Y', tri('y'))]);
    const first = absorb([fallout('unused', 'X')], NONE, from, 'keep-wish').managed;
    const both = absorb([fallout('unused', 'Y')], first, from, 'keep-wish').managed;
    expect(both.get('X')).toBe(first.get('X'));
    expect([...first.keys()]).toEqual(['X']);
  });
});

describe('the chain of unset', () => {
  it.each(['unused', 'value', 'repeated', 'unknown'] as const)('%s: straight to unset', (kind) => {
    expect(chain(kind, tri('y'), kind === 'repeated' ? { offered: ['n', 'm'] } : {}, 'unset')).toEqual([
      '4 unset',
      'stuck',
    ]);
  });

  it('settles conflicts, choices and spellings as the other does', () => {
    expect(chain('conflict', tri('n'), {}, 'unset')).toEqual(['0 n', 'stuck']);
    expect(chain('choice', tri('y'), {}, 'unset')).toEqual(['2 option n', '4 unset', 'stuck']);
    expect(chain('value', text('10'), { got: '0x10' }, 'unset')).toEqual(['1 freeform "0x10"', '4 unset', 'stuck']);
  });
});

describe('what a legacy string asks for', () => {
  const line = (rest: Partial<LegacyLine> = {}): LegacyLine => ({
    symbol: 'X',
    value: 'n',
    optional: false,
    by: patch(3, 'old'),
    position: { file: '/h/patches.nix', line: 7, column: 2 },
    ...rest,
  });

  it('is answered by a line of the managed patch, when that stands later', () => {
    const from = asked([intent('X', tri('y'))], { legacy: [line({ value: 'm' }), line()] });
    const { managed } = absorb([fallout('value', 'X', { got: 'm' })], NONE, from, 'keep-wish');
    expect(managed.get('X')).toMatchObject({
      via: 'legacy',
      ask: option(tri('n')),
      rung: 1,
      origin: wished({ kind: 'patch', name: 'old' }, plain(tri('n')), 'legacy'),
    });
    expect(chain('value', tri('y'), {}, 'keep-wish', { legacy: [line()] })).toEqual([
      '1 option n',
      '2 option m',
      '3 option y',
      'problem',
    ]);
  });

  it.each([[1], [null]])('blocks, naming patch and line, when the managed patch stands at %s', (managedIndex) => {
    const { managed, problems } = absorb(
      [fallout('value', 'X', { got: 'm' })],
      NONE,
      asked([], { legacy: [line()], managedIndex }),
      'keep-wish',
    );
    expect(managed.size).toBe(0);
    expect(problems).toMatchObject([{ file: '/h/patches.nix', line: 7 }]);
    expect(problems[0]?.message).toContain('patch old asks for `X n`');
    expect(problems[0]?.hint).toMatch(/move the managed patch `fallout` after it.*`X\? n`/);
  });

  it('cannot be unset from another patch', () => {
    const { problems } = absorb(
      [fallout('repeated', 'X', { got: '17' })],
      NONE,
      asked([], { legacy: [line({ value: '40' })] }),
      'keep-wish',
    );
    expect(problems[0]?.hint).toMatch(/remove the line/);
  });

  it("a line of the kernel's own stands before every patch", () => {
    const { managed } = absorb(
      [fallout('value', 'X')],
      NONE,
      asked([], { legacy: [line({ by: { kind: 'kernel' } })], managedIndex: 0 }),
      'keep-wish',
    );
    expect(managed.get('X')).toMatchObject({ via: 'legacy' });
  });
});

describe('the reason of an entry', () => {
  const reason = (kind: FalloutKind, wanted: Value, rest: Partial<Fallout> = {}): string | undefined =>
    absorb(
      [fallout(kind, 'X', rest)],
      NONE,
      asked([intent('X', wanted, { by: patch(0, 'wifi') })]),
      'keep-wish',
    ).managed.get('X')?.reason;

  it('names the fallout and the cause', () => {
    expect(
      reason('value', tri('n'), { got: 'm', cause: { kind: 'selected', by: [{ symbol: 'RTL8192CE', level: 'm' }] } }),
    ).toBe('wanted n, got m: selected by RTL8192CE');
    expect(reason('value', tri('n'))).toBe('wanted n, got nothing');
    expect(reason('unused', tri('y'))).toBe('wanted y, no option');
    expect(reason('unknown', tri('y'))).toBe('wanted y, unknown to this kernel');
    expect(reason('repeated', tri('n'), { offered: ['m', 'y'] })).toBe('wanted n, offered only m/y');
    expect(reason('repeated', text('40'), { got: '17' })).toBe('wanted 40, refused: kconfig keeps 17');
    expect(reason('repeated', text('40'), { got: '17', cause: { kind: 'out-of-range' } })).toBe(
      'wanted 40, refused: out of range, kconfig keeps 17',
    );
    expect(reason('choice', tri('y'), { cause: { kind: 'choice', with: ['Y'] } })).toMatch(/\bY\b.* stays/);
    expect(reason('conflict', tri('y'))).toBe('patch wifi wants y, other definitions do not');
  });
});

const onDisk = (symbol: string, ask: Ask, rest: Partial<OnDisk> = {}): OnDisk => ({
  symbol,
  ask,
  override: 40,
  via: 'structured',
  reason: 'as written',
  ...rest,
});
const wished = (by: OriginIntent['by'], ask: Ask, via: OriginIntent['via'] = 'structured'): Origin => ({
  kind: 'wish',
  intent: { by, ask, via },
});
const FROM_P0 = wished({ kind: 'patch', name: 'p0' }, plain(tri('y')));
const recorded = (symbol: string, ask: Ask, rest: Partial<ManagedEntry> = {}): ManagedEntry => ({
  symbol,
  ask,
  override: 40,
  via: 'structured',
  rung: 2,
  reason: 'as recorded',
  origin: FROM_P0,
  ...rest,
});

describe('adopt', () => {
  const from = asked([intent('X', tri('y'))]);

  it('takes what is recorded, with the number that stands on disk', () => {
    const record = recorded('X', option(tri('m')));
    expect(
      adopt([onDisk('X', option(tri('m')), { override: 30, reason: 'moved by a formatter' })], [record], from).get('X'),
    ).toEqual({ ...record, override: 30 });
  });

  it("keeps what differs from the record as the user's own", () => {
    const entry = adopt([onDisk('X', plain(tri('n')), { reason: '' })], [recorded('X', option(tri('m')))], from).get(
      'X',
    );
    expect(entry).toMatchObject({ ask: plain(tri('n')), reason: 'changed by hand' });
    expect(entry?.origin.kind).toBe('hand');
  });

  it('takes what is as a first rung for one, recorded or not', () => {
    for (const records of [[], [recorded('Z', UNSET)]]) {
      expect(adopt([onDisk('X', option(tri('y')))], records, from).get('X')).toMatchObject({
        rung: 1,
        origin: FROM_P0,
      });
    }
  });

  it('without any record takes the rest for further rungs, and the very wish for a settled conflict', () => {
    expect(adopt([onDisk('X', plain(tri('y')))], [], from).get('X')).toMatchObject({ rung: 0 });
    expect(adopt([onDisk('X', UNSET)], [], from).get('X')).toMatchObject({ rung: 2, origin: FROM_P0 });
    expect(release(adopt([onDisk('X', UNSET)], [], from), from, 'keep-wish').get('X')).toMatchObject({
      rung: 1,
      ask: option(tri('y')),
    });
  });

  it('has nothing of what is no longer on disk', () => {
    expect(adopt([], [recorded('X', UNSET)], from).size).toBe(0);
  });
});

describe('recognise', () => {
  const from = asked([intent('X', tri('y')), intent('Y', tri('y'))]);
  const older = [recorded('X', option(tri('m')), { rung: 2 })];
  const newest = [recorded('X', UNSET, { rung: 4 }), recorded('Y', option(tri('y')))];
  const disk = [onDisk('X', option(tri('m')))];

  it('takes what is recorded for that, also where the same was written before', () => {
    const both = newest.map(({ symbol: name, ask }) => onDisk(name, ask));
    for (const written of [null, { entries: older, isNewest: false }]) {
      const { kind, found, base } = recognise(both, { recorded: newest, written, single: [] }, from);
      expect([kind, [...found.values()]]).toEqual(['present', newest]);
      expect(base).toBe(found);
    }
  });

  it("an older text of falloutd's own: what is there by its records of then, and to begin from the newest", () => {
    const { kind, found, base } = recognise(
      disk,
      { recorded: newest, written: { entries: older, isNewest: false }, single: [] },
      from,
    );
    expect([kind, [...found.values()], [...base.values()]]).toEqual(['older', older, newest]);
  });

  it('an older entry stays where there is no newer one', () => {
    const { base } = recognise(
      disk,
      { recorded: [recorded('Y', option(tri('y')))], written: { entries: older, isNewest: false }, single: [] },
      from,
    );
    expect([...base.values()]).toEqual([...older, recorded('Y', option(tri('y')))]);
  });

  it('a write that a kill cut off from its record is no older text', () => {
    const { kind, found, base } = recognise(
      disk,
      { recorded: newest, written: { entries: older, isNewest: true }, single: [] },
      from,
    );
    expect([kind, [...found.values()]]).toEqual(['present', older]);
    expect(base).toBe(found);
  });

  it('an empty patch is what `init` writes: the newest entries come back', () => {
    const { kind, found, base } = recognise([], { recorded: newest, written: null, single: [] }, from);
    expect([kind, found.size, [...base.values()]]).toEqual(['older', 0, newest]);
  });

  it("what falloutd never wrote is the user's own", () => {
    const { kind, found } = recognise(disk, { recorded: newest, written: null, single: [] }, from);
    expect(kind).toBe('present');
    expect(found).toEqual(adopt(disk, newest, from));
  });

  it("in an older text that the user has edited, what falloutd wrote is not taken for the user's own", () => {
    const edited = [...disk, onDisk('Y', plain(tri('n')), { reason: '' })];
    const { kind, found } = recognise(
      edited,
      { recorded: newest, written: null, single: [recorded('Y', UNSET), ...older] },
      from,
    );
    expect(kind).toBe('present');
    expect(found.get('X')).toEqual(older[0]);
    expect(found.get('Y')?.origin.kind).toBe('hand');
  });
});

describe('release', () => {
  const entry = (rung: ManagedEntry['rung'], ask: Ask): Managed => new Map([['X', recorded('X', ask, { rung })]]);

  it.each<[string, Asked]>([
    ['another value', asked([intent('X', tri('n'))])],
    ['another patch', asked([intent('X', tri('y'), { by: patch(1) })])],
    ['option', asked([intent('X', tri('y'), { ask: option(tri('y')) })])],
    ['nobody asks any more', asked([])],
    [
      'a string asks now',
      asked([intent('X', tri('y'))], {
        legacy: [{ symbol: 'X', value: 'y', optional: false, by: patch(0), position: null }],
      }),
    ],
  ])('the intent changed: %s', (_, from) => {
    for (const rung of [1, 2, 3, 4] as const) {
      expect(release(entry(rung, UNSET), from, 'keep-wish').size).toBe(0);
      expect(isCurrent(entry(rung, UNSET), from, [])).toBe(false);
    }
  });

  it('an intent that only moved or took another priority is the same', () => {
    const from = asked([intent('X', tri('y'), { priority: 50, position: { file: '/f', line: 99, column: 1 } })]);
    expect(release(entry(1, option(tri('y'))), from, 'keep-wish').get('X')).toMatchObject({ rung: 1 });
    expect(isCurrent(entry(1, option(tri('y'))), from, [])).toBe(true);
  });

  it('takes a smaller number when somebody else has one', () => {
    expect(
      release(entry(1, option(tri('y'))), asked([intent('X', tri('y'), { priority: 20 })]), 'keep-wish').get('X'),
    ).toMatchObject({ override: 19 });
  });

  it('tries what stands further at rung 1 again, but not under policy unset', () => {
    const from = asked([intent('X', tri('y'))]);
    for (const rung of [2, 3, 4] as const) {
      expect(release(entry(rung, UNSET), from, 'keep-wish').get('X')).toMatchObject({ rung: 1, ask: option(tri('y')) });
      expect(release(entry(rung, UNSET), from, 'unset').get('X')).toMatchObject({ rung, ask: UNSET });
    }
  });

  it('makes what settled a conflict anew', () => {
    const from = asked([intent('X', tri('y'))]);
    expect(release(entry(0, plain(tri('y'))), from, 'keep-wish').size).toBe(0);
    expect(isCurrent(entry(0, plain(tri('y'))), from, [])).toBe(false);
    expect(isCurrent(entry(0, plain(tri('y'))), from, [fallout('conflict', 'X')])).toBe(true);
  });

  it('lets the member of a choice that gave way be, while both wishes are the same', () => {
    const both = [intent('X', tri('y')), intent('Y', tri('y'), { by: patch(1) })];
    const { managed } = absorb(
      [fallout('choice', 'X', { cause: { kind: 'choice', with: ['Y'] } })],
      NONE,
      asked(both),
      'keep-wish',
    );
    expect(release(managed, asked(both), 'keep-wish').get('X')).toMatchObject({ rung: 2, ask: option(tri('n')) });
    expect(isCurrent(managed, asked(both), [])).toBe(true);
    expect(release(managed, asked(both.slice(0, 1)), 'keep-wish').size).toBe(0);
    expect(
      release(managed, asked([...both.slice(0, 1), intent('Y', tri('n'), { by: patch(1) })]), 'keep-wish').size,
    ).toBe(0);
  });

  it.each(['by hand; mine', 'x; besides FOO: ', 'x; besides FOO: patch y'])(
    'an entry of the patch `%s` is an entry like others: kept while its intent is the same, tried at rung 1 again',
    (name) => {
      const from = asked([intent('X', tri('y'), { by: patch(0, name) })]);
      const { managed } = absorb([fallout('value', 'X')], NONE, from, 'keep-wish');
      expect(isCurrent(managed, from, [])).toBe(true);
      expect(release(managed, from, 'keep-wish').size).toBe(1);
      const further = absorb([fallout('value', 'X')], managed, from, 'keep-wish').managed;
      expect(further.get('X')).toMatchObject({ rung: 2 });
      expect(release(further, from, 'keep-wish').get('X')).toMatchObject({ rung: 1 });
    },
  );

  it('a patch may move in the list, but one without a name is known by its place', () => {
    const { managed } = absorb([fallout('value', 'X')], NONE, asked([intent('X', tri('y'))]), 'keep-wish');
    expect(isCurrent(managed, asked([intent('X', tri('y'), { by: patch(5, 'p0') })]), [])).toBe(true);
    const unnamed = asked([intent('X', tri('y'), { by: patch(2, '') })]);
    const third = absorb([fallout('value', 'X')], NONE, unnamed, 'keep-wish').managed;
    expect(isCurrent(third, unnamed, [])).toBe(true);
    expect(isCurrent(third, asked([intent('X', tri('y'), { by: patch(3, '') })]), [])).toBe(false);
  });
});

describe('what was changed by hand', () => {
  const from = asked([intent('X', tri('y'))]);
  const byHand = adopt([onDisk('X', option(tri('n')))], [recorded('X', option(tri('m')))], from);

  it('stays while its intent is unchanged, over any number of runs', () => {
    let managed = byHand;
    for (let run = 0; run < 3; run++) {
      expect(isCurrent(managed, from, [])).toBe(true);
      managed = release(managed, from, 'keep-wish');
      expect(managed.get('X')).toMatchObject({ ask: option(tri('n')) });
      managed = adopt([onDisk('X', option(tri('n')))], [...managed.values()], from);
    }
  });

  it('goes with its intent', () => {
    expect(release(byHand, asked([intent('X', tri('m'))]), 'keep-wish').size).toBe(0);
  });

  it('is put back on the chain when its fallout returns', () => {
    const { managed } = absorb([fallout('value', 'X')], byHand, from, 'keep-wish');
    expect(managed.get('X')).toMatchObject({ rung: 1, ask: option(tri('y')), origin: FROM_P0 });
  });
});

describe('changesBetween', () => {
  it('lists what came, went and changed, by symbol', () => {
    const before: Managed = new Map([
      ['B', recorded('B', UNSET)],
      ['A', recorded('A', option(tri('y')))],
      ['S', recorded('S', UNSET)],
    ]);
    const after: Managed = new Map([
      ['S', recorded('S', UNSET, { reason: 'told otherwise', rung: 4 })],
      ['C', recorded('C', plain(text('8')), { rung: 1 })],
      ['A', recorded('A', option(tri('m')))],
    ]);
    expect(changesBetween(before, after)).toEqual([
      { symbol: 'A', from: 'option y', to: 'option m', rung: 2, reason: 'as recorded' },
      { symbol: 'B', from: 'unset', to: null, rung: null, reason: 'its intent changed, or its fallout is gone' },
      { symbol: 'C', from: null, to: 'freeform "8"', rung: 1, reason: 'as recorded' },
    ]);
  });

  it('sees another number and another way of asking', () => {
    const one: Managed = new Map([['A', recorded('A', option(tri('y')))]]);
    expect(changesBetween(one, new Map([['A', recorded('A', option(tri('y')), { override: 9 })]]))).toHaveLength(1);
    expect(changesBetween(one, new Map([['A', recorded('A', option(tri('y')), { via: 'legacy' })]]))).toHaveLength(1);
    expect(changesBetween(one, one)).toEqual([]);
  });
});

describe('invariants', () => {
  const SYMBOLS = ['A', 'B', 'C'];
  const symbol = fc.constantFrom(...SYMBOLS);
  const tristate = fc.constantFrom<Tristate>('y', 'm', 'n');
  const value: fc.Arbitrary<Value> = fc.oneof(
    tristate.map(tri),
    fc.constantFrom('8', '200000', '0x200000', 'a b', '').map(text),
    fc.constant<Value>({ kind: 'unset' }),
  );
  const ask: fc.Arbitrary<Ask> = fc.record({ value, optional: fc.boolean() });
  const by: fc.Arbitrary<Asker> = fc.oneof(
    fc.constant(nixpkgs),
    fc.constant<Asker>({ kind: 'kernel' }),
    fc.record({ kind: fc.constant('patch' as const), name: fc.constantFrom('', 'p', 'by hand; p'), index: fc.nat(3) }),
  );
  const someIntent: fc.Arbitrary<Intent> = fc.record({
    symbol,
    ask,
    priority: fc.constantFrom(0, 40, 50, 100, 1000),
    by,
    position: fc.constant(null),
  });
  const line: fc.Arbitrary<LegacyLine> = fc.record({
    symbol,
    value: fc.constantFrom('y', 'm', 'n', '8'),
    optional: fc.boolean(),
    by,
    position: fc.constant(null),
  });
  const someAsked: fc.Arbitrary<Asked> = fc
    .record({
      intents: fc.array(someIntent, { maxLength: 6 }),
      legacy: fc.array(line, { maxLength: 2 }),
      managedIndex: fc.option(fc.nat(4)),
    })
    .map(({ intents, ...rest }) => asked(intents, rest));
  const KINDS: FalloutKind[] = [
    'unused',
    'value',
    'repeated',
    'choice',
    'conflict',
    'unknown',
    'silent',
    'overridden',
    'clamped',
  ];
  const someFallout: fc.Arbitrary<Fallout> = fc.record({
    kind: fc.constantFrom(...KINDS),
    symbol,
    wanted: fc.constant(null),
    by: fc.constant(null),
    got: fc.constantFrom(null, 'y', 'm', 'n', '17', '0x200000'),
    offered: fc.subarray(['n', 'm', 'y', 'N', 'Y']),
  });
  const falloutList = fc.uniqueArray(someFallout, { selector: (f) => f.symbol, maxLength: 3 });
  const policy = fc.constantFrom<Policy>('keep-wish', 'unset');
  const disk: fc.Arbitrary<OnDisk[]> = fc.uniqueArray(
    fc.record({
      symbol,
      ask,
      override: fc.nat(50),
      via: fc.constantFrom('structured' as const, 'legacy' as const),
      reason: fc.constantFrom('', 'why'),
    }),
    { selector: (e) => e.symbol },
  );
  const bySymbol = <T extends { symbol: string }>(items: Iterable<T>): T[] =>
    [...items].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));

  it('rungs never go back within a run, and the chain ends whatever fallout comes', () => {
    fc.assert(
      fc.property(someAsked, policy, fc.array(falloutList, { maxLength: 40 }), (from, how, lists) => {
        let managed = NONE;
        let moves = 0;
        for (const list of lists) {
          const next = absorb(list, managed, from, how).managed;
          for (const [name, before] of managed) expect(next.get(name)?.rung).toBeGreaterThanOrEqual(before.rung);
          moves += changesBetween(managed, next).length;
          managed = next;
        }
        expect(moves).toBeLessThanOrEqual(5 * SYMBOLS.length);
      }),
    );
  });

  it("every fallout moves its entry, or is stuck, or is the user's, or is only for the report: nothing is dropped in silence", () => {
    fc.assert(
      fc.property(someAsked, policy, disk, falloutList, (from, how, entries, list) => {
        const managed = adopt(entries, [], from);
        const { managed: next, stuck, problems } = absorb(list, managed, from, how);
        const moved = list.filter((f) => next.get(f.symbol) !== managed.get(f.symbol));
        const reported = list.filter((f) => f.kind === 'silent' || f.kind === 'overridden' || f.kind === 'clamped');
        expect(moved.length + stuck.length + problems.length + reported.length).toBe(list.length);
      }),
    );
  });

  it('does not depend on the order of the fallout', () => {
    fc.assert(
      fc.property(
        someAsked,
        policy,
        disk,
        falloutList.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        (from, how, entries, [one, other]) => {
          const managed = adopt(entries, [], from);
          const [a, b] = [absorb(one, managed, from, how), absorb(other, managed, from, how)];
          expect(bySymbol(b.managed.values())).toEqual(bySymbol(a.managed.values()));
          expect(b.problems).toEqual(a.problems);
          expect(b.stuck).toEqual(a.stuck);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('an entry stays after a run only while its intent is the same', () => {
    fc.assert(
      fc.property(someAsked, someAsked, policy, falloutList, (then, now, how, list) => {
        const { managed } = absorb(list, NONE, then, how);
        const fresh = absorb(
          [...managed.keys()].map((name) => fallout('unused', name)),
          NONE,
          now,
          how,
        ).managed;
        for (const [name, kept] of release(managed, now, how)) {
          if (now.legacy.length === 0) expect(fresh.get(name)?.origin.intent).toEqual(kept.origin.intent);
          expect(kept.origin).toEqual(managed.get(name)?.origin);
        }
        for (const [name, entry] of release(managed, then, how))
          expect(entry.origin).toEqual(managed.get(name)?.origin);
        const kept = release(managed, then, how);
        for (const [name, entry] of managed) if (entry.rung > 0) expect(kept.has(name)).toBe(true);
      }),
    );
  });

  it('release is done after one time, and leaves only what is current', () => {
    fc.assert(
      fc.property(someAsked, policy, disk, fc.boolean(), (from, how, entries, hasRecord) => {
        const managed = release(adopt(entries, hasRecord ? [recorded('OTHER', UNSET)] : [], from), from, how);
        expect(release(managed, from, how)).toEqual(managed);
        expect(isCurrent(managed, from, [])).toBe(true);
      }),
    );
  });

  it('nothing by hand is lost while its intent is unchanged', () => {
    fc.assert(
      fc.property(someAsked, policy, disk, (from, how, entries) => {
        const managed = release(adopt(entries, [recorded('OTHER', UNSET)], from), from, how);
        for (const { symbol: name, ask: written } of entries) {
          if (from.intents.has(name) || from.legacy.some((each) => each.symbol === name))
            expect(managed.get(name)?.ask).toEqual(written);
          else expect(managed.has(name)).toBe(false);
        }
      }),
    );
  });
});
