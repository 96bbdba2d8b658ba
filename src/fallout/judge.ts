/** Observation to fallout: which intents were not honoured, whose they are, and why. */
import { effectiveSaid, rank, type Said } from './intents.ts';
import type { Cause } from '../model/cause.ts';
import type { Fallout } from '../model/fallout.ts';
import type { Intent, LegacyLine } from '../model/intent.ts';
import type { Complaint, Observation, Refusal } from '../model/observation.ts';
import { causeIn } from './causeFromHelp.ts';
import { twoYes, type TwoYes } from './choicesWithTwoYes.ts';
import { compareSettings, sameNumber } from '../script/dotConfig.ts';
import { offeredIn } from '../script/statements.ts';
import { requestOf, settingOf, type Settings } from '../script/settings.ts';

export type JudgeInput = {
  observation: Observation;
  /** What the script was asked for, legacy strings included. */
  settings: Settings;
  intents: readonly Intent[];
  legacy?: readonly LegacyLine[];
  /** The managed patch's name: its entries are answers to intents, not intents. */
  managedName?: string;
  /** What counts for each symbol (`effectiveSaid`), where the caller knows it. */
  said?: ReadonlyMap<string, Said>;
  /** Who tells the causes; the session's help texts do where nobody else can. */
  causeOf?: CauseOf | undefined;
};

/** Why a symbol cannot have a value; null where that is not known, or nothing was wanted. */
export type CauseOf = (symbol: string, wanted: string | null) => Cause | null;

/** Who tells the causes of these misses. */
export const causesFor = ({ causeOf, observation }: JudgeInput): CauseOf =>
  causeOf ?? ((symbol, wanted) => causeIn(observation, symbol, wanted));

/** What counts for each symbol in what is judged. */
export const saidIn = ({ said, intents, managedName, legacy = [] }: JudgeInput): ReadonlyMap<string, Said> =>
  said ?? effectiveSaid(intents, managedName, legacy);

const SPELLING: Cause = { kind: 'spelling' };

/** Fallout before it is known who asked. */
type Finding = Pick<Fallout, 'kind' | 'symbol' | 'wanted' | 'got' | 'offered'> & { cause?: Cause | null };

/**
 * The fallout of one answering session, sorted by symbol, one item a symbol. Errors are fallout; so is a warning about a
 * symbol that is not optional (ignoreConfigErrors). `clamped` and `silent` items are for the report: absorbing does
 * not help them. Of a choice with two y every member that has to give way is listed, the one that stays is not.
 */
export function judge(input: JudgeInput): Fallout[] {
  const { observation, settings } = input;
  const causeOf = causesFor(input);
  const said = saidIn(input);
  const choices = twoYes(observation, settings);
  const clamped = clampedIn(observation);
  const settled = new Set(choices.flatMap(({ wanted }) => wanted));
  const isOpen = ({ symbol }: { symbol: string }): boolean => !settled.has(symbol);
  const findings = [
    ...choices.flatMap((choice) => displaced(choice, said, observation)),
    ...observation.refusals.flatMap((refusal) => refused(refusal, observation, causeOf)),
    ...observation.complaints
      .filter(isOpen)
      .flatMap((complaint) => complained(complaint, { observation, settings, clamped, causeOf })),
    ...unsaid({ observation, settings, clamped, causeOf }).filter(isOpen),
  ];
  const fallout = new Map<string, Fallout>();
  for (const { cause, ...finding } of findings) {
    if (fallout.has(finding.symbol)) continue;
    const { by = null, position = null } = said.get(finding.symbol) ?? {};
    fallout.set(finding.symbol, { ...finding, ...(cause ? { cause } : {}), by, position });
  }
  return [...fallout.values()].sort(bySymbol);
}

/** Orders fallout by its symbols. */
export const bySymbol = (a: { symbol: string }, b: { symbol: string }): number =>
  a.symbol < b.symbol ? -1 : Number(a.symbol > b.symbol);

