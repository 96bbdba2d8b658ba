/** What a run would come to, as the engine sees it: the fixed point of absorbing, without a build. */
import { absorb, changesBetween, type Asked, type Managed } from '../fallout/absorb.ts';
import { effectiveSaid, intentsBySymbol } from '../fallout/intents.ts';
import { judge, type JudgeInput } from '../fallout/judge.ts';
import { lostDefaults, lostWishes } from '../fallout/lostWishes.ts';
import { reviewEntries, withEntryCauses } from '../fallout/reviewEntries.ts';
import { isAbsorbed } from '../fallout/absorbedKinds.ts';
import type { ManagedEntry, Policy } from '../model/entry.ts';
import type { Fallout, Wish } from '../model/fallout.ts';
import type { Intent, LegacyLine } from '../model/intent.ts';
import type { Problem } from '../model/problem.ts';
import type { Lost } from '../model/run.ts';
import type { Settings } from '../script/settings.ts';
import { answersOf, complaintsAbout, runSession, type AnsweredKernel, type Session } from './answerSession.ts';
import { causesIn, type AskedBy } from './causes.ts';
import type { KernelNames } from './kernelNames.ts';
import type { ModuleIndex } from './modules/moduleIndex.ts';
import { neededBy, Pursuit, withoutPursuit, type Pursued } from './pursuit.ts';
import { requestWith } from './predictedRequest.ts';
import { withRoots } from './roots.ts';
import { markUnknown, unknownWishes } from './symbols.ts';

/** What a prediction begins from: an evaluation, and the entries that answer it. */
export type PredictionInput = {
  /** The request as evaluated. */
  settings: Settings;
  intents: readonly Intent[];
  legacy: readonly LegacyLine[];
  managedName: string;
  managedIndex: number | null;
  /** The entries in that evaluation. */
  entries: readonly ManagedEntry[];
  policy: Policy;
  /** The modules that the host names: what its wishes take away of them is told first. */
  hostModules?: string[];
  /** Which lost wishes are pursued; absent: none. `kept`: the entries that earlier pursuits made stand, and no more are made. */
  pursued?: Pursued | 'kept';
};

export type Prediction = {
  /** The entries at the end. */
  entries: ManagedEntry[];
  /** The request with them. */
  settings: Settings;
  /** Everything that was met on the way, one item a symbol. */
  fallout: Fallout[];
  outcome:
    | { kind: 'stable' }
    /** Fallout remains, and no entry is left to try. */
    | { kind: 'stalled'; reason: 'no-rung'; symbols: string[] }
    /** No entry can help: the user has to act. */
    | { kind: 'blocked'; problem: Problem };
  lost: Lost;
  /** Wishes that are honoured only because no Kconfig file defines the symbol. */
  unknown: Wish[];
  /** The finished configuration; null where the script died to the end. */
  dotConfig: string | null;
  /** How many answering sessions it took. */
  sessions: number;
};

/** What further predictions begin from, so that they differ from this one by what is changed alone. */
export const standing = (input: PredictionInput, { settings, entries }: Prediction): PredictionInput => ({
  ...input,
  settings,
  entries,
  ...(input.pursued === undefined ? {} : { pursued: 'kept' }),
});

/** A state seldom takes more than three steps; each symbol has at most four rungs. */
const MOST_STEPS = 60;

/** Predicts: answers, judges and absorbs until nothing changes. Pure, and may take seconds. */
export function predict(
  kernel: AnsweredKernel,
  input: PredictionInput,
  names: KernelNames,
  modules: () => ModuleIndex | null = () => null,
): Prediction {
  return new Predicting(kernel, input, names, modules).toFixedPoint();
}

class Predicting {
  readonly #asked: Asked;
  readonly #askedBy: AskedBy;
  #managed: Managed;
  #settings: Settings;
  readonly #met = new Map<string, Fallout>();
  /** Whose entries stay to the end, so that it ends. */
  readonly #stays = new Set<string>();
  #last: { key: string; session: Session } | null = null;
  #sessions = 0;
  readonly #pursuit: Pursuit | null;

