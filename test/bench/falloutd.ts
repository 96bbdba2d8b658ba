import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Host } from '../../src/setup/demo/demoHost.ts';
import type { Run } from '../../src/model/run.ts';
import { coveredMs, type NixCall, type NixCalls } from './calls.ts';

export const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** A run of `falloutd once`, and how much of its time was not Nix's. */
export type Measured = {
  run: Run;
  /** Of each iteration: all of it, what is left of it without the calls of Nix and without the prediction, and that. */
  iterations: { ms: number; ownMs: number; predictMs: number }[];
  /** The whole process: node's start and end, opening the database. */
  ms: number;
  ownMs: number;
  calls: NixCall[];
};

/** Runs the built command on a host, with the recording Nix on its PATH. */
export async function measureOnce(host: Host, nix: NixCalls): Promise<Measured> {
  const from = Date.now();
  const { stdout, stderr } = await execa(MAIN, ['once', '--json', '--config', host.configFile], {
    env: { PATH: nix.path },
    reject: false,
  });
  const to = Date.now();
  if (stdout === '') throw new Error(`falloutd gave no run: ${stderr}`);
  const run = JSON.parse(stdout) as Run;
  const calls = (await nix.all()).filter((call) => call.start >= from);
  const iterations = run.iterations.map(({ startedAt, durationMs, prediction }) => {
    const began = Date.parse(startedAt);
    const predictMs = prediction?.predictMs ?? 0;
    return { ms: durationMs, ownMs: durationMs - coveredMs(calls, began, began + durationMs) - predictMs, predictMs };
  });
  const predictMs = iterations.reduce((sum, iteration) => sum + iteration.predictMs, 0);
  return { run, iterations, ms: to - from, ownMs: to - from - coveredMs(calls, from, to) - predictMs, calls };
}

/** What `falloutd predict` takes as a process of its own beside the calls of Nix, in ms; the kernel's facts are there. */
export async function measurePredict(host: Host, nix: NixCalls): Promise<number> {
  const from = Date.now();
  await execa(MAIN, ['predict', '--json', '--config', host.configFile], { env: { PATH: nix.path }, reject: false });
  const to = Date.now();
  return to - from - coveredMs(await nix.all(), from, to);
}