/** Of a choice with two y all but the one that stays. */
function displaced({ wanted }: TwoYes, said: ReadonlyMap<string, Said>, { finalValues }: Observation): Finding[] {
  const stays = lastYes(wanted, said);
  const giveWay = wanted.filter((symbol) => symbol !== stays);
  return giveWay.map((symbol) => {
    const cause: Cause = { kind: 'choice', with: [stays, ...giveWay.filter((other) => other !== symbol)] };
    return { kind: 'choice', symbol, wanted: 'y', got: finalValues?.get(symbol) ?? null, cause };
  });
}

function refused(refusal: Refusal, observation: Observation, causeOf: CauseOf): Finding[] {
  if (refusal.kind !== 'repeated' || refusal.symbol === null) return [];
  const { symbol, answer, current } = refusal;
  const offered = offeredEachTime(refusal, observation.questions.get(symbol)?.alts);
  return [
    {
      kind: 'repeated',
      symbol,
      wanted: answer,
      got: observation.finalValues?.get(symbol) ?? observation.help.get(symbol)?.value ?? current,
      ...(offered.length > 0 ? { offered } : {}),
      cause: causeOf(symbol, answer),
    },
  ];
}

/** What kconfig took in each pass: the second one, which a session that dies does not come to, may offer less, and an entry has to suit both. */
function offeredEachTime({ offered }: { offered: string[] }, lastAlts: string | undefined): string[] {
  const last = lastAlts === undefined ? null : offeredIn(lastAlts);
  return last === null ? offered : offered.filter((letter) => last.includes(letter));
}

type Judging = { observation: Observation; settings: Settings; clamped: Clamped; causeOf: CauseOf };

/** A warning about an optional symbol, or about one that nobody set, is no fallout. */
function complained(complaint: Complaint, { observation, settings, clamped, causeOf }: Judging): Finding[] {
  const { kind, symbol, severity } = complaint;
  const said = kind === 'value' ? complaint : { wanted: null, got: null };
  const wanted = said.wanted ?? requestOf(settings, symbol);
  const got = kind === 'value' ? (said.got ?? observation.finalValues?.get(symbol) ?? null) : null;
  const clamp = severity === 'warning' ? clamped.get(symbol) : undefined;
  if (clamp !== undefined)
    return [{ kind: 'clamped', symbol, wanted: clamp.asked, got: got ?? clamp.used, offered: clamp.offered }];
  if (severity === 'warning' && settingOf(settings, symbol)?.optional !== false) return [];
  const cause = sameNumber(wanted ?? '', got) ? SPELLING : causeOf(symbol, wanted);
  return [{ kind, symbol, wanted, got, cause }];
}

/** What the script cannot see, and what it printed in a line that was lost, cut, or run into another. */
function unsaid({ observation, settings, clamped, causeOf }: Judging): Finding[] {
  if (observation.finalValues === null) return [];
  return compareSettings(settings, observation.finalValues).flatMap(({ symbol, wanted, got, ...miss }) =>
    miss.optional
      ? []
      : {
          kind: clamped.has(symbol) ? 'clamped' : miss.silent ? 'silent' : got === null ? 'unused' : 'value',
          symbol,
          wanted,
          got,
          cause: miss.spelling ? SPELLING : causeOf(symbol, wanted),
        },
  );
}

/** The member that stays: the user's over nixpkgs', of two of the user's the later; else the first in kconfig's order. */
function lastYes(wanted: readonly string[], said: ReadonlyMap<string, Said>): string {
  const later = (a: string, b: string): boolean => {
    const [x, y] = [said.get(a), said.get(b)];
    if (x === undefined || y === undefined) return y === undefined && x !== undefined;
    return rank(x.by) !== rank(y.by) ? rank(x.by) > rank(y.by) : (x.position?.line ?? 0) > (y.position?.line ?? 0);
  };
  return [...wanted].reduce((best, symbol) => (later(symbol, best) ? symbol : best));
}

type Clamped = ReadonlyMap<string, Refusal & { kind: 'clamped' }>;

/** The clamped symbols, each with its last replacement: an earlier pass may have been asked with less on offer. */
export function clampedIn({ refusals }: Observation): Clamped {
  return new Map(
    refusals.flatMap((refusal) =>
      refusal.kind === 'clamped' && refusal.symbol !== null ? [[refusal.symbol, refusal] as const] : [],
    ),
  );
}
