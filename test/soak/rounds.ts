import { deepStrictEqual } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { NOTICE_MS, type WatchedFalloutd } from './daemon.ts';
import { SoakHost, type References } from './host.ts';
import {
  killPlan,
  racePlan,
  TARGETS,
  type KillPlan,
  type Layout,
  type RacePlan,
  type Save,
  type Stop,
} from './plan.ts';
import type { Run } from '../../src/model/run.ts';

/** What falloutd was doing when it was killed, by its log. */
export type Hit = 'starting' | 'in a run' | 'idle';

/** The hosts of one soak, made when a round first wants them. */
export class Rounds {
  readonly #references: References;
  readonly #hosts = new Map<string, SoakHost>();
  readonly #daemons = new Map<string, WatchedFalloutd>();

  constructor(references: References) {
    this.#references = references;
  }

  /** @throws when something is not as it must be; the next round begins on a new host then. */
  async kill(seed: number): Promise<Hit> {
    const plan = killPlan(seed);
    return await this.#round(`kill ${seed}`, plan, async (host) => {
      const key = keyOf(plan.layout);
      let daemon = this.#daemons.get(key) ?? null;
      if (daemon !== null && (plan.begins === 'before-start' || plan.forgets)) {
        await ends(daemon);
        daemon = null;
      }
      this.#daemons.delete(key);
      const { hit, next } = await kill(host, daemon, plan, seed);
      if (next !== null) this.#daemons.set(key, next);
      return hit;
    });
  }

  async race(seed: number): Promise<void> {
    const plan = racePlan(seed);
    await this.#round(`race ${seed}`, plan, async (host) => {
      const daemon = this.#daemons.get(keyOf(plan.layout)) ?? host.start('watch');
      this.#daemons.set(keyOf(plan.layout), daemon);
      await race(host, daemon, plan, seed);
    });
  }

  async remove(): Promise<void> {
    for (const daemon of this.#daemons.values()) await ends(daemon);
    for (const host of this.#hosts.values()) await host.remove();
  }

  async #round<T>(name: string, plan: { layout: Layout }, act: (host: SoakHost) => Promise<T>): Promise<T> {
    const key = keyOf(plan.layout);
    const host = this.#hosts.get(key) ?? (await SoakHost.create(plan.layout, this.#references));
    this.#hosts.set(key, host);
    try {
      return await act(host);
    } catch (error) {
      const daemon = this.#daemons.get(key);
      daemon?.kill('SIGKILL');
      this.#daemons.delete(key);
      this.#hosts.delete(key);
      const log = daemon === undefined ? '' : `\n${daemon.text.slice(-6000)}`;
      throw new Error(
        `${name}: ${JSON.stringify(plan)}\n${error instanceof Error ? error.message : String(error)}${log}`,
        { cause: error },
      );
    }
  }
}

const keyOf = ({ managed, jobs }: Layout): string => `${managed} ${jobs}`;

async function ends(daemon: WatchedFalloutd): Promise<void> {
  daemon.kill('SIGTERM');
  deepStrictEqual(await daemon.exit(), 0, `the daemon ends with exit code 0:\n${daemon.text}`);
}

/**
 * One kill: before, in, or after a run, with the user at work. A killed falloutd is started again, which stays when it is one
 * that watches; one whose Nix was killed goes on.
 */
async function kill(
  host: SoakHost,
  running: WatchedFalloutd | null,
  plan: KillPlan,
  seed: number,
): Promise<{ hit: Hit; next: WatchedFalloutd | null }> {
  const { hit, survivor } = await killAndSave(host, running, plan, seed);
  if (survivor !== null) {
    await comesToTheFixedPoint(host, survivor);
    return { hit, next: survivor };
  }
  host.checkFiles();
  host.checkDatabase();
  return { hit, next: await nextStart(host, plan) };
}

async function killAndSave(
  host: SoakHost,
  running: WatchedFalloutd | null,
  { begins, forgets, isNew, kill: moment, saves, victim }: KillPlan,
  seed: number,
): Promise<{ hit: Hit; survivor: WatchedFalloutd | null }> {
  if (forgets) await host.forget();
  const version = isNew ? `s${seed}` : null;
  const save = async (n: number): Promise<void> => {
    const each = saves[n];
    if (each !== undefined) await host.targets[each.target].save(each, `${seed}.${n}`, version);
  };
  if (begins === 'before-start') await save(0);
  const daemon = running ?? host.start('watch');
  try {
    if (begins === 'while-idle') await daemon.idle();
    let saving = begins === 'while-idle' ? save(0) : Promise.resolve();
    const killed = daemon.at(moment, saving, () => daemon.killVictim(victim));
    for (let n = 1; n < saves.length; n++) {
      const before = saving;
      saving = daemon.at(saves[n]?.at ?? moment, before, async () => before.then(async () => save(n)));
    }
    await killed;
    const hit = daemon.doing();
    if (daemon.isGone) await daemon.exit();
    await saving;
    return { hit: daemon.isGone ? daemon.doing() : hit, survivor: daemon.isGone ? null : daemon };
  } catch (error) {
    daemon.kill('SIGKILL');
    throw error;
  }
}

