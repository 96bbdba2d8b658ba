import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, vi } from 'vitest';
import { falloutd, startFalloutd } from '../helpers/command.ts';
import { documentIn } from '../helpers/documentSchema.ts';
import { test } from '../helpers/hostTest.ts';
import type { KernelHost } from '../helpers/kernelHost.ts';
import { openWriter, type OpenWriter } from '../helpers/openWriter.ts';
import { wishing } from '../helpers/patchesText.ts';

let host: KernelHost;
let options: string[];
/** Has patches.nix open when falloutd replaces it. */
let writer: OpenWriter;
test.beforeAll(({ host: shared }) => {
  host = shared;
});
beforeEach(async () => {
  host.forget();
  await host.save(wishing('RTLWIFI = no;'));
  options = ['--config', host.host.configFile, '--state', host.stateDir];
  writer = await openWriter(host.patchesFile);
});

const PATIENT = { interval: 20, timeout: 60_000 };
const replaced = (): boolean => readFileSync(host.patchesFile, 'utf8').includes('RTLWIFI = lib.mkOverride');
const SAYS =
  /a program that had this file open wrote to it after falloutd had replaced it; the file lacks 1 line of it/;

/** What `status` and `show --late` give of the line that was written late. */
async function expectKept(): Promise<void> {
  const status = await falloutd(['status', ...options]);
  expect(status.stdout.replace(/\s+/g, ' ')).toMatch(SAYS);
  const { targets } = documentIn('status', (await falloutd(['status', '--json', ...options])).stdout);
  expect(targets[0]?.lateWrites).toMatchObject([{ path: host.patchesFile, lines: 1 }]);
  const id = targets[0]?.lateWrites?.[0]?.id ?? 0;
  const shown = await falloutd(['show', '--late', String(id), ...options]);
  expect(shown.stdout.split('\n').slice(-2)).toEqual(['# late', '']);
  expect(readFileSync(host.patchesFile, 'utf8')).not.toContain('# late');
}

test('a line that a program appends a second after a run has replaced the file is kept, and once says so', async () => {
  const once = startFalloutd(['once', ...options]);
  await vi.waitUntil(replaced, PATIENT);
  await sleep(1000);
  await writer.append('# late\n');
  const { exitCode, stderr } = await once;
  expect(exitCode).toBe(0);
  expect(stderr.replace(/\s+/g, ' ')).toMatch(SAYS);
  await expectKept();
});

test('and while watch goes on, it says so', async () => {
  const daemon = startFalloutd(['watch', ...options]);
  let output = '';
  daemon.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await vi.waitUntil(replaced, PATIENT);
  await sleep(1000);
  await writer.append('# late\n');
  await vi.waitUntil(() => SAYS.test(output), PATIENT);
  daemon.kill('SIGTERM');
  expect((await daemon).exitCode).toBe(0);
  await expectKept();
});

test('and undo says so where a daemon does it', async () => {
  const daemon = startFalloutd(['watch', ...options]);
  let output = '';
  daemon.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await vi.waitUntil(() => output.includes('"kind":"stable"'), PATIENT);
  await writer.append('');
  const before = readFileSync(host.patchesFile, 'utf8');
  writer = await openWriter(host.patchesFile);
  const undoing = startFalloutd(['undo', ...options]);
  await vi.waitUntil(() => readFileSync(host.patchesFile, 'utf8') !== before, PATIENT);
  await sleep(1000);
  await writer.append('# late\n');
  const { exitCode, stderr } = await undoing;
  daemon.kill('SIGTERM');
  await daemon;
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(SAYS);
});

test('and undo and init say so, which wait for who has the file open', async () => {
  await falloutd(['once', ...options]);
  await writer.append('');
  for (const command of [
    ['undo', ...options],
    ['init', '--remove', '--yes', ...options],
  ]) {
    const before = readFileSync(host.patchesFile, 'utf8');
    writer = await openWriter(host.patchesFile);
    const running = startFalloutd(command);
    await vi.waitUntil(() => readFileSync(host.patchesFile, 'utf8') !== before, PATIENT);
    await sleep(1000);
    await writer.append('# late\n');
    const { exitCode, stderr } = await running;
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(SAYS);
  }
});
