import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dropFacts, keepFacts, newestSymbols } from '../../src/kernel/keptFacts.ts';
import { openEngine } from '../../src/kernel/kernelEngine.ts';
import type { PredictionInput } from '../../src/kernel/prediction.ts';
import { factsBytes } from '../helpers/facts.ts';

const TREE = 'config MODULES\n\tbool "m"\n\tmodules\n\nconfig A\n\ttristate "a"\n\tdepends on MODULES\n';
const FACTS = factsBytes({ files: { Kconfig: TREE }, baseConfig: '# CONFIG_MODULES is not set\n' });
const DRV = `/nix/store/${'0'.repeat(32)}-facts.drv`;

let folder: string;
let facts: string;
let tree: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'falloutd-tree-'));
  facts = keepFacts(folder, DRV, FACTS);
  tree = facts.replace(/facts$/, 'tree');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function predicted(): unknown {
  const opened = openEngine(facts);
  const wish = { tristate: 'y', freeform: null, optional: false } as const;
  const asked = { settings: { A: wish, NOPE: wish }, intents: [], legacy: [], managedName: 'fallout', managedIndex: 1 };
  const input: PredictionInput = { ...asked, entries: [], policy: 'keep-wish' };
  return opened.kind === 'engine' ? opened.engine.predict(input) : opened;
}

describe('what an engine keeps beside its facts', () => {
  it('gives the same predictions, without the facts', () => {
    const first = predicted();
    expect(first).toMatchObject({ sessions: 1 });
    expect(statSync(tree).mode & 0o777).toBe(0o600);
    expect(readFileSync(newestSymbols(folder) ?? '', 'utf8')).toBe('MODULES\nA\n');
    writeFileSync(facts, 'none');
    expect(predicted()).toEqual(first);
  });

  it.each([
    ['cut short', (whole: Buffer) => whole.subarray(0, whole.length - 1)],
    ['empty', () => Buffer.alloc(0)],
    ['changed', (whole: Buffer) => Buffer.from(whole).fill((whole.at(-1) ?? 0) ^ 1, whole.length - 1)],
    [
      'of another version',
      (whole: Buffer) => Buffer.from(whole.toString('latin1').replace('kernel tree ', 'kernel tree 9'), 'latin1'),
    ],
  ])('is made again where it is %s', (_, damage) => {
    const first = predicted();
    const whole = readFileSync(tree);
    const damaged = damage(whole);
    expect(damaged.equals(whole)).toBe(false);
    writeFileSync(tree, damaged);
    expect(predicted()).toEqual(first);
    expect(readFileSync(tree).equals(whole)).toBe(true);
  });

  it('goes with the facts, and counts with them', () => {
    predicted();
    keepFacts(folder, `${DRV.slice(0, -4)}-2.drv`, Buffer.from('others'), statSync(tree).size);
    expect([existsSync(facts), existsSync(tree)]).toEqual([false, false]);
    facts = keepFacts(folder, DRV, FACTS);
    predicted();
    dropFacts(folder, DRV);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tree'))).toEqual([]);
  });

  it('is done without where it cannot be kept', () => {
    mkdirSync(join(tree, 'in-its-way'), { recursive: true });
    expect([predicted(), predicted()]).toMatchObject([{ sessions: 1 }, { sessions: 1 }]);
  });
});
