/**
 * The vocabulary of falloutd: what passes between the stages of a run, what the database keeps
 * and what every `--json` prints. Plain data only; no behaviour lives here.
 */

export type Tristate = 'y' | 'm' | 'n';

/** What a definition gives a symbol. `unset` is nixpkgs' `tristate = null`: no answer is given at all. */
export type Value = { kind: 'tristate'; tristate: Tristate } | { kind: 'freeform'; text: string } | { kind: 'unset' };

/** A value as asked for; `optional` is nixpkgs' `option V`: the same answer, but a miss only warns. */
export type Ask = { value: Value; optional: boolean };

/** A place in a file of the user (never a store copy). `line` and `column` count from 1. */
export type Position = { file: string; line: number; column: number | null };

/** Who asked: one of the user's patches, the kernel's own structuredExtraConfig, or nixpkgs' common-config. */
export type Asker = { kind: 'patch'; name: string; index: number } | { kind: 'kernel' } | { kind: 'nixpkgs' };

/** One definition of one symbol, as the evaluation gave it (DESIGN: wish or default). */
export type Intent = {
  symbol: string;
  ask: Ask;
  /** The module system's override priority: plain 100, mkForce 50; the smaller number wins. */
  priority: number;
  by: Asker;
  position: Position | null;
};

/** A line `SYMBOL VALUE` or `SYMBOL? VALUE` of a legacy `extraConfig` string. */
export type LegacyLine = {
  symbol: string;
  value: string;
  optional: boolean;
  by: Asker;
  position: Position | null;
};

/**
 * How far an entry stands from the intent it was made from:
 * 0 the very wish (it only settles a conflict), 1 `option WANTED`, 2 `option NEAREST`,
 * 3 `option` of the next nearest, 4 `unset`.
 */
export type Rung = 0 | 1 | 2 | 3 | 4;

/** One binding that falloutd writes into the managed patch. */
export type Entry = {
  symbol: string;
  ask: Ask;
  /** The number after `lib.mkOverride`. */
  override: number;
  /** `legacy`: a line in the managed patch's own extraConfig, because a legacy string asked. */
  via: 'structured' | 'legacy';
  rung: Rung;
  /** What stands behind the `#` of its line: `wanted n, got m: selected by RTL8192CE`. One line. */
  reason: string;
};

export type FalloutKind =
  'unused' | 'value' | 'repeated' | 'choice' | 'conflict' | 'unknown' | 'silent' | 'overridden' | 'clamped';

/** An entry with the intent it was made from: a text that changes when that intent does (`intentSignature`). */
export type ManagedEntry = Entry & { intent: string };

/** Why kconfig did not honour an intent, as far as the transcript tells. */
export type Cause = {
  /** Symbols that hold this one up, with the level they hold it at. */
  selectedBy?: { symbol: string; level: Tristate | null }[];
  impliedBy?: { symbol: string; level: Tristate | null }[];
  /** The `Depends on:` expression as kconfig printed it, with live values (`FOO [=n] && BAR [=y]`). */
  dependsOn?: string;
  /** The symbols of that expression whose value keeps it unmet. */
  unmet?: string[];
  /** The other members of the choice that were also asked to be y; the one that stays first. */
  choiceWith?: string[];
  /** One readable line: `selected by RTL8192CE`, `depends on SND_SOC [=n]`. */
  text: string;
};

/** An intent that a config build did not honour. `wanted` and `got` are in kconfig's spelling; got null: not in .config. */
export type Fallout = {
  kind: FalloutKind;
  symbol: string;
  wanted: string | null;
  got: string | null;
  /** What kconfig offered when it asked (`['n','m']`), when it asked. */
  offered?: string[];
  cause?: Cause;
  /** Whose intent: `patch NAME`, `kernel` or `nixpkgs`, or null where it is not known. */
  by: Asker | null;
  /** The place of the losing or the winning intent, when it is known. */
  position?: Position | null;
  /** unknown: the nearest names that this kernel defines. */
  suggestions?: string[];
};

export type EntryChange = { symbol: string; from: string | null; to: string | null; rung: Rung | null; reason: string };

/** A wish (or default) that the resulting .config does not honour, although the build is green. */
export type Wish = {
  symbol: string;
  wanted: string;
  got: string | null;
  by: Asker;
  position: Position | null;
  cause?: Cause;
  kind: FalloutKind;
  suggestions?: string[];
};

