import { deepStrictEqual } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { NOTICE_MS, type WatchedFalloutd } from './daemon.ts';
import { must, SoakHost, type References } from './host.ts';
import { killPlan, racePlan, type KillPlan, type Layout, type RacePlan } from './plan.ts';
import type { Run } from '../../src/words.ts';

/** What falloutd was doing when it was killed, by its log. */
export type Hit = 'starting' | 'in a run' | 'idle';

/** The hosts of one soak, made when a round first wants them. */
export class Rounds {
  readonly #references: References;
  readonly #hosts = new Map<Layout, SoakHost>();
  readonly #daemons = new Map<Layout, WatchedFalloutd>();

  constructor(references: References) {
    this.#references = references;
  }

  /** @throws when something is not as it must be; the next round begins on a new host then. */
  async kill(seed: number): Promise<Hit> {
    const plan = killPlan(seed);
    return await this.#round(plan, async (host) => kill(host, plan, seed));
  }

  async race(seed: number): Promise<void> {
    const plan = racePlan(seed);
    await this.#round(plan, async (host) => {
      const daemon = this.#daemons.get(plan.layout) ?? host.start('watch');
      this.#daemons.set(plan.layout, daemon);
      await race(host, daemon, plan, seed);
    });
  }

  async remove(): Promise<void> {
    for (const daemon of this.#daemons.values()) {
      daemon.kill('SIGTERM');
      deepStrictEqual(await daemon.exit(), 0, 'the daemon ends with exit code 0');
    }
    for (const host of this.#hosts.values()) await host.remove();
  }

  async #round<T>({ layout }: { layout: Layout }, act: (host: SoakHost) => Promise<T>): Promise<T> {
    const host = this.#hosts.get(layout) ?? await SoakHost.create(layout, this.#references);
    this.#hosts.set(layout, host);
    try {
      return await act(host);
    } catch (error) {
      const daemon = this.#daemons.get(layout);
      daemon?.kill('SIGKILL');
      if (error instanceof Error && daemon !== undefined) error.message += `\n${daemon.text.slice(-6000)}`;
      this.#daemons.delete(layout);
      this.#hosts.delete(layout);
      throw error;
    }
  }
}

/** One kill: before, in, or after a run, with the user at work; then the next start. */
async function kill(host: SoakHost, plan: KillPlan, seed: number): Promise<Hit> {
  if (plan.forgets) await host.forget();
  const version = plan.isNew ? `s${seed}` : null;
  const [first, ...more] = plan.saves;
  if (first === undefined) throw new Error('a plan without a save');
  if (plan.begins === 'before-start') await host.save(first, `${seed}.0`, version);
  const daemon = host.start('watch');
  if (plan.begins === 'while-idle') await daemon.idle();
  let saving = plan.begins === 'while-idle' ? host.save(first, `${seed}.0`, version) : Promise.resolve();
  const killed = daemon.at(plan.kill, saving, () => daemon.kill('SIGKILL'));
  for (const [n, save] of more.entries()) {
    const before = saving;
    saving = daemon.at(save.at, before, async () => before.then(async () => host.save(save, `${seed}.${n + 1}`, version))).then((done) => done);
  }
  await killed;
  await daemon.exit();
  const hit = daemon.doing();
  await saving;
  host.checkFiles();
  host.checkDatabase();
  const remains = host.host.processes();
  const run = await nextStart(host, plan.next, remains);
  host.checkFiles();
  host.checkLeftovers();
  host.checkDatabase();
  host.checkHistory();
  await host.checkFixedPoint(run);
  return hit;
}

/** Starts falloutd again and gives the run with which it comes to rest. */
async function nextStart(host: SoakHost, command: 'once' | 'watch', remains: readonly string[]): Promise<Run> {
  const next = host.start(command);
  try {
    await next.begun();
    const left = host.host.processes().filter((each) => remains.includes(each));
    deepStrictEqual(left, [], 'the next start begins its run while processes of the killed one are left');
    if (command === 'watch') {
      await comesToRest(next, async () => must(await host.hasFixedPoint(), 'it rests where no fixed point is'));
      next.kill('SIGTERM');
    }
    deepStrictEqual(await next.exit(), 0, next.text);
  } finally {
    next.kill('SIGKILL');
  }
  deepStrictEqual(host.host.processes(), [], 'processes are left after the next start');
  const run = command === 'watch' ? next.runs.at(-1) : JSON.parse(/^\{$[^]*^\}$/m.exec(next.text)?.[0] ?? 'null') as Run | null;
  if (run == null) throw new Error(`no run ended:\n${next.text}`);
  return run;
}

/** Two saves, the second while falloutd answers the first one; falloutd comes to rest by itself. */
async function race(host: SoakHost, daemon: WatchedFalloutd, plan: RacePlan, seed: number): Promise<void> {
  await daemon.idle();
  const version = plan.isNew ? `s${seed}` : null;
  const first = host.save(plan.first, `${seed}.0`, version);
  await (await daemon.at(plan.second.at, first, async () => first.then(async () => host.save(plan.second, `${seed}.1`, version))));
  await sleep(NOTICE_MS);
  await comesToRest(daemon, async () => {
    host.checkFiles();
    host.checkLeftovers();
    host.checkHistory();
    const run = daemon.runs.at(-1);
    if (run === undefined) throw new Error('no run ended');
    await host.checkFixedPoint(run);
    deepStrictEqual(host.host.processes().filter((each) => !each.startsWith(`${daemon.pid} `)), [], 'processes are left');
  });
}

/** Waits until falloutd is idle and the checks pass; on a busy machine it may seem idle before it has noticed a save. */
async function comesToRest(daemon: WatchedFalloutd, check: () => Promise<void>): Promise<void> {
  for (const from = performance.now(); ;) {
    await daemon.idle();
    try {
      return await check();
    } catch (error) {
      if (performance.now() - from > REST_MS) throw error;
      await sleep(100);
    }
  }
}

/** What does not hold after so long will not come about by itself. */
const REST_MS = 10_000;
