import { writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import type { Host } from '../../src/setup/demo/demoHost.ts';
import { readTranscript } from '../../src/script/readTranscript.ts';
import { BuildLogCollector, printedLines, type BuildLog } from '../../src/nix/buildLog.ts';
import { readEvaluationError } from '../../src/nix/evaluationError.ts';
import { patchesText, type Wishes } from './patches.ts';

export type PlainRun = {
  outcome: 'green' | 'capped' | 'stuck';
  /** Evaluations that ended at a conflict. */
  conflicts: number;
  builds: number;
  /** Where both loops build alike, other load on the machine shows in this. */
  buildMs: number;
  ms: number;
  /** Nix's whole stderr of each build. */
  stderr: Buffer[];
};

/**
 * The loop as people do it without falloutd: `nix build`; what it complains of goes to the fallout patch: all errors
 * of one build as `unset`, else the one refused answer as `unset`, else the one conflict with the user's value.
 */
export async function plainLoop(host: Host, wishes: Wishes, maxBuilds: number): Promise<PlainRun> {
  const managed = new Map<string, string>();
  const run: PlainRun = { outcome: 'capped', conflicts: 0, builds: 0, buildMs: 0, ms: 0, stderr: [] };
  const started = performance.now();
  while (run.builds < maxBuilds) {
    const lines = [...managed]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([symbol, value]) => `${symbol} = lib.mkOverride 40 ${value};`);
    await writeFile(host.patchesFile, patchesText(wishes, lines));
    const before = performance.now();
    const built = await nixBuild(host);
    const log = [...built.log.builds.values()].find(({ name }) => name.startsWith('linux-config'));
    if (log !== undefined) {
      run.builds++;
      run.buildMs += performance.now() - before;
      run.stderr.push(built.stderr);
    } else if (!built.green) run.conflicts++;
    if (built.green) {
      run.outcome = 'green';
      break;
    }
    const absorbed = log === undefined ? conflictIn(built.log, wishes) : fallenOut(log.lines);
    const news = absorbed.filter(([symbol, value]) => managed.get(symbol) !== value);
    if (news.length === 0) {
      run.outcome = 'stuck';
      break;
    }
    for (const [symbol, value] of news) managed.set(symbol, value);
  }
  run.ms = performance.now() - started;
  return run;
}

function fallenOut(lines: string[]): [string, string][] {
  const { complaints, refusals } = readTranscript(lines, { succeeded: false }).observation;
  const symbols = [
    ...refusals.flatMap((refusal) => (refusal.kind === 'repeated' ? (refusal.symbol ?? []) : [])),
    ...complaints.filter(({ severity }) => severity === 'error').map(({ symbol }) => symbol),
  ];
  return symbols.map((symbol) => [symbol, 'unset']);
}

function conflictIn(log: BuildLog, wishes: Wishes): [string, string][] {
  const error = readEvaluationError(printedLines(log));
  const wish = error?.kind === 'conflict' ? wishes[error.about] : undefined;
  return error?.kind === 'conflict' && wish !== undefined ? [[error.about, wish]] : [];
}

async function nixBuild(host: Host): Promise<{ green: boolean; log: BuildLog; stderr: Buffer }> {
  const { exitCode, stderr } = await execa(
    'nix',
    [
      '--extra-experimental-features',
      'nix-command flakes',
      'build',
      '--no-link',
      '--log-format',
      'internal-json',
      `${host.dir}#${host.attribute}.configfile`,
      ...host.nixArgs,
    ],
    { reject: false, stripFinalNewline: false, encoding: 'buffer', maxBuffer: 256 << 20 },
  );
  const collector = new BuildLogCollector();
  collector.push(stderr);
  return { green: exitCode === 0, log: collector.result(), stderr: Buffer.from(stderr) };
}
