import { describe, expect, it } from 'vitest';
import { readLog } from '../../../src/report/data/readLog.ts';
import { logReadingLines } from '../../../src/report/text/logReadingLines.ts';
import { PLAIN } from '../../../src/report/text/style.ts';

const OLD = `/nix/store/${'a'.repeat(32)}-linux-config-5.4.0.drv`;
const NEW = `/nix/store/${'b'.repeat(32)}-linux-config-6.1.0.drv`;
const KERNEL = `/nix/store/${'c'.repeat(32)}-linux-6.9.3.drv`;
const PASS = [
  'generating kernel configuration...',
  'GOT: * Linux/x86 6.1.0 Kernel Configuration',
  'QUESTION: Foo, NAME: FOO, ALTS: N/y/?, ANSWER: y',
  'GOT: # configuration written to .config',
];
const failed = (drv: string): string => `error: builder for '${drv}' failed with exit code 255`;
/** What Nix prints of a failed derivation without -L. */
const tail = (drv: string, ...lines: string[]): string[] => [
  `${failed(drv)};`,
  `       last ${lines.length} log lines:`,
  ...lines.map((line) => `       > ${line}`),
];
const text = (...lines: string[]): string => lines.join('\n');

describe('the tail of a log as Nix 2.3 and 2.4 print it, indented and without a mark', () => {
  it.each([
    ['2.3', ''],
    ['2.4', 'error: '],
  ])('%s', (_, error) => {
    const log = text(
      `${error}builder for '${OLD}' failed with exit code 255; last 10 log lines:`,
      '  GOT: y',
      '  warning: unused option: FOO',
      '  error: unused option: BAR',
      `cannot build derivation '${KERNEL}': 1 dependencies couldn't be built`,
      `error: build of '${KERNEL}' failed`,
    );
    const expected = {
      outcome: 'fallout',
      fallout: [{ symbol: 'BAR' }],
      warnings: [{ symbol: 'FOO' }],
      cut: true,
      drvPath: OLD,
    };
    expect(readLog(log)).toMatchObject(expected);
  });
});

describe('quotes and escapes of a verdict', () => {
  it.each([
    ['&#x27;n&#x27;', '&#x27;y&#x27;'],
    ['&#39;n&#39;', '&apos;y&apos;'],
    ['&quot;n&quot;', '&amp;quot;y&amp;quot;'],
    ['\u2018n\u2019', '\u2018y\u2019'],
    ['\u201cn\u201d', '\u201ey\u201c'],
    ['"n"', '"y"'],
    ["`n'", "`y'"],
    ['n', 'y'],
    ['\\u0027n\\u0027', '\\u0022y\\u0022'],
  ])('wanted %s, got %s', (wanted, got) => {
    const log = `error: option not set correctly: FOO (wanted ${wanted}, got ${got})`;
    const fallout = [{ kind: 'value', symbol: 'FOO', wanted: 'n', got: 'y' }];
    expect(readLog(log)).toMatchObject({ outcome: 'fallout', fallout, unread: [] });
  });

  it("a page's source", () => {
    const lines = tail(OLD, "error: option not set correctly: FOO (wanted 'n', got 'y')").map((line) =>
      line.replaceAll("'", '&#x27;').replaceAll('>', '&gt;'),
    );
    const log = `<pre>${lines.map((line) => `<span class="l">${line}</span>`).join('<br>\n')}</pre>`;
    expect(readLog(log)).toMatchObject({ outcome: 'fallout', fallout: [{ symbol: 'FOO', wanted: 'n', got: 'y' }] });
  });

  it('an ampersand that escapes nothing stays', () => {
    const log = text("error: option not set correctly: CMDLINE (wanted 'a && b &x;', got '&c')");
    expect(readLog(log)).toMatchObject({ fallout: [{ wanted: 'a && b &x;', got: '&c' }] });
  });
});

