/** Predictions from kept facts, beside conf: what `bench:kconfig` prints of them. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readTree, shellProbe, type Environment } from '../../../src/kconfig/index.ts';
import { loadEngine } from '../../../src/kernel/kernelEngine.ts';
import { readFacts } from '../../../src/kernel/kernelFacts.ts';
import { keepKernel, type KeptKernel } from '../../../src/kernel/keptTree.ts';
import { factsBytes } from '../../helpers/facts.ts';
import { median, printFigure, rounded, seconds } from '../figures.ts';
import { buildConf, kbuildEnvironment } from '../../helpers/kconf.ts';
import { runConf, timed } from './side.ts';

/** What `predictions.mjs predict` measured, in milliseconds and MB. */
type Predicting = {
  /** The first prediction of a process, and how much of it was loading. */
  first: { ms: number; loadMs: number };
  /** Each of one answering session. */
  sessions: number[];
  verdicts: { wishes: number; ms: number[]; sessions: number }[];
  /** After each third of the predictions. */
  memory: number[];
};

/** @param confMs what conf's `olddefconfig` takes; @param times how many predictions are made for the memory they leave. */
export async function benchPredictions(
  base: string,
  source: { root: string; environment: Environment; config: string },
  { rounds, confMs, times }: { rounds: number; confMs: number; times: number },
): Promise<void> {
  const facts = keepFactsOf(join(base, 'kernel.facts'), source, base);
  const explaining: number[] = [];
  for (let round = 0; round < rounds; round++) explaining.push((await run(base, 'explain', facts)).ms);
  printOfConf('kept facts loaded and one symbol explained, in a process of its own', median(explaining), confMs, 0.2);
  const { stdout } = await run(base, 'predict', facts, String(times));
  const measured = JSON.parse(stdout) as Predicting;
  const { first, sessions, verdicts, memory } = measured;
  printFigure(
    'the first prediction of a process',
    first.ms / 1000,
    's',
    { atMost: 2 },
    `of which loading ${seconds(first.loadMs)}`,
  );
  printOfConf('an answering session, warm', median(sessions), confMs, 500 / confMs);
  for (const { wishes, ms, sessions: count } of verdicts)
    printFigure(
      `from a save to the verdict with ${wishes} wishes, without the evaluation`,
      median(ms) / 1000,
      's',
      { atMost: wishes > 300 ? 2 : 1 },
      `${count} sessions; ${rounded(median(ms) / confMs)} of conf's time`,
    );
  if (memory.length < 3) return;
  const growth = (memory.at(-1) ?? 0) - (memory[0] ?? 0);
  printFigure(
    `memory gained by the last ${Math.round((times * 2) / 3)} predictions`,
    growth,
    'MB',
    { atMost: 10 },
    `${memory.map(rounded).join(', ')} MB`,
  );
}

/** The same, with all that it needs: the kernel's conf, and the configuration that its `defconfig` makes. */
export async function predictionsBesideConf(base: string, root: string, times: number): Promise<void> {
  mkdirSync(base);
  const conf = await buildConf(root);
  const { environment } = await kbuildEnvironment(conf, 'x86');
  await runConf(conf, base, environment, 'defconfig=arch/x86/configs/x86_64_defconfig');
  const config = readFileSync(join(base, '.config'), 'utf8');
  const ofConf: number[] = [];
  for (let round = 0; round < 3; round++) {
    writeFileSync(join(base, '.config'), config);
    ofConf.push((await runConf(conf, base, environment, 'olddefconfig')).ms);
  }
  await benchPredictions(base, { root, environment, config }, { rounds: 3, confMs: median(ofConf), times });
}

function printOfConf(name: string, ms: number, confMs: number, atMost: number): void {
  printFigure(`${name}, of conf's time`, ms / confMs, '×', { atMost: Number(atMost.toFixed(2)) }, `${rounded(ms)} ms`);
}

async function run(base: string, ...args: string[]): Promise<{ ms: number; stdout: string }> {
  const script = fileURLToPath(new URL('predictions.mjs', import.meta.url));
  const { times, stdout } = await timed([process.execPath, script, ...args], {
    cwd: base,
    env: process.env,
    input: '',
  });
  return { ms: times.ms, stdout };
}

/** The facts of a tree as a builder would record them, with what the engine keeps beside them, and the names that may be asked for. */
function keepFactsOf(
  file: string,
  { root, environment, config }: { root: string; environment: Environment; config: string },
  base: string,
): string {
  const directory = join(base, 'empty');
  mkdirSync(directory, { recursive: true });
  const answers: Record<string, string> = {};
  const ask = shellProbe({ directory, environment });
  const tree = readTree({ root, file: 'Kconfig', environment }, (command) => (answers[command] ??= ask(command)));
  const kconfig = readdirSync(join(root, 'scripts/kconfig'), { withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? `scripts/kconfig/${entry.name}` : [],
  );
  const names = ['Makefile', ...kconfig, ...tree.files];
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(root, name), 'utf8')]));
  const bytes = factsBytes({ files, answers, environment, baseConfig: config });
  writeFileSync(file, bytes);
  const read = readFacts(bytes);
  if (read.kind !== 'facts') throw new Error(read.kind);
  const keep = (kernel: KeptKernel, found: Parameters<typeof keepKernel>[2]): void => {
    keepKernel(file, kernel, found);
    writeFileSync(`${file}.symbols`, found.names.join('\n'));
  };
  const loaded = loadEngine(read.facts, { keep });
  if (loaded.kind !== 'engine') throw new Error(`no engine: ${loaded.kind}`);
  return file;
}
