import fc from 'fast-check';
import stringWidth from 'string-width';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ago, duration, moment, roughly } from '../../../src/report/text/duration.ts';
import { clean, cut, hanging, style, wrap } from '../../../src/report/text/style.ts';
import { listing, table } from '../../../src/report/text/table.ts';
import { beginningOf, widthOf } from '../../../src/report/text/width.ts';

beforeEach(() => void vi.stubEnv('TZ', 'Europe/Berlin'));
afterEach(() => void vi.unstubAllEnvs());

const SECOND = 1000;
const HOUR = 3_600_000;

test.each([
  [0, '0.0 s', '0 s'],
  [-5, '0.0 s', '0 s'],
  [43_249, '43.2 s', '43 s'],
  [59_949, '59.9 s', '1 m 00 s'],
  [59_950, '1 m 00 s', '1 m 00 s'],
  [72_000, '1 m 12 s', '1 m 12 s'],
  [59 * 60_000 + 59_600, '1 h 00 m', '1 h 00 m'],
  [2 * HOUR + 5 * 60_000, '2 h 05 m', '2 h 05 m'],
  [76 * HOUR, '3 d 4 h', '3 d 4 h'],
])('%d ms is %s, roughly %s', (ms, exact, rough) => {
  expect(duration(ms)).toBe(exact);
  expect(roughly(ms)).toBe(rough);
});

test('a moment is local, and has its date unless that is today', () => {
  const now = Date.parse('2026-03-04T12:00:00Z');
  expect(moment('2026-03-04T11:56:00Z', now)).toBe('12:56:00 (4 m ago)');
  expect(moment('2026-03-03T23:30:00Z', now)).toBe('00:30:00 (12 h ago)');
  expect(moment('2026-03-03T22:30:00Z', now)).toBe('2026-03-03 23:30:00 (13 h ago)');
  expect([0, 4.9, 30, 90, 3 * 3600, 49 * 3600].map((s) => ago(s * SECOND))).toEqual([
    'just now',
    'just now',
    '30 s ago',
    '1 m ago',
    '3 h ago',
    '2 d ago',
  ]);
});

test('widths are those of string-width, whatever the text', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'binary' }),
        fc.constantFrom('日本語', '…', '👩‍👩‍👧', 'e\u0301', '\u001b[31mred\u001b[39m'),
      ),
      (text) => {
        expect(widthOf(text)).toBe(stringWidth(text));
      },
    ),
  );
});

test('what is cut fits, and is the text or its beginning with an ellipsis', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }).map(clean), fc.integer({ min: 1, max: 30 }), (text, width) => {
      const result = cut(text, width);
      expect(widthOf(result)).toBeLessThanOrEqual(width);
      if (result !== text) {
        expect(result.endsWith('…')).toBe(true);
        expect(text.startsWith(result.slice(0, -1))).toBe(true);
      }
    }),
  );
  expect(cut('kernel', 6)).toBe('kernel');
  expect(cut('kernels', 6)).toBe('kerne…');
  expect(cut('日本語', 5)).toBe('日本…');
  expect(cut('日本語', 2)).toBe('…');
  expect(cut('abc', 0)).toBe('');
});

test('wrapping loses nothing but spaces, and every line fits', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), { maxLength: 12 }),
      fc.integer({ min: 4, max: 40 }),
      (words, width) => {
        const text = clean(words.join(' '));
        const lines = wrap(text, width);
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      },
    ),
  );
  expect(wrap('selected by RTL8192CE', 12)).toEqual(['selected by', 'RTL8192CE']);
  expect(hanging('  took  ', 'one two three', 14)).toEqual(['  took  one', '        two', '        three']);
  expect(beginningOf('日本', 1)).toBe('日');
});

test('control characters cannot move the cursor', () => {
  expect(clean('a\u001b[2Jb\r\nc\td\u009be')).toBe('a [2Jb c d e');
  // What turns the direction of writing makes `wanted n` of another text.
  expect(clean('wanted \u202en\u2066\u2028y')).toBe('wanted  n y');
});

test('a table is aligned by what is seen, not by code units', () => {
  const rows = [
    [{ text: '1' }, { text: '日本' }, { text: 'x' }],
    [{ text: '12' }, { text: 'abcdef', paint: (text: string) => `<${text}>` }, { text: '' }],
  ];
  expect(table([{ align: 'right' }, {}, {}], rows, 80)).toEqual([' 1  日本    x', '12  <abcdef>']);
});

