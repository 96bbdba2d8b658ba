import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { twoYes } from '../../src/fallout/choicesWithTwoYes.ts';
import type { Settings } from '../../src/script/settings.ts';
import { readTranscript } from '../../src/script/readTranscript.ts';
import { log } from '../helpers/recordedLogs.ts';
import { saidIn } from '../helpers/said.ts';

const yes = { tristate: 'y', freeform: null, optional: false } as const;
const PASS = [
  'GOT: * Linux/x86 6.12.0 Kernel Configuration',
  'QUESTION: Foo, NAME: FOO, ALTS: N/y/?, ANSWER: y',
  'GOT: y',
  'GOT: # configuration written to .config',
];
const TWO = [...PASS, ...PASS];

describe('readTranscript on recorded logs', () => {
  it('a list of errors', () => {
    const reading = readTranscript(log('i-unused-option.nix2.8.nixlog'));
    const { asked, ending, observation } = reading;
    const { questions, choices } = observation;
    expect({ asked, different: questions.size, choices: choices.length, ending }).toEqual({
      asked: 12353,
      different: 6318,
      choices: 84,
      ending: 'errors',
    });
    const said = saidIn(reading);
    expect(said).toHaveLength(15);
    expect(said.filter((fact) => 'severity' in fact && fact.severity === 'error')).toEqual([
      { kind: 'unused', symbol: 'NO_SUCH_OPTION_AT_ALL', severity: 'error' },
    ]);
  });

  it('a repeated question, below the noise of kconfig starving', () => {
    const reading = readTranscript(log('h-repeated-question.nix2.8.nixlog'));
    expect(saidIn(reading)).toEqual([
      {
        kind: 'repeated',
        symbol: 'X86_AMD_FREQ_SENSITIVITY',
        prompt: 'AMD frequency sensitivity feedback powersave bias',
        alts: 'N/m/?',
        offered: ['n', 'm'],
        current: 'n',
        answer: 'y',
        used: null,
      },
    ]);
    const { ending, observation } = reading;
    expect([ending, observation.help.get('X86_AMD_FREQ_SENSITIVITY')?.value]).toEqual(['died', 'n']);
  });

  it('an int out of range: no choices, the current value', () => {
    expect(saidIn(readTranscript(log('small-repeated-int.nixlog')))).toMatchObject([
      { kind: 'repeated', symbol: 'LOG_BUF_SHIFT', offered: [], current: '17', answer: '40' },
    ]);
  });

  it('a script that clamps', () => {
    const said = saidIn(readTranscript(log('small-clamping.nixlog')));
    expect(said.filter((fact) => fact.kind === 'clamped')).toMatchObject([
      { symbol: 'CRC32', asked: 'n', offered: ['m', 'y'], used: 'y' },
      { symbol: 'E1000E', asked: 'y', offered: ['m', 'n'], used: 'm' },
      { symbol: 'CRC32', asked: 'n', offered: ['y', 'm'], used: 'y' },
    ]);
  });

  it('a script that stops at the first error ends with errors', () => {
    expect(readTranscript(log('small-first-error.nixlog'), { succeeded: false })).toMatchObject({
      ending: 'errors',
    });
  });

  it('two y in one choice: named by the strict script, found by the settings on the older one', () => {
    const strict = readTranscript(log('small-choice-strict.nixlog'));
    expect(strict.ending).toBe('died');
    expect(saidIn(strict)).toMatchObject([
      {
        kind: 'choice',
        choice: {
          current: 'PREEMPT_VOLUNTARY',
          members: [
            { symbol: 'PREEMPT_NONE', number: 1 },
            { symbol: 'PREEMPT_VOLUNTARY', number: 2 },
            { symbol: 'PREEMPT', number: 3 },
          ],
        },
      },
    ]);
    const settings: Settings = {
      PREEMPT: yes,
      PREEMPT_VOLUNTARY: { tristate: null, freeform: 'y', optional: true },
      PREEMPT_NONE: { ...yes, tristate: 'n' },
    };
    expect(twoYes(readTranscript(log('small-choice.nixlog')).observation, settings)).toEqual([
      {
        members: ['PREEMPT_NONE', 'PREEMPT_VOLUNTARY', 'PREEMPT'],
        wanted: ['PREEMPT_VOLUNTARY', 'PREEMPT'],
        answered: 'PREEMPT_VOLUNTARY',
      },
    ]);
    expect(twoYes(readTranscript(log('small-choice.nixlog')).observation, { PREEMPT: yes, FOO: yes })).toEqual([]);
  });
});

