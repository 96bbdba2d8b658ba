import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dropFacts, keepFacts, modulesBeside } from '../../../src/kernel/keptFacts.ts';
import { modulesOf } from '../../../src/kernel/modules/keptModules.ts';
import { factsBytes } from '../../helpers/facts.ts';

const FACTS = factsBytes({
  files: { Kconfig: 'config A\n\ttristate "a"\n', Kbuild: 'obj-$(CONFIG_A) += a.o\n' },
  environment: { SRCARCH: 'x86' },
});
const DRV = `/nix/store/${'0'.repeat(32)}-facts.drv`;

let folder: string;
let facts: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'falloutd-modules-'));
  facts = keepFacts(folder, DRV, FACTS);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the index beside facts', () => {
  it('is made once, and read without the facts from then on', () => {
    const first = modulesOf(facts);
    expect(first?.rules).toMatchObject([{ module: 'a', symbols: ['A'], file: 'a.ko' }]);
    writeFileSync(facts, 'none');
    expect(modulesOf(facts)).toEqual(first);
  });

  it.each([
    ['cut short', (whole: Buffer) => whole.subarray(0, whole.length - 1)],
    ['empty', () => Buffer.alloc(0)],
    [
      'of another version',
      (whole: Buffer) => Buffer.from(whole.toString('latin1').replace('modules 1', 'modules 0'), 'latin1'),
    ],
  ])('is made again where it is %s', (_, damage) => {
    const first = modulesOf(facts);
    const whole = readFileSync(modulesBeside(facts));
    writeFileSync(modulesBeside(facts), damage(whole));
    expect(modulesOf(facts)).toEqual(first);
    expect(readFileSync(modulesBeside(facts)).equals(whole)).toBe(true);
  });

  it('counts with the facts, and goes with them', () => {
    modulesOf(facts);
    keepFacts(folder, `${DRV.slice(0, -4)}-2.drv`, Buffer.from('others'), statSync(modulesBeside(facts)).size);
    expect(existsSync(modulesBeside(facts))).toBe(false);
    facts = keepFacts(folder, DRV, FACTS);
    modulesOf(facts);
    dropFacts(folder, DRV);
    expect(existsSync(modulesBeside(facts))).toBe(false);
  });

  it('is done without where it cannot be kept, and where there are no facts to be read', () => {
    mkdirSync(join(modulesBeside(facts), 'in-its-way'), { recursive: true });
    expect(modulesOf(facts)?.rules).toHaveLength(1);
    writeFileSync(facts, 'none');
    expect(modulesOf(facts)).toBeNull();
  });
});
