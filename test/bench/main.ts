/**
 * `npm run bench`: falloutd's figures beside their targets, all from one run on a real kernel tree. Nothing fails
 * here: other load on the machine is no defect.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createHost, removeHost, type Host, type HostOptions } from '../../src/setup/demo/demoHost.ts';
import { evaluate } from '../../src/nix/evaluate.ts';
import { linuxTree } from '../helpers/linuxTree.ts';
import { NixCalls } from './calls.ts';
import { measureOnce, measurePredict, type Measured } from './falloutd.ts';
import { median, printFigure, printLine, rounded, seconds } from './figures.ts';
import { longHistory } from './longHistory.ts';
import { idle, memory } from './longRun.ts';
import { driversOff, MONOLITHIC, patchesText, SUBSYSTEMS, type Wishes } from './patches.ts';
import { plainLoop, type PlainRun } from './plainLoop.ts';
import { predictionsBesideConf } from './kconfig/predicting.ts';
import { readingSpeed } from './reading.ts';
import { saveToNix } from './saves.ts';

const HELP = `npm run bench -- [options]
  --tree DIR     a Linux 6.12 source (default: the distribution's, FALLOUTD_LINUX_TREE)
  --builds N     end the plain loop on MODULES = no after N config builds; 0 leaves it out (default 6; it wants about 40)
  --saves N      how many saves are timed (default 20)
  --as-shipped   conf as kernel.org ships it; default: one that forgets at once, with the same .config in a fifth of the
                 time, of which falloutd's own share is the larger
  --iterations N how long the daemon runs whose memory is read (default 1000)
  --idle S       for how many seconds it is left alone (default 600)
  --recorded N   how many iterations the history has that is shown (default 100000)
  --predictions N  how many predictions are made for the memory they leave (default 300)
  --only ROWS    of saves, memory, idle, history, predictions and kernel, with commas between them
  --small        all but predictions and kernel, which need a tree
`;

const ROWS = ['saves', 'memory', 'idle', 'history', 'predictions', 'kernel'];

const { values: flags } = parseArgs({
  options: {
    tree: { type: 'string' },
    builds: { type: 'string', default: '6' },
    saves: { type: 'string', default: '20' },
    iterations: { type: 'string', default: '1000' },
    idle: { type: 'string', default: '600' },
    recorded: { type: 'string', default: '100000' },
    predictions: { type: 'string', default: '300' },
    only: { type: 'string' },
    'as-shipped': { type: 'boolean', default: false },
    small: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const rows = flags.only?.split(',') ?? ROWS.filter((row) => !flags.small || !['predictions', 'kernel'].includes(row));
const unknown = rows.find((row) => !ROWS.includes(row));

if (flags.help) process.stdout.write(HELP);
else if (unknown !== undefined) {
  process.stderr.write(`there is no row ${unknown}, only ${ROWS.join(', ')}\n`);
  process.exitCode = 2;
} else await bench(new Set(rows));

async function bench(wanted: ReadonlySet<string>): Promise<void> {
  const base = await mkdtemp(join(tmpdir(), 'falloutd-bench-'));
  const atEnd: (() => Promise<void>)[] = [];
  const newHost = async (options: Omit<HostOptions, 'dir'>): Promise<Host> => {
    const host = await createHost({ dir: join(base, `host-${atEnd.length}`), ...options });
    atEnd.push(async () => removeHost(host));
    return host;
  };
  try {
    const nix = await NixCalls.install(join(base, 'bin'));
    if (wanted.has('saves')) {
      const delays = await saveToNix(await newHost({}), nix, patchesText({ RTLWIFI: 'no' }), Number(flags.saves));
      printFigure(
        'save to nix started',
        median(delays),
        'ms',
        { atMost: 300 },
        `median of ${delays.length}, ${rounded(Math.min(...delays))} to ${rounded(Math.max(...delays))} ms`,
      );
    }
    if (wanted.has('memory'))
      await memory(await newHost({ patches: patchesText({ RTLWIFI: 'no' }) }), Number(flags.iterations));
    if (wanted.has('idle')) await idle(await newHost({ patches: patchesText({ RTLWIFI: 'no' }) }), Number(flags.idle));
    if (wanted.has('history')) await longHistory(base, Number(flags.recorded), 20);
    if (wanted.has('predictions'))
      await predictionsBesideConf(
        join(base, 'predictions'),
        flags.tree ?? (await linuxTree()),
        Number(flags.predictions),
      );
    if (!wanted.has('kernel')) return;

    const tree = { kind: 'linux' as const, path: flags.tree ?? (await linuxTree()) };
    const contest = async (name: string, wishes: Wishes, maxBuilds: number): Promise<Contest> => {
      const options = { tree, patches: patchesText(wishes), kernel: { quickKconfig: !flags['as-shipped'] } };
      const [ours, theirs] = [await newHost(options), await newHost(options)];
      // Each has its own store: what a first evaluation copies there is no part of either loop.
      for (const host of [ours, theirs])
        await evaluate({
          installable: { kind: 'flake', dir: host.dir, attribute: host.attribute },
          nixArgs: host.nixArgs,
        });
      const falloutd = await measureOnce(ours, nix);
      printOwnTime(name, falloutd);
      const predicting: number[] = [];
      for (let i = 0; i < 3; i++) predicting.push(await measurePredict(ours, nix));
      printFigure(
        `${name}: falloutd predict, without Nix`,
        median(predicting) / 1000,
        's',
        { atMost: 2 },
        'median of 3',
      );
      const plain = maxBuilds > 0 ? await plainLoop(theirs, wishes, maxBuilds) : null;
      printContest(name, falloutd, plain);
      return { falloutd, plain };
    };
    const subsystems = await contest('five subsystems off', SUBSYSTEMS, 40);
    const monolithic = await contest('MODULES = no', MONOLITHIC, Number(flags.builds));
    const many = await contest('7,000 drivers off', driversOff(tree.path, 7000), 0);

    const iterations = [subsystems, monolithic, many].flatMap(({ falloutd }) => falloutd.iterations);
    const total = (pick: (of: { ms: number; ownMs: number }) => number): number =>
      iterations.reduce((sum, each) => sum + pick(each), 0);
    printFigure(
      "falloutd's own time",
      (100 * total((i) => i.ownMs)) / total((i) => i.ms),
      '% of the iterations',
      { atMost: 2 },
      `worst iteration ${rounded(Math.max(...iterations.map((i) => (100 * i.ownMs) / i.ms)))} %`,
    );

    const { records, transcripts } = readingSpeed([subsystems, monolithic].flatMap(({ plain }) => plain?.stderr ?? []));
    for (const [name, reading] of [
      ['transcripts to facts', transcripts],
      ["Nix's records to facts", records],
    ] as const) {
      printFigure(
        name,
        reading.mbPerSecond,
        'MB/s',
        { atLeast: 50 },
        `${rounded(reading.bytes / 1e6)} MB, median of 20 readings, best ${rounded(reading.best)} MB/s`,
      );
    }
  } finally {
    for (const remove of atEnd) await remove();
    await rm(base, { recursive: true, force: true });
  }
}

type Contest = { falloutd: Measured; plain: PlainRun | null };

function printOwnTime(name: string, { run, iterations, ms, ownMs }: Measured): void {
  printLine(`${name}: falloutd ended ${run.outcome?.kind ?? 'without an outcome'}`);
  for (const [n, iteration] of iterations.entries()) {
    printLine(
      `  iteration ${n + 1}: ${seconds(iteration.ms)}, of it predicting ${seconds(iteration.predictMs)} and falloutd's own ${rounded(iteration.ownMs)} ms (${rounded((100 * iteration.ownMs) / iteration.ms)} %)`,
    );
  }
  printLine(
    `  the whole command: ${seconds(ms)}, of it falloutd's own ${rounded(ownMs)} ms (${rounded((100 * ownMs) / ms)} %)`,
  );
}

function printContest(name: string, falloutd: Measured, plain: PlainRun | null): void {
  const evaluations = falloutd.calls.filter((call) => call.command === 'nix' && call.subcommand === 'eval').length;
  const built = falloutd.run.iterations.filter((iteration) => iteration.buildMs > 0);
  const builds = built.length;
  const buildMs = built.reduce((sum, iteration) => sum + iteration.buildMs, 0);
  const factsMs = falloutd.run.iterations.reduce((sum, { prediction }) => sum + (prediction?.factsMs ?? 0), 0);
  const ms = falloutd.run.durationMs ?? falloutd.ms;
  printLine(
    `${name}: falloutd ${evaluations} evaluations, ${builds} config builds of ${seconds(buildMs / builds)}, kernel facts in ${seconds(factsMs)}, ${seconds(ms)}`,
  );
  if (plain === null) return;
  const steps = plain.conflicts + plain.builds;
  const atLeast = plain.outcome === 'green' ? '' : 'more than ';
  const end = { green: 'green', capped: 'capped, not green yet', stuck: 'stuck' }[plain.outcome];
  printLine(
    `${name}: plain loop ${steps} evaluations, ${plain.builds} config builds of ${seconds(plain.buildMs / plain.builds)}, ${seconds(plain.ms)} (${end})`,
  );
  printLine(
    `${name}: the plain loop takes ${atLeast}${rounded(steps / evaluations)} times the evaluations, ${atLeast}${rounded(plain.builds / builds)} times the config builds, ${atLeast}${rounded(plain.ms / ms)} times the time`,
  );
}
