import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogReading } from '../../../src/report/data/documentSchemas.ts';
import { readLog } from '../../../src/report/data/readLog.ts';
import { shapeLog } from '../../../src/nix/logForm.ts';
import { log, LOGS } from '../../helpers/recordedLogs.ts';

const DRV = '/nix/store/vyxvj7wzxjdsk07maka33ximrmyn6n4n-linux-config-6.12.117.drv';

/** What is the same in every form: all but the cut, the warnings that a tail hides, and where the log came from. */
const said = ({ outcome, fallout, error }: LogReading): unknown => ({
  outcome,
  fallout: fallout.map(({ kind, symbol, wanted, got }) => ({ kind, symbol, wanted, got })),
  error: error === undefined ? undefined : { ...error, hint: undefined },
});

const none = undefined;
const FORM: Record<string, string> = { L: 'prefixed', json: 'internal-json', nixlog: 'nix-log', plain: 'plain' };
const conflict = {
  message: expect.stringContaining("`settings.HIDRAW.tristate' has conflicting definition values") as string,
  hint: none,
};
const SITUATIONS: Record<string, unknown> = {
  'e1-conflict-nixos': {
    outcome: 'fallout',
    fallout: [{ kind: 'conflict', symbol: 'HIDRAW', wanted: 'n', got: null }],
    error: conflict,
  },
  'f1-syntax-missing-semicolon': {
    outcome: 'blocked',
    fallout: [],
    error: {
      message: "syntax error, unexpected '=', expecting ';'",
      file: 'patches.nix',
      line: 119,
      column: 29,
      hint: none,
    },
  },
  'g1-undefined-variable': {
    outcome: 'blocked',
    fallout: [],
    error: { message: "undefined variable 'yess'", file: 'patches.nix', line: 113, column: 28, hint: none },
  },
  'h-repeated-question': {
    outcome: 'fallout',
    fallout: [{ kind: 'repeated', symbol: 'X86_AMD_FREQ_SENSITIVITY', wanted: 'y', got: 'n' }],
    error: none,
  },
  'i-unused-option': {
    outcome: 'fallout',
    fallout: [{ kind: 'unused', symbol: 'NO_SUCH_OPTION_AT_ALL', wanted: null, got: null }],
    error: none,
  },
  'j-not-set-correctly': {
    outcome: 'fallout',
    fallout: [
      { kind: 'value', symbol: 'CRC32', wanted: 'n', got: 'y' },
      { kind: 'value', symbol: 'CRYPTO_HASH', wanted: 'n', got: 'y' },
    ],
    error: none,
  },
  'linux-value': {
    outcome: 'fallout',
    fallout: [
      { kind: 'value', symbol: 'CRYPTO_HASH', wanted: 'n', got: 'y' },
      { kind: 'value', symbol: 'RTLWIFI', wanted: 'n', got: 'm' },
    ],
    error: none,
  },
  'm1-module-not-found': {
    outcome: 'blocked',
    fallout: [],
    error: { message: 'the initrd needs the module ahci, which this kernel does not have', hint: none },
  },
  'small-choice': {
    outcome: 'fallout',
    fallout: [{ kind: 'choice', symbol: 'PREEMPT', wanted: 'y', got: 'n' }],
    error: none,
  },
  'small-choice-strict': {
    outcome: 'fallout',
    fallout: [{ kind: 'choice', symbol: 'PREEMPT_VOLUNTARY', wanted: null, got: null }],
    error: none,
  },
  'small-clamping': {
    outcome: 'fallout',
    fallout: [
      { kind: 'clamped', symbol: 'CRC32', wanted: 'n', got: 'y' },
      { kind: 'clamped', symbol: 'E1000E', wanted: 'y', got: 'm' },
      { kind: 'value', symbol: 'RTLWIFI', wanted: 'n', got: 'm' },
    ],
    error: none,
  },
  'small-first-error': {
    outcome: 'fallout',
    fallout: [{ kind: 'value', symbol: 'RTLWIFI', wanted: 'n', got: 'm' }],
    error: none,
  },
  'small-hex': {
    outcome: 'fallout',
    fallout: [{ kind: 'value', symbol: 'PHYSICAL_ALIGN', wanted: '400000', got: '0x400000' }],
    error: none,
  },
  'small-ignore-errors': { outcome: 'green', fallout: [], error: none },
  'small-legacy': {
    outcome: 'fallout',
    fallout: [{ kind: 'value', symbol: 'RTLWIFI', wanted: 'n', got: 'm' }],
    error: none,
  },
  'small-patch-does-not-apply': {
    outcome: 'blocked',
    fallout: [],
    error: { message: 'the source patch broken.patch does not apply to Kconfig: Hunk #1 FAILED at 1.', hint: none },
  },
  'small-repeated-int': {
    outcome: 'fallout',
    fallout: [{ kind: 'repeated', symbol: 'LOG_BUF_SHIFT', wanted: '40', got: '17' }],
    error: none,
  },
  'small-repeated-n': {
    outcome: 'fallout',
    fallout: [{ kind: 'repeated', symbol: 'CRC32', wanted: 'n', got: 'm' }],
    error: none,
  },
  'small-repeated-y': {
    outcome: 'fallout',
    fallout: [{ kind: 'repeated', symbol: 'E1000E', wanted: 'y', got: 'm' }],
    error: none,
  },
  'small-silent': { outcome: 'green', fallout: [], error: none },
  'small-unused': {
    outcome: 'fallout',
    fallout: [
      { kind: 'unused', symbol: 'RTL8192CEE', wanted: null, got: null },
      { kind: 'unused', symbol: 'USB_SERIAL_CONSOLE', wanted: null, got: null },
    ],
    error: none,
  },
};

