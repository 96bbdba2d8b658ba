/** A changed configuration that cannot be served, whatever is wrong with it: the old daemon goes on. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { askDaemon, tellDaemon } from '../../src/daemon/client.ts';
import type { Service } from '../../src/daemon/service.ts';
import { openHistory, type History } from '../../src/state/historyDatabase.ts';
import { keepPlace } from '../../src/state/targetNames.ts';
import { FakeWork, turns } from '../helpers/fakeWork.ts';
import { ServiceHost } from '../helpers/serviceHost.ts';
import { folder } from '../helpers/target.ts';

let work: FakeWork;
let host: ServiceHost;
let service: Service;
let history: History;

beforeEach(async () => {
  vi.stubEnv('XDG_RUNTIME_DIR', folder());
  work = new FakeWork();
  host = new ServiceHost(folder(), work);
  host.configure();
  service = await host.start();
  await turns();
  history = openHistory(host.stateDir);
});
afterEach(async () => {
  const stopped = service.stop();
  await vi.waitUntil(() => work.underWay.every((run) => run.signal.aborted), { timeout: 60_000 });
  for (const run of work.underWay) run.end({ kind: 'interrupted' });
  await stopped;
  history.close();
  vi.unstubAllEnvs();
});

const live = async (): Promise<unknown> => askDaemon(host.stateDir, (daemon) => daemon.live.$get());

/** Saves the configuration, and waits until it is taken over or refused. */
async function reload(): Promise<void> {
  const before = host.news.length;
  host.save('config');
  await vi.waitUntil(() => host.news.length > before, { timeout: 60_000 });
}

/** A name that another folder has, as `claimTargets` finds it. */
function taken(): void {
  const other = join(host.dir, 'other');
  mkdirSync(other);
  keepPlace(history, 'three', other);
  host.configure({ targets: ['three'] });
}

/** A flake that holds the state directory. */
function stateInFlake(): void {
  writeFileSync(join(host.dir, 'flake.nix'), '{ outputs = _: { }; }');
  host.configure({ targets: [], more: '[target.four]\nflake = ".."\nattribute = "k"\npatches = "one.nix"\n' });
}

/** The new loops cannot be made. */
function brokenDatabase(): void {
  history.run('ALTER TABLE holds RENAME TO gone');
  host.configure({ jobs: 1 });
}

test.each([
  ['is no TOML', () => writeFileSync(host.configFile, 'no = [toml'), /./],
  ['is gone', () => rmSync(host.configFile), /./],
  ['names a target that another folder has', taken, /`three` of this state directory is the one in .*other/],
  ['has a flake around the state directory', stateInFlake, /the state directory lies in the flake/],
  ['meets a database that cannot be read', brokenDatabase, /no such table: holds/],
])('one that %s', async (_, breakIt, message) => {
  const before = [...work.runs];
  breakIt();
  await reload();
  expect(host.news.at(-1)).toMatchObject({
    kind: 'reload-failed',
    problem: { message: expect.stringMatching(message) as string },
  });
  expect(work.runs).toEqual(before);
  expect(before.map((run) => run.signal.aborted)).toEqual([false, false]);
  expect(await live()).toMatchObject({
    one: { state: 'running' },
    two: { state: 'running' },
  });

  for (const run of before) run.end({ kind: 'stable' });
  await turns();
  host.save('one');
  await turns();
  expect(work.underWay.map((run) => [run.target, run.cause])).toEqual([['one', 'save']]);
});

test('is followed by one that can be served, which takes over when the runs under way have ended', async () => {
  writeFileSync(host.configFile, 'no = [toml');
  await reload();
  host.configure({ jobs: 1, targets: ['two'] });
  const before = host.news.length;
  host.save('config');
  await vi.waitUntil(() => work.runs.every((run) => run.signal.aborted), { timeout: 60_000 });
  const answer = live();
  expect(work.runs).toHaveLength(2);
  expect(host.news).toHaveLength(before);
  for (const run of work.underWay) run.end({ kind: 'interrupted' });
  expect(Object.keys((await answer) as object)).toEqual(['two']);
  expect(host.news.at(-1)).toMatchObject({ kind: 'serving', config: { jobs: 1 } });
  await turns();
  expect(work.underWay.map((run) => [run.target, run.cause])).toEqual([['two', 'start']]);
});

test('pause answers when the run has ended', async () => {
  let answered = false;
  const pausing = tellDaemon(host, { name: 'one' }, 'pause').then(() => (answered = true));
  await vi.waitUntil(() => work.runs[0]?.signal.aborted, { timeout: 60_000 });
  await live();
  expect(answered).toBe(false);
  work.runs[0]?.end({ kind: 'interrupted' });
  await pausing;
});

test('undo begins and answers when the run has ended', async () => {
  const undoing = askDaemon(host.stateDir, (daemon) =>
    daemon.targets[':target'].undo.$post({ param: { target: 'one' }, json: { run: 1 } }),
  );
  await vi.waitUntil(() => work.runs[0]?.signal.aborted, { timeout: 60_000 });
  await live();
  expect(work.undos).toEqual([]);
  work.runs[0]?.end({ kind: 'interrupted' });
  await vi.waitUntil(() => work.undos.length === 1, { timeout: 60_000 });
  work.undos[0]?.end();
  expect(await undoing).toMatchObject({ run: 1, changed: true });
});
