import type { Choice, ChoiceMember } from '../model/observation.ts';
import { LINE } from './logLines.ts';

/** The members of a choice as kconfig lists them, one echoed line each, before it asks for one. */
export class ChoiceListing {
  #members: ChoiceMember[] = [];
  #current: string | null = null;

  /** Takes an echoed line. One that is not a member ends the list: its choice was not asked. */
  take(line: string): void {
    const numbered = LINE.member.exec(line);
    if (numbered === null) {
      this.clear();
      return;
    }
    const member = namedIn(line.slice(numbered[0].length));
    if (member === null) return;
    this.#members.push({ ...member, number: Number(numbered[2]) });
    if (numbered[1] !== '') this.#current = member.symbol;
  }

  /** The choice that is asked now, with the number of its answer; null where no member was listed. */
  asked(answer: number | null): Choice | null {
    return this.#members.length === 0 ? null : { members: this.#members, current: this.#current, answer };
  }

  clear(): void {
    if (this.#members.length > 0) this.#members = [];
    this.#current = null;
  }
}

/** A member's prompt and its symbol, the last word in parentheses: `Preemptible Kernel (PREEMPT) (NEW)`. */
function namedIn(text: string): { prompt: string; symbol: string } | null {
  const whole = text.trimEnd();
  const named = whole.endsWith('(NEW)') ? whole.slice(0, -5).trimEnd() : whole;
  const open = named.lastIndexOf('(');
  const symbol = named.slice(open + 1, -1);
  return open < 0 || !named.endsWith(')') || !/^[A-Za-z0-9_]+$/.test(symbol)
    ? null
    : { prompt: named.slice(0, open).trim(), symbol };
}
