import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { Host } from '../../src/setup/demo/demoHost.ts';
import type { NixCall, NixCalls } from './calls.ts';
import { MAIN } from './falloutd.ts';

const LOOK_MS = 50;
/** No call of Nix for this long: the run is over, and the next save finds the watcher idle. */
const QUIET_MS = 700;
const PATIENCE_MS = 120_000;

/** Milliseconds from a save of patches.nix to the start of the first Nix command, in `falloutd watch`. */
export async function saveToNix(host: Host, nix: NixCalls, text: string, saves: number): Promise<number[]> {
  await writeFile(host.patchesFile, text);
  const started = Date.now();
  const watching = execa(MAIN, ['watch', '--config', host.configFile], {
    env: { PATH: nix.path },
    reject: false,
  });
  const delays: number[] = [];
  try {
    await firstOfRun(nix, started);
    for (let n = 0; n < saves; n++) {
      const saved = Date.now();
      await writeFile(host.patchesFile, `# save ${n}\n${text}`);
      delays.push((await firstOfRun(nix, saved)).start - saved);
    }
  } finally {
    watching.kill('SIGTERM');
    await watching;
  }
  return delays;
}

/** The first call since `since`, once the calls have come to an end. */
async function firstOfRun(nix: NixCalls, since: number): Promise<NixCall> {
  for (;;) {
    const calls = (await nix.all()).filter((call) => call.start >= since);
    const [first] = calls;
    const now = Date.now();
    if (first !== undefined && calls.every(({ end }) => end !== null && now - end > QUIET_MS)) return first;
    if (now - since > PATIENCE_MS) throw new Error('a save started no Nix');
    await sleep(LOOK_MS);
  }
}