describe('a line that begins like a verdict and does not parse is listed as it stands', () => {
  it.each([
    ['error: option not set correctly: FOO is n and not y', 'value'],
    ["error: option not set correctly: FOO (wanted 'n', got", 'value'],
    ['error: unused option: FOO (it has no prompt)', 'unused'],
  ])('%s: its symbol counts all the same', (line, kind) => {
    expect(readLog(line)).toMatchObject({ outcome: 'fallout', fallout: [{ kind, symbol: 'FOO' }], unread: [line] });
  });

  it.each(['error: unused option: ', 'error: unused option: FOO-BAR', 'error: option not set correctly: ?'])(
    '%s: it blocks where it is all there is',
    (line) => {
      const log = [...PASS, ...PASS, line].join('\n');
      const reading = readLog(log);
      expect(reading).toMatchObject({ outcome: 'blocked', unread: [line.trimEnd()] });
      expect(reading.error?.message).toContain(line.trimEnd());
      expect(readLog(text(log, 'error: unused option: A'))).toMatchObject({
        outcome: 'fallout',
        fallout: [{ symbol: 'A' }],
        unread: [line.trimEnd()],
      });
    },
  );

  it('a warning, too', () => {
    const line = 'warning: unused option: FOO-BAR';
    expect(readLog(text(...PASS, ...PASS, line, 'installing'))).toMatchObject({ outcome: 'green', unread: [line] });
  });
});

describe('assertions on lines of their own', () => {
  it.each([
    ['is not enabled!', 'yes'],
    ['is not yes!', 'yes'],
    ['is not no!', 'no'],
    ['is not disabled!', 'no'],
    ['is not built as a module!', 'module'],
  ])('CONFIG_FOO %s', (what, value) => {
    const assertion = `Failed assertions:\n- CONFIG_FOO ${what}`;
    const trace = "       … while calling the 'head' builtin\n         at /nix/store/x/lib.nix:1:2:\n";
    for (const log of [
      `error:\n${assertion}`,
      `error: \n\n${assertion}\n(use '--show-trace' to show detailed location information)`,
      `error: ${assertion}`,
      `error:\n${trace}\n       error:\n${assertion.replace(/^/gm, '       ')}`,
    ]) {
      const reading = readLog(log);
      expect(reading).toMatchObject({ outcome: 'blocked', error: { message: assertion } });
      expect(reading.error?.hint).toContain(`FOO = ${value};`);
    }
  });

  it('several, and others', () => {
    const hint = expect.stringContaining('9P_FS = yes; BAR = module;') as string;
    const log = text(
      'error:',
      'Failed assertions:',
      '- CONFIG_9P_FS is not enabled!',
      '- CONFIG_BAR is not built as a module!',
    );
    expect(readLog(log)).toMatchObject({ outcome: 'blocked', error: { hint } });
    const other = text('error:', '       Failed assertions:', '       - The ‘fileSystems’ option lacks a root.');
    expect(readLog(other)).toMatchObject({
      outcome: 'blocked',
      error: { message: "Failed assertions:\n- The 'fileSystems' option lacks a root." },
    });
  });
});

describe('what was killed is infrastructure, and most likely lacked memory', () => {
  const WORDS = [
    'ld: line 269: 17796 Killed                  "$@"',
    'gcc: fatal error: Killed signal terminated program cc1',
    'x86_64-unknown-linux-gnu-gcc: internal compiler error: Killed (program cc1)',
    'make[2]: *** [scripts/Makefile.vmlinux:34: vmlinux] Killed',
    'collect2: fatal error: ld terminated with signal 9 [Killed]',
    "process didn't exit successfully: rustc (signal: 9, SIGKILL: kill)",
  ];
  const expected = { outcome: 'infrastructure', error: { hint: expect.stringContaining('memory') as string } };
  const after = ['make[1]: *** [Makefile:1167: vmlinux] Error 2', 'make: *** [Makefile:234: __sub-make] Error 2'];

  it.each(WORDS)('%s', (word) => {
    expect(readLog(text(...tail(KERNEL, word, ...after)))).toMatchObject(expected);
    expect(readLog(text(...[word, ...after].map((line) => `linux> ${line}`), failed(KERNEL)))).toMatchObject(expected);
    expect(readLog(text(`building '${KERNEL}'...`, '  LD vmlinux', word, ...after, failed(KERNEL)))).toMatchObject(
      expected,
    );
  });

  it('by exit code or signal alone', () => {
    expect(readLog(text(...tail(KERNEL, 'make: *** [Makefile:1167: vmlinux] Error 137')))).toMatchObject(expected);
    expect(readLog(`error: builder for '${KERNEL}' failed due to signal 9 (Killed)`)).toMatchObject(expected);
    expect(readLog(`error: builder for '${KERNEL}' failed with exit code 137`)).toMatchObject(expected);
  });
});

