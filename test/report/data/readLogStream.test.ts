import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { LogReading } from '../../../src/report/data/documentSchemas.ts';
import { readLog } from '../../../src/report/data/readLog.ts';
import { readLogStream } from '../../../src/report/data/readLogStream.ts';
import { framed, FRAMES } from '../../helpers/logFrames.ts';

const LIMIT = 20_000;
const DRV = `/nix/store/${'a'.repeat(32)}-linux-config-6.12.1.drv`;
const OTHER = `/nix/store/${'b'.repeat(32)}-linux-6.12.1.drv`;

/** What a config build says that ends at a refused answer, and one that ends with its verdict. */
const BUILDS = {
  died: [
    'generating kernel configuration...',
    'GOT: * Linux/x86 6.12.1 Kernel Configuration',
    'QUESTION: Foo, NAME: FOO, ALTS: N/m/?, ANSWER: y',
    'GOT: y',
    ...Array.from({ length: 5 }, (_, i) => `GOT: some help ${i}`),
    'repeated question: Foo at /nix/store/x/generate-config.pl line 91.',
  ],
  failed: [
    'generating kernel configuration...',
    'GOT: * Linux/x86 6.12.1 Kernel Configuration',
    'QUESTION: Foo, NAME: FOO, ALTS: N/y/?, ANSWER: y',
    'GOT: > 1. None (PREEMPT_NONE)',
    'GOT:   2. Voluntary (PREEMPT_VOLUNTARY) (NEW)',
    'GOT: choice[1-2?]: 1',
    'CHOICE: 1-2?, ANSWER: 1',
    'GOT: # configuration written to .config',
    'warning: unused option: BAR',
    "error: option not set correctly: FOO (wanted 'y', got 'n')",
    'error: unused option: BAZ',
  ],
  passed: [
    'generating kernel configuration...',
    'GOT: * Linux/x86 6.12.1 Kernel Configuration',
    'QUESTION: Foo, NAME: FOO, ALTS: N/y/?, ANSWER: y',
    'GOT: # configuration written to .config',
    'QUESTION: Foo, NAME: FOO, ALTS: N/y/?, ANSWER: y',
    'GOT: # configuration written to .config',
    'warning: unused option: BAR',
    'Running phase: installPhase',
  ],
};
const ERROR = [`error: builder for '${DRV}' failed with exit code 255;`, `       For full logs, run 'nix log ${DRV}'.`];

const noise = (i: number): string =>
  ['  CC      drivers/net/foo.o', 'drivers/a.c:12:3: warning: unused variable', 'QUESTION', 'checking x... no'][
    i % 4
  ] ?? '';
const long = (line: (i: number) => string): string[] => Array.from({ length: 1200 }, (_, i) => line(i));

type Form = { before: string[]; build: (lines: readonly string[]) => string[]; after: string[] };

const record = (fields: object): string => `@nix ${JSON.stringify(fields)}`;
const logged = (id: number, line: string): string => record({ action: 'result', fields: [line], id, type: 101 });
const started = (id: number, drv: string): string =>
  record({ action: 'start', fields: [drv, '', 1, 1], id, level: 3, parent: 0, text: `building '${drv}'`, type: 105 });

/** A config build in the middle of other lines, in each form. */
const FORMS: Record<string, Form> = {
  'nix log': { before: long(noise), build: (lines) => [...lines], after: long(noise) },
  '-L': {
    before: long((i) => `linux> ${noise(i)}`),
    build: (lines) => lines.map((line) => `linux-config> ${line}`),
    after: long((i) => `linux> ${noise(i)}`),
  },
  '-L with versions': {
    before: long((i) => `linux-6.12.1> ${noise(i)}`),
    build: (lines) => lines.map((line) => `linux-config-6.12.1 (build)> ${line}`),
    after: long((i) => `linux-6.12.1> ${noise(i)}`),
  },
  'internal-json': {
    before: [started(7, OTHER), ...long((i) => logged(7, noise(i)))],
    build: (lines) => [started(9, DRV), ...lines.map((line) => logged(9, line)), record({ action: 'stop', id: 9 })],
    after: long((i) => logged(7, noise(i))),
  },
};

