/**
 * `npm run bench:kconfig`: the Kconfig engine beside the kernel's conf, all in one run, on a Linux 6.12 source and x86. Nothing fails here but another
 * .config than conf's: other load on the machine is no defect.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildConf, kbuildEnvironment } from '../../helpers/kconf.ts';
import { linuxTree } from '../../helpers/linuxTree.ts';
import { answers } from '../../kconfig-oracle/kernel.ts';
import { median, printFigure, printLine, rounded, seconds } from '../figures.ts';
import { benchPredictions } from './predicting.ts';
import { runConf, runEngine, runNothing, type Task, type Times } from './side.ts';

const HELP = `npm run bench:kconfig -- [options]
  --tree DIR     a Linux 6.12 source (default: the distribution's, FALLOUTD_LINUX_TREE)
  --rounds N     how often each side runs, in turns (default 5)
  --answers N    how many answers the session of make config takes (default 13000; 0 leaves it out)
  --predictions N  how many predictions are made for the memory they leave (default 300)
`;

const { values: flags } = parseArgs({
  options: {
    tree: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    answers: { type: 'string', default: '13000' },
    predictions: { type: 'string', default: '300' },
    help: { type: 'boolean', default: false },
  },
});

if (flags.help) process.stdout.write(HELP);
else await bench(Number(flags.rounds), Number(flags.answers), Number(flags.predictions));

async function bench(rounds: number, answerCount: number, times: number): Promise<void> {
  const base = await mkdtemp(join(tmpdir(), 'falloutd-bench-'));
  try {
    const root = flags.tree ?? (await linuxTree());
    const conf = await buildConf(root);
    const { environment } = await kbuildEnvironment(conf, 'x86');
    const dotConfig = async () => readFile(join(base, '.config'), 'utf8');
    await runConf(conf, base, environment, 'defconfig=arch/x86/configs/x86_64_defconfig');
    const config = await dotConfig();
    const task: Task = { root, environment, config, probes: null, answers: answers(1, answerCount), changes: 100 };
    const kept = { ...task, probes: join(base, 'probes.json') };
    await runEngine(base, 'olddefconfig', kept);

    const ofConf: Times[] = [],
      cold: Times[] = [],
      warm: Times[] = [],
      nothing: Times[] = [];
    const memory: number[] = [];
    const expectSame = (text: string, expected: string) => {
      if (text !== expected) throw new Error('the engine wrote another .config than conf');
    };
    for (let round = 0; round < rounds; round++) {
      await writeFile(join(base, '.config'), config);
      ofConf.push(await runConf(conf, base, environment, 'olddefconfig'));
      const expected = await dotConfig();
      for (const [list, given] of [
        [cold, task],
        [warm, kept],
      ] as const) {
        const run = await runEngine(base, 'olddefconfig', given);
        expectSame(run.text, expected);
        list.push(run);
        memory.push(run.memory);
      }
      nothing.push(await runNothing(base));
    }
    const confTime = median(ofConf.map(({ ms }) => ms));
    printLine(
      `conf: olddefconfig in ${shown(ofConf)}; node itself takes ${rounded(median(nothing.map(({ ms }) => ms)))} ms, counted below`,
    );
    printPaired('cold load and olddefconfig', cold, ofConf, 0.8);
    printPaired("the same with the probes' answers kept", warm, ofConf, 0.5);

    const change = await runEngine(base, 'change', kept);
    printFigure(
      "one symbol changed and all values read, of conf's time",
      (100 * change.changeMs) / confTime,
      '%',
      { atMost: 2 },
      `mean of ${2 * task.changes}: ${rounded(change.changeMs)} ms`,
    );
    printFigure(
      'memory',
      Math.max(...memory),
      'MB',
      { atMost: 200 },
      `cold or warm; ${rounded(change.memory)} MB after ${2 * task.changes} changes`,
    );
    await benchPredictions(base, task, { rounds, confMs: confTime, times });
    if (answerCount === 0) return;

    await writeFile(join(base, '.config'), config);
    const theirs = await runConf(conf, base, environment, 'oldaskconfig', task.answers);
    const ours = await runEngine(base, 'session', kept);
    expectSame(ours.text, await dotConfig());
    printPaired(
      'a session of make config',
      [ours],
      [theirs],
      0.2,
      `${ours.questions} questions, of which the session itself ${seconds(ours.sessionMs)}; `,
    );
    printFigure('memory at its end', ours.memory, 'MB', { atMost: 200 });
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

/** The ratio on the clock is what counts; that of the work done tells whether other load had a part in it. */
function printPaired(
  name: string,
  ours: readonly Times[],
  theirs: readonly Times[],
  atMost: number,
  details = '',
): void {
  const ratio = (of: (times: Times) => number) => median(ours.map(of)) / median(theirs.map(of));
  printFigure(
    `${name}, of conf's time`,
    ratio(({ ms }) => ms),
    '×',
    { atMost },
    `${details}${shown(ours)} and ${shown(theirs)}; of the work ${rounded(ratio(({ cpuMs }) => cpuMs))} ×`,
  );
}

function shown(runs: readonly Times[]): string {
  return `${(median(runs.map(({ ms }) => ms)) / 1000).toFixed(2)} s (work ${(median(runs.map(({ cpuMs }) => cpuMs)) / 1000).toFixed(2)} s)`;
}
