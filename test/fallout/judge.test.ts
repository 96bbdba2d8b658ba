import { causeText } from '../../src/fallout/causeText.ts';
import { describe, expect, it } from 'vitest';
import { judge, type JudgeInput } from '../../src/fallout/judge.ts';
import { withLegacy, type Setting, type Settings } from '../../src/script/settings.ts';
import { readTranscript } from '../../src/script/readTranscript.ts';
import { lostDefaults, lostWishes } from '../../src/fallout/lostWishes.ts';
import type { Asker, Intent, LegacyLine } from '../../src/model/intent.ts';
import type { Tristate } from '../../src/model/value.ts';
import { log } from '../helpers/recordedLogs.ts';

const setting = (value: string | null, optional = false): Setting =>
  /^[ymn]$/.test(value ?? '')
    ? { tristate: value as Tristate, freeform: null, optional }
    : { tristate: null, freeform: value, optional };
const nixpkgs: Asker = { kind: 'nixpkgs' };
const patch = (index: number, name = `p${index}`): Asker => ({ kind: 'patch', name, index });
const intent = (
  symbol: string,
  value: Tristate | null,
  by: Asker,
  priority = 100,
  line: number | null = null,
): Intent => ({
  symbol,
  priority,
  by,
  ask: { value: value === null ? { kind: 'unset' } : { kind: 'tristate', tristate: value }, optional: false },
  position: line === null ? null : { file: '/home/u/patches.nix', line, column: 7 },
});
const freeform = (symbol: string, text: string, by: Asker, priority = 100): Intent => ({
  ...intent(symbol, 'y', by, priority),
  ask: { value: { kind: 'freeform', text }, optional: false },
});

type Rest = Partial<JudgeInput> & { succeeded?: boolean; dotConfig?: Map<string, string> };

function judged(
  lines: string | string[],
  settings: Settings,
  { succeeded = false, dotConfig, ...rest }: Rest = {},
): ReturnType<typeof judge> {
  const { observation } = readTranscript(lines, { succeeded });
  const asked = withLegacy(settings, rest.legacy ?? []);
  const whole = { ...observation, finalValues: dotConfig ?? null };
  return judge({ observation: whole, settings: asked, intents: [], ...rest });
}

