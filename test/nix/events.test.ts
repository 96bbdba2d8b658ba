import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BuildLogCollector } from '../../src/nix/buildLog.ts';
import { derivationName } from '../../src/nix/derivationName.ts';
import { parseNixLine, stripAnsi } from '../../src/nix/events.ts';
import { createLineSplitter } from '../../src/nix/lineSplitter.ts';
import { readTranscript } from '../../src/script/readTranscript.ts';
import { log, logBytes } from '../helpers/recordedLogs.ts';
import { saidIn } from '../helpers/said.ts';

const DRV = '/nix/store/vyxvj7wzxjdsk07maka33ximrmyn6n4n-linux-config-6.12.117.drv';
const start = (id: number, drv = DRV): string =>
  `@nix {"action":"start","fields":["${drv}","",1,1],"id":${id},"level":3,"parent":0,"text":"building '${drv}'","type":105}`;
const line = (id: number, text: string): string =>
  `@nix ${JSON.stringify({ action: 'result', fields: [text], id, type: 101 })}`;

describe('parseNixLine', () => {
  it('reads the records of 2.8 and of 2.26', () => {
    expect(
      parseNixLine('@nix {"action":"start","id":7,"level":4,"text":"copying \'/home/user/nixos\'","type":0}'),
    ).toEqual({
      kind: 'start',
      id: '7',
      activity: 0,
      fields: [],
    });
    expect(parseNixLine(start(8))).toMatchObject({
      kind: 'start',
      id: '8',
      activity: 105,
      fields: [DRV, '', 1, 1],
    });
    expect(parseNixLine('@nix {"action":"stop","id":8}')).toEqual({ kind: 'stop', id: '8' });
    expect(parseNixLine('@nix {"action":"result","fields":["buildPhase"],"id":8,"type":104}')).toEqual({
      kind: 'phase',
      id: '8',
      phase: 'buildPhase',
    });
    expect(parseNixLine('@nix {"action":"result","fields":[0,1,1,0],"id":8,"type":105}')).toEqual({ kind: 'other' });
  });

  it('takes colours out of messages', () => {
    const event = parseNixLine(
      '@nix {"action":"msg","column":28,"file":"/nix/store/x-source/patches.nix:113:28","level":0,"line":113,"msg":"\\u001b[31;1merror:\\u001b[0m undefined variable \'\\u001b[35;1myess\\u001b[0m\'"}',
    );
    expect(event).toMatchObject({
      kind: 'msg',
      level: 0,
      text: "error: undefined variable 'yess'",
    });
    expect(stripAnsi('\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\ \u001b[1;31mred\u001b[m')).toBe('link red');
  });

  it('keeps ids that a double would round', () => {
    expect(parseNixLine('@nix {"action":"stop","id":18014398509481985}')).toEqual({
      kind: 'stop',
      id: '18014398509481985',
    });
    expect(
      parseNixLine(
        `@nix {"action":"start","id":18014398509481985,"level":3,"parent":18014398509481987,"text":"\\"id\\":5","type":0}`,
      ),
    ).toMatchObject({ id: '18014398509481985' });
  });

  it.each([
    ['plain text', 'building...', 'text'],
    ['cut JSON', '@nix {"action":"result","fields":["x', 'text'],
    ['no JSON', '@nix hello', 'text'],
    ['a JSON list', '@nix []', 'text'],
    ['no action', '@nix {}', 'text'],
    ['an unknown action', '@nix {"action":"nom","x":1}', 'other'],
    ["stdenv's own record", '@nix { "action": "setPhase", "phase": "buildPhase" }', 'other'],
    ['an unknown result', '@nix {"action":"result","fields":[{"a":1}],"id":3,"type":109,"payload":{}}', 'other'],
    ['the log of a post-build hook', '@nix {"action":"result","fields":["copied"],"id":3,"type":107}', 'other'],
  ])('%s is %s', (_, text, kind) => {
    expect(parseNixLine(text).kind).toBe(kind);
  });

  it('gives the same for a log line in every key order and with every text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: 'grapheme' }),
          fc.constantFrom('a\\"],"id":1,"type":101}', 'x"],"id":2,"type":101}', '\\', 'é\u2028'),
        ),
        fc.nat(),
        (text, id) => {
          const expected = { kind: 'log', id: String(id), text };
          expect(parseNixLine(line(id, text))).toEqual(expected);
          expect(
            parseNixLine(`@nix ${JSON.stringify({ type: 101, payload: {}, id, action: 'result', fields: [text] })}`),
          ).toEqual(expected);
        },
      ),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), fc.json(), (text, json) => {
        parseNixLine(text);
        parseNixLine(`@nix ${text}`);
        parseNixLine(`@nix ${json}`);
      }),
    );
  });
});

