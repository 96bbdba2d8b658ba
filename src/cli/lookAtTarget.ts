import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { PHASES } from '../report/text/terminalReporter.ts';
import type { Looking } from '../run/evaluatedUnwritten.ts';
import { Predictor } from '../run/predictor.ts';
import { copiedHistory } from '../state/copiedHistory.ts';
import type { History } from '../state/historyDatabase.ts';
import { interruption } from './interruption.ts';
import { liveText } from './liveText.ts';

/**
 * Looks at a target with a copy of what is recorded, and shows on a terminal what goes on, which `look` may say itself; nothing of it stays.
 */
export async function lookAtTarget<T>(
  { stateDir }: Config,
  look: (history: History, options: Looking, say: (text: string) => void) => Promise<T>,
): Promise<T> {
  const scratch = await mkdtemp(join(tmpdir(), 'falloutd-look-'));
  const predictor = new Predictor(stateDir);
  const show = liveText();
  try {
    const history = await copiedHistory(stateDir, join(scratch, 'state'));
    try {
      const looking: Looking = {
        predictor,
        signal: interruption,
        onPhase: (phase) => show(PHASES[phase]),
        onProgress: ({ step }) => show(`${PHASES.facts}: ${step}`),
      };
      return await look(history, looking, show);
    } finally {
      history.close();
    }
  } finally {
    show('');
    await predictor.close();
    await rm(scratch, { recursive: true, force: true });
  }
}
