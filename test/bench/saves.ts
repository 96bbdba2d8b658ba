import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { Host } from '../../src/demo/host.ts';
import type { NixCalls } from './calls.ts';
import { MAIN } from './falloutd.ts';

const LOOK_MS = 20;
const PATIENCE_MS = 120_000;

/** Milliseconds from a save of patches.nix to the start of the first Nix command, in `falloutd watch`. */
export async function saveToNix(host: Host, nix: NixCalls, text: string, saves: number): Promise<number[]> {
  await writeFile(host.patchesFile, text);
  const watching = execa(process.execPath, [MAIN, 'watch', '--config', host.configFile], { env: { PATH: nix.path }, reject: false, buffer: false });
  let printed = '';
  watching.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const runsEnded = (): number => printed.match(/^(?:stable|blocked|stalled|infrastructure)/gm)?.length ?? 0;
  const delays: number[] = [];
  try {
    await until(() => runsEnded() > 0, () => printed);
    for (let n = 0; n < saves; n++) {
      const ended = runsEnded();
      // Between two saves a person pauses: the watcher is idle.
      await sleep(300);
      const saved = Date.now();
      await writeFile(host.patchesFile, `# save ${n}\n${text}`);
      await until(() => runsEnded() > ended, () => printed);
      const first = (await nix.all()).find((call) => call.start >= saved);
      if (first === undefined) throw new Error(`a save started no Nix:\n${printed}`);
      delays.push(first.start - saved);
    }
  } finally {
    watching.kill('SIGINT');
    await watching;
  }
  return delays;
}

async function until(isSo: () => boolean, state: () => string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`waited in vain; falloutd said:\n${state()}`);
    await sleep(LOOK_MS);
  }
}
