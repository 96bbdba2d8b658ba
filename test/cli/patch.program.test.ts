import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { falloutd } from '../helpers/command.ts';
import { documentIn } from '../helpers/documentSchema.ts';

const TREE = fileURLToPath(new URL('../../src/setup/demo/nixpkgs/tree', import.meta.url));

let folder: string;
let present: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'falloutd-patch-'));
  present = join(folder, 'present');
  const { code } = await falloutd(['kconfig', 'allyesconfig', '--arch', 'x86', '--tree', TREE, '--output', present]);
  expect(code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

const inTree = (...args: string[]) => ['patch', ...args, '--tree', TREE, '--arch', 'x86', '--config', present];

it('patches of a kernel source need neither a target nor Nix', async () => {
  const diff = join(folder, 'diff');
  writeFileSync(diff, ' WLAN y -> n\n NR_CPUS 64 -> 8\n');
  const { code, stdout, stderr } = await falloutd(inTree('from-diff', diff));
  expect(code).toBe(0);
  expect(stdout).toContain('WLAN = no; # Wireless LAN\n');
  expect(stderr).toMatch(/: 2 settings in 2 patches, 3 needless ones left out\n$/);
  const { patches } = documentIn('patch', (await falloutd(inTree('from-diff', diff, '--json'))).stdout);
  const symbols = patches.flatMap(({ settings }) => settings.map(({ symbol }) => symbol));
  expect(symbols).toEqual(['NR_CPUS', 'WLAN']);
});

it('a kernel source needs the .config that the settings are added to', async () => {
  const { code, stderr } = await falloutd(['patch', 'from-config', present, '--tree', TREE]);
  expect([code, stderr]).toEqual([2, expect.stringContaining('--config names the present .config')]);
});
