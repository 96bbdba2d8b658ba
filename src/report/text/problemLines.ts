import type { Problem } from '../../model/problem.ts';
import type { LateWrite } from '../../model/lateWrite.ts';
import type { TargetStatus } from '../data/documentSchemas.ts';
import { shortPath } from '../../system/shortPath.ts';
import { parts, plural } from './sentenceParts.ts';
import { hanging, type Style } from './style.ts';

/** `patches.nix:12:3: undefined variable 'foo'`, and what to do about it below. */
export function problemLines(first: string, problem: Problem, style: Style): string[] {
  const { file, line, column, message } = problem;
  const place = parts(':', file === undefined ? '' : shortPath(file), line?.toString(), column?.toString());
  const text = parts(': ', place, message.trimEnd());
  const [head = '', ...more] = text.split('\n');
  return [
    ...hanging('', first + head, style.width),
    ...more.flatMap((below) => hanging('  ', below, style.width)),
    ...(problem.hint === undefined
      ? []
      : hanging('  ', problem.hint, style.width).map((below) => style.colors.cyan(below))),
  ];
}

/** What a failed hook has to say: how it ended, and the last line of its output. */
export function hookProblem({ hook, exitCode, output }: NonNullable<TargetStatus['failedHook']>): Problem {
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  const how = exitCode === null ? 'was killed, or outlived its time limit' : `failed with exit code ${exitCode}`;
  return { message: parts(': ', `the hook ${hook} ${how}`, last) };
}

/** What a program wrote to a file after falloutd had replaced it, and how to see it. */
export function lateProblem({ id, path, lines }: LateWrite): Problem {
  const what = lines === 0 ? '' : `; the file lacks ${plural(lines, 'line')} of it`;
  return {
    file: path,
    message: `a program that had this file open wrote to it after falloutd had replaced it${what}`,
    hint: `\`falloutd show --late ${id}\` prints the file as that program left it`,
  };
}
