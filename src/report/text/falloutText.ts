import { causeText } from '../../fallout/causeText.ts';
import type { Root } from '../../model/cause.ts';
import type { Fallout, FalloutKind } from '../../model/fallout.ts';
import { askerName, isWish } from '../../model/asker.ts';
import type { Asker, Position } from '../../model/intent.ts';
import type { Lost } from '../../model/run.ts';
import { shortPath } from '../../system/shortPath.ts';
import { firstOf } from '../../system/someOf.ts';
import { parts, plural } from './sentenceParts.ts';

/** Each kind in plain words, for one and for many, in the order in which they are listed: first what a user most wants to hear about. */
const KINDS: Record<FalloutKind, readonly [one: string, many: string]> = {
  unknown: ['unknown name', 'unknown names'],
  choice: ['choice', 'choices'],
  conflict: ['conflict', 'conflicts'],
  repeated: ['asked again', 'asked again'],
  value: ['other value', 'other values'],
  unused: ['no option', 'with no option'],
  silent: ['unnoticed', 'unnoticed'],
  overridden: ['overridden', 'overridden'],
  clamped: ['out of range', 'out of range'],
};
const ORDER = Object.keys(KINDS);

/** What a kind is called on screen: `no option`, `other value`. */
export const kindText = (kind: FalloutKind): string => KINDS[kind][0];

/** `3 other values, 101 with no option`: how many of each kind. */
export function counts(fallout: readonly { kind: FalloutKind }[]): string {
  return Object.entries(KINDS)
    .flatMap(([kind, [one, many]]) => {
      const n = fallout.filter((each) => each.kind === kind).length;
      return n === 0 ? [] : [plural(n, one, many)];
    })
    .join(', ');
}

/** Sorted by kind, as they are listed; the order within a kind stays. */
export function byKind<T extends { kind: FalloutKind }>(fallout: readonly T[]): T[] {
  return [...fallout].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

/** `3 wishes not honoured; 1 default not honoured; 34 names unknown to this kernel`: each is counted apart. */
export function lostCount({ lost, lostDefaults = [], unknownNames = [] }: Lost, names = ''): string {
  const wishes = lost.filter(isWish).length;
  const defaults = lost.length - wishes + lostDefaults.length;
  return parts(
    '; ',
    wishes === 0 ? 'every wish honoured' : parts(': ', `${plural(wishes, 'wish', 'wishes')} not honoured`, names),
    defaults === 0 ? '' : `${plural(defaults, 'default')} not honoured`,
    unknownNames.length === 0 ? '' : `${plural(unknownNames.length, 'name')} unknown to this kernel`,
  );
}

/** The same with the first few names, and where there are any, how to list them. */
export function lostText(run: Lost): string {
  const isAny = run.lost.length > 0 || run.lostDefaults !== undefined || run.unknownNames !== undefined;
  const names = firstOf(byKind(run.lost.filter(isWish)).map(({ symbol }) => symbol));
  return parts(' ', lostCount(run, names), isAny ? '(see `falloutd lost`)' : '');
}

/** `patches.nix:12`, or nothing. */
export const placeText = (position: Position | null | undefined): string =>
  position == null ? '' : `${shortPath(position.file)}:${position.line}`;

/** A value as it is shown: an empty one in quotes. */
export const shownValue = (value: string): string => (value === '' ? '""' : value);

/** Who asked and where: `patch wlan, patches.nix:12`. */
export function askedBy(by: Asker | null, position: Position | null | undefined): string {
  return parts(', ', by === null ? '' : askerName(by), placeText(position));
}

/** `wanted n, got m`; `wanted y, not in .config`; `wanted quiet, got ""`. */
export function wantedGot(fallout: Pick<Fallout, 'wanted' | 'got'>): string {
  return `wanted ${fallout.wanted ?? 'unset'}, ${fallout.got === null ? 'not in .config' : `got ${shownValue(fallout.got)}`}`;
}

const IN_NIX: Readonly<Record<string, string>> = { y: 'yes', m: 'module', n: 'no' };

/** A value as patches.nix has it: `yes` for y. */
export const inNix = (value: string): string => IN_NIX[value] ?? value;

/** What stands behind a loss, after `because`: `of patches.nix:11 SND_SOC = no`, `SND_SOC is n, and nobody asks for it`. */
export function rootText({ symbol, value, by, position }: Root): string {
  if (by === null) return `${symbol} is ${value}, and nobody asks for another value`;
  const where = position === null ? `${askerName(by)}:` : placeText(position);
  return `of ${where} ${symbol} = ${inNix(value)}`;
}

/** The cause in one line, with the nearest names of an unknown symbol where it does not give them. */
export function why(fallout: Pick<Fallout, 'cause' | 'suggestions'>): string {
  const names = fallout.cause?.kind === 'unknown' ? [] : (fallout.suggestions ?? []);
  const near = names.length === 0 ? '' : `the nearest: ${names.join(', ')}`;
  return parts('; ', fallout.cause === undefined ? '' : causeText(fallout.cause), near);
}
