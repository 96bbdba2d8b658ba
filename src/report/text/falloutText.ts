import { causeText } from '../../fallout/causeText.ts';
import type { Fallout, FalloutKind } from '../../model/fallout.ts';
import { askerName, isWish } from '../../model/asker.ts';
import type { Asker, Position } from '../../model/intent.ts';
import type { Lost } from '../../model/run.ts';
import { shortPath } from '../../system/shortPath.ts';
import { parts, plural } from './sentenceParts.ts';

/** The order in which kinds are listed: first what a user most wants to hear about. */
const KINDS: readonly FalloutKind[] = [
  'unknown',
  'choice',
  'conflict',
  'repeated',
  'value',
  'unused',
  'silent',
  'overridden',
  'clamped',
];

/** `3 value, 101 unused`: how many of each kind. */
export function counts(fallout: readonly { kind: FalloutKind }[]): string {
  return KINDS.flatMap((kind) => {
    const n = fallout.filter((each) => each.kind === kind).length;
    return n === 0 ? [] : [`${n} ${kind}`];
  }).join(', ');
}

/** Sorted by kind, as they are listed; the order within a kind stays. */
export function byKind<T extends { kind: FalloutKind }>(fallout: readonly T[]): T[] {
  return [...fallout].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
}

/** `3 wishes not honoured, 1 default not; 34 names this kernel does not know`: defaults are counted apart. */
export function lostCount({ lost, lostDefaults = [], unknownNames = [] }: Lost): string {
  const wishes = lost.filter(isWish).length;
  const defaults = lost.length - wishes + lostDefaults.length;
  const first = wishes === 0 ? 'every wish honoured' : `${plural(wishes, 'wish', 'wishes')} not honoured`;
  const count = parts(', ', first, defaults === 0 ? '' : `${plural(defaults, 'default')} not`);
  return parts(
    '; ',
    count,
    unknownNames.length === 0 ? '' : `${plural(unknownNames.length, 'name')} unknown to this kernel`,
  );
}

/** The same, and where there are any, how to list them. */
export function lostText(run: Lost): string {
  const isAny = run.lost.length > 0 || run.lostDefaults !== undefined || run.unknownNames !== undefined;
  return parts(': ', lostCount(run), isAny ? 'falloutd lost lists them' : '');
}

/** Who asked and where: `patch wlan, patches.nix:12`. */
export function askedBy(by: Asker | null, position: Position | null | undefined): string {
  const at = position == null ? '' : `${shortPath(position.file)}:${position.line}`;
  return parts(', ', by === null ? '' : askerName(by), at);
}

/** `wanted n, got m`; `wanted y, not in .config`; `wanted quiet, got ""`. */
export function wantedGot(fallout: Pick<Fallout, 'wanted' | 'got'>): string {
  return `wanted ${fallout.wanted ?? 'unset'}, ${fallout.got === null ? 'not in .config' : `got ${fallout.got === '' ? '""' : fallout.got}`}`;
}

/** The cause in one line, with the nearest names of an unknown symbol. */
export function why(fallout: Pick<Fallout, 'cause' | 'suggestions'>): string {
  const names = fallout.suggestions ?? [];
  const near = names.length === 0 ? '' : `the nearest: ${names.join(', ')}`;
  return parts('; ', fallout.cause === undefined ? '' : causeText(fallout.cause), near);
}
