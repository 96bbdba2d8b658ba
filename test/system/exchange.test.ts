import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exchangeInSteps, kernelExchange } from '../../src/system/exchange.ts';

let root: string;
let one: string;
let other: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'falloutd-exchange-'));
  [one, other] = [join(root, 'one ü'), join(root, 'other')];
  await writeFile(one, '1');
  await writeFile(other, '2');
});
afterEach(() => rm(root, { recursive: true }));

async function contents(): Promise<string[]> {
  return Promise.all([one, other].map(async (path) => readFile(path, 'utf8')));
}

describe('kernelExchange', () => {
  it('makes two names change places', async () => {
    const exchange = await kernelExchange();
    expect(exchange(one, other)).toBe('exchanged');
    expect(await contents()).toEqual(['2', '1']);
  });

  it('throws as node:fs does where a name is missing, and changes nothing', async () => {
    const exchange = await kernelExchange();
    expect(() => exchange(one, join(root, 'missing'))).toThrow(expect.objectContaining({ code: 'ENOENT' }) as Error);
    expect((await readdir(root)).sort()).toEqual(['one ü', 'other']);
    expect(await contents()).toEqual(['1', '2']);
  });

  it('takes a name on another file system for an error, not for unsupported', async () => {
    const exchange = await kernelExchange();
    expect(() => exchange(one, '/proc/self/status')).toThrow(expect.objectContaining({ code: 'EXDEV' }) as Error);
    expect(await contents()).toEqual(['1', '2']);
  });
});

describe('exchangeInSteps', () => {
  it('does the same', async () => {
    await exchangeInSteps(one, other, join(root, 'spare'));
    expect(await contents()).toEqual(['2', '1']);
    expect((await readdir(root)).sort()).toEqual(['one ü', 'other']);
  });
});
