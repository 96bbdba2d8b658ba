/**
 * The lines of a config build's log that anything is read from: those of nixpkgs' answering script
 * (pkgs/os-specific/linux/kernel/generate-config.pl, 2010 to 2026) and of falloutd's own that lists refusals, of kconfig and make beneath it, and
 * of stdenv around it. Whoever looks for such a line takes its pattern from this table.
 */

type LogLine = {
  /** The source of a pattern for the beginning of the line, by which it is known. */
  begins: string;
  /** The rest, where it is read; its groups are what the line says. */
  rest?: string;
  /** Only an answering script prints it. */
  isScript?: true;
  /** A verdict, or the reason why there is none, is read from it: such lines of a long log are dropped last. */
  isKept?: true;
  /** Every build prints it, perhaps often: of the lines that are kept these are dropped first. */
  isCommon?: true;
};

export const QUESTION = 'QUESTION: ';
/** Precedes what kconfig and make print. */
export const ECHO = 'GOT:';

const SYMBOL = '([A-Za-z0-9_]+)';
/** What Perl adds when it warns or dies. */
const PLACE = String.raw`( at \S+ line \d+(?:, <\w+> (?:line|chunk) \d+)?\.)?$`;

const TABLE = {
  question: { begins: QUESTION, isScript: true },
  choice: { begins: 'CHOICE: ', rest: String.raw`(?:.*?, ANSWER:\s*(\d+))?`, isScript: true, isKept: true },
  echo: { begins: ECHO, isScript: true },
  member: { begins: String.raw`GOT:\s+(>?)\s*(\d+)\.\s`, isKept: true },
  written: { begins: String.raw`GOT:\s+# (?:configuration written to|No change to) `, isKept: true },
  /** make's complaint, bare or echoed. */
  makeFailed: { begins: String.raw`(?:GOT: )?(?:\S+: )?\*\*\*`, isKept: true },
  title: { begins: String.raw`GOT: \* .*Configuration\s*$`, isKept: true },
  unused: { begins: '(?:(error|warning): )?unused option: ', rest: SYMBOL + PLACE, isScript: true, isKept: true },
  value: {
    begins: '(?:(error|warning): )?option not set correctly: ',
    rest: `${SYMBOL}(?: \\(wanted '(.*?)', got '(.*)'\\))?${PLACE}`,
    isScript: true,
    isKept: true,
  },
  /** A verdict in any layout. */
  verdict: {
    begins: '(?:(error|warning): )?(unused option|option not set correctly):',
    rest: String.raw`\s*(.*)$`,
    isScript: true,
    isKept: true,
  },
  repeated: { begins: 'repeated question:', rest: `(.*?)${PLACE}`, isScript: true, isKept: true },
  conflicting: { begins: 'conflicting answers!', rest: PLACE, isScript: true, isKept: true },
  /** Its reader looks for the parts itself: the time of several `.*` in one pattern grows faster than the line. */
  clamped: { begins: 'clamped ', rest: "(.*)'$", isScript: true, isKept: true },
  probeRefused: {
    begins: 'probe: ',
    rest: `refused ${SYMBOL} wanted (.*?) offered (.*) using(?: (.*))?$`,
    isScript: true,
    isKept: true,
  },
  /** The request itself is broken. */
  invalid: {
    begins: '(invalid config line: .*?|Could not (?:open answer file|read \\.config).*?)',
    rest: PLACE,
    isKept: true,
  },
  unanswerable: { begins: "don't know how to answer this question: ", rest: '(.*)$', isKept: true },
  /** nixpkgs' own check of the finished .config. */
  toolchain: { begins: "Kernel config didn't ", rest: '.*$', isKept: true },
  /** kconfig prints it thousands of times after the script died. */
  starving: { begins: String.raw`Error in reading or end of file\.` },
  /** Nix's own, of a derivation that begins or fails. */
  buildingConfig: { begins: "building '[^']*-linux-config-", isKept: true },
  building: { begins: "building '", isKept: true, isCommon: true },
  builderFailed: { begins: "(?:error: )?builder for '|error: (?:Cannot build|build of) '", isKept: true },
  /** Any program's, in the log of any derivation. */
  message: { begins: String.raw`(?:error|warning):(?:\s|$)|Could not `, isKept: true, isCommon: true },
  generating: { begins: 'generating kernel configuration', isKept: true },
  /** The phase after the script's, as stdenv announces it: today, and before 2023. */
  installing: { begins: String.raw`(?:Running phase: installPhase|installing)\s*$`, isKept: true },
  applyingPatch: { begins: String.raw`applying patch (\S+)`, isKept: true },
  patchedFile: { begins: '(?:patching|checking) file (.+)$', isKept: true },
  patchFailed: {
    begins: String.raw`(?:Hunk #\d+ FAILED|\d+ out of \d+ hunks? (?:FAILED|failed|ignored)|patch: \*\*\*\*|can't find file to patch|(Reversed \(or previously applied\) patch detected)|error: patch failed: |error: .*: patch does not apply)`,
    isKept: true,
  },
  /** modprobe, in the build of an initrd's modules. */
  moduleNotFound: { begins: String.raw`modprobe: FATAL: Module (\S+) not found in directory`, isKept: true },
} as const satisfies Record<string, LogLine>;

type LineName = keyof typeof TABLE;
const ENTRIES = Object.entries<LogLine>(TABLE);

/** The pattern of each whole line. `s`: a value may hold a carriage return or another character that `.` alone does not match. */
export const LINE = Object.fromEntries(
  ENTRIES.map(([name, { begins, rest = '' }]) => [name, new RegExp(`^${begins}${rest}`, 's')]),
) as Record<LineName, RegExp>;

/** A pattern for where any of these lines begins, wherever in a line of a log that is. */
export const beginningOf = (...names: LineName[]): string => names.map((name) => TABLE[name].begins).join('|');

const anyOf = (lines: readonly LogLine[]): RegExp => new RegExp(`^(?:${lines.map(({ begins }) => begins).join('|')})`);
const SCRIPT = anyOf(ENTRIES.flatMap(([, line]) => (line.isScript ? line : [])));
const KEPT = anyOf(ENTRIES.flatMap(([, line]) => (line.isKept && !line.isCommon ? line : [])));
const COMMON = anyOf(ENTRIES.flatMap(([, line]) => (line.isCommon ? line : [])));
const VERDICT = anyOf([TABLE.verdict]);

/** Whether only an answering script prints such a line. */
export const isScriptLine = (line: string): boolean => SCRIPT.test(line);

/** What the line is worth: a verdict is read from it, or perhaps the reason why there is none, or nothing that matters. */
export const worthOf = (line: string): 'verdict' | 'reason' | 'nothing' =>
  KEPT.test(line) ? 'verdict' : COMMON.test(line) ? 'reason' : 'nothing';

/** Whether the line belongs to the list at the script's end. Nix prefixes its own errors alike. */
export const isVerdict = (line: string): boolean => VERDICT.test(line);

/** Whether the line is a question or what kconfig printed: prompts and help texts speak of everything. */
export const isDialogue = (line: string): boolean => line.startsWith(ECHO) || line.startsWith(QUESTION);
