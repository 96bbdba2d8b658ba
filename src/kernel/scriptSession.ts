/** nixpkgs' answering script, as it reacts to what conf prints. */
import { answeredLine, ConfDialogue, wantedMembers, type AskedSymbol, type Members } from './confDialogue.ts';
import type { Protocol } from './answeringScript.ts';

/** How one script behaves at one kernel. */
export type ScriptRules = Protocol & { autoModules: boolean; preferBuiltin: boolean };

/** What a script does at a question. `end`: it dies, and conf reads the end of its input. */
export type Reaction = { kind: 'answer'; text: string } | { kind: 'end' };

/** A script in one pass of `make config`. */
export type Answering = { print: (text: string) => void; react: () => Reaction };

export type Answers = ReadonlyMap<string, string>;

/** Where `m` is offered, and not what stands already. */
const OFFERS_MODULE = /^(?:\w\/)+m\/(?:\w\/)*\?$/;

/**
 * One pass of the script. It sees what conf prints and nothing else, as the script does, so that what depends on the text
 * of a prompt comes out alike. What it would print goes to `log`, line by line.
 */
export class ScriptSession implements Answering {
  readonly #dialogue: ConfDialogue;
  #previous: string | null = null;

  constructor(
    private readonly answers: Answers,
    private readonly rules: ScriptRules,
    private readonly log: (line: string) => void,
    /** Receives the symbols whose answer was replaced; both passes share it. */
    private readonly clamped: Set<string>,
  ) {
    this.#dialogue = new ConfDialogue(log, rules.forgetsMembers);
  }

  print(text: string): void {
    this.#dialogue.print(text);
  }

  react(): Reaction {
    const asked = this.#dialogue.asked();
    if (asked.kind === 'symbol') return this.#answer(asked);
    if (asked.kind === 'choice') return this.#choose(asked.range, asked.members);
    if (isAnsweredByDefault(asked.line)) return { kind: 'answer', text: '' };
    this.log(`don't know how to answer this question: ${asked.line}`);
    return this.rules.unknownQuestion === 'ends' ? { kind: 'end' } : { kind: 'answer', text: '' };
  }

  #answer(asked: AskedSymbol): Reaction {
    const { prompt, name, alts } = asked;
    let text = this.answers.get(name) ?? (isModuleAnswered(alts, this.rules) ? 'm' : '');
    if (this.rules.unoffered === 'clamps') {
      const used = offeredNearest(text, alts);
      if (used !== text) {
        this.log(`clamped ${name}: '${text}' is not offered by [${alts}], using '${used}'`);
        this.clamped.add(name);
        text = used;
      }
    }
    this.log(answeredLine(asked, text));
    const question = `${name} ${prompt}`;
    const isRepeated = this.#previous === question;
    this.#previous = question;
    if (!isRepeated) return { kind: 'answer', text };
    this.log(`repeated question: ${prompt}`);
    return { kind: 'end' };
  }

  #choose(range: string, members: Members): Reaction {
    const wanted = wantedMembers(members, this.answers);
    if (wanted.length > 1 && this.rules.severalYes === 'ends') {
      this.log('conflicting answers!');
      return { kind: 'end' };
    }
    // Of several the order of a Perl hash decides, which no two runs share.
    const text = String(wanted.at(-1) ?? '');
    this.log(`CHOICE: ${range}, ANSWER: ${text}`);
    return { kind: 'answer', text };
  }
}

/** Whether a question that names no symbol is one that every script leaves at its default. */
export const isAnsweredByDefault = (line: string): boolean => / \[.*\] $/.test(line);

/** Whether the script answers `m` to a question that nobody asked about. */
export function isModuleAnswered(alts: string, { autoModules, preferBuiltin, moduleAnswers }: ScriptRules): boolean {
  if (!autoModules || (preferBuiltin && alts.includes('Y'))) return false;
  return moduleAnswers === 'anywhere' ? alts.includes('/m') : OFFERS_MODULE.test(alts);
}

/** What a script that clamps answers instead: y goes to m, then n; m to y, then n. */
function offeredNearest(answer: string, alts: string): string {
  if (!/^[YyNnMm]+$/.test(answer)) return answer;
  const offered = new Set(alts.toLowerCase().split('/'));
  if (offered.has(answer.toLowerCase())) return answer;
  const nearest = answer.toLowerCase() === 'm' ? ['m', 'y', 'n'] : ['y', 'm', 'n'];
  return nearest.find((letter) => offered.has(letter)) ?? answer;
}
