/** What conf has printed, as an answering script sees it: lines, and then the beginning of one, at which conf waits. */

import { ECHO, QUESTION as QUESTION_LINE } from '../script/logLines.ts';

/** What conf waits for at a question. */
export type Asked = AskedSymbol | { kind: 'choice'; range: string; members: Members } | { kind: 'other'; line: string };

/** `alts` is what stands in the brackets: what is offered, or a present value. */
export type AskedSymbol = { kind: 'symbol'; prompt: string; name: string; alts: string };

/** The members of a choice as they were listed, each with its number. */
export type Members = ReadonlyMap<string, number>;

const QUESTION = /(.*) \(([A-Za-z0-9_]+)\) \[(.*)\]/;
const CHOICE = /choice\[(.*)\]: $/;
const MEMBER = /^\s*>?\s*(\d+)\.\s+.*?\(([A-Za-z0-9_]+)\)(?:\s+\(NEW\))?\s*$/;

export class ConfDialogue {
  #line = '';
  #members = new Map<string, number>();

  constructor(
    /** Receives each whole line, as a transcript echoes it. */
    private readonly log: (line: string) => void,
    /** Whether the members of a choice that was not asked are forgotten before the next one. */
    private readonly forgetsMembers: boolean,
  ) {}

  /** Takes what conf prints. */
  print(text: string): void {
    let begin = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', begin)) {
      this.#takeLine(this.#line + text.slice(begin, end));
      this.#line = '';
      begin = end + 1;
    }
    this.#line += begin === 0 ? text : text.slice(begin);
  }

  #takeLine(line: string): void {
    this.log(`${ECHO} ${line}`);
    const member = line.includes('.') ? MEMBER.exec(line) : null;
    if (member !== null) this.#members.set(member[2] ?? '', Number(member[1]));
    else if (this.forgetsMembers) this.#members.clear();
  }

  /** conf waits: what for. The next question begins anew. */
  asked(): Asked {
    const [line, members] = [this.#line, this.#members];
    this.#line = '';
    this.#members = new Map();
    const [found, prompt = '', name = '', alts = ''] = QUESTION.exec(line) ?? [];
    if (found !== undefined) return { kind: 'symbol', prompt, name, alts };
    const range = CHOICE.exec(line)?.[1];
    return range === undefined ? { kind: 'other', line } : { kind: 'choice', range, members };
  }
}

/** What a script says of an answered question. */
export const answeredLine = ({ prompt, name, alts }: AskedSymbol, answer: string): string =>
  `${QUESTION_LINE}${prompt}, NAME: ${name}, ALTS: ${alts}, ANSWER: ${answer}`;

/** The numbers of the members of which `y` is wanted, in kconfig's order. */
export function wantedMembers(members: Members, answers: ReadonlyMap<string, string>): number[] {
  return [...members].filter(([name]) => answers.get(name) === 'y').map(([, number]) => number);
}
