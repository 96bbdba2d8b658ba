/** A changed configuration: the daemon goes on with it, and whoever follows it is not sent away. */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect } from 'vitest';
import { test } from '../helpers/hostTest.ts';
import { falloutd, startFalloutd } from '../helpers/command.ts';
import { compilerGate, type CompilerGate } from '../helpers/compilerGate.ts';
import { type KernelHost, until } from '../helpers/kernelHost.ts';
import { wishing } from '../helpers/patchesText.ts';
import { documentIn } from '../helpers/documentSchema.ts';

let host: KernelHost;
let gate: CompilerGate;
let where: string[];
let original: string;
const ending: (() => Promise<void>)[] = [];
test.beforeAll(async ({ host: shared }) => {
  host = shared;
  gate = await compilerGate(host);
  await host.keepBuilders();
  await host.save(wishing('RTLWIFI = no;'));
  original = readFileSync(host.host.configFile, 'utf8');
  where = ['--config', host.host.configFile, '--state', host.stateDir];
});
afterAll(async () => {
  await gate.open();
  for (const end of ending) await end();
});

type Output = { text: () => string; exit: Promise<number | undefined>; end: () => Promise<number | undefined> };

function start(...args: string[]): Output {
  const running = startFalloutd([...args, ...where]);
  let output = '';
  for (const stream of [running.stdout, running.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  const exit = running.then(({ exitCode }) => exitCode);
  const end = async (): Promise<number | undefined> => {
    running.kill('SIGTERM');
    return exit;
  };
  ending.push(async () => {
    await end();
  });
  return { text: () => output, exit, end };
}

const stableRuns = (output: string): number => output.split(/stable (?:after|as)/).length - 1;

/** Saves until the follower has told of more runs: it may come too late for one, which takes less than the pause. */
async function savedUntilFollowed(follower: Output, seen: number): Promise<void> {
  for (let pause = 1000; stableRuns(follower.text()) === seen; pause *= 2) {
    writeFileSync(host.host.patchesFile, `${readFileSync(host.host.patchesFile, 'utf8')}\n`);
    await sleep(pause);
  }
}

test('followers stay over a reload, an error in the configuration and the end of the daemon', async () => {
  const daemon = start('watch');
  await until(() => daemon.text().includes('"outcome":{"kind":"stable"}'));
  const follower = start('status', '--follow');
  const program = start('status', '--follow', '--json');
  await until(() => stableRuns(follower.text()) === 1);
  await savedUntilFollowed(follower, 1);

  const before = stableRuns(follower.text());
  writeFileSync(host.host.configFile, `${original}\n[history]\ntranscripts = 7\n`);
  await until(() => daemon.text().split('falloutd watches').length === 3);
  await until(() => stableRuns(follower.text()) > before);

  writeFileSync(host.host.configFile, 'no = [toml');
  await until(() => daemon.text().includes('the old configuration stays in force'));
  const { stdout } = await falloutd(['status', '--json', '--state', host.stateDir]);
  expect(documentIn('status', stdout)).toMatchObject({ targets: [{ target: 'demo', live: { state: 'idle' } }] });
  expect(follower.text()).not.toContain('the daemon has ended');

  // A wrong key: the daemon goes on with what it has read, and so does whoever asks.
  writeFileSync(host.host.configFile, `bogus = 1\n${original}`);
  await until(() => daemon.text().includes('unknown key `bogus`'));
  const asked = await falloutd(['status', ...where]);
  expect(asked).toMatchObject({ code: 0, stdout: expect.stringContaining('demo: STABLE since') as string });
  expect(asked.stderr).toMatch(
    /falloutd\.toml:1:1: unknown key `bogus`; the daemon goes on with what it has read before/,
  );

  writeFileSync(host.host.configFile, original);
  expect(await daemon.end()).toBe(0);
  await until(() => follower.text().includes('the daemon has ended; waiting for the next one'));
  const seen = stableRuns(follower.text());
  const next = start('watch');
  await savedUntilFollowed(follower, seen);
  expect(await next.end()).toBe(0);

  expect(await program.end()).toBe(0);
  const [first = '', ...others] = program.text().trimEnd().split('\n');
  expect(documentIn('status', first)).toMatchObject({ targets: [{ target: 'demo' }] });
  const events = others.map((line) => documentIn('event', line).event);
  expect(events.filter(({ kind }) => kind === 'run-finished').length).toBeGreaterThan(1);
});

test('a kernel build goes on over a reload, and who asked for it sees its end', async () => {
  writeFileSync(host.host.configFile, original);
  const daemon = start('watch');
  await until(() => daemon.text().includes('"outcome":{"kind":"stable"}'));
  await gate.shut();
  const build = start('build');
  await gate.reached();
  writeFileSync(host.host.configFile, `${original}\n[history]\ntranscripts = 9\n`);
  await until(() => daemon.text().split('falloutd watches').length === 3);
  await gate.open();
  expect(await build.exit).toBe(0);
  expect(build.text()).toContain('nixos-rebuild switch');
  expect(await daemon.end()).toBe(0);
});