describe('judge', () => {
  it('takes errors and warnings about what is not optional for fallout', () => {
    const lines = [
      'error: unused option: A',
      'warning: unused option: B',
      'warning: unused option: C',
      "warning: option not set correctly: D (wanted 'n', got 'y')",
      'warning: unused option: E',
    ];
    const found = judged(lines, { A: setting('y'), B: setting('y', true), C: setting('m'), D: setting('n') });
    expect(found.map(({ kind, symbol, wanted, got }) => [kind, symbol, wanted, got])).toEqual([
      ['unused', 'A', 'y', null],
      ['unused', 'C', 'm', null],
      ['value', 'D', 'n', 'y'],
    ]);
  });

  it('follows the last legacy line in what is optional and in who asked', () => {
    const legacy: LegacyLine[] = [
      { symbol: 'A', value: 'y', optional: false, by: patch(0), position: null },
      { symbol: 'A', value: 'y', optional: true, by: patch(1), position: null },
      { symbol: 'B', value: 'y', optional: false, by: patch(1), position: { file: '/f', line: 3, column: 1 } },
    ];
    const found = judged(
      ['warning: unused option: A', 'warning: unused option: B'],
      { A: setting('y'), B: setting('n', true) },
      { legacy, intents: [intent('B', 'n', patch(5), 10)] },
    );
    expect(found).toMatchObject([{ symbol: 'B', by: patch(1), position: { file: '/f', line: 3 } }]);
  });

  it('names the intent that counts, the managed entry aside', () => {
    const intents = [
      intent('A', 'y', nixpkgs),
      intent('A', 'n', patch(0), 50, 12),
      intent('A', 'y', patch(1), 100),
      intent('A', 'n', patch(2, 'fallout'), 40),
      intent('B', 'y', patch(0), 100, 3),
      intent('B', 'y', patch(1), 100, 4),
    ];
    const found = judged(
      ['error: unused option: A', 'error: unused option: B'],
      {},
      { intents, managedName: 'fallout' },
    );
    expect(found.map((each) => [each.by, each.position?.line])).toEqual([
      [patch(0), 12],
      [patch(1), 4],
    ]);
  });

  it('gives a refused answer with what was offered, what it kept and why', () => {
    expect(judged(log('small-repeated-n.nixlog'), { CRC32: setting('n') })).toMatchObject([
      {
        kind: 'repeated',
        symbol: 'CRC32',
        wanted: 'n',
        got: 'm',
        offered: ['m', 'y'],
        cause: { kind: 'selected', by: [{ symbol: 'R8169' }, { symbol: 'BTRFS_FS' }] },
      },
    ]);
    const [int] = judged(log('small-repeated-int.nixlog'), {});
    expect(int).toMatchObject({ kind: 'repeated', symbol: 'LOG_BUF_SHIFT', wanted: '40', got: '17' });
    expect(int?.cause).toEqual({ kind: 'out-of-range' });
    expect(int).not.toHaveProperty('offered');
  });

  it('takes the lines of a probe for refused answers', () => {
    const lines = [
      "probe: refused A wanted 'y' offered [N/m/?] using 'm'",
      'GOT: Symbol: A [=n]',
      'GOT:   Depends on: B [=m]',
      'QUESTION: A, NAME: A, ALTS: N/m/?, ANSWER: m',
      "warning: option not set correctly: A (wanted 'y', got 'm')",
    ];
    expect(judged(lines, { A: setting('y', true) }, { dotConfig: new Map([['A', 'm']]) })).toMatchObject([
      {
        kind: 'repeated',
        symbol: 'A',
        wanted: 'y',
        got: 'm',
        offered: ['n', 'm'],
        cause: { kind: 'needs', condition: { symbol: 'B', value: 'm', needed: 'y' } },
      },
    ]);
  });

  it("finds two y in one choice, also on green, and lets the user's last one stay", () => {
    const settings = { PREEMPT: setting('y', true), PREEMPT_VOLUNTARY: setting('y', true) };
    const intents = [intent('PREEMPT_VOLUNTARY', 'y', nixpkgs), intent('PREEMPT', 'y', patch(0))];
    for (const name of ['small-choice.nixlog', 'small-choice-strict.nixlog']) {
      expect(judged(log(name), settings, { intents })).toEqual([
        {
          kind: 'choice',
          symbol: 'PREEMPT_VOLUNTARY',
          wanted: 'y',
          got: null,
          cause: { kind: 'choice', with: ['PREEMPT'] },
          by: nixpkgs,
          position: null,
        },
      ]);
    }
    const green = log('small-choice.nixlog').replace(/error: option/g, 'warning: option');
    expect(judged(green, settings, { intents, succeeded: true }).map((each) => each.symbol)).toEqual([
      'PREEMPT_VOLUNTARY',
    ]);
    expect(
      judged(green, settings, {
        intents: [intent('PREEMPT', 'y', patch(0), 100, 9), intent('PREEMPT_VOLUNTARY', 'y', patch(0), 100, 11)],
        succeeded: true,
      }).map((each) => each.symbol),
    ).toEqual(['PREEMPT']);
  });

  it('finds two y that strings of extraConfig ask for', () => {
    const legacy: LegacyLine[] = [{ symbol: 'PREEMPT', value: 'y', optional: false, by: patch(0), position: null }];
    expect(
      judged(
        log('small-choice-strict.nixlog'),
        { PREEMPT_VOLUNTARY: setting('y') },
        { legacy, intents: [intent('PREEMPT_VOLUNTARY', 'y', nixpkgs)] },
      ),
    ).toMatchObject([{ kind: 'choice', symbol: 'PREEMPT_VOLUNTARY' }]);
    expect(
      judged(
        log('small-choice-strict.nixlog'),
        { PREEMPT_VOLUNTARY: setting('y'), PREEMPT: setting('y') },
        { legacy: [{ symbol: 'PREEMPT', value: 'n', optional: true, by: patch(1, 'fallout'), position: null }] },
      ),
    ).toEqual([]);
  });

  it('reports a clamped symbol as clamped, not as a miss', () => {
    const found = judged(log('small-clamping.nixlog'), {
      CRC32: setting('n'),
      E1000E: setting('y'),
      RTLWIFI: setting('n'),
    });
    expect(found.map(({ kind, symbol, wanted, got }) => [kind, symbol, wanted, got])).toEqual([
      ['clamped', 'CRC32', 'n', 'y'],
      ['clamped', 'E1000E', 'y', 'm'],
      ['value', 'RTLWIFI', 'n', 'm'],
    ]);
  });

  it('says when a value is only spelled otherwise', () => {
    expect(judged(log('small-hex.nixlog'), { PHYSICAL_ALIGN: setting('400000') })).toMatchObject([
      {
        kind: 'value',
        symbol: 'PHYSICAL_ALIGN',
        wanted: '400000',
        got: '0x400000',
        cause: { kind: 'spelling' },
      },
    ]);
  });

  it('adds what the script cannot see', () => {
    const dotConfig = new Map([
      ['A', '0'],
      ['B', ''],
    ]);
    expect(judged([], { A: setting('5'), B: setting('x', true) }, { dotConfig, succeeded: true })).toMatchObject([
      { kind: 'silent', symbol: 'A', wanted: '5', got: '0' },
    ]);
  });

  it('finds a required symbol in the .config whose warning is lost, cut or run into another line', () => {
    const settings = {
      A: setting('y'),
      B: setting('n'),
      C: setting('y', true),
      D: setting('n'),
      E: setting('0x10'),
      F: setting(' 8 # eight'),
    };
    const lines = ['GOT: y warning: unused option: A', 'warning: option not set cor'];
    const dotConfig = new Map([
      ['B', 'm'],
      ['E', '0x010'],
      ['F', '8'],
    ]);
    const found = judged(lines, settings, { dotConfig, succeeded: true });
    expect(found.map(({ kind, symbol, wanted, got }) => [kind, symbol, wanted, got])).toEqual([
      ['unused', 'A', 'y', null],
      ['value', 'B', 'n', 'm'],
      ['value', 'E', '0x10', '0x010'],
    ]);
    expect(found[2]?.cause).toEqual({ kind: 'spelling' });
  });

  it('comes to an end with forty thousand choices', () => {
    const lines = Array.from({ length: 40_000 }, (_, n) => [
      `GOT:   1. One (A${n})`,
      `GOT:   2. Two (B${n})`,
      'CHOICE: 1-2?, ANSWER: 1',
    ]).flat();
    expect(judged(lines, { A7: setting('y'), B7: setting('y') })).toMatchObject([{ kind: 'choice', symbol: 'B7' }]);
  });

  it("knows no symbol from an object's prototype", () => {
    expect(judged(['warning: unused option: constructor', 'warning: unused option: toString'], {})).toEqual([]);
  });
});