describe("make's *** line says why", () => {
  const handedOn = [1, 2, 3, 4, 5].map((i) => `make[${6 - i}]: *** [/build/linux/Makefile:${i}: x] Error 2`);
  const CASES: [string, string[], string][] = [
    [
      'no such defconfig',
      ['***', '*** Can\'t find default configuration "arch/x86/configs/foo_defconfig"!', '***'],
      'the architecture x86 of this kernel has no foo_defconfig',
    ],
    [
      'no such defconfig of another architecture',
      ['*** Can\'t find default configuration "arch/arm64/configs/bar.config"!'],
      'the architecture arm64 of this kernel has no bar.config',
    ],
    ['no rule', ["make[1]: *** No rule to make target 'foo_defconfig'.  Stop."], 'this kernel has no foo_defconfig'],
    [
      'a used source',
      ['***', "*** The source tree is not clean, please run 'make ARCH=x86_64 mrproper'", '*** in /build/linux', '***'],
      'make mrproper',
    ],
    ['anything else', ['Makefile:755: *** multiple target patterns.  Stop.'], 'the settings are not to blame'],
  ];

  it.each(CASES)('%s', (_, stars, hint) => {
    const reason = stars.find((line) => /\*\*\* ./.test(line))?.replace(/^.*?\*\*\* |\s+Stop\.$/g, '') ?? '';
    const lines = [...stars, ...handedOn];
    for (const log of [
      lines.join('\n'),
      text(...lines.map((line) => `GOT: ${line}`), 'error: unused option: A', 'error: unused option: B'),
      text(...lines.map((line) => `linux-config> ${line}`), failed(OLD)),
      text(...tail(OLD, ...lines)),
    ]) {
      const reading = readLog(log);
      expect(reading).toMatchObject({ outcome: 'blocked', fallout: [] });
      expect(reading.error?.message).toContain(reason);
      expect(reading.error?.hint).toContain(hint);
    }
  });

  it('of another derivation its last words are told without those that hand on', () => {
    const log = text(
      ...tail(KERNEL, "foo.c:1:1: error: unknown type name 'x'", ...handedOn),
      failed(OLD)
        .replace('builder for', '1 dependencies of derivation')
        .replace(/ with.*/, ' to build'),
    );
    expect(readLog(log).error?.message).toBe("linux-6.9.3 failed to build:\nfoo.c:1:1: error: unknown type name 'x'");
  });
});

describe('two failed config builds in one log', () => {
  const both = { outcome: 'fallout', fallout: [{ symbol: 'FOO' }, { symbol: 'BAR' }] };
  const [foo, bar] = ['error: unused option: FOO', 'error: unused option: BAR'];

  it.each([
    [
      'without -L',
      text(...tail(OLD, foo), ...tail(NEW, bar), `error: 2 dependencies of derivation '${KERNEL}' failed to build`),
    ],
    [
      'of Nix 2.3',
      text(
        ...[
          [OLD, foo],
          [NEW, bar],
        ].flatMap(([drv, line]) => [
          `builder for '${drv ?? ''}' failed with exit code 255; last 10 log lines:`,
          `  ${line ?? ''}`,
        ]),
      ),
    ],
    [
      'of Nix 2.30',
      text(
        ...[
          [OLD, foo],
          [NEW, bar],
        ].flatMap(([drv, line]) => [
          `error: Cannot build '${drv ?? ''}'.`,
          '       Reason: builder failed with exit code 255.',
          '       Last 1 log lines:',
          `       > ${line ?? ''}`,
        ]),
      ),
    ],
    [
      'with -L',
      text(
        ...[...PASS, foo].map((line) => `linux-config-5.4.0> ${line}`),
        ...[...PASS, bar].map((line) => `linux-config-6.1.0> ${line}`),
        failed(OLD),
        failed(NEW),
      ),
    ],
    [
      'with -L and one prefix for both',
      text(...[...PASS, foo, ...PASS, bar].map((line) => `linux-config> ${line}`), failed(OLD), failed(NEW)),
    ],
    ['of nix-build --keep-going', text(...PASS, foo, failed(OLD), ...PASS, bar, failed(NEW))],
    [
      'as internal-json',
      text(
        ...[
          [OLD, foo],
          [NEW, bar],
        ]
          .flatMap(([drv = '', line = ''], id) => [
            { action: 'start', id, type: 105, level: 3, text: '', fields: [drv] },
            ...[...PASS, line].map((said) => ({ action: 'result', id, type: 101, fields: [said] })),
            { action: 'msg', level: 0, msg: failed(drv) },
          ])
          .map((record) => `@nix ${JSON.stringify(record)}`),
      ),
    ],
  ])('%s', (_, log) => {
    const reading = readLog(log);
    expect({ ...reading, fallout: reading.fallout.toSorted((a, b) => (a.symbol > b.symbol ? -1 : 1)) }).toMatchObject(
      both,
    );
  });
});

