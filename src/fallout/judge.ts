/** Facts to fallout: which intents a config build did not honour, whose they are, and why. */
import type { Cause } from '../model/cause.ts';
import type { Fallout, FalloutKind } from '../model/fallout.ts';
import type { Intent, LegacyLine } from '../model/intent.ts';
import { causeOf } from './cause.ts';
import { twoYes } from './twoYes.ts';
import { compareSettings, sameNumber } from '../script/dotConfig.ts';
import type { Fact, Transcript } from '../script/transcript.ts';
import { offeredIn } from '../script/offered.ts';
import { effectiveSaid, rank, type Said } from './effectiveAsk.ts';
import { requested, settingOf, withLegacy, type Settings } from '../script/settings.ts';

export type Judged = {
  transcript: Transcript;
  settings: Settings;
  /** The finished .config, parsed; null where the build gave none. */
  dotConfig: ReadonlyMap<string, string> | null;
  /** Whether the derivation was built. */
  succeeded: boolean;
  intents: readonly Intent[];
  legacy?: readonly LegacyLine[];
  /** The managed patch's name: its entries are answers to intents, not intents. */
  managedName?: string;
};

const SPELLING: Cause = { kind: 'spelling' };

/**
 * The fallout of one config build, sorted by symbol, one item a symbol. Errors are fallout; so is a warning about a
 * symbol that is not optional (ignoreConfigErrors). `clamped` and `silent` items are for the report: absorbing does
 * not help them. Of a choice with two y every member that has to give way is listed, the one that stays is not.
 */
