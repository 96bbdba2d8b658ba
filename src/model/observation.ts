/** What an answering session showed, whoever ran it: a build's script, read from its transcript, or the Kconfig engine. */

/** `alts` is what kconfig offered, as it printed it: `N/m/?`, or the current value of an int, hex or string. */
export type Question = { symbol: string; prompt: string; alts: string; answer: string };

export type ChoiceMember = { symbol: string; prompt: string; number: number };

/** A choice as it was asked. `answer` is the number of the member that was answered, null where kconfig's own stayed. */
export type Choice = {
  members: ChoiceMember[];
  /** The member that kconfig had marked with `>`. */
  current: string | null;
  answer: number | null;
};

/** An answer that did not come to be. */
export type Refusal =
  /**
   * kconfig asked again. `offered` are the tristates that it took instead (empty for an int, hex or string, whose
   * `current` value stands in ALTS); `symbol` is null where a cut log no longer holds the question. `used` is what a
   * session that went on answered instead; null: it died.
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
  /** A script that does not die replaced an answer that was not offered. */
  | { kind: 'clamped'; symbol: string | null; prompt: string; asked: string; offered: string[]; used: string }
  /** The session died because two members of one choice are to be y; which two is not said. */
  | { kind: 'choice'; choice: Choice | null };

export type Severity = 'error' | 'warning';

/** What the session's own check of the final values found. An old script does not print `wanted` and `got`: null. */
export type Complaint =
  | { kind: 'unused'; symbol: string; severity: Severity }
  | { kind: 'value'; symbol: string; wanted: string | null; got: string | null; severity: Severity };

/** A branch that selects or implies a symbol; `level` is the one that kconfig printed in the heading, null where it did not. */
export type Branch = { expression: string; level: string | null };

/** What kconfig said of a symbol when it refused an answer, with the values of that moment. */
export type SymbolHelp = {
  symbol: string;
  value: string | null;
  /** `bool`, `tristate`, `int`, `hex`, `string`. */
  type: string | null;
  /** The `Depends on:` expressions, one per definition: any of them makes the symbol visible. */
  dependsOn: string[];
  visibleIf: string[];
  selectedBy: Branch[];
  impliedBy: Branch[];
};

export type Observation = {
  /** The last question about each symbol. */
  questions: ReadonlyMap<string, Question>;
  choices: readonly Choice[];
  refusals: readonly Refusal[];
  complaints: readonly Complaint[];
  help: ReadonlyMap<string, SymbolHelp>;
  /** What the .config holds, by symbol; null where the session did not come to one. */
  finalValues: ReadonlyMap<string, string> | null;
};
