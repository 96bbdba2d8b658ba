import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import type { Config, Target } from '../config/config.ts';
import { converge } from '../run/converge.ts';
import { copyFlake } from '../run/copyFlake.ts';
import { Predictor } from '../run/predictor.ts';
import { copiedHistory } from '../state/copiedHistory.ts';
import { documentText } from '../report/data/documents.ts';
import { reporter } from '../report/text/terminalReporter.ts';
import { style } from '../report/text/style.ts';
import type { Run } from '../model/run.ts';
import { readableText } from '../system/wholeFile.ts';
import { runExitCode, type OnceOptions } from './runExitCode.ts';

/**
 * `falloutd once --dry-run`: the run happens on a copy of the flake, with a history that is thrown away; what it would
 * have written is printed as a diff. Nothing of the user's is touched.
 */
export async function dryRun(config: Config, target: Target, options: OnceOptions): Promise<number> {
  const scratch = await mkdtemp(join(tmpdir(), 'falloutd-dry-run-'));
  const predictor = new Predictor(config.stateDir);
  const screen = reporter(process.stderr, style(process.stderr), { dryRun: true });
  try {
    const { copied, inPlace } = await copyFlake(target, join(scratch, 'flake'), {
      signal: options.signal,
      option: '--dry-run',
    });
    const history = await copiedHistory(config.stateDir, join(scratch, 'state'));
    let run: Run;
    try {
      run = inPlace(
        await converge(copied, history, {
          cause: 'command',
          signal: options.signal,
          fresh: options.fresh,
          emit: (event) => screen.handle(inPlace(event)),
          transcripts: config.transcripts,
          predictor,
        }),
      );
    } finally {
      history.close();
    }
    const [before = '', after = ''] = [target, copied].map(({ managedFile }) => readableText(managedFile) ?? '');
    const patch =
      before === after
        ? ''
        : createTwoFilesPatch(target.managedFile, target.managedFile, before, after, 'now', 'at the end of the run');
    process.stdout.write(options.json ? documentText({ ...run, patch }, 2) : patch);
    screen.print([patch === '' ? 'nothing would be written' : 'nothing was written: this was a dry run']);
    return runExitCode(run, options.strict);
  } finally {
    screen.close();
    await predictor.close();
    await rm(scratch, { recursive: true, force: true });
  }
}
