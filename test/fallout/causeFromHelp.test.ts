import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { causeIn, causeOf } from '../../src/fallout/causeFromHelp.ts';
import { causeText } from '../../src/fallout/causeText.ts';
import type { Cause } from '../../src/model/cause.ts';
import { lackingIn } from '../../src/kconfig/index.ts';
import { parseExpression } from '../../src/script/helpExpression.ts';
import type { Observation, SymbolHelp } from '../../src/model/observation.ts';
import { readHelp } from '../../src/script/symbolHelp.ts';

const help = (text: string): SymbolHelp => {
  const read = readHelp(text.split('\n'));
  if (read === null) throw new Error('no help');
  return read;
};

// As Linux 6.12 prints it.
const RTLWIFI = `Symbol: RTLWIFI [=m]
Type  : tristate
Defined at drivers/net/wireless/realtek/rtlwifi/Kconfig:125
  Depends on: NETDEVICES [=y] && WLAN [=y] && WLAN_VENDOR_REALTEK [=y] && (RTL8192CE [=m] || RTL8192SE [=n])
Selects: FW_LOADER [=y]
Selected by [m]:
  - RTL8192CE [=m] && NETDEVICES [=y] && WLAN [=y] && (PCI [=y] || USB [=n])
  - RTL8723BE [=m] && WLAN [=y]
Selected by [n]:
  - RTL8192SE [=n] && NETDEVICES [=y]
Implied by [y]:
  - RTL_CARDS [=y]`;

// As Linux 4.11 prints it.
const OLD = `Symbol: CRC32 [=y]
Type  : tristate
Prompt: CRC32/CRC32c functions
  Location:
    -> Library routines
  Defined at lib/Kconfig:9
  Selected by: R8169 [=m] && NET [=y] && PCI [=y] || BTRFS_FS [=y] && (A [=y] || B [=n]) || JFFS2_FS [=n] && MTD [=y]`;

const NOTHING: Observation = {
  questions: new Map(),
  choices: [],
  refusals: [],
  complaints: [],
  help: new Map(),
  finalValues: null,
};

const textOf = (cause: Cause | null): string | null => (cause === null ? null : causeText(cause));

