import { remainingMs } from '../../build/kbuildLines.ts';
import type { KernelLive } from '../../model/liveStatus.ts';
import { derivationName } from '../../nix/derivationName.ts';
import type { KernelBuild } from '../../model/kernelBuild.ts';
import type { BuildProgress, RunEvent } from '../../model/event.ts';
import { size } from '../../system/byteSize.ts';
import { duration, moment, roughly } from './duration.ts';
import { parts, plural } from './sentenceParts.ts';
import { problemLines } from './problemLines.ts';
import { paintOutcome } from './runText.ts';
import { shortPath } from '../../system/shortPath.ts';
import { clean, hanging, type Style } from './style.ts';
import { table } from './table.ts';

/** `kernel 12.3 MB, modules 88.0 MB`, as far as the sizes are known. */
export function sizesText({ kernelBytes, modulesBytes }: KernelBuild): string {
  return parts(
    ', ',
    kernelBytes === null ? '' : `kernel ${size(kernelBytes)}`,
    modulesBytes === null ? '' : `modules ${size(modulesBytes)}`,
  );
}

/** How many objects were compiled. */
function objectsText({ objects, outcome }: KernelBuild): string {
  if (objects !== null) return plural(objects, 'object');
  return outcome === 'built' ? 'nothing had to be compiled' : '';
}

const resultText = (build: KernelBuild): string => parts(', ', objectsText(build), sizesText(build));

/** `kernel build 3, nixhost: linux-6.12.117, from iteration 41`. */
export function startedLine(build: KernelBuild, style: Style): string {
  const kernel = `${derivationName(build.drvPath)}, stable in iteration ${build.iteration}`;
  return style.colors.bold(clean(`kernel build ${build.build}, ${build.target}: ${kernel}`));
}

/** How a kernel build ended, and how its result is used. */
export function finishedLines(
  { build, use, changed }: Extract<RunEvent, { kind: 'build-finished' }>,
  style: Style,
): string[] {
  const took =
    build.durationMs === null ? '' : ` ${build.outcome === 'built' ? 'in' : 'after'} ${duration(build.durationMs)}`;
  const head = `kernel build ${build.build}, ${clean(build.target)}: ${build.outcome ?? ''}${took}`;
  const files = changed.map((file) => shortPath(file)).join(', ');
  const another = `but ${files} changed since: what is evaluated now is another kernel`;
  const [first = '', ...more] =
    build.problem === null
      ? hanging('', parts('; ', head, resultText(build)), style.width)
      : problemLines(`${head}: `, build.problem, style);
  return [
    paintOutcome(build.outcome, style)(first),
    ...more,
    ...(use === null ? [] : [`  use it:  ${clean(use)}`]),
    ...(use === null || changed.length === 0 ? [] : hanging('  ', another, style.width)),
    ...(build.outcome === 'failed' || build.outcome === 'infrastructure'
      ? [style.colors.cyan(`  falloutd show --build ${build.build} --log prints the whole log`)]
      : []),
  ];
}

/** `buildPhase, 12 m 04 s, 1234 of 6789 objects, about 54 m 00 s left`. */
export function progressText({ step, objects, expected }: BuildProgress, elapsedMs: number): string {
  const left = remainingMs(objects, elapsedMs, expected);
  return parts(
    ', ',
    step,
    roughly(elapsedMs),
    objects === 0 ? '' : expected === null ? plural(objects, 'object') : `${objects} of ${expected.objects} objects`,
    left === null ? '' : left === 0 ? 'longer than last time' : `about ${roughly(left)} left`,
  );
}

/** What a daemon does about a target's kernel. */
export function liveKernelText({ state, progress }: KernelLive): string {
  switch (state) {
    case 'waiting':
      return 'waits until the target is stable';
    case 'queued':
      return 'waits for another kernel build';
    case 'building':
      return progress === undefined ? 'building' : `building: ${progressText(progress, progress.elapsedMs)}`;
  }
}

/** Kernel builds, one a line; `all` comes newest first, the newest stands last. */
export function kernelBuildTable(all: readonly KernelBuild[], style: Style, now: number): string[] {
  return table(
    [{ align: 'right' }, { shrink: 'cut' }, {}, { align: 'right' }, {}, { shrink: 'wrap' }],
    [...all]
      .reverse()
      .map((build) => [
        { text: String(build.build) },
        { text: build.target },
        { text: moment(build.startedAt, now).replace(/ \(.*/, '') },
        { text: build.durationMs === null ? '' : duration(build.durationMs) },
        { text: build.outcome ?? 'under way', paint: paintOutcome(build.outcome, style) },
        { text: build.problem?.message.split('\n').slice(0, 2).join(': ') ?? resultText(build) },
      ]),
    style.width,
  );
}

/** One kernel build. */
export function kernelBuildLines(build: KernelBuild, style: Style, now: number): string[] {
  const head = clean(`kernel build ${build.build}, ${build.target}: ${build.outcome ?? 'under way'}`);
  const line = (name: string, text: string): string[] =>
    text === '' ? [] : hanging(`  ${name.padEnd(9)}`, text, style.width);
  // Whole, whatever the width: these are there to be copied.
  const path = (name: string, value: string | null): string[] =>
    value === null ? [] : [clean(`  ${name.padEnd(9)}${value}`)];
  return [
    style.colors.bold(paintOutcome(build.outcome, style)(head)),
    ...line('kernel', `${derivationName(build.drvPath)}, stable in iteration ${build.iteration}`),
    ...line('started', moment(build.startedAt, now)),
    ...line('took', build.durationMs === null ? '' : parts('; ', duration(build.durationMs), objectsText(build))),
    ...line('sizes', sizesText(build)),
    ...path('built', build.drvPath),
    ...path('result', build.outPath),
    ...(build.problem === null ? [] : problemLines('  ', build.problem, style)),
  ];
}
