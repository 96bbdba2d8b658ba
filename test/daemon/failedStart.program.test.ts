/** `falloutd watch` where something that it needs at the start cannot be had: one message, the exit code, and nothing is left. */
import { chmodSync, chownSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { socketPath } from '../../src/daemon/address.ts';
import { openHistory } from '../../src/state/historyDatabase.ts';
import { isLocked } from '../../src/state/lock.ts';
import { keepPlace } from '../../src/state/targetNames.ts';
import { falloutd, startFalloutd } from '../helpers/command.ts';
import { FakeWork, turns } from '../helpers/fakeWork.ts';
import { ServiceHost } from '../helpers/serviceHost.ts';
import { folder } from '../helpers/target.ts';

let work: FakeWork;
let host: ServiceHost;
/** The runtime directory, and what falloutd would make in it. */
let runtime: string;
let place: string;
beforeEach(() => {
  runtime = folder();
  place = join(runtime, 'falloutd');
  vi.stubEnv('XDG_RUNTIME_DIR', runtime);
  work = new FakeWork();
  host = new ServiceHost(folder(), work);
  host.configure();
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const isRoot = process.getuid?.() === 0;

function makeOpenFolder(): void {
  mkdirSync(place);
  chmodSync(place, 0o777);
}

function makeTheirFolder(): void {
  mkdirSync(place, { mode: 0o700 });
  chownSync(place, 65534, 65534);
}

function makeLinkToFolder(): void {
  mkdirSync(join(runtime, 'elsewhere'), { mode: 0o700 });
  symlinkSync('elsewhere', place);
}

function makeFolderForSocket(): void {
  mkdirSync(host.stateDir);
  mkdirSync(join(place, basename(socketPath(host.stateDir)), 'more'), { recursive: true, mode: 0o700 });
}

type Place = [name: string, make: () => void, message: RegExp];

const PLACES: Place[] = [
  ['others can write in', makeOpenFolder, /falloutd can be written by others/],
  ['is a file', () => writeFileSync(place, ''), /falloutd is no folder/],
  ['is a link to nothing', () => symlinkSync('/nowhere/at/all', place), /falloutd is no folder/],
  ['is a link to itself', () => symlinkSync('falloutd', place), /falloutd is no folder/],
  ['is a link to a folder', makeLinkToFolder, /falloutd is no folder/],
  ['has a folder where the socket would be', makeFolderForSocket, /cannot answer on .*\.sock: there is a folder/],
];

const THEIRS: Place = ['belongs to somebody else', makeTheirFolder, /somebody else \(user 65534\)/];

describe.each(isRoot ? [...PLACES, THEIRS] : PLACES)('a place of the socket that %s', (_, make, message) => {
  test('is refused, and nothing runs or stays locked', async () => {
    make();
    await expect(host.start()).rejects.toMatchObject({
      exitCode: 4,
      problem: { message: expect.stringMatching(message) as string, hint: expect.any(String) as string },
    });
    await turns();
    expect(work.runs).toEqual([]);
    expect(isLocked(host.stateDir)).toBe(false);
  });
});

test('the command ends with 4 and says what to do', async () => {
  makeOpenFolder();
  const { code, stderr } = await falloutd(['watch', '--config', host.configFile, '--state', host.stateDir]);
  expect(stderr).toMatch(/^falloutd: .*can be written by others.*\n {2}remove it.*\n$/);
  expect(code).toBe(4);
  expect(isLocked(host.stateDir)).toBe(false);
});

test('a second daemon is refused, and the first goes on answering', async () => {
  const first = await host.start();
  await expect(host.start()).rejects.toMatchObject({ exitCode: 4 });
  await turns();
  for (const run of work.underWay) run.end({ kind: 'stable' });
  expect((await first.daemon()).live()).toHaveProperty('one');
  await first.stop();
  expect(isLocked(host.stateDir)).toBe(false);
});

function takeName(): void {
  const history = openHistory(host.stateDir);
  keepPlace(history, 'one', folder());
  history.close();
}

function breakDatabase(): void {
  const history = openHistory(host.stateDir);
  history.run('ALTER TABLE holds RENAME TO gone');
  history.close();
}

test.each([
  ['a name that another folder has', takeName, 4],
  ['a database that cannot be read', breakDatabase, 5],
])('with %s the socket goes, too', async (_, make, exitCode) => {
  make();
  await expect(host.start()).rejects.toMatchObject({ exitCode });
  expect(isLocked(host.stateDir)).toBe(false);
  expect(existsSync(socketPath(host.stateDir))).toBe(false);
  expect(work.runs).toEqual([]);
});

// It took minutes while each target renewed the watch of all of them.
test('watch with five thousand targets ends at a SIGTERM as it starts', async () => {
  const targets = Array.from({ length: 5000 }, (_, n) => `t${n}`);
  host.configure({ targets });
  for (const target of targets) writeFileSync(host.patchesFile(target), '{ ... }: [ ]');
  const running = startFalloutd(['watch', '--config', host.configFile, '--state', host.stateDir]);
  // Not by execa, which would kill it after five seconds.
  running.stdout.once('data', () => process.kill(running.pid ?? 0, 'SIGTERM'));
  expect((await running).exitCode).toBe(0);
  expect(isLocked(host.stateDir)).toBe(false);
});
