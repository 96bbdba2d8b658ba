import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Conf } from '../../helpers/kconf.ts';

/** What `engine.mjs` is given. */
export type Task = {
  root: string;
  environment: Record<string, string>;
  /** The text of a .config to begin with. */
  config: string;
  /** Where answers of probes are kept between processes; null: nowhere. */
  probes: string | null;
  answers: string[];
  /** How many symbols are changed, and changed back. */
  changes: number;
};

/** What `engine.mjs` found. */
export type Measured = {
  /** The .config at its end, to be compared with conf's. */
  text: string;
  /** One change with all values read. */
  changeMs: number;
  sessionMs: number;
  questions: number;
  /** Most memory that the process had, in MB. */
  memory: number;
};

/** A whole process: on the clock, and the work of it and of the processes it started, which other load on the machine disturbs less. */
export type Times = { ms: number; cpuMs: number };

/** Runs conf in `directory`, on the .config there. Where auto.conf is, conf leaves out the files for make: it is told that it is there. */
export async function runConf(
  conf: Conf,
  directory: string,
  environment: Record<string, string>,
  argument: string,
  answers: readonly string[] = [],
): Promise<Times> {
  await writeFile(join(directory, 'auto.conf'), '');
  const { times } = await timed([conf.plain, '-s', `--${argument}`, 'Kconfig'], {
    cwd: directory,
    env: { ...environment, KCONFIG_AUTOCONFIG: 'auto.conf' },
    input: answers.map((answer) => `${answer}\n`).join(''),
  });
  return times;
}

/** Runs the compiled engine in a process of its own. */
export async function runEngine(
  directory: string,
  what: 'olddefconfig' | 'change' | 'session',
  task: Task,
): Promise<Times & Measured> {
  const file = join(directory, 'task.json');
  await writeFile(file, JSON.stringify(task));
  const { times, stdout } = await timed(
    [process.execPath, fileURLToPath(new URL('engine.mjs', import.meta.url)), what, file],
    { cwd: directory, env: { ...process.env }, input: '' },
  );
  return { ...(JSON.parse(stdout) as Measured), ...times };
}

/** Node without anything to do. */
export async function runNothing(directory: string): Promise<Times> {
  return (await timed([process.execPath, '-e', ''], { cwd: directory, env: { ...process.env }, input: '' })).times;
}

/** Runs a command. The shell's own `times` counts all processes below it. */
export async function timed(
  command: readonly string[],
  options: { cwd: string; env: Record<string, string | undefined>; input: string },
): Promise<{ times: Times; stdout: string }> {
  const started = performance.now();
  const { stdout, stdio } = await execa('sh', ['-c', '"$@" 2>/dev/null || exit; times >&3', 'sh', ...command], {
    ...options,
    extendEnv: false,
    stdio: ['pipe', 'pipe', 'inherit', 'pipe'],
  });
  const ms = performance.now() - started;
  return { times: { ms, cpuMs: 1000 * secondsOfChildren(stdio[3]) }, stdout };
}

/** The second line is what the shell's children took: user and system, as `0m1.25s`. */
function secondsOfChildren(times: string): number {
  const line = times.split('\n')[1] ?? '';
  return [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds),
    0,
  );
}