describe('createLineSplitter', () => {
  it('gives the same lines whatever the chunks', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '\n', '\r', 'é', '😀', ' ') }),
        fc.array(fc.nat(7), { minLength: 1 }),
        (text, sizes) => {
          const whole: string[] = [];
          const one = createLineSplitter((each) => whole.push(each));
          one.push(text);
          one.end();
          const parts: string[] = [];
          const many = createLineSplitter((each) => parts.push(each));
          const bytes = Buffer.from(text);
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const size = (sizes[i % sizes.length] ?? 0) + 1;
            many.push(bytes.subarray(at, at + size));
            at += size;
          }
          many.end();
          expect(parts).toEqual(whole);
          expect(whole).toEqual(
            (text.endsWith('\n') ? text.slice(0, -1) : text) === '' && !text.endsWith('\n')
              ? []
              : text
                  .replace(/\n$/, '')
                  .split('\n')
                  .map((each) => each.replace(/\r$/, '')),
          );
        },
      ),
    );
  });

  it('keeps the beginning of an endless line', () => {
    const lines: string[] = [];
    const splitter = createLineSplitter((each) => lines.push(each));
    for (let i = 0; i < 40; i++) splitter.push('x'.repeat(100_000));
    splitter.push('\nnext');
    splitter.end();
    expect(lines.map((each) => each.length)).toEqual([1 << 20, 4]);
  });

  it('finds the end of an endless line of bytes, whatever character it ends in', () => {
    const lines: string[] = [];
    const splitter = createLineSplitter((each) => lines.push(each));
    const push = (text: string | Buffer): void => splitter.push(Buffer.from(text));
    for (let i = 0; i < 20; i++) push('é'.repeat(100_000));
    const cut = Buffer.from('é');
    for (const end of [cut.subarray(0, 1), cut.subarray(1), 'x\nnext é\n', 'last']) push(end);
    splitter.end();
    expect(lines.map((each) => each.length)).toEqual([1 << 20, 6, 4]);
    expect(lines.slice(1)).toEqual(['next é', 'last']);
    expect(splitter.isCut()).toBe(true);
  });
});

