/** What a transcript of generate-config.pl says, as data: nothing here knows who asked for what, or why. */
import type { SymbolHelp } from './symbolHelp.ts';

export type Severity = 'error' | 'warning';

export type ChoiceMember = { symbol: string; prompt: string; number: number };

/** A choice as the script saw it. `answer` is the member's number that it gave, null where it left kconfig's own. */
export type Choice = {
  members: ChoiceMember[];
  /** The member that kconfig had marked with `>`. */
  current: string | null;
  answer: number | null;
};

export type Fact =
  | { kind: 'unused'; symbol: string; severity: Severity }
  /** `wanted` and `got` are null where an old script did not print them. */
  | { kind: 'value'; symbol: string; wanted: string | null; got: string | null; severity: Severity }
  /**
   * kconfig refused an answer. `offered` are the tristates that it took instead (empty for an int, hex or string,
   * whose `current` value stands in ALTS); `symbol` is null where a cut log no longer holds the question.
   * `used` is what a script that goes on answered instead; null: it died.
   */
  | {
      kind: 'repeated';
      symbol: string | null;
      prompt: string;
      alts: string;
      offered: string[];
      current: string | null;
      answer: string;
      used: string | null;
    }
  /** The script died because two members of one choice are asked to be y; it names none. */
  | { kind: 'choice'; choice: Choice | null }
  /** A script that does not die replaced an answer that was not offered. */
  | { kind: 'clamped'; symbol: string | null; prompt: string; asked: string; offered: string[]; used: string }
  /** The request itself is broken: a line that is no setting, or a file that could not be read. */
  | { kind: 'invalid'; line: string; fatal: boolean }
  | { kind: 'unanswerable'; question: string }
  /** The config step's own check of the finished .config: `Kernel config didn't recognize the clang compiler?`. */
  | { kind: 'toolchain'; line: string };

export type Question = { symbol: string; prompt: string; alts: string; answer: string; asked: number };

/**
 * How the script ended: `passed` (only warnings), `errors` (it listed at least one), `died` (in the middle of
 * answering, or at the request), `no-verdict` (the log ends before, or the script never ran).
 */
export type Verdict = { kind: 'passed' } | { kind: 'errors' } | { kind: 'died' } | { kind: 'no-verdict' };

export type Transcript = {
  facts: Fact[];
  /** By symbol, the last question of each. */
  questions: Map<string, Question>;
  /** How many questions were asked in all. */
  asked: number;
  choices: Choice[];
  /** The help that kconfig printed for a symbol, by symbol. */
  help: Map<string, SymbolHelp>;
  verdict: Verdict;
  /**
   * Whether the script came to its end and listed everything. One that died did not; nor, before 2023, did one that
   * found an error: it stops there. A verdict whose only error stands last may come of either kind: not whole.
   */
  whole: boolean;
  /** make's own complaint (`make: *** …`) among its output, null where it had none. */
  makeFailed: string | null;
};
