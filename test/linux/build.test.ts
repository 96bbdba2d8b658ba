import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { createDaemon, type Daemon } from '../../src/daemon/daemon.ts';
import { buildLog, kernelBuilds } from '../../src/state/kernelBuilds.ts';
import { KernelBuilds, type KernelJob } from '../../src/build/queue.ts';
import { KernelHost, until } from '../helpers/kernelHost.ts';
import { linuxTree } from '../helpers/linuxTree.ts';
import { Listener } from '../helpers/listener.ts';
import { otherMachine, type OtherMachine } from '../helpers/otherMachine.ts';
import { wishing } from '../helpers/patchesText.ts';

/** On top of tinyconfig: modules too, one of them built. */
const WISHES = 'MODULES = yes; "64BIT" = yes; PRINTK = yes; CRYPTO = yes; CRYPTO_ECHAINIV = module;';
/** So many objects are compiled when the build is cancelled, or the file edited. */
const SOME = 30;

let host: KernelHost;
let other: OtherMachine;
beforeAll(async () => {
  host = await KernelHost.create({
    tree: { kind: 'linux', path: await linuxTree() },
    kernel: { defconfig: 'tinyconfig', enableCommonConfig: false, autoModules: false, quickKconfig: true },
  });
  await host.keepBuilders();
  other = await otherMachine(host);
});
afterAll(async () => {
  await host.remove();
});

test.each([
  { name: 'here', wishes: WISHES, nixArgs: () => host.host.nixArgs },
  { name: 'in another store', wishes: `${WISHES} SHMEM = yes;`, nixArgs: () => other.asStore },
])(
  'tinyconfig of Linux 6.12 is built $name: watched, cancelled, started again, the tree edited meanwhile, finished',
  async ({ wishes, nixArgs }) => {
    host.forget();
    const listener = new Listener();
    const kernels = new KernelBuilds(host.history);
    kernels.follow(listener.emit);
    let daemon: Daemon | null = null;
    try {
      await host.save(wishing(wishes));
      const ended = listener.ended();
      const config = loadConfig(host.host.configFile, host.stateDir);
      daemon = createDaemon(
        { ...config, targets: config.targets.map((target) => ({ ...target, nixArgs: nixArgs() })) },
        host.history,
        listener.emit,
        { kernels },
      );
      daemon.start();
      expect((await ended).outcome).toEqual({ kind: 'stable' });

      const loop = daemon.loop('demo');
      if (loop === null) throw new Error('no such target');
      const ask = async (): Promise<KernelJob> =>
        kernels.request(
          { target: loop.target, state: loop.live().state, converge: () => loop.trigger('command') },
          { whenStable: false },
        );
      /** Resolves when a build has compiled some objects. */
      const compiles = async (job: KernelJob): Promise<void> => {
        let ended: unknown;
        void job.done.then((build) => (ended = build));
        await until(() => ended !== undefined || (kernels.live('demo')?.progress?.objects ?? 0) >= SOME);
        expect(ended).toBeUndefined();
      };

      const job = await ask();
      await compiles(job);
      expect(kernels.live('demo')).toMatchObject({ state: 'building', progress: { step: 'buildPhase' } });
      await kernels.cancel('demo');
      expect(await job.done).toMatchObject({ build: 1, outcome: 'cancelled' });
      await until(() => host.processes().length === 0);

      const again = await ask();
      await compiles(again);
      const edited = listener.ended();
      await host.save(wishing(`${wishes} PRINTK_TIME = yes;`));
      expect((await edited).outcome).toEqual({ kind: 'stable' });
      expect(kernels.live('demo')).toMatchObject({ state: 'building' });
      const build = await again.done;
      expect(build).toMatchObject({ build: 2, outcome: 'built', problem: null });
      expect(build).toEqual(kernelBuilds(host.history, { limit: 1 })[0]);
      expect(build?.objects).toBeGreaterThan(SOME);
      expect(buildLog(host.history, 2)?.match(/^ {2}(?:CC|AS) /gm)?.length).toBeGreaterThan(SOME);
      // Documentation/arch/x86/boot.rst: what every bzImage has at this place.
      expect(readFileSync(join(build?.outPath ?? '', 'bzImage')).toString('latin1', 0x202, 0x206)).toBe('HdrS');
      expect(build?.modulesBytes).toBeGreaterThan(1000);
      expect(host.processes()).toEqual([]);
    } finally {
      await kernels.stop();
      await daemon?.stop();
    }
  },
);
