import { z } from 'zod';
import { basename } from 'node:path';
import { locateSymbol } from '../managed/positions.ts';
import { offsetAt } from '../nixfile/lineColumn.ts';
import { nixString } from '../nixfile/strings.ts';
import { syntaxProblem } from '../nixfile/syntaxProblem.ts';
import type { Problem } from '../model/problem.ts';
import { someOf } from '../system/someOf.ts';
import { readableText, wholeFile } from '../system/wholeFile.ts';
import { answered, noSuchAttribute, runEvaluation, type EvaluationRunning, type Subject } from './askNix.ts';
import { nixPosition, readKernel, type EvaluatedKernel, type KernelAnswer } from './evaluatedKernel.ts';
import { builderVariable } from './builderVariable.ts';
import { mapBack, type EvaluationError } from './evaluationError.ts';
import type { Installable } from './installable.ts';
import { withOwnPlaces } from './legacyPlaces.ts';
import { isStorePath, localInputs, localPath, sourcesOf, type SourceMap } from './sources.ts';
import {
  finishedConfigProblem,
  invalidLineProblem,
  malformedProblem,
  oldNameProblem,
  type Malformed,
} from './wrongSettings.ts';

export type Evaluation =
  | { kind: 'evaluated'; kernel: EvaluatedKernel; inputs: string[]; sources: SourceMap }
  | { kind: 'blocked'; problem: Problem; inputs: string[] }
  | { kind: 'infrastructure'; problem: Problem }
  | { kind: 'aborted' };

const resource = (path: string): string => wholeFile(new URL(path, import.meta.url)).toString('utf8');

/** intents.nix applied to our script, as one argument: in pure mode `nix eval` may not read our files. */
const intentsExpression = (): string =>
  `(${resource('./intents.nix')}) { factsScript = ${nixString(resource('./recordFacts.pl'))}; }`;

/**
 * Evaluates a target once: what will be built and who asked for what.
 * `inputs` are the user's own files that the evaluation read, also when it failed.
 * @throws InfrastructureError when nix cannot be started.
 */
export async function evaluate(subject: Subject, running: EvaluationRunning = {}): Promise<Evaluation> {
  const { installable } = subject;
  const end = await runEvaluation(subject, intentsExpression(), running);
  if (end.kind === 'aborted') return { kind: 'aborted' };
  if (end.kind === 'infrastructure') return { kind: 'infrastructure', problem: end.problem };
  const sources = sourcesOf(end.messages, subject);
  const inputs = localInputs(end.messages, sources, installable);
  const blocked = (problem: Problem): Evaluation => ({ kind: 'blocked', problem, inputs });
  if (end.kind === 'error') {
    if (end.error.kind === 'no-such-flake-attribute')
      return blocked((await noSuchAttribute(subject, running.signal)).problem);
    const oldName = end.error.kind === 'renamed-attribute' ? await oldNames(subject, sources, running) : null;
    const problem = oldName ?? placed(mapBack(end.error, sources), end.error, inputs);
    return end.error.kind === 'infrastructure' ? { kind: 'infrastructure', problem } : blocked(problem);
  }
  const answer = answered(() => readKernel(end.json, (path) => localPath(path, sources), writtenText));
  if (answer.kind === 'no-kernel') return blocked(noKernel(installable, answer.attributes));
  if (answer.kind === 'finished-config')
    return blocked(finishedConfigProblem(installable.attribute, localPath(answer.file, sources)));
  const wrong = wrongSettings(answer, inputs);
  if (wrong !== null) return blocked(wrong);
  const { kernel } = answer;
  const legacy = withOwnPlaces(
    kernel.legacy,
    inputs,
    ({ symbol, optional, value }) => `${symbol}${optional ? '?' : ''} ${value}`,
  );
  return { kind: 'evaluated', kernel: { ...kernel, legacy }, inputs, sources };
}

/** The text that nixpkgs' writeText gives a file; null where the store is elsewhere. */
const writtenText = (drvPath: string): string | null => builderVariable(readableText(drvPath) ?? '', 'text');

/** Mistakes that Nix reports without a place, or that only a config build would show. */
function wrongSettings(
  { kernel, malformed, invalid }: Extract<KernelAnswer, { kind: 'kernel' }>,
  inputs: readonly string[],
): Problem | null {
  const wrong: Malformed[] = [];
  for (const each of malformed)
    if (kernel.unmergeable.includes(each.symbol))
      wrong.push({ ...each, position: each.position ?? locateSymbol(each.symbol, inputs) });
  if (wrong.length > 0) return malformedProblem(wrong);
  const [first, ...others] = withOwnPlaces(invalid, inputs, ({ text }) => text);
  return first === undefined ? null : invalidLineProblem([first, ...others]);
}

/** The patches that still use the old name, from an evaluation that asks for nothing else. */
const OLD_NAMES = `kernel: map
  (p: { name = p.name or ""; position = builtins.unsafeGetAttrPos "extraStructuredConfig" p; })
  (builtins.filter (p: p ? extraStructuredConfig) (kernel.kernelPatches or [ ]))`;
const oldNamesSchema = z.array(z.object({ name: z.string(), position: nixPosition }));

async function oldNames(subject: Subject, sources: SourceMap, running: EvaluationRunning): Promise<Problem | null> {
  const end = await runEvaluation(subject, OLD_NAMES, running);
  const found = end.kind === 'answer' ? oldNamesSchema.safeParse(JSON.parse(end.json)) : null;
  if (found?.success !== true || found.data.length === 0) return null;
  const patches = found.data.map(({ name, position }) => ({
    name,
    position: position && { ...position, file: localPath(position.file, sources) },
  }));
  return oldNameProblem(patches, (file) => !isStorePath(file));
}

/**
 * Gives an error a place in the user's files where Nix has none (nixpkgs' checks of a setting, a file that the flake's copy
 * lacks): the line that binds the setting, or that names the file. A syntax error gets its line and what is missing.
 */
function placed(problem: Problem, error: EvaluationError, inputs: readonly string[]): Problem {
  const { file: own, line = 1, column = 1 } = problem;
  if (own !== undefined && !isStorePath(own)) {
    // Null where the file is gone since it was evaluated.
    const text = error.kind === 'syntax' ? readableText(own) : null;
    if (text === null) return problem;
    const unexpected = problem.message.replace(/^syntax error,?\s*/, '');
    return { file: own, ...syntaxProblem(text, offsetAt(text, line, column), unexpected) };
  }
  const symbol = /\bsettings\.([A-Za-z0-9_]+)/.exec(problem.message)?.[1];
  if (symbol !== undefined) {
    const position = locateSymbol(symbol, inputs);
    return position === null ? problem : { ...problem, ...position, column: position.column ?? undefined };
  }
  if (error.kind !== 'untracked') return problem;
  for (const file of inputs.filter((input) => input.endsWith('.nix'))) {
    const place = placeOfText(readableText(file) ?? '', basename(error.about));
    if (place !== null) return { ...problem, file, ...place };
  }
  return problem;
}

function placeOfText(text: string, part: string): { line: number; column: number } | null {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => line.includes(part));
  return at === -1 ? null : { line: at + 1, column: (lines[at] ?? '').indexOf(part) + 1 };
}

function noKernel(installable: Installable, attributes: readonly string[]): Problem {
  const hint =
    attributes.length === 0
      ? 'name the kernel, e.g. nixosConfigurations.HOST.config.system.build.kernel'
      : `it has: ${someOf(attributes, ', ', 12)}`;
  return { message: `\`${installable.attribute}\` is not a kernel: it has no configfile`, hint };
}