const said = ({ outcome, fallout, warnings, error }: LogReading): unknown => ({
  outcome,
  fallout,
  warnings,
  error: error?.message,
});

const read = async (lines: string): Promise<LogReading> => readLogStream(Readable.from([Buffer.from(lines)]), LIMIT);

describe.each(Object.entries(FORMS))(
  'the verdict in the middle of a long log, as %s',
  (form, { before, build, after }) => {
    describe.each(Object.entries(BUILDS))('of a config build that %s', (_, lines) => {
      const short = build(lines);
      const whole = [...before, ...short, ...after];

      it('is read, and the log is said to be cut', async () => {
        const reading = await read(whole.join('\n'));
        expect(said(reading)).toEqual(said(readLog(short.join('\n'))));
        expect(reading.cut).toBe(true);
        expect(reading.fallout.length + reading.warnings.length).toBeGreaterThan(0);
        if (form === 'internal-json') expect(reading.drvPath).toBe(DRV);
      });

      it.each(Object.entries(FRAMES))('also in %s', async (__, frame) => {
        expect(said(await read(framed(whole, frame)))).toEqual(said(readLog(framed(short, frame))));
      });
    });
  },
);

describe('the verdict in the middle of a long log', () => {
  const { before, build, after } = FORMS['-L'] as Form;
  const whole = [...before, ...build(BUILDS.failed), ...after];
  const expected = said(readLog(build(BUILDS.failed).join('\n')));
  const escaped = (line: string): string =>
    line.replace(/[&<>']/g, (character) => `&#${character.charCodeAt(0)};`).replaceAll(' ', '&nbsp;');

  it.each<[string, (line: string) => string]>([
    ['JSON lines of a container', (line) => JSON.stringify({ log: `${line}\n`, stream: 'stderr' })],
    ['JSON lines of a journal', (line) => JSON.stringify({ _PID: '1', ['MESSAGE']: line })],
    ['HTML', (line) => `<span class="line">${escaped(line)}</span>`],
    ['colours', (line) => `\u001b[35m${line.replace('error:', '\u001b[31;1merror:\u001b[0m')}\u001b[0m`],
    ['typographic quotes and blanks', (line) => line.replaceAll("'", '\u2019').replaceAll(' ', '\u00a0')],
    ['a box of two borders', (line) => `│ ${line.padEnd(110)} │`],
    ['an indented text', (line) => `        ${line}`],
    ['lines that rewrite themselves', (line) => `[1/2 built]\r${line}`],
  ])('in %s', async (_, form) => {
    expect(said(await read(whole.map(form).join('\n')))).toEqual(expected);
  });

  it('of two kernels at once, each with the question at which it died', async () => {
    const prefixed = (name: string, lines: readonly string[]): string[] => lines.map((line) => `${name}> ${line}`);
    const died = BUILDS.died.map((line) => line.replace(/Foo/g, 'Other').replace('FOO', 'OTHER'));
    const [one, two] = [prefixed('linux-config-6.1', BUILDS.died), prefixed('linux-config-6.6', died)];
    const mixed = one.flatMap((line, i) => [line, two[i] ?? '']);
    const reading = await read([...before, ...mixed, ...after].join('\n'));
    expect(reading.fallout[0]).toMatchObject({ kind: 'repeated', symbol: 'FOO' });
  });

  it("is not displaced by other programs' warnings, however many", async () => {
    const warnings = long(() => 'warning: Git tree is dirty');
    const reading = await read([...warnings, ...build(BUILDS.failed), ...ERROR, ...warnings].join('\n'));
    expect(reading).toMatchObject({ outcome: 'fallout', cut: true, drvPath: DRV });
    expect(reading.fallout).toEqual((expected as LogReading).fallout);
  });
});