/** What the user has to act on; `message` is one or two plain lines, `hint` says what to do. */
export type Problem = {
  message: string;
  file?: string;
  line?: number;
  column?: number;
  hint?: string;
};

export type RunCause = 'start' | 'save' | 'command' | 'retry';

/** How a run ended (DESIGN section 1). */
export type RunOutcome =
  | { kind: 'stable' }
  | { kind: 'blocked'; problem: Problem }
  | { kind: 'stalled'; reason: 'no-rung' | 'max-iterations' | 'repeated-state'; symbols: string[] }
  | { kind: 'infrastructure'; problem: Problem }
  | { kind: 'superseded' }
  | { kind: 'interrupted' };

/** What one config build (or an evaluation that ended before one) came to. */
export type IterationOutcome = 'green' | 'fallout' | 'conflict' | 'blocked' | 'infrastructure' | 'cancelled';

export type Iteration = {
  /** Counts from 1 through the whole history of the state directory. */
  iteration: number;
  run: number;
  /** ISO 8601, UTC. */
  startedAt: string;
  durationMs: number;
  evaluateMs: number;
  buildMs: number;
  probe: boolean;
  outcome: IterationOutcome;
  drvPath: string | null;
  patchesSha256: string | null;
  /** How much of the user's folders Nix copied into its store for the evaluation; null where it is not known. */
  sourceBytes: number | null;
  fallout: Fallout[];
  /** The entries that this iteration changed in the managed patch. */
  entries: EntryChange[];
  /** An older text of falloutd's own stood between the markers, and was answered from history: entries put back, and taken out. */
  restored?: { putBack: number; takenOut: number };
};

export type Run = {
  run: number;
  target: string;
  cause: RunCause;
  startedAt: string;
  durationMs: number | null;
  /** null while it goes on, or when falloutd was killed in the middle. */
  outcome: RunOutcome | null;
  iterations: Iteration[];
  /** How many entries the managed patch gained over the run, net. */
  absorbed: number;
  lost: Wish[];
};

/** What a run tells while it goes; the terminal's live line, the log and the socket are fed from it. */
export type RunEvent =
  | { kind: 'run-started'; run: number; target: string; cause: RunCause; patchesFile: string }
  | { kind: 'phase'; run: number; iteration: number; phase: 'evaluate' | 'build' | 'probe' | 'write' }
  | { kind: 'progress'; run: number; iteration: number; step: string; questions: number; expected: Expected | null }
  | { kind: 'iteration-finished'; iteration: Iteration }
  | { kind: 'run-finished'; run: Run }
  /** Something that does not stop the run, but the user should know. */
  | { kind: 'warning'; run: number; target: string; problem: Problem }
  /** A run could not even be recorded: the state directory's disk is full, or the database is damaged. */
  | { kind: 'trouble'; target: string; problem: Problem }
  | { kind: 'build-started'; build: KernelBuild }
  | {
      kind: 'build-progress';
      build: number;
      target: string;
      step: string;
      objects: number;
      elapsedMs: number;
      expected: ExpectedKernel | null;
    }
  /** `use`: what to type to use a built kernel; `changed`: the user's files that changed since it was recorded. */
  | { kind: 'build-finished'; build: KernelBuild; use: string | null; changed: string[] };

export type KernelBuildOutcome = 'built' | 'failed' | 'cancelled' | 'infrastructure';

/** One build of a whole kernel, from the derivation that a stable run recorded. */
export type KernelBuild = {
  /** Counts from 1 through the whole history of the state directory. */
  build: number;
  target: string;
  /** The iteration whose config build was green. */
  iteration: number;
  startedAt: string;
  /** null while it goes on, and where falloutd was killed in the middle. */
  durationMs: number | null;
  /** null while it goes on. */
  outcome: KernelBuildOutcome | null;
  drvPath: string;
  outPath: string | null;
  /** The sizes of the kernel image and of all modules; null where they are not known. */
  kernelBytes: number | null;
  modulesBytes: number | null;
  /** How many objects were compiled; null where the kernel was there already. */
  objects: number | null;
  problem: Problem | null;
};

/** The objects and the milliseconds that the last finished kernel build took. */
export type ExpectedKernel = { objects: number; durationMs: number };

/** The questions and the milliseconds that the last finished config build took. */
export type Expected = { questions: number; buildMs: number };
