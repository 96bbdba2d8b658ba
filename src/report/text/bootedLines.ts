/** What the running kernel is, and how far it is from the last stable configuration. */
import { recordedKernelIn } from '../../build/booted.ts';
import { counted } from '../../kernel/valueChanges.ts';
import type { Booted, KernelMatch, NextStep, Unread } from '../../model/booted.ts';
import type { KernelBuild } from '../../model/kernelBuild.ts';
import { duration, moment } from './duration.ts';
import { parts } from './sentenceParts.ts';
import { changesText } from './sideEffectLines.ts';
import { clean, hanging, type Style } from './style.ts';

/** The running kernel for a person. */
export function bootedLines({ running, match, stable, changes, next }: Booted, style: Style, now: number): string[] {
  const line = (name: string, text: string): string[] =>
    text === '' ? [] : hanging(`  ${name.padEnd(9)} `, text, style.width);
  const recorded = recordedKernelIn(match);
  const [first = '', ...more] = hanging('', `Linux ${running.release}: ${matchText(match)}`, style.width);
  return [
    style.colors.bold(first),
    ...more,
    // Whole, whatever the width: it is there to be copied.
    ...(running.storePath === null ? [] : [clean(`  ${'path'.padEnd(9)} ${running.storePath}`)]),
    ...line('built', recorded?.build == null ? '' : builtText(recorded.build, now)),
    ...(match.kind === 'built' ? [] : running.unread.flatMap((unread) => line('unread', unreadText(unread)))),
    ...(stable === null
      ? line('stable', 'nothing has been stable yet')
      : line('stable', `iteration ${stable.iteration} of ${stable.target}, ${moment(stable.since, now)}`)),
    ...(stable === null ? [] : line('differs', differsText(changes))),
    ...line('', listText({ match, stable, changes })),
    ...line('next', nextText(next)),
  ];
}

function matchText(match: KernelMatch): string {
  switch (match.kind) {
    case 'built':
      return `kernel build ${match.build.build} of ${match.build.target}, by its path in the store`;
    case 'same-config':
      return match.build === null
        ? `the .config of iteration ${match.iteration} of ${match.target}, not built by falloutd`
        : `most likely kernel build ${match.build.build} of ${match.target}, by its .config`;
    case 'same-version':
      return `perhaps from iteration ${match.iteration} of ${match.target}, by its version alone`;
    case 'none':
      return 'none of the recorded kernels';
  }
}

function builtText({ startedAt, durationMs, iteration }: KernelBuild, now: number): string {
  const took = durationMs === null ? '' : `in ${duration(durationMs)}`;
  return parts(', ', parts(' ', moment(startedAt, now), took), `stable in iteration ${iteration}`);
}

function unreadText(unread: Unread): string {
  switch (unread.kind) {
    case 'no-config':
      return 'there is no /proc/config.gz: this kernel was built without IKCONFIG_PROC';
    case 'bad-config':
      return `/proc/config.gz ${unread.reason}`;
    case 'no-booted-system':
      return '/run/booted-system leads to no kernel in the store';
    case 'other-kernel':
      return `/run/booted-system has modules for ${unread.releases.join(', ')}, not for the kernel that runs`;
  }
}

/** So many changes are shown one by one, and more only as numbers. */
const FEW = 3;

function differsText(changes: Booted['changes']): string {
  if (changes === null) return 'not known: the .config that runs cannot be read';
  if (changes.length === 0) return 'in no option';
  if (changes.length > FEW) return changesText(counted(changes));
  return changes.map(({ symbol, before, after }) => `${symbol} ${before ?? '–'} → ${after ?? '–'}`).join(', ');
}

/** Where all changes are listed. */
function listText({ match, stable, changes }: Pick<Booted, 'match' | 'stable' | 'changes'>): string {
  if (stable === null || changes === null || changes.length === 0) return '';
  const from = recordedKernelIn(match)?.iteration ?? null;
  return from === null
    ? '`falloutd booted --json` lists all'
    : `\`falloutd diff ${from} ${stable.iteration}\` lists all`;
}

function nextText(next: NextStep): string {
  switch (next.kind) {
    case 'nothing':
      return 'nothing: the last stable configuration runs';
    case 'build':
      return '`falloutd build`, then `nixos-rebuild boot`, then reboot';
    case 'install':
      return `${next.outPath === null ? '' : 'it is built: '}\`nixos-rebuild boot\`, then reboot`;
    case 'reboot':
      return 'reboot: it is what boots next';
    case 'converge':
      return '`falloutd once` finds a stable configuration';
  }
}
