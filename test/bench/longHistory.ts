/** `falloutd history` on a long history, beside a command that only starts. */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { openHistory } from '../../src/state/historyDatabase.ts';
import { beginIteration, beginRun, finishIteration, finishRun } from '../../src/state/recordRun.ts';
import { keep } from '../../src/state/contents.ts';
import type { Fallout } from '../../src/model/fallout.ts';
import type { Iteration } from '../../src/model/run.ts';
import { MAIN } from './falloutd.ts';
import { median, printFigure, printLine, rounded } from './figures.ts';

/** Iterations of a run, and fallout of each but the last, as on the small tree. */
const ITERATIONS = 4;
const FALLOUT = 3;

/** Times `history --limit 20` on `count` recorded iterations in turns with `--version`, in processes of their own. */
export async function longHistory(dir: string, count: number, rounds: number): Promise<void> {
  const stateDir = join(dir, 'history');
  mkdirSync(stateDir, { recursive: true });
  record(stateDir, count);
  printLine(
    `a database of ${count} iterations in ${Math.ceil(count / ITERATIONS)} runs, without transcripts: ${rounded(statSync(join(stateDir, 'falloutd.db')).size / count)} bytes per iteration`,
  );
  const time = async (...args: string[]): Promise<number> => {
    const from = performance.now();
    await execa(MAIN, args, { stdin: 'ignore' });
    return performance.now() - from;
  };
  const history = ['history', '--limit', '20', '--state', stateDir];
  const [ratios, times, starts]: [number[], number[], number[]] = [[], [], []];
  for (let round = -1; round < rounds; round++) {
    const [version, page] = [await time('--version'), await time(...history)];
    // The first one finds nothing in the page cache.
    if (round < 0) continue;
    ratios.push(page / version);
    times.push(page);
    starts.push(version);
  }
  printFigure(
    'history --limit 20',
    median(ratios),
    'times falloutd --version',
    { atMost: 2 },
    `median of ${rounds} pairs, ${rounded(Math.min(...ratios))} to ${rounded(Math.max(...ratios))}; medians ${rounded(median(times))} ms and ${rounded(median(starts))} ms`,
  );
}

function record(stateDir: string, count: number): void {
  const history = openHistory(stateDir);
  const fallout = (n: number): Fallout[] =>
    Array.from({ length: FALLOUT }, (_, i) => ({
      kind: 'value',
      symbol: `SYMBOL_${n + i}`,
      wanted: 'n',
      got: 'm',
      by: { kind: 'patch', name: 'mine', index: 0 },
      position: { file: '/etc/nixos/patches.nix', line: i, column: 5 },
      cause: { kind: 'selected', by: [{ symbol: `SYMBOL_${n}`, level: 'm' }] },
    }));
  history.write(() => {
    for (let n = 0; n < count; n += ITERATIONS) {
      const startedAt = new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString();
      const run = beginRun(history, { target: 'demo', cause: 'save', startedAt });
      const patchesSha256 = keep(history, 'patches', Buffer.from(`# save ${n}\n[ ]\n`));
      const size = Math.min(ITERATIONS, count - n);
      for (let i = 1; i <= size; i++) {
        const iteration = beginIteration(history, { run, startedAt, patchesSha256 });
        const isLast = i === size;
        const entries: Iteration['entries'] = isLast
          ? []
          : [{ symbol: `SYMBOL_${n}`, from: null, to: 'option no', rung: 1, reason: 'wanted n, got m' }];
        finishIteration(history, {
          iteration,
          run,
          startedAt,
          durationMs: 900,
          evaluateMs: 300,
          buildMs: 500,
          probe: false,
          outcome: isLast ? 'green' : 'fallout',
          drvPath: `/nix/store/${String(n + i).padStart(32, '0')}-linux-config-6.12.drv`,
          patchesSha256,
          sourceBytes: 1000,
          fallout: isLast ? [] : fallout(n),
          entries,
        });
      }
      const [lost] = fallout(n);
      finishRun(history, {
        run,
        outcome: { kind: 'stable' },
        durationMs: 4000,
        absorbed: 1,
        lost:
          lost === undefined
            ? []
            : [
                {
                  kind: 'value',
                  symbol: lost.symbol,
                  wanted: 'n',
                  got: 'm',
                  by: { kind: 'patch', name: 'mine', index: 0 },
                  position: null,
                },
              ],
      });
    }
  });
  history.close();
}
