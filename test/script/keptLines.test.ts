import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { KeptLines, cutText } from '../../src/script/keptLines.ts';
import { readTranscript } from '../../src/script/readTranscript.ts';
import { LOGS, log } from '../helpers/recordedLogs.ts';
import { saidIn } from '../helpers/said.ts';

const NIXLOGS = LOGS.filter((name) => name.endsWith('.nixlog'));

describe('a log within a limit', () => {
  it('is kept as it is while it fits', () => {
    for (const name of NIXLOGS) {
      const kept = new KeptLines(64 << 20);
      for (const line of log(name).split('\n')) kept.push(line);
      expect(kept.lines().join('\n')).toBe(log(name));
      expect(kept.cut()).toBe('nothing');
    }
  });

  it('keeps beginning and end, and says in between how much is left out', () => {
    const lines = Array.from({ length: 10_000 }, (_, i) => `line ${i}`);
    const { text, cut } = cutText(lines.join('\n'), 10_000);
    expect(cut).toBe('text');
    const kept = text.split('\n');
    expect(kept[0]).toBe('line 0');
    expect(kept.at(-1)).toBe('line 9999');
    const left = kept.findIndex((line) => line.startsWith('falloutd: '));
    expect(kept[left]).toBe(`falloutd: ${10_000 - (kept.length - 1)} lines of this log are left out here`);
    expect(kept.filter((_, i) => i !== left)).toEqual([
      ...lines.slice(0, left),
      ...lines.slice(left + 1 - kept.length),
    ]);
  });

  it('lets go of everything else before a line that a verdict is read from', () => {
    const noise = 'x'.repeat(80);
    const kept = new KeptLines(20_000);
    for (let i = 0; i < 5000; i++) kept.push(i % 50 === 7 ? `error: unused option: S${i}` : noise);
    expect(kept.cut()).toBe('text');
    expect(kept.lines().filter((line) => line.startsWith('error: '))).toHaveLength(100);
  });

  it('tells when lines of the verdict itself had to go', () => {
    const kept = new KeptLines(20_000);
    for (let i = 0; i < 5000; i++) kept.push(`error: unused option: S${i}`);
    expect(kept.cut()).toBe('verdict');
  });
});

test.each(NIXLOGS)(
  '%s, cut anywhere: the same verdict and facts, or it is told that they are not all there',
  (name) => {
    const whole = readTranscript(log(name));
    const size = log(name).length;
    let readable = 0;
    for (const share of [0.9, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05]) {
      const { text, cut } = cutText(log(name), Math.floor(size * share));
      if (cut === 'verdict') continue;
      readable++;
      const short = readTranscript(text);
      expect({ ...short, said: saidIn(short), asked: null, observation: short.observation.choices }).toEqual({
        ...whole,
        said: saidIn(whole),
        asked: null,
        observation: whole.observation.choices,
      });
    }
    expect(readable).toBeGreaterThan(0);
  },
);

test('whatever a log holds, what is kept stays within twice the limit, and nothing is made up', () => {
  const line = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.constantFrom(
      '',
      'Error in reading or end of file.',
      'QUESTION: a, NAME: A, ALTS: N/y/?, ANSWER: y',
      'repeated question:a at x line 1.',
      'GOT: > 1. One (ONE) (NEW)',
      'error: unused option: A',
    ),
  );
  fc.assert(
    fc.property(
      fc.array(
        line.filter((text) => !text.includes('\n')),
        { maxLength: 400 },
      ),
      fc.integer({ min: 200, max: 5000 }),
      (lines, limit) => {
        const kept = new KeptLines(limit);
        for (const each of lines) kept.push(each);
        const given = kept.lines().filter((each) => !each.startsWith('falloutd: '));
        expect(given.join('').length).toBeLessThanOrEqual(limit * 2 + 400);
        const known = new Set(lines);
        expect(given.every((each) => known.has(each))).toBe(true);
        if (kept.cut() === 'nothing') expect(given).toEqual(lines);
        expect(kept.questions()).toBe(lines.filter((each) => each.startsWith('QUESTION: ')).length);
      },
    ),
  );
});
