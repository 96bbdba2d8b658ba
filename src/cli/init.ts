import type { Command } from '@commander-js/extra-typings';
import { sharedOptions, targetOf } from './commandLine.ts';
import { interruption } from './interruption.ts';
import { join, relative } from 'node:path';
import type { Config, Target } from '../config/config.ts';
import { findConfigFile } from '../config/findConfig.ts';
import { BlockedError, InfrastructureError, Interrupted, UsageError, type Refused } from '../model/errors.ts';
import { openHistory, type History } from '../state/historyDatabase.ts';
import { askWhatIsRead, chooseAttribute } from '../setup/attribute.ts';
import { usedAttributes } from '../setup/boundNames.ts';
import { consent } from './consent.ts';
import { printTrouble } from './output.ts';
import { stepLines } from './planLines.ts';
import { nixFiles } from '../setup/folder.ts';
import { findObstacle } from '../setup/obstacle.ts';
import { apply, planAdding, planRemoval, type Plan, type Present } from '../setup/plan.ts';
import { findTarget, lookAt, rootOf, type Wanted } from '../setup/presentState.ts';
import { isLocked } from '../state/lock.ts';
import { LateWrites } from '../run/lateWrites.ts';
import { readPatchFiles } from '../run/patchWriter.ts';
import { evaluate } from '../nix/evaluate.ts';
import { proveReach } from '../run/proveReach.ts';
import { NixFile } from '../nixfile/nixFile.ts';
import { textOf } from '../system/fileText.ts';
import { refuseStateInFlake } from '../state/stateDirectory.ts';
import { shortPath } from '../system/shortPath.ts';
import { style as styleOf } from '../report/text/style.ts';
import type { Problem } from '../model/problem.ts';

export type InitOptions = Wanted & {
  /** Without asking. */
  yes: boolean;
  /** Take everything out instead. */
  remove: boolean;
};

const style = styleOf(process.stdout);

/**
 * `falloutd init`: shows what it would add to the user's files (or with `remove` take out), and does it on yes.
 * @returns 0 when all is there, 1 when the user said no.
 * @throws UsageError, BlockedError, InfrastructureError
 */
export async function init(options: InitOptions): Promise<number> {
  const found = await findTarget(options);
  const { config, target } = found;
  const present = await lookAt(found);
  const plan = options.remove ? planned(planRemoval(present)) : await planToAdd(present, target, options.signal);
  if (plan.steps.length === 0) {
    const complete = `the managed patch \`${target.managedName}\` in ${shortPath(target.managedFile)} is complete`;
    const nothing = options.remove
      ? 'There is nothing to remove: no managed patch is here.'
      : `Nothing to add: ${complete}. Next: falloutd watch`;
    print(nothing, ...plan.notes);
    return 0;
  }
  const head = [
    `kernel   ${target.name}: ${target.installable.attribute}`,
    `patches  ${shortPath(target.patchesFile)}`,
  ];
  print(...head, '', ...stepLines(plan.steps, style), ...plan.notes, ...whyInside(options, target));
  const without = `falloutd init ${options.remove ? '--remove ' : ''}--yes`;
  const question = options.remove ? 'Remove this?' : 'Add this?';
  if (!options.yes && !(await consent(question, { without, signal: options.signal }))) {
    print('Nothing was written.');
    return 1;
  }
  await refuseStateInFlake(config);
  const history = openHistory(config.stateDir);
  const late = new LateWrites(history, printTrouble);
  try {
    print(...history.notices);
    const onDisplaced = late.take;
    await apply(plan.steps, { root: rootOf(target), history, target: target.name, onDisplaced });
    print(options.remove ? 'Removed.' : 'Added.');
    if (!options.remove) {
      await prove(target, history, options.signal);
      print(next(config, options.configFile === null));
    }
  } finally {
    await late.end(options.signal);
    history.close();
  }
  return 0;
}

/** Only what is still to be added needs an evaluation, to learn which attribute name this nixpkgs reads. */
async function planToAdd(present: Present, target: Target, signal: AbortSignal): Promise<Plan> {
  const used = usedAttributes(NixFile.parseLoosely(textOf(present.patches.content)));
  const draft = planned(planAdding(present, chooseAttribute(used, null)));
  if (draft.steps.length === 0) return draft;
  tellEvaluating(target);
  const readable = await askWhatIsRead(target, signal);
  const isNew = draft.steps.some((step) => step.kind === 'change' && step.change.path === present.patches.path);
  if (isNew && readable?.patches.includes(target.managedName) === true) {
    throw new UsageError({
      message: `this kernel has a patch called \`${target.managedName}\` already, without falloutd's markers`,
      hint: 'rename it, or give the managed patch another name: falloutd init --name NAME',
    });
  }
  return planned(planAdding(present, chooseAttribute(used, readable?.reads ?? null)));
}