describe('a choice at which the script died', () => {
  it("kconfig's mark is nobody's wish", () => {
    const log = text(
      ...PASS,
      'GOT: Preemption Model',
      'GOT:   1. A (PREEMPT_NONE)',
      'GOT: > 2. B (PREEMPT_VOLUNTARY)',
      'GOT:   3. C (PREEMPT)',
      'conflicting answers! at /x line 3.',
    );
    const cause = { kind: 'two-yes', members: ['PREEMPT_NONE', 'PREEMPT_VOLUNTARY', 'PREEMPT'] };
    expect(readLog(log)).toMatchObject({
      outcome: 'fallout',
      fallout: [{ kind: 'choice', wanted: null, by: null, cause }],
    });
  });
});

describe('a help whose first line is cut off', () => {
  it.each([
    [['GOT:   Depends on: BUS [=m]'], { kind: 'needs', condition: { symbol: 'BUS', value: 'm', needed: 'y' } }],
    [
      [
        'GOT:   Location:',
        'GOT:     -> Drivers',
        'GOT:   Depends on: NET [=y] && BUS [=m]',
        'GOT: ',
        'GOT: Foo (FOO) [N/m/?] (NEW)',
      ],
      { kind: 'needs', condition: { symbol: 'BUS', value: 'm', needed: 'y' } },
    ],
    [['GOT:   Visible if: MENU [=n]'], { kind: 'needs', condition: { symbol: 'MENU', value: 'n' } }],
  ])('%j', (help, cause) => {
    const end = ['QUESTION: Foo, NAME: FOO, ALTS: N/m/?, ANSWER: y', 'repeated question: Foo at /x line 3.'];
    expect(readLog(text(...help, ...end))).toMatchObject({ fallout: [{ kind: 'repeated', symbol: 'FOO', cause }] });
    expect(readLog(text(...tail(OLD, ...help, ...end)))).toMatchObject({
      fallout: [{ kind: 'repeated', symbol: 'FOO', cause }],
    });
  });

  it('of an n that is refused: what selects it', () => {
    const log = text(
      'GOT:   Selected by [m]:',
      'GOT:   - DRV [=m] && BUS [=y]',
      'QUESTION: Foo, NAME: FOO, ALTS: M/y/?, ANSWER: n',
      'repeated question: Foo at /x line 3.',
    );
    expect(readLog(log)).toMatchObject({
      fallout: [{ symbol: 'FOO', cause: { kind: 'selected', by: [{ symbol: 'DRV', level: 'm' }] } }],
    });
  });

  it("is nobody else's: a later question has its own", () => {
    const log = text(
      'GOT:   Depends on: BUS [=m]',
      'QUESTION: A, NAME: A, ALTS: N/y/?, ANSWER: n',
      'QUESTION: Foo, NAME: FOO, ALTS: N/m/?, ANSWER: y',
      'repeated question: Foo at /x line 3.',
    );
    expect(readLog(log).fallout).toMatchObject([{ symbol: 'FOO' }]);
    expect(readLog(log).fallout[0]?.cause).toBeUndefined();
  });
});

it('the text claims no value that the log does not give', () => {
  const shown = (log: string): string => logReadingLines(readLog(log), PLAIN).join('\n');
  expect(shown('GOT:   1. A (A)\nGOT: > 2. B (B)\nconflicting answers! at /x line 3.')).not.toMatch(/wanted y/);
  expect(shown('error: option not set correctly: FOO')).toMatch(/FOO +not set as asked/);
  expect(shown('error: unused option: FOO-BAR')).toContain('not understood: error: unused option: FOO-BAR');
});
