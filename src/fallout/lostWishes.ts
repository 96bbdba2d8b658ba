/** Wishes that the resulting .config does not honour, although the build is green. */
import { saidBy, type Said } from './intents.ts';
import type { Cause } from '../model/cause.ts';
import type { FalloutKind, Wish } from '../model/fallout.ts';
import { isManaged } from '../model/asker.ts';
import type { Observation } from '../model/observation.ts';
import { isHonoured } from '../script/dotConfig.ts';
import { bySymbol, causesFor, clampedIn, saidIn, type JudgeInput } from './judge.ts';
import { requestOf, type Settings } from '../script/settings.ts';

/**
 * Every wish of a user's patch or of the kernel's own config that the .config does not hold, by symbol and then in
 * module order. Entries of the managed patch are no wishes, nor are nixpkgs' defaults, nor `unset`, nor a value that
 * is only spelled otherwise. A wish that another definition overrides is `overridden`, with the other as its cause.
 */
export function lostWishes(input: JudgeInput): Wish[] {
  return lostAsks(input).flatMap(({ by, ...wish }) => (by.kind === 'nixpkgs' ? [] : { ...wish, by }));
}

/**
 * The defaults of nixpkgs that the .config does not hold although nothing else is asked: what the user asked for took them
 * along. What nixpkgs itself makes optional is none of these.
 */
export function lostDefaults(input: JudgeInput): Wish[] {
  const optional = new Set(input.intents.filter((i) => i.by.kind === 'nixpkgs' && i.ask.optional).map((i) => i.symbol));
  return lostAsks(input).filter(
    ({ symbol, by, kind }) => by.kind === 'nixpkgs' && kind !== 'overridden' && !optional.has(symbol),
  );
}

function lostAsks(input: JudgeInput): Wish[] {
  const { settings, intents, observation, legacy = [], managedName } = input;
  const causeOf = causesFor(input);
  const { finalValues } = observation;
  if (finalValues === null) return [];
  const effective = saidIn(input);
  const clamped = clampedIn(observation);
  const wishes: Said[] = [...intents.map(saidBy), ...legacy.map(({ value, ...line }) => ({ ...line, wanted: value }))];
  const lost = wishes.flatMap(({ symbol, wanted, by, position }): Wish[] => {
    if (wanted === null || isManaged(by, managedName)) return [];
    const got = finalValues.get(symbol) ?? null;
    if (isHonoured(got, wanted)) return [];
    const winner = effective.get(symbol);
    const overridden = winner !== undefined && winner.wanted !== wanted;
    const kind = overridden ? 'overridden' : clamped.has(symbol) ? 'clamped' : missKind(symbol, got, observation);
    const cause: Cause | null = overridden
      ? { kind: 'overridden', by: winner.by, value: winner.wanted, position: winner.position }
      : (causeOf(symbol, wanted) ?? displaced(symbol, wanted, observation, settings));
    return [{ symbol, wanted, got, by, position, kind, ...(cause === null ? {} : { cause }) }];
  });
  return lost.sort(bySymbol);
}

function missKind(symbol: string, got: string | null, { refusals }: Observation): FalloutKind {
  if (refusals.some((refusal) => refusal.kind === 'repeated' && refusal.symbol === symbol)) return 'repeated';
  if (got === null) return 'unused';
  return got === '' || got === '0' ? 'silent' : 'value';
}

/** A choice member that lost to the member the settings ask for. */
function displaced(symbol: string, wanted: string, { choices }: Observation, settings: Settings): Cause | null {
  if (wanted !== 'y') return null;
  const choice = choices.find((each) => each.members.some((member) => member.symbol === symbol));
  const others = (choice?.members ?? [])
    .map((member) => member.symbol)
    .filter((other) => other !== symbol && requestOf(settings, other) === 'y');
  return others.length === 0 ? null : { kind: 'choice', with: others };
}
