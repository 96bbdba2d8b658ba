import { describe, expect, it } from 'vitest';
import { runTool } from '../../src/system/tool.ts';

const signal = new AbortController().signal;
const shell = async (script: string, limitMs = 60_000): ReturnType<typeof runTool> =>
  runTool('sh', ['-c', script], { signal, limitMs });

describe('a program of the system', () => {
  it('speaks in the locale of scripts and reads nothing', async () => {
    expect(await shell('cat; echo $LC_ALL')).toEqual({ kind: 'done', stdout: 'C' });
  });

  it('fails with all that it says of that on one line, as cryptsetup does without algif_skcipher', async () => {
    const script = `printf '%s\\n' 'Cipher aes-xts is not available.' '' ' Is algif_skcipher loaded?' >&2; exit 1`;
    const message = 'Cipher aes-xts is not available. Is algif_skcipher loaded?';
    expect(await shell(script)).toEqual({ kind: 'failed', message });
    expect(await shell('exit 3')).toMatchObject({ kind: 'failed', message: expect.stringContaining('3') as string });
  });

  it('is ended when it takes too long', async () => {
    expect(await shell('exec sleep 600', 50)).toEqual({ kind: 'failed', message: 'it did not end within 0.05 s' });
  });

  it('may not be there', async () => {
    expect(await runTool('no-such-program', [], { signal, limitMs: 60_000 })).toEqual({ kind: 'not-installed' });
  });
});
