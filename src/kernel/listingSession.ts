/**
 * A script that never dies: a refused answer is replaced by the nearest one that is offered, and listed. One session shows
 * what nixpkgs' script would show one refusal at a time.
 */
import { offeredIn } from '../script/statements.ts';
import { answeredLine, ConfDialogue, wantedMembers, type AskedSymbol } from './confDialogue.ts';
import {
  isAnsweredByDefault,
  isModuleAnswered,
  type Answering,
  type Answers,
  type Reaction,
  type ScriptRules,
} from './scriptSession.ts';

/** What the second pass has to know of the first. */
export type Listed = {
  /** What a refused symbol is answered with from then on. */
  used: Map<string, string>;
  /** The letters that a symbol was offered each time it was asked: an entry has to suit both passes. */
  common: Map<string, readonly string[]>;
  /** Whether the kernel's own script, one that does not clamp, would have died. Until then both say the same. */
  hasOutlived: boolean;
};

/** The order in which the absorbing chain goes. */
const NEAREST: Readonly<Record<string, readonly string[]>> = {
  y: ['y', 'm', 'n'],
  m: ['m', 'y', 'n'],
  n: ['n', 'm', 'y'],
};
const isLetter = (text: string | undefined): text is string => text !== undefined && /^[ymn]$/.test(text);

export class ListingSession implements Answering {
  readonly #dialogue: ConfDialogue;
  #previous = '';
  #again = 0;

  constructor(
    private readonly answers: Answers,
    private readonly rules: ScriptRules,
    private readonly log: (line: string) => void,
    private readonly listed: Listed,
  ) {
    this.#dialogue = new ConfDialogue(log, rules.forgetsMembers);
  }

  print(text: string): void {
    this.#dialogue.print(text);
  }

  react(): Reaction {
    const asked = this.#dialogue.asked();
    if (asked.kind === 'symbol') return { kind: 'answer', text: this.#answer(asked) };
    if (asked.kind === 'other') {
      if (this.rules.unknownQuestion === 'ends' && !isAnsweredByDefault(asked.line)) this.listed.hasOutlived = true;
      return { kind: 'answer', text: '' };
    }
    const wanted = wantedMembers(asked.members, this.answers);
    if (wanted.length > 1 && this.rules.severalYes === 'ends') this.listed.hasOutlived = true;
    const text = String(wanted.at(-1) ?? '');
    this.log(`CHOICE: ${asked.range}, ANSWER: ${text}`);
    return { kind: 'answer', text };
  }

  #answer(asked: AskedSymbol): string {
    const { prompt, name, alts } = asked;
    const question = `${name} ${prompt}`;
    this.#again = question === this.#previous ? this.#again + 1 : 0;
    this.#previous = question;
    if (this.#again > 0) this.listed.hasOutlived = true;
    const wish = this.answers.get(name);
    let answer = this.listed.used.get(name) ?? wish ?? (isModuleAnswered(alts, this.rules) ? 'm' : '');
    const offered = offeredIn(alts);
    if (offered !== null && this.#refuses(name, answer, alts, offered)) {
      // Its help says why; then the question comes again.
      this.log(answeredLine(asked, this.listed.used.get(name) ?? ''));
      return '?';
    }
    // No letter: kconfig asks again, of a tristate too.
    if (this.#again > 0 && (offered === null || !isLetter(answer))) {
      if (wish !== undefined) this.log(`probe: refused ${name} wanted '${answer}' offered [${alts}] using ''`);
      this.listed.used.set(name, '');
      answer = '';
    } else if (this.#again > 1) answer = '';
    this.log(answeredLine(asked, answer));
    return answer;
  }

  /** Whether the answer is not offered; then another one is used from now on. */
  #refuses(name: string, answer: string, alts: string, offered: readonly string[]): boolean {
    const common = (this.listed.common.get(name) ?? offered).filter((letter) => offered.includes(letter));
    this.listed.common.set(name, common);
    if (!isLetter(answer) || offered.includes(answer)) return false;
    const asked = this.answers.get(name);
    const near = (NEAREST[isLetter(asked) ? asked : answer] ?? []).filter((letter) => offered.includes(letter));
    const instead = near.find((letter) => common.includes(letter)) ?? near[0] ?? '';
    if (asked !== undefined) this.log(`probe: refused ${name} wanted '${asked}' offered [${alts}] using '${instead}'`);
    this.listed.used.set(name, instead);
    return true;
  }
}
