import { UsageError } from '../model/errors.ts';
import { buildLog, kernelBuild, kernelBuilds } from '../state/kernelBuilds.ts';
import type { History } from '../state/history.ts';
import { derivationName } from '../nix/events.ts';
import { paintBuild, objectsText, sizesText } from '../report/text/kernelBuilds.ts';
import { duration, moment } from '../report/text/duration.ts';
import { printable, render, type OutputOptions } from './output.ts';
import { parts, problemLines } from '../report/text/phrases.ts';
import type { Style } from '../report/text/style.ts';
import { clean, hanging, table } from '../report/text/table.ts';
import type { KernelBuild } from '../model/kernelBuild.ts';

/** `falloutd builds`: the newest `limit` kernel builds, of one target or of all. For people the newest stands last. */
export function builds(db: History, options: OutputOptions & { limit: number; target?: string | undefined }): string {
  return render(kernelBuilds(db, options), options, (all, style, now) =>
    all.length === 0
      ? [`no kernel build${options.target === undefined ? '' : ` of ${options.target}`} is recorded`]
      : buildLines(all, style, now),
  );
}

function buildLines(all: readonly KernelBuild[], style: Style, now: number): string[] {
  return table(
    [{ align: 'right' }, { shrink: 'cut' }, {}, { align: 'right' }, {}, { shrink: 'wrap' }],
    [...all].reverse().map((build) => [
      { text: String(build.build) },
      { text: build.target },
      { text: moment(build.startedAt, now).replace(/ \(.*/, '') },
      { text: build.durationMs === null ? '' : duration(build.durationMs) },
      { text: build.outcome ?? 'under way', paint: paintBuild(build.outcome, style) },
      {
        text:
          build.problem?.message.split('\n').slice(0, 2).join(': ') ??
          parts(', ', objectsText(build), sizesText(build)),
      },
    ]),
    style.width,
  );
}

/**
 * `falloutd show --build N`: one kernel build; with `log` its log instead, as it was kept.
 *
 * @throws UsageError for a number that is not recorded, or a log that is not kept.
 */
export function showBuild(db: History, n: number, options: OutputOptions & { log?: boolean | undefined }): string {
  const build = kernelBuild(db, n);
  if (build === null)
    throw new UsageError({ message: `there is no kernel build ${n}`, hint: 'falloutd builds lists them' });
  if (options.log !== true) return render(build, options, shownLines);
  const log = buildLog(db, n);
  if (log === null)
    throw new UsageError({
      message: `no log of kernel build ${n} is kept`,
      hint: 'nothing was built in it, or retention has let the log go',
    });
  return printable(log.endsWith('\n') ? log : `${log}\n`, options);
}

function shownLines(build: KernelBuild, style: Style, now: number): string[] {
  const line = (name: string, text: string): string[] =>
    text === '' ? [] : hanging(`  ${name.padEnd(9)}`, text, style.width);
  // Whole, whatever the width: these are there to be copied.
  const path = (name: string, value: string | null): string[] =>
    value === null ? [] : [clean(`  ${name.padEnd(9)}${value}`)];
  return [
    style.colors.bold(
      paintBuild(
        build.outcome,
        style,
      )(clean(`kernel build ${build.build}, ${build.target}: ${build.outcome ?? 'under way'}`)),
    ),
    ...line('kernel', `${derivationName(build.drvPath)}, stable in iteration ${build.iteration}`),
    ...line('started', moment(build.startedAt, now)),
    ...line('took', build.durationMs === null ? '' : parts('; ', duration(build.durationMs), objectsText(build))),
    ...line('sizes', sizesText(build)),
    ...path('built', build.drvPath),
    ...path('result', build.outPath),
    ...(build.problem === null ? [] : problemLines('  ', build.problem, style)),
  ];
}
