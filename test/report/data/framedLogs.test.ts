import { describe, expect, it } from 'vitest';
import type { LogReading } from '../../../src/report/data/documentSchemas.ts';
import { readLog } from '../../../src/report/data/readLog.ts';
import { framed, FRAMES } from '../../helpers/logFrames.ts';
import { log, LOGS } from '../../helpers/recordedLogs.ts';

const DRV = `/nix/store/${'a'.repeat(32)}-linux-config-5.4.0.drv`;
const TAIL = [
  `error: builder for '${DRV}' failed with exit code 255;`,
  '       last 10 log lines:',
  '       > GOT: y',
  '       > warning: unused option: BAR',
  '       > error: unused option: FOO',
  `       For full logs, run 'nix log ${DRV}'.`,
];
const BARE = [
  'generating kernel configuration...',
  'GOT: * Linux/x86 6.1.0 Kernel Configuration',
  'QUESTION: Foo, NAME: FOO, ALTS: N/y/?, ANSWER: y',
  'GOT: y',
  'GOT: # configuration written to .config',
  'warning: unused option: BAR',
  'error: unused option: FOO',
];

const said = ({ outcome, fallout, error }: LogReading): unknown => ({
  outcome,
  fallout: fallout.map(({ kind, symbol, wanted, got, cause }) => ({ kind, symbol, wanted, got, cause })),
  error: error === undefined ? undefined : { ...error, hint: undefined },
});

/** Recorded logs, and what each says without a frame. */
const PLAIN = LOGS.filter((name) => /^(?:small-.*\.nixlog|[efgj].*\.(?:plain|json)|i.*2\.26\.plain)$/.test(name)).map(
  (name) => [name, said(readLog(log(name)))] as const,
);

describe.each(Object.entries(FRAMES))('%s before every line', (_, prefix) => {
  it('of what Nix prints without -L', () => {
    const expected = {
      outcome: 'fallout',
      cut: true,
      drvPath: DRV,
      fallout: [{ symbol: 'FOO' }],
      warnings: [{ symbol: 'BAR' }],
    };
    expect(readLog(framed(TAIL, prefix))).toMatchObject(expected);
  });

  it('of -L, of one line of it, and of a bare log', () => {
    const expected = { outcome: 'fallout', fallout: [{ kind: 'unused', symbol: 'FOO' }] };
    const prefixed = BARE.map((line) => `linux-config> ${line}`);
    expect(readLog(framed(prefixed, prefix))).toMatchObject(expected);
    expect(readLog(framed(prefixed.slice(-1), prefix))).toMatchObject(expected);
    expect(readLog(framed(BARE, prefix))).toMatchObject(expected);
  });

  it.each(PLAIN)('of %s', (name, unframed) => {
    expect(said(readLog(framed(log(name).split('\n'), prefix)))).toEqual(unframed);
  });
});

describe('parts of a frame', () => {
  it('one line of a box alone', () => {
    expect(readLog('┃        > error: unused option: FOO')).toMatchObject({
      outcome: 'fallout',
      fallout: [{ symbol: 'FOO' }],
    });
  });

  it('the end of a box', () => {
    const text = `┃ error: builder for '${DRV}' failed with exit code 255;\n┃        last 10 log lines:\n┃        > error: unused option: FOO`;
    expect(readLog(text)).toMatchObject({ outcome: 'fallout', drvPath: DRV, fallout: [{ symbol: 'FOO' }] });
    expect(readLog(`$ nom build\nthese 2 derivations will be built:\n  ${DRV}\n${text}`)).toMatchObject({
      outcome: 'fallout',
      fallout: [{ symbol: 'FOO' }],
    });
  });

  it('a border on both sides', () => {
    expect(readLog(TAIL.map((line) => `│ ${line.padEnd(110)} │`).join('\n'))).toMatchObject({
      outcome: 'fallout',
      fallout: [{ symbol: 'FOO' }],
    });
  });

  it('JSON lines of a container or a journal', () => {
    const time = '2024-05-01T00:00:00Z';
    for (const key of ['log', 'MESSAGE']) {
      const text = BARE.map((line) => JSON.stringify({ [key]: `${line}\n`, stream: 'stderr', time })).join('\n');
      expect(readLog(text)).toMatchObject({ outcome: 'fallout', fallout: [{ symbol: 'FOO' }], unread: [] });
    }
  });
});

describe('what only looks like a frame', () => {
  it("a compiler's place before its error", () => {
    expect(readLog("  CC a.o\nfoo.c:12:3: error: expected ';'\nmake: *** [x] Error 1")).toMatchObject({
      outcome: 'unknown',
    });
  });

  it('a sentence', () => {
    expect(readLog('I got an error: unused option: FOO')).toMatchObject({ outcome: 'unknown', fallout: [] });
  });

  it("kconfig's mark of the current member of a choice", () => {
    const text = [
      ...BARE,
      'GOT: > 2. B (PREEMPT_VOLUNTARY)',
      'CHOICE: 1-2?, ANSWER: 2',
      'error: unused option: C',
    ].join('\n');
    expect(readLog(text).fallout.map(({ symbol }) => symbol)).toEqual(['C', 'FOO']);
  });
});
