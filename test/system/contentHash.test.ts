import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contentHash, inputHashes, inputsHash } from '../../src/system/contentHash.ts';
import { folder } from '../helpers/target.ts';

const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

describe('the hashes of inputs', () => {
  it('are those of the content, and null for what cannot be read', () => {
    const dir = folder();
    writeFileSync(join(dir, 'a'), '');
    expect(contentHash(join(dir, 'a'))).toBe(EMPTY);
    expect(contentHash(join(dir, 'none'))).toBeNull();
    expect(contentHash(dir)).toBeNull();
    expect(inputHashes([join(dir, 'none'), join(dir, 'a'), join(dir, 'a')])).toEqual({
      [join(dir, 'a')]: EMPTY,
      [join(dir, 'none')]: null,
    });
  });

  it('change with a content, a name or a file that comes or goes, not with the order', () => {
    const dir = folder();
    const [a, b] = [join(dir, 'a'), join(dir, 'b')];
    writeFileSync(a, 'one');
    writeFileSync(b, 'two');
    const before = inputsHash([a, b]);
    expect(inputsHash([b, a, b])).toBe(before);
    expect(inputsHash([a])).not.toBe(before);
    writeFileSync(a, 'two');
    writeFileSync(b, 'one');
    expect(inputsHash([a, b])).not.toBe(before);
    writeFileSync(a, 'one');
    writeFileSync(b, 'two');
    expect(inputsHash([a, b])).toBe(before);
    rmSync(b);
    const gone = inputsHash([a, b]);
    expect(gone).not.toBe(before);
    mkdirSync(b);
    expect(inputsHash([a, b])).toBe(gone);
  });
});
