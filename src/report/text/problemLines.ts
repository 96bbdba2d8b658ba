import type { Problem } from '../../model/problem.ts';
import { shortPath } from '../../system/shortPath.ts';
import { parts } from './sentenceParts.ts';
import type { Style } from './style.ts';
import { hanging } from './table.ts';

/** `patches.nix:12:3: undefined variable 'foo'`, and what to do about it below. */
export function problemLines(first: string, problem: Problem, style: Style): string[] {
  const place = parts(
    ':',
    problem.file === undefined ? '' : shortPath(problem.file),
    problem.line?.toString(),
    problem.column?.toString(),
  );
  const text = parts(': ', place, problem.message.trimEnd());
  const [head = '', ...more] = text.split('\n');
  return [
    ...hanging('', first + head, style.width),
    ...more.flatMap((line) => hanging('  ', line, style.width)),
    ...(problem.hint === undefined
      ? []
      : hanging('  ', problem.hint, style.width).map((line) => style.colors.cyan(line))),
  ];
}

/** What a failed hook has to say: how it ended, and the last line of its output. */
export function hookProblem({
  hook,
  exitCode,
  output,
}: {
  hook: string;
  exitCode: number | null;
  output: string;
}): Problem {
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  const how = exitCode === null ? 'was killed, or outlived its time limit' : `failed with exit code ${exitCode}`;
  return { message: parts(': ', `the hook ${hook} ${how}`, last) };
}
