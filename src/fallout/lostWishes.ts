/** Wishes that the resulting .config does not honour, although the build is green. */
import type { Cause } from '../model/cause.ts';
import type { FalloutKind, Wish } from '../model/fallout.ts';
import { type Intent, isManaged, type LegacyLine } from '../model/intent.ts';
import { honours, sameNumber } from '../script/dotConfig.ts';
import type { Transcript } from '../script/transcript.ts';
import { effectiveSaid, saidBy, type Said } from './effectiveAsk.ts';
import { clampedIn, explain } from './judge.ts';
import { requested, settingOf, withLegacy, type Settings } from '../script/settings.ts';

export type Outcome = {
  settings: Settings;
  intents: readonly Intent[];
  dotConfig: ReadonlyMap<string, string>;
  transcript: Transcript;
  legacy?: readonly LegacyLine[];
  managedName?: string;
};

/**
 * Every wish of a user's patch or of the kernel's own config that the .config does not hold, by symbol and then in
 * module order. Entries of the managed patch are no wishes, nor are nixpkgs' defaults, nor `unset`, nor a value that
 * is only spelled otherwise. A wish that another definition overrides is `overridden`, with the other as its cause.
 */
export function lostWishes({ settings, intents, dotConfig, transcript, legacy = [], managedName }: Outcome): Wish[] {
  const effective = effectiveSaid(intents, managedName, legacy);
  const clamped = clampedIn(transcript.facts);
  const wishes: Said[] = [...intents.map(saidBy), ...legacy.map(({ value, ...line }) => ({ ...line, wanted: value }))];
  const lost: Wish[] = [];
  for (const wish of wishes) {
    const { symbol, wanted, by, position } = wish;
    if (wanted === null || by.kind === 'nixpkgs' || isManaged(by, managedName)) continue;
    const got = dotConfig.get(symbol) ?? null;
    if (honours(got, wanted) || sameNumber(wanted, got)) continue;
    const winner = effective.get(symbol);
    const overridden = winner !== undefined && winner.wanted !== wanted;
    const kind: FalloutKind = overridden
      ? 'overridden'
      : clamped.has(symbol)
        ? 'clamped'
        : missKind(symbol, got, transcript);
    const cause = overridden
      ? overriding(winner)
      : (explain(transcript, symbol, wanted) ?? displaced(symbol, wanted, transcript, withLegacy(settings, legacy)));
    lost.push({ symbol, wanted, got, by, position, kind, ...(cause === null ? {} : { cause }) });
  }
  return lost.sort((a, b) => (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0));
}

function missKind(symbol: string, got: string | null, transcript: Transcript): FalloutKind {
  if (transcript.facts.some((fact) => fact.kind === 'repeated' && fact.symbol === symbol)) return 'repeated';
  if (got === null) return 'unused';
  return got === '' || got === '0' ? 'silent' : 'value';
}

function overriding({ by, wanted, position }: Said): Cause {
  return { kind: 'overridden', by, value: wanted, position };
}

/** A choice member that lost to the member the settings ask for. */
function displaced(symbol: string, wanted: string, transcript: Transcript, settings: Settings): Cause | null {
  if (wanted !== 'y') return null;
  const choice = transcript.choices.find((each) => each.members.some((member) => member.symbol === symbol));
  const others = (choice?.members ?? [])
    .map((member) => member.symbol)
    .filter((other) => {
      const setting = other === symbol ? undefined : settingOf(settings, other);
      return setting !== undefined && requested(setting) === 'y';
    });
  return others.length === 0 ? null : { kind: 'choice', with: others };
}
