/** Where the system allows no more watches. A user namespace has limits of its own, which this test may set. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa, execaSync } from 'execa';
import { describe, expect, test } from 'vitest';
import { until } from '../helpers/kernelHost.ts';
import { folder } from '../helpers/target.ts';

const MODULE = fileURLToPath(new URL('../../src/system/inputWatch.ts', import.meta.url));
const HOOKS = new URL('../helpers/typescript-hooks.mjs', import.meta.url).href;

const mayUnshare = !execaSync('unshare', ['-Ur', 'sh', '-c', 'echo 0 > /proc/sys/user/max_inotify_watches'], {
  reject: false,
}).failed;

/** Watches a file until its standard input ends, and prints what it hears. */
const PROGRAM = `import { watchInputs } from ${JSON.stringify(MODULE)};
  const say = (...what) => console.log(JSON.stringify(what));
  const watcher = watchInputs((files) => say('saved', files.length), (error) => say('trouble', error.problem));
  watcher.set([process.argv[2]], Date.now());
  say('watches');
  process.stdin.on('end', () => watcher.close()).resume();`;

// Without user namespaces (in some containers) nothing can set the limit.
describe.skipIf(!mayUnshare)('a watch that the system refuses', () => {
  test.each([
    ['max_inotify_watches', 'fs.inotify.max_user_watches'],
    ['max_inotify_instances', 'fs.inotify.max_user_instances'],
  ])('%s: is no save, is reported once, and stands again when the limit is raised', async (limit, sysctl) => {
    const dir = folder();
    const file = join(dir, 'patches.nix');
    writeFileSync(file, 'first');
    writeFileSync(join(dir, 'program.mjs'), PROGRAM);
    const script = `echo 0 > /proc/sys/user/${limit}
      { read -r line; echo 1000 > /proc/sys/user/${limit}; cat; } | node --import "$1" "$2" "$3"`;
    const running = execa('unshare', ['-Ur', 'sh', '-c', script, 'sh', HOOKS, join(dir, 'program.mjs'), file]);
    const said: unknown[][] = [];
    let rest = '';
    running.stdout.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      said.push(...lines.map((line) => JSON.parse(line) as unknown[]));
    });
    await until(() => said.length === 2);
    expect(said[1]).toEqual(['trouble', expect.objectContaining({ hint: expect.stringContaining(sysctl) as string })]);
    // The content is compared when an attempt has failed, too.
    writeFileSync(file, 'second');
    await until(() => said.length === 3);
    running.stdin.write('raise it\n');
    writeFileSync(file, 'third');
    await until(() => said.length === 4);
    // Now it stands: a save is seen at once.
    writeFileSync(file, 'fourth');
    await until(() => said.length === 5);
    running.stdin.end();
    await running;
    expect(said.slice(2)).toEqual([
      ['saved', 1],
      ['saved', 1],
      ['saved', 1],
    ]);
  });
});
