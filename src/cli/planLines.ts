import { structuredPatch } from 'diff';
import { textOf } from '../system/fileText.ts';
import { shortPath } from '../system/shortPath.ts';
import { clean, type Style } from '../report/text/style.ts';
import type { FileChange } from '../run/writeUserFile.ts';
import type { Step } from '../setup/plan.ts';

/** What the steps of a plan do to the user's files: a unified diff of each, and the commands given to git. */
export function stepLines(steps: readonly Step[], style: Style): string[] {
  const changes = steps.flatMap((step) => (step.kind === 'change' ? [...changeLines(step.change, style), ''] : []));
  const commands = steps.flatMap((step) => {
    if (step.kind === 'change') return [];
    const [command, why] =
      step.kind === 'track'
        ? ['git add -N', 'a flake sees only files that git knows']
        : ['git rm --cached', 'git need not know it any more'];
    return [`${style.colors.bold(`${command} ${shortPath(step.path)}`)}  ${style.colors.dim(`(${why})`)}`];
  });
  return commands.length === 0 ? changes : [...changes, ...commands, ''];
}

/** A unified diff of a file. */
export function changeLines({ path, before, after }: FileChange, { colors }: Style): string[] {
  const name = shortPath(path);
  // All of it goes, and all of it stands in the history: nobody reads a thousand lines of it.
  if (before !== null && after === null) {
    const lines = text(before).replace(/\n$/, '').split('\n').length;
    return [colors.bold(`--- ${name}`), colors.bold('+++ /dev/null'), colors.red(`-(the whole file, ${lines} lines)`)];
  }
  const { hunks } = structuredPatch(name, name, text(before), text(after), undefined, undefined, { context: 3 });
  const head = [`--- ${before === null ? '/dev/null' : name}`, `+++ ${name}`];
  return [
    ...head.map((line) => colors.bold(line)),
    ...hunks.flatMap((hunk) => [
      colors.cyan(`@@ -${from(hunk.oldStart, hunk.oldLines)} +${from(hunk.newStart, hunk.newLines)} @@`),
      ...hunk.lines.map((line) => {
        const shown = clean(line.replace(/\r$/, '').replaceAll('\t', '    '));
        return line.startsWith('+') ? colors.green(shown) : line.startsWith('-') ? colors.red(shown) : shown;
      }),
    ]),
  ];
}

/** Where a side has no line, the line before is named (GNU diffutils, "Detailed Unified"). */
function from(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`;
}

function text(content: Buffer | null): string {
  return content === null ? '' : textOf(content);
}
