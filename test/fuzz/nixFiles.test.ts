import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../src/system/fileText.ts';
import { parseNix } from '../../src/nixfile/parse.ts';
import { fuzz, TIMEOUT_MS } from './campaign.ts';
import { checkNixFile, nixInput, showNixFile, type NixInput } from './nixFiles.ts';

/** One in so many files is shown to Nix itself, before and after. */
const SAMPLE = 400;

/** What Nix itself says of a file: null is nothing, else its complaint. */
async function nixSays(text: string): Promise<string | null> {
  const { failed, stderr } = await execa('nix-instantiate', ['--parse', '-'], {
    input: bytesOf(text),
    reject: false,
    stdout: 'ignore',
  });
  return failed ? stderr : null;
}

describe('fuzz', () => {
  it('Nix files', { timeout: TIMEOUT_MS }, async () => {
    const sample: { before: string; after: string }[] = [];
    const check = (input: NixInput, n: number): void => {
      const files = checkNixFile(input);
      if (n % SAMPLE === 0) sample.push(files);
    };
    await fuzz({ name: 'nix-files', input: nixInput, check, show: showNixFile });
    for (const { before, after } of sample) {
      if ((await nixSays(before)) !== null) continue;
      expect(parseNix(before), before).toMatchObject({ kind: 'parsed' });
      expect(await nixSays(after), after).toBeNull();
    }
  });
});