describe('readTranscript', () => {
  const facts = (...lines: string[]): unknown => saidIn(readTranscript(lines));

  it.each([
    ['error: unused option: FOO', { kind: 'unused', symbol: 'FOO', severity: 'error' }],
    [
      "warning: option not set correctly: FOO (wanted 'a 'b', got 'c')",
      { kind: 'value', symbol: 'FOO', wanted: "a 'b", got: 'c', severity: 'warning' },
    ],
    [
      "error: option not set correctly: FOO (wanted '\ra', got 'b\u2028c')",
      { kind: 'value', symbol: 'FOO', wanted: '\ra', got: 'b\u2028c', severity: 'error' },
    ],
    [
      "error: option not set correctly: FOO (wanted 'n', got '')",
      { kind: 'value', symbol: 'FOO', wanted: 'n', got: '', severity: 'error' },
    ],
    ['conflicting answers! at /x-generate-config.pl line 106.', { kind: 'choice', choice: null }],
    [
      "clamped Some prompt (x): 'y' is not offered by [N/m/?], using 'm'",
      { kind: 'clamped', symbol: null, prompt: 'Some prompt (x)', asked: 'y', offered: ['n', 'm'], used: 'm' },
    ],
    [
      "probe: refused FOO wanted 'y' offered [N/m/?] using 'm'",
      { kind: 'repeated', symbol: 'FOO', answer: 'y', offered: ['n', 'm'], current: 'n', used: 'm' },
    ],
    [
      "probe: refused NR_CPUS wanted '99999' offered [64] using ''",
      { kind: 'repeated', symbol: 'NR_CPUS', answer: '99999', offered: [], current: '64', used: '' },
    ],
    [
      'probe: refused FOO wanted y offered N/m/? using m',
      { kind: 'repeated', symbol: 'FOO', answer: 'y', offered: ['n', 'm'], used: 'm' },
    ],
    ['invalid config line: FOO at /x line 39.', { kind: 'invalid', line: 'invalid config line: FOO', isFatal: true }],
    [
      'Could not open answer file at /x line 31.',
      { kind: 'invalid', line: 'Could not open answer file', isFatal: true },
    ],
    ["don't know how to answer this question: Foo [x] ###", { kind: 'unanswerable', question: 'Foo [x] ###' }],
    [
      "Kernel config didn't find Rust toolchain?",
      { kind: 'toolchain', line: "Kernel config didn't find Rust toolchain?" },
    ],
  ])('%s', (line, fact) => {
    expect(facts(line)).toMatchObject([fact]);
  });

  it('names no symbol for a repeated question whose question is cut away', () => {
    expect(facts('repeated question: Foo at /x line 94.')).toMatchObject([
      { kind: 'repeated', symbol: null, prompt: 'Foo' },
    ]);
    expect(
      facts('QUESTION: Bar, NAME: BAR, ALTS: N/y/?, ANSWER: y', 'repeated question: Foo at /x line 94.'),
    ).toMatchObject([{ symbol: null }]);
    expect(
      facts(
        'QUESTION: Foo, bar, NAME: FOO, ALTS: N/y/?, ANSWER:',
        'repeated question: Foo, bar at /x line 94, <IN> line 5.',
      ),
    ).toMatchObject([{ symbol: 'FOO', answer: '' }]);
  });

  it('takes the last line of a script from before 2018 for the fatal one', () => {
    const old = [...TWO, 'unused option: A', 'option not set correctly: B', 'option not set correctly: C'];
    const severities = (options?: { succeeded: boolean }, lines = old): unknown =>
      saidIn(readTranscript(lines, options)).map((fact) => 'severity' in fact && fact.severity);
    expect(severities()).toEqual(['warning', 'warning', 'error']);
    expect(severities({ succeeded: true })).toEqual(['warning', 'warning', 'warning']);
    expect(severities(undefined, [...old, 'installing'])).toEqual(['warning', 'warning', 'warning']);
    expect(readTranscript([...old, 'x at /y line 3.'], { succeeded: false }).ending).toBe('errors');
  });

  it('tells how the script ended', () => {
    const verdict = (lines: string[], succeeded?: boolean): string =>
      readTranscript(lines, succeeded === undefined ? {} : { succeeded }).ending;
    expect(verdict(TWO)).toBe('passed');
    expect(verdict([...TWO, 'warning: unused option: A'])).toBe('passed');
    expect(verdict(PASS)).toBe('no-verdict');
    expect(verdict(PASS, true)).toBe('passed');
    expect(verdict([...TWO, 'QUESTION: Foo, NAME: FOO, ALTS: N/y/?, ANSWER: y'])).toBe('no-verdict');
    expect(verdict([])).toBe('no-verdict');
    expect(verdict(['warning: unused option: A', 'error: unused option: B'])).toBe('errors');
  });

  it('forgets the members of a choice that was not asked', () => {
    const { choices } = readTranscript([
      'GOT: First',
      'GOT: > 1. One (ONE)',
      'GOT: other',
      'GOT: Second',
      'GOT:   1. A (a) b (TWO) (NEW)',
      'GOT: > 2. No name',
      'GOT:   3. Three (THREE)',
      'CHOICE: 1-3?, ANSWER: ',
    ]).observation;
    expect(choices).toEqual([
      {
        members: [
          { symbol: 'TWO', prompt: 'A (a) b', number: 1 },
          { symbol: 'THREE', prompt: 'Three', number: 3 },
        ],
        current: null,
        answer: null,
      },
    ]);
  });

  it('reads a help although a line that nobody understands stands in it', () => {
    const help = [
      'GOT: Symbol: CRC32 [=m]',
      'GOT:   Type: tristate',
      'GOT:   Selected by [m]:',
      'GOT:   - BTRFS_FS [=m]',
      'QUESTION: CRC32, NAME: CRC32, ALTS: N/m/?, ANSWER: n',
    ];
    const whole = readTranscript(help).observation.help.get('CRC32');
    expect(whole?.selectedBy).toHaveLength(1);
    for (const at of [1, 2, 3, 4])
      expect(
        readTranscript([
          ...help.slice(0, at),
          'make[1]: warning: clock skew',
          '',
          ...help.slice(at),
        ]).observation.help.get('CRC32'),
      ).toEqual(whole);
  });

  // Patterns with several `.*` took seconds for a line of 8 kB: hours for a log of them.
  it.each([
    "clamped : '' is not offered by [], using '",
    'GOT: 1. a      (X',
    "error: option not set correctly: A (wanted '",
    "', got '",
    'repeated question: at x line 3',
    'probe: refused A wanted  offered  using ',
    'invalid config line:   at x line 3',
  ])('comes to an end with long lines of %j', (piece) => {
    const line =
      piece +
      piece
        .replace(
          /^(?:clamped|GOT: 1\.|error: option not set correctly:|repeated question:|probe: refused|invalid config line:)/,
          '',
        )
        .repeat(8000 / piece.length);
    expect(readTranscript(Array.from({ length: 500 }, () => `${line}${' '.repeat(4000)}\0`)).asked).toBe(0);
  });

  it('is the same from a log whose trailing blanks are gone', () => {
    const text = log('small-choice.nixlog');
    const stripped = text
      .split('\n')
      .map((line) => line.trimEnd())
      .filter((line) => line !== '');
    expect(readTranscript(stripped)).toEqual(readTranscript(text));
  });

  it('never throws on cut and mutated transcripts', () => {
    const lines = [
      'h-repeated-question.nix2.8.nixlog',
      'small-choice.nixlog',
      'small-clamping.nixlog',
      'small-repeated-n.nixlog',
    ].flatMap((name) => log(name).split('\n').slice(-400));
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            at: fc.nat(lines.length - 1),
            from: fc.nat(60),
            to: fc.nat(120),
            text: fc.string({ maxLength: 8 }),
          }),
          { maxLength: 120 },
        ),
        (edits) => {
          const mutated = edits.map(
            ({ at, from, to, text }) => (lines[at] ?? '').slice(0, from) + text + (lines[at] ?? '').slice(to),
          );
          readTranscript(mutated);
          readTranscript(mutated.join('\n'));
        },
      ),
      { numRuns: 60 },
    );
  });
});