test('shrinking columns give way until the table fits, the widest first', () => {
  const rows = [[{ text: 'fixed' }, { text: 'a'.repeat(30) }, { text: 'some words that are wrapped below' }]];
  const lines = table([{}, { shrink: 'cut' }, { shrink: 'wrap' }], rows, 40);
  expect(lines).toEqual([
    `fixed  ${'a'.repeat(14)}…  some words that`,
    `${' '.repeat(24)}are wrapped`,
    `${' '.repeat(24)}below`,
  ]);
  expect(table([{}, { shrink: 'cut' }, { shrink: 'wrap' }], rows, Infinity)).toHaveLength(1);
});

test('in a listing names are whole; what does not fit beside them stands below', () => {
  const long = 'SND_SOC_A_VERY_LONG_NAME_OF_A_CODEC';
  const lines = listing(
    [
      { cells: [{ text: 'A' }, { text: 'wanted y' }], text: 'short' },
      { cells: [{ text: 'LONGER' }, { text: 'wanted n' }], text: 'selected by this and by that and others' },
      { cells: [{ text: long }, { text: 'wanted n' }], text: 'depends on B' },
      { cells: [{ text: 'B' }, { text: 'wanted m' }], text: '' },
    ],
    40,
  );
  expect(lines).toEqual([
    'A       wanted y  short',
    'LONGER  wanted n',
    '    selected by this and by that and',
    '    others',
    long,
    '    wanted n; depends on B',
    'B       wanted m',
  ]);
});

test.each([
  ['a terminal', { isTTY: true, columns: 120 }, {}, { color: true, width: 120, live: true }],
  ['a pipe', {}, {}, { color: false, width: Infinity, live: false }],
  ['a pipe, forced', {}, { FORCE_COLOR: '1' }, { color: true, width: Infinity, live: false }],
  [
    'a terminal, forced off',
    { isTTY: true, columns: 90 },
    { FORCE_COLOR: '0' },
    { color: false, width: 90, live: true },
  ],
  [
    'NO_COLOR over FORCE_COLOR',
    { isTTY: true, columns: 90 },
    { NO_COLOR: '1', FORCE_COLOR: '1' },
    { color: false, width: 90, live: true },
  ],
  ['an empty NO_COLOR', { isTTY: true, columns: 90 }, { NO_COLOR: '' }, { color: true, width: 90, live: true }],
  ['a dumb terminal without a size', { isTTY: true }, { TERM: 'dumb' }, { color: false, width: 80, live: false }],
  ['COLUMNS for a pipe', {}, { COLUMNS: '72' }, { color: false, width: 72, live: false }],
])('%s', (_, output, env, wanted) => {
  const result = style(output, env);
  expect({ color: result.colors.isColorSupported, width: result.width, live: result.live }).toEqual(wanted);
  expect(result.colors.red('x') !== 'x').toBe(wanted.color);
});

test('a word of a megabyte and a list of fifty thousand things are laid out in one go', () => {
  expect(wrap('x'.repeat(1_000_000), 80)).toHaveLength(12_500);
  expect(wrap(`${'ä🐧'.repeat(10_000)} end`, 80).slice(-2)).toEqual([
    expect.stringMatching(/^[ä🐧]+$/u),
    expect.stringMatching(/ end$|^end$/),
  ]);
  expect(cut('é'.repeat(50_000), 10)).toBe(`${'é'.repeat(9)}…`);
  const items = Array.from({ length: 50_000 }, (_, i) => ({ cells: [{ text: `S${i}` }], text: 'why' }));
  expect(listing(items, 80)).toHaveLength(50_000);
  expect(
    table(
      [{}],
      items.map(({ cells }) => cells),
      80,
    ),
  ).toHaveLength(50_000);
});

test('a word that the screen has room for is never broken: it goes below, with less indentation', () => {
  expect(hanging('  by hand   ', 'SND_SOC_SOF_TOPLEVEL was taken out', 30)).toEqual([
    '  by hand',
    '    SND_SOC_SOF_TOPLEVEL was',
    '    taken out',
  ]);
  expect(hanging('a ', 'b c', 30)).toEqual(['a b c']);
});