/** Starts falloutd again: what the killed one left ends before it begins, and it comes to the fixed point. null: it has ended. */
async function nextStart(host: SoakHost, { next: command }: KillPlan): Promise<WatchedFalloutd | null> {
  const remains = host.host.processes();
  const [first, ...others] = TARGETS;
  const next = command === 'watch' ? host.start('watch') : host.start('once', first);
  try {
    await next.begun();
    const left = host.host.processes().filter((each) => remains.includes(each));
    deepStrictEqual(left, [], 'the next start begins its run while processes of the killed one are left');
    if (command === 'watch') {
      await comesToRest(next, async () => holds(host, next.lastRuns, next));
      host.checkDatabase();
      return next;
    }
    const runs = new Map<string, Run>([[first, await ended(next)]]);
    for (const name of others) runs.set(name, await ended(host.start('once', name)));
    await holds(host, runs, null);
    host.checkDatabase();
    return null;
  } catch (error) {
    next.kill('SIGKILL');
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${next.text.slice(-6000)}`, {
      cause: error,
    });
  }
}

/** What must hold after a round, with the last run of each target. */
async function holds(host: SoakHost, runs: ReadonlyMap<string, Run>, daemon: WatchedFalloutd | null): Promise<void> {
  host.checkFiles();
  host.checkLeftovers();
  host.checkHistory();
  for (const target of host.all) await target.checkFixedPoint(runs.get(target.name) ?? null, host.stateDir);
  host.checkProcesses(daemon);
}

/** The run of a `once` that ends. */
async function ended(once: WatchedFalloutd): Promise<Run> {
  deepStrictEqual(await once.exit(), 0, once.text);
  const run = runIn(once.text);
  if (run === null) throw new Error(`once printed no run:\n${once.text}`);
  return run;
}

/** What `once --json` printed. */
function runIn(text: string): Run | null {
  return JSON.parse(/^\{$[^]*^\}$/m.exec(text)?.[0] ?? 'null') as Run | null;
}

/** Two saves, the second while falloutd answers the first one; falloutd comes to rest by itself. */
async function race(host: SoakHost, daemon: WatchedFalloutd, plan: RacePlan, seed: number): Promise<void> {
  await daemon.idle();
  const version = plan.isNew ? `s${seed}` : null;
  const save = async ({ target, ...how }: Save, n: number): Promise<void> =>
    host.targets[target].save({ target, ...how }, `${seed}.${n}`, version);
  const first = save(plan.first, 0);
  const second = daemon.at(plan.second.at, first, async () => first.then(async () => save(plan.second, 1)));
  await Promise.all([second, plan.stop === null ? null : stop(daemon, plan.stop, first)]);
  await comesToTheFixedPoint(host, daemon);
}

async function stop(daemon: WatchedFalloutd, { at, ms }: Stop, cause: Promise<unknown>): Promise<void> {
  await daemon.at(at, cause, async () => {
    daemon.kill('SIGSTOP');
    await sleep(ms);
    daemon.kill('SIGCONT');
  });
}

/** A daemon that goes on comes to rest by itself, but for a Nix that was killed: the user tries again at once. */
async function comesToTheFixedPoint(host: SoakHost, daemon: WatchedFalloutd): Promise<void> {
  await sleep(NOTICE_MS);
  await comesToRest(daemon, async () => {
    for (const { name } of host.all)
      if (daemon.lastRuns.get(name)?.outcome?.kind === 'infrastructure') await host.retry(name);
    await holds(host, daemon.lastRuns, daemon);
  });
}

/** Waits until falloutd is idle and the checks pass; on a busy machine it may seem idle before it has noticed a save. */
async function comesToRest(daemon: WatchedFalloutd, check: () => Promise<void>): Promise<void> {
  for (;;) {
    await daemon.idle();
    try {
      await check();
      return;
    } catch (error) {
      if (daemon.quietMs() > REST_MS) throw error;
      await sleep(100);
    }
  }
}

/** What does not hold when nothing was seen of falloutd for so long will not come about by itself. */
const REST_MS = 60_000;