describe('lostDefaults', () => {
  const input = (intents: Intent[], config: Record<string, string>): JudgeInput => ({
    settings: {},
    intents,
    observation: { ...readTranscript('').observation, finalValues: new Map(Object.entries(config)) },
    managedName: 'fallout',
  });

  it('lists the default that a wish took along, also where falloutd made it optional', () => {
    const intents = [
      intent('NFS_FS', 'm', nixpkgs),
      intent('FSCACHE', 'm', nixpkgs),
      intent('KEPT', 'y', nixpkgs),
      intent('NFS_FS', 'n', patch(0), 50),
      intent('FSCACHE', 'm', patch(1, 'fallout'), 40),
    ];
    const found = lostDefaults(input(intents, { KEPT: 'y' }));
    expect(found).toMatchObject([{ symbol: 'FSCACHE', wanted: 'm', got: null, by: nixpkgs }]);
    expect(lostWishes(input(intents, { KEPT: 'y' }))).toEqual([]);
  });

  it('leaves what nixpkgs makes optional', () => {
    const optional = { ...intent('A', 'y', nixpkgs), ask: { ...intent('A', 'y', nixpkgs).ask, optional: true } };
    expect(lostDefaults(input([optional], {}))).toEqual([]);
  });
});

describe('lostWishes', () => {
  const lost = (
    intents: Intent[],
    config: Record<string, string>,
    { transcript = '', ...rest }: Partial<JudgeInput> & { transcript?: string } = {},
  ): ReturnType<typeof lostWishes> =>
    lostWishes({
      settings: {},
      intents,
      observation: { ...readTranscript(transcript).observation, finalValues: new Map(Object.entries(config)) },
      managedName: 'fallout',
      ...rest,
    });

  it('lists what a patch or the kernel wanted and the .config does not hold', () => {
    const intents = [
      intent('A', 'y', patch(0), 100, 4),
      intent('B', 'n', patch(0)),
      intent('C', 'y', nixpkgs),
      intent('D', null, patch(0)),
      intent('E', 'm', { kind: 'kernel' }),
      freeform('H', '200000', patch(0)),
      freeform('Z', '5', patch(0)),
      intent('A', 'm', patch(1, 'fallout'), 40),
    ];
    expect(
      lost(intents, { E: 'y', H: '0x200000', Z: '0' }).map(({ symbol, wanted, got, kind, by }) => [
        symbol,
        wanted,
        got,
        kind,
        by.kind,
      ]),
    ).toEqual([
      ['A', 'y', null, 'unused', 'patch'],
      ['E', 'm', 'y', 'value', 'kernel'],
      ['Z', '5', '0', 'silent', 'patch'],
    ]);
  });

  it('says what overrides a wish, and where', () => {
    const intents = [
      intent('A', 'n', patch(0), 100, 4),
      intent('A', 'y', patch(1), 50, 9),
      intent('N', 'n', patch(0)),
      freeform('N', '8', nixpkgs),
    ];
    const wishes = lost(intents, { A: 'y', N: '8' });
    expect(wishes).toMatchObject([
      { symbol: 'A', kind: 'overridden', by: patch(0) },
      { symbol: 'N', kind: 'overridden' },
    ]);
    expect(wishes.map(({ cause }) => cause && causeText(cause))).toEqual([
      'patch p1 sets y (/home/u/patches.nix:9)',
      'nixpkgs sets 8',
    ]);
  });

  it('gives the cause that the transcript tells', () => {
    const transcript = log('small-repeated-n.nixlog');
    expect(lost([intent('CRC32', 'n', patch(0))], { CRC32: 'm' }, { transcript })).toMatchObject([
      { kind: 'repeated', cause: { kind: 'selected', by: [{ symbol: 'R8169' }, { symbol: 'BTRFS_FS' }] } },
    ]);
    const choice = log('small-choice.nixlog');
    expect(
      lost(
        [intent('PREEMPT_VOLUNTARY', 'y', patch(0))],
        { PREEMPT_VOLUNTARY: 'n', PREEMPT: 'y' },
        { transcript: choice, settings: { PREEMPT: setting('y') } },
      ),
    ).toMatchObject([{ kind: 'value', cause: { kind: 'choice', with: ['PREEMPT'] } }]);
  });

  it('counts a legacy line as a wish', () => {
    const legacy: LegacyLine[] = [{ symbol: 'A', value: 'y', optional: true, by: patch(0), position: null }];
    expect(lost([], {}, { legacy })).toMatchObject([{ symbol: 'A', wanted: 'y', kind: 'unused' }]);
  });
});
