/** `falloutd tidy`: takes the settings that the user's own files need not have out of them. */
import type { Command } from '@commander-js/extra-typings';
import type { Config, Target } from '../config/config.ts';
import { askDaemon } from '../daemon/client.ts';
import { lateProblem } from '../report/text/problemLines.ts';
import type { Documents } from '../report/data/documentSchemas.ts';
import { plural } from '../report/text/sentenceParts.ts';
import { style as styleOf } from '../report/text/style.ts';
import { reporter } from '../report/text/terminalReporter.ts';
import { tidyLines } from '../report/text/tidyLines.ts';
import type { FindOptions, FoundTidy } from '../run/findNeedless.ts';
import { findSharedNeedless } from '../run/findSharedNeedless.ts';
import { LateWrites } from '../run/lateWrites.ts';
import { Predictor } from '../run/predictor.ts';
import { planOf, tidyTarget, type Tidied } from '../run/tidyTarget.ts';
import { openState } from '../state/stateDirectory.ts';
import { mendAllLeftovers } from '../system/leftovers.ts';
import { configAndTarget } from './commandLine.ts';
import { consent } from './consent.ts';
import { interruption } from './interruption.ts';
import { lookAtTarget } from './lookAtTarget.ts';
import { printProblem, printText, render } from './output.ts';
import { changeLines } from './planLines.ts';
import { INTERRUPTED, runExitCode } from './runExitCode.ts';

type TidyOptions = FindOptions & { check: boolean; yes: boolean; json: boolean };

/** @returns the exit code: 1 where something could go and did not. */
async function tidy(config: Config, target: Target, options: TidyOptions): Promise<number> {
  const { json, yes } = options;
  const others = config.targets.filter(({ name }) => name !== target.name);
  const found = await lookAtTarget(config, async (history, looking) =>
    findSharedNeedless(target, others, history, options, looking),
  );
  if (found === null) return INTERRUPTED;
  const { needless, changes } = found;
  const printFound = (done: Documents['tidy']['done']): void =>
    printText((look) =>
      render({ target: target.name, needless, done }, { json, style: look }, (data, style) =>
        tidyLines(data.needless, data.target, style),
      ),
    );
  const isChecked = options.check || (json && !yes) || needless.length === 0;
  if (isChecked || !json) printFound(null);
  if (isChecked) return needless.length === 0 ? 0 : 1;
  if (!json) {
    printText((style) => ['', ...changes.flatMap((change) => [...changeLines(change, style), ''])].join('\n'));
    if (!yes && !(await consent(questionFor(options), { without: 'falloutd tidy --yes', signal: interruption }))) {
      process.stdout.write('Nothing was written.\n');
      return 1;
    }
  }
  const done = await tidied(config, target, found, options);
  if (done === null) return INTERRUPTED;
  const { kind, run } = done;
  if (json) printFound(kind === 'tidied' ? { kind, run: run.run } : { kind, run: run.run, problem: done.problem });
  else if (kind === 'tidied') process.stdout.write(`${tidiedText(needless.length)}\n`);
  if (kind === 'tidied') return 0;
  const { message, ...rest } = done.problem;
  printProblem({ ...rest, message: `everything is as it was: ${message}` });
  return runExitCode(run, false) || 1;
}

const questionFor = ({ how }: TidyOptions): string => (how === 'remove' ? 'Take this out?' : 'Comment this out?');

const tidiedText = (count: number): string =>
  `${plural(count, 'setting')} tidied up; the .config is the same. \`falloutd undo\` takes that back`;

/** By the daemon where one runs, which alone may write. null after an interruption. */
async function tidied(
  config: Config,
  target: Target,
  found: FoundTidy,
  { how, withImplied }: FindOptions,
): Promise<Tidied | null> {
  const json = { how, withImplied, plan: planOf(found), only: [...found.fates.keys()] };
  const answer = await askDaemon(
    config.stateDir,
    (daemon) => daemon.targets[':target'].tidy.$post({ param: { target: target.name }, json }),
    interruption,
  );
  for (const late of answer?.late ?? []) printProblem(lateProblem(late));
  return answer === null ? await tidiedHere(config, target, found) : answer.done;
}

async function tidiedHere(config: Config, target: Target, found: FoundTidy): Promise<Tidied> {
  const { history, close } = await openState(config);
  await mendAllLeftovers([target.managedFile, ...found.changes.map(({ path }) => path)]);
  const screen = reporter(process.stderr, styleOf(process.stderr));
  const predictor = new Predictor(config.stateDir);
  const late = new LateWrites(history, (event) => screen.handle(event));
  try {
    return await tidyTarget(target, history, found, {
      signal: interruption,
      transcripts: config.transcripts,
      emit: (event) => screen.handle(event),
      onDisplaced: late.take,
      predictor,
    });
  } finally {
    await predictor.close();
    await late.end(interruption);
    screen.close();
    close();
  }
}

/** The arguments of `falloutd tidy`. */
export function tidyCommand(command: Command): void {
  command
    .description('comment out the settings in your own files that change nothing, after showing them')
    .option('--check', 'write nothing; exit 1 where something could go')
    .option('--implied', 'also those that are true anyway today')
    .option('--remove', 'take them out instead')
    .option('--yes', 'do it without asking')
    .option('--json', 'print JSON; without --yes it writes nothing')
    .action(async ({ check = false, implied = false, remove = false, yes = false, json = false }, self) => {
      const options = { check, withImplied: implied, how: remove ? 'remove' : 'comment', yes, json } as const;
      process.exitCode = await tidy(...(await configAndTarget(self)), options);
    });
}