describe('causeOf', () => {
  it('names who selects a symbol, with the level', () => {
    const cause = causeOf(help(RTLWIFI), 'n');
    expect(cause).toEqual({
      kind: 'selected',
      by: [
        { symbol: 'RTL8192CE', level: 'm' },
        { symbol: 'RTL8723BE', level: 'm' },
      ],
    });
    expect(textOf(cause)).toBe('selected by RTL8192CE, RTL8723BE');
  });

  it('reads the one-line layout of old kernels', () => {
    const cause = causeOf(help(OLD), 'n');
    expect(cause).toEqual({
      kind: 'selected',
      by: [
        { symbol: 'R8169', level: 'm' },
        { symbol: 'BTRFS_FS', level: 'y' },
      ],
    });
    expect(textOf(cause)).toBe('selected by R8169, BTRFS_FS');
    expect(textOf(causeOf(help(OLD), 'm'))).toBe('selected by BTRFS_FS');
  });

  it('names what keeps a dependency too low', () => {
    const cause = causeOf(help(RTLWIFI), 'y');
    expect(textOf(cause)).toBe('needs RTL8192CE=y (it is m) or RTL8192SE');
    const twice = help(
      'Symbol: A [=n]\nDefined at a:1\n  Depends on: X [=n] && Y [=y]\nDefined at b:1\n  Depends on: Z [=n]',
    );
    const either = causeOf(twice, 'y');
    expect(textOf(either)).toBe('needs X or Z');
  });

  it('says when there can be no module', () => {
    expect(textOf(causeOf(help('Symbol: A [=y]\nType  : bool'), 'm'))).toBe('it is a bool: it cannot be m');
    expect(textOf(causeOf(help('Symbol: A [=n]\nType  : tristate\n  Depends on: BLOCK [=y]'), 'm'))).toBe(
      'there are no modules: MODULES is off',
    );
  });

  it('says what hides a prompt, and when the log gives no reason', () => {
    expect(textOf(causeOf(help('Symbol: A [=n]\nType  : tristate\n  Visible if: EXPERT [=n] && B [=y]'), 'y'))).toBe(
      'needs EXPERT',
    );
    expect(textOf(causeOf(help('Symbol: A [=n]\n  Depends on: B [=y]'), 'y'))).toBe(
      'depends on B [=y], which holds: the log does not say more',
    );
    expect(causeOf(help('Symbol: A [=n]'), 'y')).toBeNull();
  });

  it.each<[current: string | null, answer: string, text: string | null]>([
    ['17', '40', 'out of range'],
    ['0x1000', '40', 'out of range'],
    ['17', '0x40', 'it is an int, which takes a decimal number, such as 64'],
    ['0x1000', 'many', 'it is a hex, which takes a hexadecimal number, such as 0x40'],
    [null, '40', null],
    ['y/', '40', null],
  ])('knows why a number that stays %s is refused when %s is answered', (current, answer, text) => {
    const refusal = { kind: 'repeated' as const, symbol: 'A', prompt: 'a', alts: '', offered: [], current, used: null };
    const observation = { ...NOTHING, refusals: [{ ...refusal, answer }] };
    expect(textOf(causeIn(observation, 'A', answer))).toBe(text);
    expect(causeIn(observation, 'B', answer)).toBeNull();
  });

  it('shortens a long list', () => {
    const many = help(
      `Symbol: A [=y]\nSelected by [y]:\n${['B', 'C', 'D', 'E', 'F'].map((name) => `  - ${name} [=y]`).join('\n')}`,
    );
    expect(textOf(causeOf(many, 'n'))).toBe('selected by B, C, D and 2 more');
  });

  it('never throws', () => {
    const piece = fc.constantFrom(
      'Symbol: A [=m]',
      '\n',
      'Depends on: ',
      'Selected by [m]:',
      '  - ',
      'B [=y]',
      ' && ',
      '(',
      ')',
      ' || ',
      '!',
      'Selected by: ',
      '=',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(piece, fc.string())),
        fc.constantFrom('y', 'm', 'n', '5', null),
        (parts, wanted) => {
          const read = readHelp(`Symbol: A [=m]\n${parts.join('')}`.split('\n'));
          if (read !== null) causeOf(read, wanted);
        },
      ),
    );
  });
});

describe('expressions', () => {
  it.each([
    ['A [=m]', 1, 'needs A=y, it is m'],
    ['A [=m] && B [=y]', 1, 'needs A=y, it is m'],
    ['!A [=y] && B [=y]', 0, 'A must be off'],
    ['A [=n] || B [=m] || C [=n] && D [=y]', 1, 'needs A, B=y (it is m) or C'],
    ['ARCH [=x86_64]="x86_64"', 2, ''],
    ['ARCH [=arm64]=x86_64', 0, 'needs ARCH=x86_64, it is arm64'],
    ['A [=y]!=y', 0, 'A must not be y'],
    ['A [=5]>=3 && y', 2, ''],
    ['m && MODULES [=y]', 1, 'never more than m'],
    ['UNDEFINED && B [=y]', 0, 'needs UNDEFINED'],
    ['SND_INTEL [=n]!=n || STRING [=a b]="a b"', 2, ''],
    ['A [=n] && (B [=n] || !(C [=y] && D [=m]))', 0, 'needs A and (B, C off or D off)'],
  ])('%s', (text, level, needs) => {
    const expression = parseExpression(text);
    if (expression === null) throw new Error('not parsed');
    expect(expression.level).toBe(level);
    const condition = lackingIn(expression, 2);
    expect(condition === null ? '' : textOf({ kind: 'needs', condition })).toBe(needs);
  });

  it.each(['', '(', 'A [=y] &&', 'A [=y] B', '&& A', '!'.repeat(500) + 'A'])('%s is none', (text) => {
    expect(parseExpression(text)).toBeNull();
  });
});
