/** Records runs into the state directory it is given until it is killed; says on stdout which iterations are recorded. */
import { writeSync } from 'node:fs';
import { openHistory } from '../../src/state/historyDatabase.ts';
import { beginIteration, beginRun, closeUnfinished, finishIteration, finishRun } from '../../src/state/recordRun.ts';
import { saveManaged } from '../../src/state/targets.ts';
import { keepReplaced } from '../../src/state/replacements.ts';
import { keep } from '../../src/state/contents.ts';

const [, , dir = ''] = process.argv;
const history = openHistory(dir);
closeUnfinished(history);
for (let n = 0; ; n++) {
  const startedAt = new Date().toISOString();
  const run = beginRun(history, { target: 't', cause: 'save', startedAt });
  const text = Buffer.from(`${process.pid} ${n}`);
  const patchesSha256 = keep(history, 'patches', text);
  keepReplaced(history, { path: '/p.nix', target: 't', run, before: text, after: text });
  const iteration = beginIteration(history, { run, startedAt, patchesSha256 });
  const symbols = Array.from({ length: 40 }, (_, i) => `S${i}`);
  finishIteration(
    history,
    {
      iteration,
      run,
      startedAt,
      durationMs: 1,
      evaluateMs: 0,
      buildMs: 1,
      probe: false,
      outcome: 'fallout',
      drvPath: `/${n}.drv`,
      patchesSha256,
      sourceBytes: null,
      fallout: symbols.map((symbol) => ({ kind: 'unused', symbol, wanted: 'y', got: null, by: null })),
      entries: symbols.map((symbol) => ({ symbol, from: null, to: 'unset', rung: 4, reason: 'r' })),
    },
    {
      transcript: `${symbols.join(' ').repeat(200)} ${iteration}`,
      dotConfig: `CONFIG_N=${iteration}\n`,
      questions: 40,
    },
  );
  saveManaged(
    history,
    't',
    symbols.map((symbol) => ({
      symbol,
      ask: { value: { kind: 'unset' }, optional: false },
      override: 40,
      via: 'structured',
      rung: 4,
      reason: 'r',
      origin: { kind: 'wish', intent: null },
    })),
  );
  finishRun(history, { run, outcome: { kind: 'stable' }, durationMs: 1, absorbed: 40, lost: [] });
  writeSync(1, `${iteration}\n`);
}