describe('recorded logs', () => {
  it.each(
    LOGS.filter((name) => name !== 'h-repeated-question.nix2.8.plain' && name !== 'h-repeated-question.nix2.26.plain'),
  )('%s', (name) => {
    const [situation = '', form = ''] = [name.split('.')[0], name.split('.').at(-1)];
    const reading = readLog(log(name));
    expect(said(reading)).toEqual(SITUATIONS[situation]);
    const isBuild = /^[hij]-/.test(name);
    expect(reading.cut).toBe(isBuild && form === 'plain');
    if (isBuild)
      expect([shapeLog(log(name)).form, reading.drvPath]).toEqual([
        FORM[form],
        expect.stringMatching(/^\/nix\/store\/[0-9a-z]{32}-linux-config-6\.12\.117\.drv$/),
      ]);
  });

  it.each(['h-repeated-question.nix2.8.plain', 'h-repeated-question.nix2.26.plain'])(
    '%s hides the question: it says where the whole log is',
    (name) => {
      expect(readLog(log(name))).toMatchObject({
        outcome: 'fallout',
        fallout: [],
        cut: true,
        error: { hint: `the whole log: nix log ${DRV}` },
      });
    },
  );

  it('says why, as far as the log does', () => {
    expect(readLog(log('h-repeated-question.nix2.26.L')).fallout[0]).toMatchObject({
      offered: ['n', 'm'],
      cause: { kind: 'needs', condition: { symbol: 'CPU_FREQ_GOV_ONDEMAND', value: 'm', needed: 'y' } },
      by: null,
    });
    expect(readLog(log('small-choice.json')).fallout[0]?.cause).toEqual({
      kind: 'choice',
      with: ['PREEMPT_VOLUNTARY'],
    });
    expect(readLog(log('i-unused-option.nix2.26.json')).warnings).toHaveLength(14);
  });
});

const HEADER = [
  'generating kernel configuration...',
  'GOT: *',
  'GOT: * Linux/x86 6.1.0 Kernel Configuration',
  'QUESTION: Foo, NAME: FOO, ALTS: N/y/?, ANSWER: y',
  'GOT: y',
  'GOT: # configuration written to .config',
];
const FAILED = `error: builder for '${DRV}' failed with exit code 255`;

