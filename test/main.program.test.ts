import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';

const BIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** Fills the room for new objects some hundred times with what lives for a while, and prints what it has grown to, in bytes. */
const PROBE = `
process.on('exit', () => {
  let kept = [];
  for (let i = 0; i < 2_000_000; i++) {
    kept.push({ i });
    if (kept.length > 100_000) kept = [];
  }
  const [space] = require('node:v8').getHeapSpaceStatistics().filter(({ space_name: name }) => name === 'new_space');
  process.stderr.write(String(space.space_size));
});
`;

test('the command as npm links it keeps its room for new objects at 8 MB, whatever comes', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'falloutd-bin-'));
  try {
    await symlink(BIN, join(dir, 'falloutd'));
    await writeFile(join(dir, 'probe.cjs'), PROBE);
    const { stdout, stderr } = await execa(join(dir, 'falloutd'), ['--version'], {
      env: { NODE_OPTIONS: `--require ${join(dir, 'probe.cjs')}` },
    });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+$/);
    expect(Number(stderr)).toBe(8 * 2 ** 20);
  } finally {
    await rm(dir, { recursive: true });
  }
});