  constructor(
    private readonly kernel: AnsweredKernel,
    private readonly input: PredictionInput,
    private readonly names: KernelNames,
    modules: () => ModuleIndex | null,
  ) {
    const { intents, legacy, managedName, managedIndex, pursued } = input;
    const pursues = pursued !== undefined;
    this.#asked = { intents: intentsBySymbol(intents, managedName), legacy, managedName, managedIndex, pursues };
    const before: Managed = new Map(input.entries.map((entry) => [entry.symbol, entry]));
    this.#managed = pursued === 'kept' ? before : withoutPursuit(before);
    this.#settings = requestWith(input.settings, before, this.#managed, this.#asked);
    this.#askedBy = effectiveSaid(intents, managedName, legacy);
    this.#pursuit =
      pursued === undefined || pursued === 'kept'
        ? null
        : new Pursuit(pursued.pursue, this.#asked, this.#askedBy, neededBy(pursued, modules));
  }

  toFixedPoint(): Prediction {
    for (let step = 1; ; step++) {
      const session = this.#session();
      const judged = this.#judge(session);
      const open = judged.fallout.filter(isAbsorbed);
      if (!session.hasDied && open.length === 0) {
        if (this.#review(judged) || this.#pursue(judged)) continue;
        return this.#end({ kind: 'stable' }, judged);
      }
      const symbols = open.map(({ symbol }) => symbol);
      if (step > MOST_STEPS) return this.#end({ kind: 'stalled', reason: 'no-rung', symbols }, judged);
      const problem = this.#absorb(open);
      if (problem === 'nothing') return this.#end({ kind: 'stalled', reason: 'no-rung', symbols }, judged);
      if (problem !== null) return this.#end({ kind: 'blocked', problem }, judged);
    }
  }

  /**
   * `option V` is answered as V is: a session runs again only where an answer changed. Where the script would die at the first
   * refusal, a session that goes on shows the others at once.
   */
  #session(): Session {
    const answers = answersOf(this.#settings);
    const key = JSON.stringify([...answers]);
    if (this.#last?.key !== key) {
      this.#sessions++;
      const answerer = this.kernel.protocol.unoffered === 'clamps' ? 'script' : 'listing';
      this.#last = { key, session: runSession(this.kernel, answers, answerer) };
    }
    return this.#last.session;
  }

  #judge(session: Session): Judged {
    const complaints = complaintsAbout(this.#settings, session, this.kernel);
    const observation = { ...session.observation, complaints };
    const { intents, legacy, managedName } = this.input;
    const { configuration } = session;
    const causeOf =
      configuration === null
        ? undefined
        : causesIn(configuration, { names: this.names, asked: this.#askedBy, observation });
    const asked = { intents, legacy, managedName, said: this.#askedBy };
    const judging: JudgeInput = { observation, settings: this.#settings, ...asked, causeOf };
    return { session, judging, fallout: markUnknown(judge(judging)) };
  }

  /** Writes entries for the fallout; what no entry can remove, or `nothing` where none changed. */
  #absorb(fallout: readonly Fallout[]): Problem | 'nothing' | null {
    // What follows from a choice with two y would be absorbed for nothing.
    const choices = fallout.filter(({ kind }) => kind === 'choice');
    const now = choices.length > 0 ? choices : fallout;
    for (const miss of now) {
      if (!this.#met.has(miss.symbol)) this.#met.set(miss.symbol, miss);
      this.#stays.add(miss.symbol);
    }
    const { managed, problems } = absorb(now, this.#managed, this.#asked, this.input.policy);
    const [problem] = problems;
    if (problem !== undefined) return problem;
    if (changesBetween(this.#managed, managed).length === 0) return 'nothing';
    this.#goTo(managed);
    return null;
  }

  /** Takes out the entries that the result does not need; whether any went. */
  #review(judged: Judged): boolean {
    const { finalValues } = judged.judging.observation;
    if (finalValues === null) return false;
    const lost = this.#lost(judged);
    const { causeOf } = judged.judging;
    const reviewed = reviewEntries(this.#managed, this.#asked, { values: finalValues, lost, causeOf }, this.#stays);
    const hasGone = reviewed.size < this.#managed.size;
    if (hasGone) this.#goTo(reviewed);
    else this.#managed = reviewed;
    return hasGone;
  }

  /** Writes entries for wishes that are lost, or takes out what did not help; whether any changed. */
  #pursue(judged: Judged): boolean {
    const { configuration } = judged.session;
    if (this.#pursuit === null || configuration === null) return false;
    const { lost } = this.#lost(judged);
    const next = this.#pursuit.next(lost, configuration, this.#managed);
    if (next === null) return false;
    // Which entries this leaves without need is seen anew.
    this.#stays.clear();
    this.#goTo(next);
    return true;
  }

  #goTo(managed: Managed): void {
    this.#settings = requestWith(this.#settings, this.#managed, managed, this.#asked);
    this.#managed = managed;
  }

  /** What a finished session does not honour. */
  #lost({ session, judging }: Judged): Lost {
    if (session.hasDied) return { lost: [] };
    const { observation } = judging;
    const defaults = markUnknown(lostDefaults(judging));
    const lost: Lost = {
      lost: markUnknown(lostWishes(judging)),
      ...(defaults.length === 0 ? {} : { lostDefaults: defaults }),
    };
    const { finalValues } = observation;
    return finalValues === null ? lost : withEntryCauses(lost, this.#managed, finalValues);
  }

  #end(outcome: Prediction['outcome'], judged: Judged): Prediction {
    const { session } = judged;
    const lost = withRoots(this.#lost(judged), session.configuration, this.#askedBy);
    return {
      entries: [...this.#managed.values()],
      settings: this.#settings,
      fallout: [...this.#met.values()],
      outcome,
      lost,
      unknown: unknownWishes(this.input, lost.lost, this.names, this.input.managedName),
      dotConfig: session.hasDied ? null : session.dotConfig,
      sessions: this.#sessions,
    };
  }
}

type Judged = { session: Session; judging: JudgeInput; fallout: Fallout[] };