it.each(LOGS.filter((name) => /^small-.*\.nixlog$/.test(name)))('%s says the same in every form', (name) => {
  const lines = log(name)
    .split('\n')
    .filter((line) => !line.startsWith('@nix ') && !line.startsWith('got build log'));
  const expected = said(readLog(log(name)));
  const end = (expected as { outcome: string }).outcome === 'green' ? [] : [FAILED];
  const record = (text: string, type: number, fields: unknown[]): string =>
    `@nix ${JSON.stringify({ type, parent: 0, id: 9, level: 3, action: text === '' ? 'result' : 'start', text, fields, payload: [] })}`;
  const json = [
    record('building', 105, [DRV, '', 1, 1]),
    'a plain line',
    ...lines.map((line) => record('', 101, [line])),
    '@nix {"id":9,"action":"stop"}',
    ...end.map((msg) => `@nix ${JSON.stringify({ msg: `\u001b[31;1m${msg}\u001b[0m`, level: 0, action: 'msg' })}`),
  ];
  expect(said(readLog(json.join('\n')))).toEqual(expected);
  expect(said(readLog([...lines.map((line) => `linux-config> ${line}`), ...end].join('\n')))).toEqual(expected);
  expect(said(readLog([...lines.map((line) => `linux-config-6.12> ${line}`.trimEnd()), ...end].join('\r\n')))).toEqual(
    expected,
  );
  expect(said(readLog([`building '${DRV}'...`, ...lines, ...end].join('\n')))).toEqual(expected);
});

it('of two y in one choice the one answered last stays', () => {
  const listing = (answer: number): string[] => [
    'GOT: > 1. Voluntary (PREEMPT_VOLUNTARY)',
    'GOT:   2. Full (PREEMPT)',
    `CHOICE: 1-2?, ANSWER: ${answer}`,
  ];
  const text = [
    ...HEADER,
    ...listing(1),
    ...HEADER,
    ...listing(2),
    "error: option not set correctly: PREEMPT_VOLUNTARY (wanted 'y', got 'n')",
    'warning: unused option: X',
  ].join('\n');
  expect(readLog(text).fallout).toMatchObject([
    {
      kind: 'choice',
      symbol: 'PREEMPT_VOLUNTARY',
      wanted: 'y',
      got: 'n',
      cause: { kind: 'choice', with: ['PREEMPT'] },
      by: null,
      position: null,
    },
  ]);
});

describe('logs as people paste them', () => {
  it.each<[string, string, object]>([
    [
      'Nix 2.29 and later',
      `error: Cannot build '${DRV}'.\n       Reason: builder failed with exit code 255.\n       Output paths:\n         /nix/store/aaa-linux-config-6.12.117\n       Last 25 log lines:\n       > GOT: y\n       > error: unused option: FOO\n       > warning: unused option: XEN\n       For full logs, run:\n         nix log ${DRV}\n`,
      { outcome: 'fallout', cut: true, fallout: [{ symbol: 'FOO' }], warnings: [{ symbol: 'XEN' }] },
    ],
    [
      'Lix',
      `${FAILED};\n       last 25 log lines:\n       > GOT: y\n       > error: unused option: FOO\n       For full logs, run:\n       \tnix log ${DRV}\nerror: 1 dependencies of derivation '/nix/store/b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1-linux-6.12.117.drv' failed to build`,
      { outcome: 'fallout', cut: true, fallout: [{ symbol: 'FOO' }] },
    ],
    [
      'nix-build: bare lines, then Nix',
      [
        "building '" + DRV + "'...",
        'unpacking sources',
        ...HEADER,
        "error: option not set correctly: B (wanted 'y', got 'm')",
        FAILED,
      ].join('\n'),
      { outcome: 'fallout', cut: false, fallout: [{ symbol: 'B' }], drvPath: DRV },
    ],
    [
      '-L with the version in the prefix',
      [...HEADER, 'error: unused option: FOO'].map((line) => `linux-config-6.12.117> ${line}`).join('\n'),
      { outcome: 'fallout', fallout: [{ symbol: 'FOO' }], form: 'prefixed' },
    ],
    [
      '-L beside another derivation',
      [...HEADER, 'error: unused option: FOO']
        .flatMap((line) => [`linux-config> ${line}`, 'bison> error: unused option: BAR'])
        .join('\n'),
      { outcome: 'fallout', fallout: [{ symbol: 'FOO' }] },
    ],
    [
      'the verdict alone',
      'error: unused option: FOO\nwarning: unused option: BAR',
      { outcome: 'fallout', cut: true, fallout: [{ symbol: 'FOO' }] },
    ],
    [
      'a script from before 2018',
      [...HEADER, ...HEADER, 'unused option: BAR', 'option not set correctly: FOO'].join('\n'),
      { outcome: 'fallout', fallout: [{ kind: 'value', symbol: 'FOO', wanted: null }], warnings: [{ symbol: 'BAR' }] },
    ],
    [
      'the quotes of Nix 1',
      `${[...HEADER, 'option not set correctly: FOO'].join('\n')}\nbuilder for \u2018${DRV}\u2019 failed with exit code 25\nerror: build of \u2018${DRV}\u2019 failed`,
      { outcome: 'fallout', fallout: [{ symbol: 'FOO' }], drvPath: DRV },
    ],
    [
      'plain and green',
      `this derivation will be built:\n  ${DRV}\nbuilding '${DRV}'...\n`,
      { outcome: 'green', cut: true, drvPath: DRV },
    ],
    [
      'green, then the toolchain',
      [...HEADER, ...HEADER, "Kernel config didn't recognize the clang compiler?"].join('\n'),
      { outcome: 'blocked', error: { message: "Kernel config didn't recognize the clang compiler?" } },
    ],
    [
      'green, as stdenv ended a build before 2023',
      [...HEADER, ...HEADER, 'warning: unused option: A', 'installing'].join('\n'),
      { outcome: 'green' },
    ],
    [
      'a line that only looks like an error of Nix',
      [...HEADER, 'repeated question: X at /x line 3.', 'error:what make said', 'error: unused option: A'].join('\n'),
      { outcome: 'fallout', fallout: [{ symbol: 'A' }] },
    ],
    [
      'a warning of which only the beginning is left, and the verdict behind it',
      [...HEADER, 'warning: unused option: A', 'error:', 'error: unused option: B'].join('\n'),
      { outcome: 'fallout', fallout: [{ symbol: 'B' }] },
    ],
    [
      'cut within the verdict: what follows may be an error',
      [...HEADER, ...HEADER, 'warning: unused option: A'].join('\n'),
      {
        outcome: 'unknown',
        warnings: [{ symbol: 'A' }],
        error: { message: 'this log ends before the script had given its whole verdict' },
      },
    ],
    [
      'a killed build',
      [...HEADER, 'QUESTION: Bar, NAME: BAR, ALTS: N/y/?, ANSWER: y'].join('\n'),
      { outcome: 'unknown' },
    ],
    ['a failure without a log', FAILED, { outcome: 'unknown', error: { hint: `the whole log: nix log ${DRV}` } }],
    [
      'a dependency',
      `error: builder for '/nix/store/h1h1h1h1h1h1h1h1h1h1h1h1h1h1h1h1-bison-3.8.drv' failed with exit code 1;\n       last 1 log lines:\n       > no acceptable C compiler\nerror: 1 dependencies of derivation '${DRV}' failed to build`,
      { outcome: 'blocked', error: { message: 'bison-3.8 failed to build:\nno acceptable C compiler' } },
    ],
    [
      'the disk',
      `linux-config> tar: x: Cannot write: No space left on device\n${FAILED}`,
      { outcome: 'infrastructure' },
    ],
    [
      'a file that ends too early',
      'error: syntax error, unexpected end of file\n\n       at /tmp/x/nix/store/8aj4ya42zn00hw9imsgxw52ih4zcpb0j-source/p.nix:1:9:',
      { outcome: 'blocked', error: { file: 'p.nix', line: 1, column: 9 } },
    ],
    ['nothing', '', { outcome: 'unknown', fallout: [], cut: false }],
    ['something else', 'hello\nworld', { outcome: 'unknown' }],
  ])('%s', (_, text, expected) => {
    expect({ ...readLog(text), form: shapeLog(text).form }).toMatchObject(expected);
    const pasted = `\ufeff${text
      .split('\n')
      .map((line) => `    ${line.replace('error:', '\u001b[31;1merror:\u001b[0m')}`)
      .join('\r\n')}\r\n`;
    expect(said(readLog(pasted))).toEqual(said(readLog(text)));
    expect(said(readLog(`\`\`\`console\n${text}\n\`\`\``))).toEqual(said(readLog(text)));
  });

  it('reads the end of an internal-json log whose beginning is gone', () => {
    const tail = (name: string, lines: number): LogReading => readLog(log(name).split('\n').slice(-lines).join('\n'));
    expect(tail('i-unused-option.nix2.26.json', 60)).toMatchObject({
      outcome: 'fallout',
      cut: true,
      fallout: [{ symbol: 'NO_SUCH_OPTION_AT_ALL' }],
      drvPath: expect.stringContaining('linux-config') as string,
    });
    expect(tail('h-repeated-question.nix2.8.json', 60)).toMatchObject({
      outcome: 'fallout',
      cut: true,
      fallout: [],
      error: { hint: `the whole log: nix log ${DRV}` },
    });
  });

  // Each was looked through again from each of its places: an hour, which is more than a test gets.
  it.each([
    `/nix/store/${'a'.repeat(32)}-linux-config-`,
    `error: /nix/store/${'a'.repeat(32)}-source/`,
    'error: unable to download ',
    "error: unable to download 'x': ",
    'error: value is a while ',
    'error: Did you mean ',
    'error: renamed extraStructuredConfig ',
    "error: The option `settings.A.tristate' ",
  ])('comes to an end with a megabyte of %j', (piece) => {
    const text = piece + piece.replace('error: ', '').repeat(1e6 / piece.length);
    expect(['unknown', 'blocked', 'infrastructure', 'fallout']).toContain(readLog(text).outcome);
  });

  it('never throws, whatever is cut or changed', () => {
    const pool = [
      'small-choice.json',
      'small-choice.nixlog',
      'h-repeated-question.nix2.26.plain',
      'i-unused-option.nix2.26.plain',
      'g1-undefined-variable.nix2.26.json',
      'e1-conflict-nixos.nix2.26.plain',
    ].flatMap((name) => log(name).split('\n').slice(-150));
    const line = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...pool) },
      fc.string(),
      fc.record({ text: fc.constantFrom(...pool), at: fc.nat(80) }).map(({ text, at }) => text.slice(at)),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), (lines) => void readLog(lines.join('\n'))),
      { numRuns: 150 },
    );
  });
});
