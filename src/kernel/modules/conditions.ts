/**
 * Conditions on a `.config`, as decision diagrams: each node asks for one symbol and goes on by its value. Two conditions that hold
 * for the same values have the same number, so that a comparison says whether one can never hold.
 */

/** A condition of one `Conditions`, by number. */
export type Condition = number;

export const NEVER: Condition = 0;
export const ALWAYS: Condition = 1;

/** The value of a symbol; null or `n` where it is off. */
export type ValueOf = (symbol: string) => string | null;

/** Conditions as plain data: for each node the number of what it asks for, and where it goes on y, on m and otherwise. */
export type PackedConditions = { questions: Question[]; nodes: Int32Array };

/** `value`: whether the symbol has exactly this value; without it, which of y, m and n it is. */
type Question = { symbol: string; value?: string };

const WIDTH = 4;
const TERMINAL = 0x7fffffff;
const BRANCHES = [1, 2, 3] as const;

export class Conditions {
  readonly #isTristate: (symbol: string) => boolean;
  readonly #questions: Question[] = [];
  readonly #numberOf = new Map<string, number>();
  /** `WIDTH` numbers for each node. */
  readonly #nodes: number[] = [TERMINAL, 0, 0, 0, TERMINAL, 1, 1, 1];
  readonly #nodeOf = new Map<string, Condition>();
  readonly #conjunctions = new Map<number, Condition>();
  readonly #negations = new Map<Condition, Condition>();

  /** @param isTristate says of which symbols the value can be m. */
  constructor(isTristate: (symbol: string) => boolean = () => true) {
    this.#isTristate = isTristate;
  }

  /** That a symbol has one of the values y and m, or neither of them. */
  is(symbol: string, value: 'y' | 'm' | 'n'): Condition {
    if (value === 'm' && !this.#isTristate(symbol)) return NEVER;
    const question = this.#question({ symbol });
    const at = (branch: string): Condition => (branch === value ? ALWAYS : NEVER);
    return this.#node(question, at('y'), this.#isTristate(symbol) ? at('m') : at('n'), at('n'));
  }

  /** That a symbol has a value which is neither y, m nor n. */
  equals(symbol: string, value: string): Condition {
    return this.#node(this.#question({ symbol, value }), ALWAYS, NEVER, NEVER);
  }

  and(a: Condition, b: Condition): Condition {
    if (a === NEVER || b === NEVER) return NEVER;
    if (a === ALWAYS || a === b) return b;
    if (b === ALWAYS) return a;
    const key = a < b ? a * 2 ** 26 + b : b * 2 ** 26 + a;
    const known = this.#conjunctions.get(key);
    if (known !== undefined) return known;
    const question = Math.min(this.#at(a, 0), this.#at(b, 0));
    const [y, m, n] = BRANCHES.map((branch) =>
      this.and(this.#under(a, question, branch), this.#under(b, question, branch)),
    );
    const result = this.#node(question, y ?? NEVER, m ?? NEVER, n ?? NEVER);
    this.#conjunctions.set(key, result);
    return result;
  }

  not(a: Condition): Condition {
    if (a <= ALWAYS) return 1 - a;
    const known = this.#negations.get(a);
    if (known !== undefined) return known;
    const [y, m, n] = BRANCHES.map((branch) => this.not(this.#at(a, branch)));
    const result = this.#node(this.#at(a, 0), y ?? NEVER, m ?? NEVER, n ?? NEVER);
    this.#negations.set(a, result).set(result, a);
    return result;
  }

  or(a: Condition, b: Condition): Condition {
    if (a === ALWAYS || b === ALWAYS) return ALWAYS;
    if (a === NEVER || a === b) return b;
    if (b === NEVER) return a;
    return this.not(this.and(this.not(a), this.not(b)));
  }

  /**
   * The symbols that have to be on for a condition; those for which m counts otherwise than y come first. Where one of several is
   * enough, all are named.
   */
  neededFor(a: Condition): { tristate: string[]; other: string[] } {
    const [tristate, other]: [string[], string[]] = [[], []];
    for (const question of this.#support(a)) {
      const [onY, onM, onN] = BRANCHES.map((branch) => this.#assuming(a, question, branch)) as [number, number, number];
      const { symbol: name = '', value } = this.#questions[question] ?? {};
      // Of what cannot be m, that branch is the one of n.
      const on = value === undefined && this.#isTristate(name) ? this.or(onY, onM) : onY;
      if (this.and(onN, this.not(on)) !== NEVER) continue;
      if (onY !== onM && onM !== onN) tristate.push(name);
      else other.push(name);
    }
    return { tristate, other };
  }

  pack(): PackedConditions {
    return { questions: this.#questions, nodes: Int32Array.from(this.#nodes) };
  }

  #at(node: Condition, field: 0 | 1 | 2 | 3): number {
    return this.#nodes[node * WIDTH + field] ?? 0;
  }

  #under(node: Condition, question: number, branch: 1 | 2 | 3): Condition {
    return this.#at(node, 0) === question ? this.#at(node, branch) : node;
  }

  #question(question: Question): number {
    const key = `${question.symbol}=${question.value ?? ''}`;
    const known = this.#numberOf.get(key) ?? this.#questions.push(question) - 1;
    this.#numberOf.set(key, known);
    return known;
  }

  #node(question: number, y: Condition, m: Condition, n: Condition): Condition {
    if (y === m && m === n) return y;
    const key = `${question} ${y} ${m} ${n}`;
    const known = this.#nodeOf.get(key);
    if (known !== undefined) return known;
    const number = this.#nodes.length / WIDTH;
    this.#nodes.push(question, y, m, n);
    this.#nodeOf.set(key, number);
    return number;
  }

  #support(a: Condition, found = new Set<number>(), seen = new Set<Condition>()): Set<number> {
    if (a <= ALWAYS || seen.has(a)) return found;
    seen.add(a);
    found.add(this.#at(a, 0));
    for (const branch of BRANCHES) this.#support(this.#at(a, branch), found, seen);
    return found;
  }

  /** What is left of a condition where the answer to a question is known. */
  #assuming(a: Condition, question: number, branch: 1 | 2 | 3, known = new Map<Condition, Condition>()): Condition {
    if (this.#at(a, 0) > question) return a;
    if (this.#at(a, 0) === question) return this.#at(a, branch);
    const done = known.get(a);
    if (done !== undefined) return done;
    const [y, m, n] = BRANCHES.map((each) => this.#assuming(this.#at(a, each), question, branch, known));
    const result = this.#node(this.#at(a, 0), y ?? NEVER, m ?? NEVER, n ?? NEVER);
    known.set(a, result);
    return result;
  }
}

/** Says which conditions hold under the values of a `.config`. Each symbol is asked for once. */
export function judgeOf({ questions, nodes }: PackedConditions, valueOf: ValueOf): (condition: Condition) => boolean {
  const branches = new Uint8Array(questions.length);
  const branchAt = (number: number): number => (branches[number] ||= branchOf(questions[number], valueOf));
  return (condition) => {
    let node = condition;
    while (node > ALWAYS) node = nodes[node * WIDTH + branchAt(nodes[node * WIDTH] ?? 0)] ?? NEVER;
    return node === ALWAYS;
  };
}

function branchOf(question: Question | undefined, valueOf: ValueOf): 1 | 2 | 3 {
  const value = valueOf(question?.symbol ?? '');
  if (question?.value !== undefined) return value === question.value ? 1 : 3;
  return value === 'y' ? 1 : value === 'm' ? 2 : 3;
}
