import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

it('is what the package exports as falloutd/kconfig', async () => {
  const script =
    "import { buildKconfig, loadTree } from 'falloutd/kconfig'; console.log(typeof buildKconfig, typeof loadTree)";
  const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', script], { cwd: ROOT });
  expect(stdout).toBe('function function');
});