export function judge(judged: Judged): Fallout[] {
  const { transcript, dotConfig, succeeded, legacy = [] } = judged;
  const settings = withLegacy(judged.settings, legacy);
  const said = effectiveSaid(judged.intents, judged.managedName, legacy);
  const found = new Map<string, Fallout>();

  const add = (
    kind: FalloutKind,
    symbol: string,
    rest: Pick<Fallout, 'wanted' | 'got'> & { offered?: string[]; cause?: Cause | null },
  ): void => {
    if (found.has(symbol)) return;
    const { cause, ...plain } = rest;
    const by = said.get(symbol);
    found.set(symbol, {
      kind,
      symbol,
      ...plain,
      ...(cause ? { cause } : {}),
      by: by?.by ?? null,
      position: by?.position ?? null,
    });
  };

  const settled = new Set<string>();
  for (const choice of twoYes(transcript.choices.concat(dying(transcript)), settings)) {
    const stays = lastYes(choice.wanted, said);
    for (const symbol of choice.wanted) {
      settled.add(symbol);
      if (symbol === stays) continue;
      const others = [
        ...(stays === undefined ? [] : [stays]),
        ...choice.wanted.filter((other) => other !== symbol && other !== stays),
      ];
      add('choice', symbol, {
        wanted: 'y',
        got: dotConfig?.get(symbol) ?? null,
        cause: { kind: 'choice', with: others },
      });
    }
  }

  for (const fact of transcript.facts) {
    if (fact.kind === 'repeated' && fact.symbol !== null)
      add('repeated', fact.symbol, { ...refused(fact, transcript, dotConfig), wanted: fact.answer });
  }
  const clamped = clampedIn(transcript.facts);
  for (const fact of transcript.facts) {
    if ((fact.kind !== 'unused' && fact.kind !== 'value') || settled.has(fact.symbol)) continue;
    const wanted = fact.kind === 'value' ? fact.wanted : null;
    const miss = {
      wanted: wanted ?? wantedIn(settings, fact.symbol),
      got: fact.kind === 'value' ? (fact.got ?? dotConfig?.get(fact.symbol) ?? null) : null,
    };
    const clamp = clamped.get(fact.symbol);
    if (fact.severity === 'warning' && clamp !== undefined) {
      add('clamped', fact.symbol, { wanted: clamp.asked, got: miss.got ?? clamp.used, offered: clamp.offered });
      continue;
    }
    if (fact.severity === 'warning' && settingOf(settings, fact.symbol)?.optional !== false) continue;
    add(fact.kind, fact.symbol, {
      ...miss,
      cause: sameNumber(miss.wanted ?? '', miss.got) ? SPELLING : explain(transcript, fact.symbol, miss.wanted),
    });
  }
  if (succeeded && dotConfig !== null) {
    for (const miss of compareSettings(settings, dotConfig)) {
      // What the script cannot see, and what it said in a line that is lost, cut or run into another one.
      if (miss.optional || settled.has(miss.symbol)) continue;
      const kind = clamped.has(miss.symbol)
        ? 'clamped'
        : miss.silent
          ? 'silent'
          : miss.got === null
            ? 'unused'
            : 'value';
      add(kind, miss.symbol, {
        wanted: miss.wanted,
        got: miss.got,
        cause: miss.spelling ? SPELLING : explain(transcript, miss.symbol, miss.wanted),
      });
    }
  }
  return [...found.values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

/** The cause that the transcript gives for a symbol, when kconfig printed its help. */
export function explain(transcript: Transcript, symbol: string, wanted: string | null): Cause | null {
  const help = transcript.help.get(symbol);
  return help === undefined ? null : causeOf(help, wanted);
}

/** The choice at which the script died, as one more listing. */
function dying(transcript: Transcript): Transcript['choices'] {
  return transcript.facts.flatMap((fact) => (fact.kind === 'choice' && fact.choice !== null ? [fact.choice] : []));
}

/** The member that stays: the user's over nixpkgs', of two of the user's the later; else the first in kconfig's order. */
function lastYes(wanted: readonly string[], said: ReadonlyMap<string, Said>): string | undefined {
  const later = (a: string, b: string): boolean => {
    const [x, y] = [said.get(a), said.get(b)];
    if (x === undefined || y === undefined) return y === undefined && x !== undefined;
    return rank(x.by) !== rank(y.by) ? rank(x.by) > rank(y.by) : (x.position?.line ?? 0) > (y.position?.line ?? 0);
  };
  return wanted.reduce<string | undefined>(
    (best, symbol) => (best === undefined || later(symbol, best) ? symbol : best),
    undefined,
  );
}

function refused(
  fact: Fact & { kind: 'repeated' },
  transcript: Transcript,
  dotConfig: ReadonlyMap<string, string> | null,
): { got: string | null; offered?: string[]; cause?: Cause | null } {
  const help = fact.symbol === null ? undefined : transcript.help.get(fact.symbol);
  const got = dotConfig?.get(fact.symbol ?? '') ?? help?.value ?? fact.current;
  const cause = help === undefined ? null : causeOf(help, fact.answer);
  const offered = offeredEachTime(fact, transcript);
  return offered.length > 0 ? { got, offered, cause } : { got, cause };
}

/** What kconfig took in each pass: the second one, which a probe comes to, may offer less, and an entry has to suit both. */
function offeredEachTime(fact: Fact & { kind: 'repeated' }, transcript: Transcript): string[] {
  const asked = fact.symbol === null ? undefined : transcript.questions.get(fact.symbol);
  const last = asked === undefined ? null : offeredIn(asked.alts);
  return last === null ? fact.offered : fact.offered.filter((letter) => last.includes(letter));
}

/** The clamped symbols, each with its last replacement: an earlier pass may have been asked with less on offer. */
export function clampedIn(facts: readonly Fact[]): Map<string, Fact & { kind: 'clamped' }> {
  return new Map(
    facts.flatMap((fact) => (fact.kind === 'clamped' && fact.symbol !== null ? [[fact.symbol, fact] as const] : [])),
  );
}

function wantedIn(settings: Settings, symbol: string): string | null {
  const setting = settingOf(settings, symbol);
  return setting === undefined ? null : requested(setting);
}
