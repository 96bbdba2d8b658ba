/** A changed configuration: the daemon goes on with it, and whoever follows it is not sent away. */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { falloutd, startFalloutd } from '../helpers/command.ts';
import { KernelHost, until } from '../helpers/kernelHost.ts';
import { wishing } from '../helpers/patchesText.ts';

let host: KernelHost;
let where: string[];
const ending: (() => Promise<void>)[] = [];
beforeAll(async () => {
  host = await KernelHost.create();
  await host.save(wishing('RTLWIFI = no;'));
  where = ['--config', host.host.configFile, '--state', host.stateDir];
});
afterAll(async () => {
  for (const end of ending) await end();
  await host.remove();
});

type Output = { text: () => string; end: () => Promise<number | undefined> };

function start(...args: string[]): Output {
  const running = startFalloutd([...args, ...where]);
  let output = '';
  running.stdout.on('data', (chunk: Buffer) => { output += chunk.toString(); });
  const end = async (): Promise<number | undefined> => {
    running.kill('SIGTERM');
    return (await running).exitCode;
  };
  ending.push(async () => { await end(); });
  return { text: () => output, end };
}

const stableRuns = (output: string): number => output.split('stable after').length - 1;

test('followers stay over a reload and over an error in the configuration, until the daemon ends', async () => {
  const config = readFileSync(host.host.configFile, 'utf8');
  const daemon = start('watch');
  await until(() => daemon.text().includes('"outcome":{"kind":"stable"}'));
  const follower = start('status', '--follow');
  await until(() => stableRuns(follower.text()) === 1);
  // The status told that one; it follows when it tells the next. A run of what is stable already takes less than the pause.
  for (let pause = 1000; stableRuns(follower.text()) === 1; pause *= 2) {
    writeFileSync(host.host.patchesFile, `${readFileSync(host.host.patchesFile, 'utf8')}\n`);
    await sleep(pause);
  }

  const before = stableRuns(follower.text());
  writeFileSync(host.host.configFile, `${config}\n[history]\ntranscripts = 7\n`);
  await until(() => daemon.text().split('falloutd watches').length === 3);
  await until(() => stableRuns(follower.text()) > before);

  writeFileSync(host.host.configFile, 'no = [toml');
  await until(() => daemon.text().includes('the old configuration stays in force'));
  const { stdout } = await falloutd(['status', '--json', '--state', host.stateDir]);
  expect(JSON.parse(stdout)).toMatchObject([{ target: 'demo', live: { state: 'idle' } }]);
  expect(follower.text()).not.toContain('the daemon has ended');

  expect(await daemon.end()).toBe(0);
  await until(() => follower.text().includes('the daemon has ended'));
});