function planned(plan: Plan | Refused): Plan {
  if (plan.kind === 'refused') throw new BlockedError(plan.problem);
  return plan;
}

/** Evaluates once more: does the managed patch reach the kernel? */
async function prove(target: Target, history: History, signal: AbortSignal): Promise<void> {
  tellEvaluating(target);
  const { entries } = readPatchFiles(target, history);
  const evaluation = await evaluate(target, { signal });
  if (evaluation.kind === 'aborted') throw new Interrupted();
  if (evaluation.kind === 'infrastructure') throw new InfrastructureError(evaluation.problem);
  if (evaluation.kind === 'blocked') throw unproven(evaluation.problem);
  const { kernel } = evaluation;
  const written = entries.map((entry) => ({ ...entry, rung: 1 as const }));
  const problem = proveReach(kernel, written, target);
  if (problem !== null) {
    const isMissing = kernel.patches.length > 0 && !kernel.patches.some(({ name }) => name === target.managedName);
    throw unproven(isMissing ? ((await whyMissing(target)) ?? problem) : problem);
  }
  print(
    kernel.patches.length === 0
      ? `This kernel (${kernel.version}) does not say which patches it has; the first run will show whether the managed patch reaches it.`
      : style.colors.green(`The managed patch reaches the kernel (${kernel.version}).`),
  );
}

/** Names the place that keeps the list of patches away from the kernel; null where none is seen. */
async function whyMissing(target: Target): Promise<Problem | null> {
  const root = rootOf(target);
  const obstacle = findObstacle(await nixFiles(root), relative(root, target.patchesFile), target.managedName);
  if (obstacle === null) return null;
  const { kind, path, line, text } = obstacle;
  const place = { file: join(root, path), line };
  if (kind === 'forced')
    return {
      message: 'another list of patches is forced here, over the one that the managed patch is in',
      ...place,
      hint: 'add the managed patch to this list: falloutd init --remove, then falloutd init --patches FILE',
    };
  return {
    message: `the list of patches stands under a condition that does not hold for this host: ${text.split('\n')[0] ?? ''}`,
    ...place,
    hint: 'move what stands between the markers into a list that always applies, or make the condition true',
  };
}

function unproven(problem: Problem): BlockedError {
  print('But the managed patch does not reach the kernel yet. What is wrong:');
  return new BlockedError(problem);
}

/** A falloutd that runs has found its targets before there was a falloutd.toml. */
function next({ stateDir }: Config, isNew: boolean): string {
  return isNew && isLocked(stateDir)
    ? 'Next: end the falloutd that is running, then falloutd watch'
    : 'Next: falloutd watch';
}

/** A configuration that names no file for the managed patch has settled that question. */
function whyInside({ configFile, inside, remove }: InitOptions, { patchesFile, managedFile }: Target): string[] {
  if (configFile === null || inside || remove || managedFile !== patchesFile) return [];
  return [`(${shortPath(configFile)} has no \`managed\` key: the managed patch goes into the patches file itself.)`];
}

function tellEvaluating({ installable }: Target): void {
  process.stderr.write(`${styleOf(process.stderr).colors.dim(`evaluating ${installable.attribute} …`)}\n`);
}

function print(...lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

/** The arguments of `falloutd init`. */
export function initCommand(command: Command): void {
  command
    .description('add the managed patch to your kernel patches, after showing what changes')
    .option('--yes', 'do it without asking')
    .option('--inside', 'the managed patch inside the patches file, not in a file of its own')
    .option('--remove', 'take out every trace of it')
    .option('--host <name>', 'which host of the flake')
    .option('--patches <file>', 'the file with your kernel patches')
    .option('--name <name>', 'the name of the managed patch')
    .action(async ({ yes = false, inside = false, remove = false, ...options }, self) => {
      const { config, state, target } = sharedOptions(self);
      process.exitCode = await init({
        ...options,
        yes,
        inside,
        remove,
        target,
        configFile: findConfigFile(config, process.cwd()),
        stateDir: state,
        pickTarget: (found) => targetOf(found, self),
        signal: interruption,
      });
    });
}
