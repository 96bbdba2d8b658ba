import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dropFacts, keepFacts, keptFacts } from '../../src/kernel/keptFacts.ts';

const drv = (n: number): string => `/nix/store/${String(n).padStart(32, '0')}-linux-kernel-facts-6.12.drv`;

describe('kept facts', () => {
  let folder: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'falloutd-facts-')), 'facts');
  });
  afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

  const held = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.facts'));

  it('are found by their derivation, and readable by their owner alone', () => {
    expect(keptFacts(folder, drv(1))).toBeNull();
    const file = keepFacts(folder, drv(1), Buffer.from('one'));
    expect(keptFacts(folder, drv(1))).toBe(file);
    expect(readFileSync(file, 'utf8')).toBe('one');
    expect([statSync(file).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  it('are one file where two derivations give the same', () => {
    expect(keepFacts(folder, drv(1), Buffer.from('same'))).toBe(keepFacts(folder, drv(2), Buffer.from('same')));
    expect(held()).toHaveLength(1);
  });

  it('are gone when they are dropped', () => {
    keepFacts(folder, drv(1), Buffer.from('one'));
    dropFacts(folder, drv(1));
    expect([keptFacts(folder, drv(1)), held()]).toEqual([null, []]);
    dropFacts(folder, drv(1));
  });

  it('make room for new ones: what was used longest ago goes', () => {
    const large = (n: number): Buffer => Buffer.alloc(1000, n);
    const [one, two] = [keepFacts(folder, drv(1), large(1)), keepFacts(folder, drv(2), large(2))];
    const past = new Date(Date.now() - 60_000);
    for (const file of [one, two]) utimesSync(file, past, past);
    keptFacts(folder, drv(1));
    keepFacts(folder, drv(3), large(3), 2500);
    expect([keptFacts(folder, drv(1)), keptFacts(folder, drv(2))]).toEqual([one, null]);
    expect(held()).toHaveLength(2);
  });
});