describe('BuildLogCollector', () => {
  it('reads a recorded build, in any chunks', () => {
    const name = 'h-repeated-question.nix2.8.json';
    const whole = new BuildLogCollector();
    whole.push(log(name));
    const expected = whole.result();
    expect([...expected.builds.values()]).toMatchObject([
      {
        drvPath: DRV,
        name: 'linux-config-6.12.117',
        questions: 262,
        cut: 'nothing',
      },
    ]);
    expect(expected.messages).toHaveLength(2);
    const bytes = logBytes(name);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        const collector = new BuildLogCollector();
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          collector.push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(collector.result()).toEqual(expected);
      }),
      { numRuns: 8 },
    );
  });

  it('merges the two activities of a remote build and keeps derivations apart', () => {
    const other = DRV.replace('linux-config', 'bison');
    const collector = new BuildLogCollector();
    collector.push(
      [
        start(1),
        start(2, other),
        line(1, 'QUESTION: Foo, NAME: FOO, ALTS: N/y/?, ANSWER: '),
        start(3),
        line(2, 'checking'),
        line(3, 'b'),
        '@nix {"action":"stop","id":1}',
        'plain',
        '',
      ].join('\n'),
    );
    expect(collector.progress()).toEqual({ name: 'linux-config-6.12.117', phase: null, questions: 1 });
    const { builds, plain } = collector.result();
    expect(builds.get(DRV)).toMatchObject({
      lines: ['QUESTION: Foo, NAME: FOO, ALTS: N/y/?, ANSWER: ', 'b'],
    });
    expect(builds.get(other)?.lines).toEqual(['checking']);
    expect(plain).toEqual(['plain']);
  });

  it('gives the lines that parsing each record gives', () => {
    const record = fc.oneof(
      fc
        .tuple(fc.constantFrom(1, 2, 3), fc.oneof(fc.string(), fc.constantFrom('a"b', '\\', 'é', '')))
        .map(([id, text]) => line(id, text)),
      fc.constantFrom(
        start(1),
        start(2, DRV.replace('linux', 'other')),
        '@nix {"action":"stop","id":1}',
        '@nix {"action":"result","fields":["],"id":1,"type":101}',
        'x',
      ),
    );
    fc.assert(
      fc.property(fc.array(record, { maxLength: 40 }), (records) => {
        const collector = new BuildLogCollector();
        collector.push(records.join('\n'));
        const open = new Map<string, string>();
        const expected = new Map<string, string[]>();
        for (const event of records.map(parseNixLine)) {
          if (event.kind === 'start') {
            open.set(event.id, String(event.fields[0]));
            expected.set(String(event.fields[0]), expected.get(String(event.fields[0])) ?? []);
          } else if (event.kind === 'stop') open.delete(event.id);
          else if (event.kind === 'log') expected.get(open.get(event.id) ?? '')?.push(event.text);
        }
        expect(new Map([...collector.result().builds].map(([drv, build]) => [drv, build.lines]))).toEqual(expected);
      }),
    );
  });

  it('takes no progress record, substitution or unknown activity for a build', () => {
    const collector = new BuildLogCollector();
    collector.push(
      '@nix {"action":"start","fields":[{"x":1}],"id":1,"level":3,"text":"","type":105}\n@nix {"action":"start","fields":["/nix/store/x.drv"],"id":2,"level":3,"text":"","type":109}\n',
    );
    collector.push(line(9, 'nobody knows this activity'));
    expect(collector.result().builds.size).toBe(0);
  });

  it('cuts the middle of what outgrows the limit, but no verdict', () => {
    const collector = new BuildLogCollector({ limit: 10_000 });
    const text = log('i-unused-option.nix2.26.json');
    collector.push(text);
    const build = [...collector.result().builds.values()][0];
    expect(build).toMatchObject({ cut: 'verdict', questions: 12353 });
    expect(build?.lines.join('\n').length).toBeLessThan(16_000);
    expect(build?.lines).toContain('error: unused option: NO_SUCH_OPTION_AT_ALL');

    const roomier = new BuildLogCollector({ limit: 300_000 });
    roomier.push(text);
    expect([...roomier.result().builds.values()][0]).toMatchObject({ cut: 'text' });

    const repeated = new BuildLogCollector({ limit: 10_000 });
    repeated.push(log('h-repeated-question.nix2.26.json'));
    const whole = readTranscript(log('h-repeated-question.nix2.26.nixlog'));
    const cut = readTranscript([...repeated.result().builds.values()][0]?.lines ?? []);
    expect(saidIn(cut)).toEqual(saidIn(whole));
    expect(cut.observation.help).toEqual(whole.observation.help);
    expect(cut.observation.choices).toEqual(whole.observation.choices);
  });
});

it('derivationName takes the store and the hash off', () => {
  expect(derivationName(DRV)).toBe('linux-config-6.12.117');
  expect(derivationName('/tmp/store/nix/store/vyxvj7wzxjdsk07maka33ximrmyn6n4n-a.drv')).toBe('a');
  expect(derivationName('odd')).toBe('odd');
});
