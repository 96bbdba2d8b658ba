/**
 * The forms in which a build log reaches people: internal-json, `nix build -L` (each line with its derivation's name),
 * `nix log` (one derivation, bare; nix-build prints the same, followed by Nix's lines), and the plain output, which ends with
 * the last few log lines. Here they are brought into one shape.
 */
import { BuildLogCollector, printedLines } from './buildLog.ts';
import { derivationName } from './derivationName.ts';
import { parseNixLine } from './events.ts';
import { isDialogue, isScriptLine, isVerdict, LINE } from '../script/logLines.ts';
import { failuresIn, type FailedDerivation } from './failedDerivations.ts';
import { withoutFrame } from './logFrame.ts';
import { pastedLines, withoutIndent } from './pastedText.ts';

type LogForm = 'internal-json' | 'prefixed' | 'nix-log' | 'plain';

/** What a log shows of one config derivation. */
type ConfigLog = {
  /** Its own lines; null if there are none. */
  own: readonly string[] | null;
  /** Its .drv, if the log names it. */
  drvPath: string | null;
  /** Whether the beginning or the middle of `own` is missing. */
  cut: boolean;
};

export type ShapedLog = ConfigLog & {
  form: LogForm;
  /** Further config derivations that failed. */
  others: ConfigLog[];
  /** Nix's own lines. */
  errors: readonly string[];
  failures: FailedDerivation[];
  linesOf: (drvPath: string) => readonly string[];
};

const PREFIXED = /^([A-Za-z0-9][\w.+-]*)(?: \([\w-]+\))?>(?: (.*))?$/;
const NIX_SAYS =
  /^(?:th(?:is|ese) .*(?:derivations?|paths?) will be|building '|copying |downloading |fetching |querying |waiting for |unpacking '|warning: |trace: |builder for '|\s+\/)/;
const CONFIG_NAME = /^linux-config(?:-|$)/;
const isConfig = ({ drvPath }: FailedDerivation): boolean => CONFIG_NAME.test(derivationName(drvPath));

const isNixError = (line: string): boolean => /^error:(?:\s|$)/.test(line) && !isVerdict(line);

/** Brings a log of any form into one shape. Never fails. */
export function shapeLog(text: string): ShapedLog {
  const pasted = pastedLines(text);
  const bare = withoutFrame(pasted);
  const lines = bare === pasted ? pasted : withoutIndent(bare);
  if (lines.some((line) => line.startsWith('@nix ') && isNixEvent(line))) return fromJson(lines);
  if (lines.some(isDialogue) || lines.some((line) => line.startsWith('got build log for '))) return fromBare(lines);
  if (lines.some((line) => PREFIXED.test(line))) return fromPrefixed(lines);
  const failures = failuresIn(lines);
  const isBare =
    failures.length === 0 && builtIn(lines) === null && !lines.some((line) => isNixError(line.trimStart()));
  return isBare || (failures.length === 0 && lines.some(isScriptLine)) ? fromBare(lines) : fromPlain(lines, failures);
}

/** Without -L, Nix prints the last lines of a failed log; nix-build prints all of them before its error. */
function fromPlain(lines: readonly string[], failures: FailedDerivation[]): ShapedLog {
  const bare = builderLines(lines);
  const known = new Map(failures.map(({ drvPath, tail }) => [drvPath, tail.length > 0 ? tail : bare]));
  const logOf = ({ drvPath }: FailedDerivation): ConfigLog => {
    const own = known.get(drvPath) ?? [];
    const cut = own !== bare && (own.length >= 10 || lacksBeginning(own));
    return { own: own.length > 0 ? own : null, drvPath, cut };
  };
  const configs = failures.filter((failure) => isConfig(failure) && !failure.dependency);
  const [first = { own: null, drvPath: builtIn(lines), cut: false }, ...others] = configs.map(logOf);
  return {
    form: 'plain',
    ...first,
    others: others.filter(({ own }) => own !== null && own !== bare),
    errors: lines,
    failures,
    linesOf: (drvPath) => known.get(drvPath) ?? [],
  };
}

/** Where Nix's own error begins, or -1. After it the script says nothing more. */
function nixErrorIn(lines: readonly string[]): number {
  return lines.findIndex((line, i) => isNixError(line) && !isScriptLine(lines[i + 1] ?? ''));
}

/** What a builder printed bare before Nix's error, as nix-build shows it. */
function builderLines(lines: readonly string[]): string[] {
  const end = nixErrorIn(lines);
  return lines.slice(0, end === -1 ? undefined : end).filter((line) => line.trim() !== '' && !NIX_SAYS.test(line));
}

function isNixEvent(line: string): boolean {
  const { kind } = parseNixLine(line);
  return kind !== 'text' && kind !== 'other';
}

function fromJson(lines: readonly string[]): ShapedLog {
  const collector = new BuildLogCollector();
  collector.push(lines.join('\n'));
  const log = collector.result();
  const { builds } = log;
  const errors = printedLines(log);
  const failures = failuresIn(errors);
  const configs = [...builds.values()].filter((build) => CONFIG_NAME.test(build.name) || build.questions > 0);
  const failed = configs.filter((build) => failures.some(({ drvPath }) => drvPath === build.drvPath));
  const [first, ...others] = (failed.length > 0 ? failed : configs.slice(-1)).map(
    ({ lines: own, drvPath, cut }): ConfigLog => ({ own, drvPath, cut: cut !== 'nothing' }),
  );
  const headless = first === undefined ? headlessLog(lines) : null;
  const drvPath = headless === null ? null : (configIn(failures) ?? builtIn(errors));
  return {
    form: 'internal-json',
    ...(first ?? { own: headless, drvPath, cut: headless !== null }),
    others,
    errors,
    failures,
    linesOf: (drv) => builds.get(drv)?.lines ?? [],
  };
}

/** The transcript in records whose activity began before the log does. */
function headlessLog(lines: readonly string[]): string[] | null {
  const records = lines.map(parseNixLine).flatMap((event) => (event.kind === 'log' ? event : []));
  const logs = [...grouped(records.map(({ id, text }): [string, string] => [id, text])).values()];
  return logs.findLast((log) => log.some((line) => isScriptLine(line) || LINE.starving.test(line))) ?? null;
}

/** The lines of each log, by what they are marked with. */
function grouped(marked: Iterable<[mark: string, line: string]>): Map<string, string[]> {
  const logs = new Map<string, string[]>();
  for (const [mark, line] of marked) {
    const log = logs.get(mark) ?? [];
    log.push(line);
    logs.set(mark, log);
  }
  return logs;
}

/** The config derivation among those that failed. */
const configIn = (failures: readonly FailedDerivation[]): string | null => failures.find(isConfig)?.drvPath ?? null;

function fromPrefixed(lines: readonly string[]): ShapedLog {
  const found = lines.map((line) => PREFIXED.exec(line));
  const logs = grouped(
    found.flatMap((prefixed) => (prefixed?.[1] === undefined ? [] : [[prefixed[1], prefixed[2] ?? '']])),
  );
  const errors = lines.filter((_, i) => found[i] === null);
  const failures = failuresIn(errors);
  const has =
    (sign: (line: string) => boolean) =>
    ([, log]: [string, string[]]) =>
      log.some(sign);
  const configs = [...logs].filter(([name]) => CONFIG_NAME.test(name));
  const speaking = [
    ...configs.filter(has(isScriptLine)),
    ...configs,
    ...[...logs].filter(has((line) => LINE.question.test(line))),
    ...[...logs].filter(has(isVerdict)),
  ];
  const own = speaking[0]?.[1] ?? null;
  // The logs of several kernels can be told apart if the prefix has the version.
  const others = configs.filter(([, log]) => log !== own && log.some(isVerdict)).map(([, log]) => config(log, null));
  // The prefix is the name, without the version in most versions of Nix.
  const linesOf = (drvPath: string): string[] => {
    const name = derivationName(drvPath);
    return (
      logs.get(name) ??
      logs.get(name.replace(/-\d.*$/, '')) ??
      failures.find((failure) => failure.drvPath === drvPath)?.tail ??
      []
    );
  };
  const drvPath = configIn(failures) ?? builtIn(lines);
  return { form: 'prefixed', ...config(own, drvPath), others, errors, failures, linesOf };
}

function fromBare(lines: readonly string[]): ShapedLog {
  const named =
    /^got build log for '([^']*)'/.exec(lines.find((line) => line.startsWith('got build log for ')) ?? '')?.[1] ?? null;
  const end = nixErrorIn(lines);
  const isBuilders = (line: string): boolean => !line.startsWith('@nix ') && !line.startsWith('got build log for ');
  const own = (end === -1 ? lines : lines.slice(0, end)).filter(isBuilders);
  const errors = end === -1 ? [] : lines.slice(end);
  const failures = failuresIn(errors);
  const drvPath = named ?? configIn(failures) ?? builtIn(lines);
  return { form: 'nix-log', ...config(own, drvPath), others: laterLogs(errors), errors, failures, linesOf: () => own };
}

/** With --keep-going the log of the next config build follows Nix's error for the one before. */
function laterLogs(errors: readonly string[]): ConfigLog[] {
  const starts = errors.flatMap((line, i) => (isNixError(line) ? [i] : []));
  return starts.flatMap((from, i) => {
    const to = starts[i + 1];
    const own = errors.slice(from + 1, to);
    if (!own.some(isDialogue) || !own.some(isVerdict)) return [];
    const drvPath = to === undefined ? null : (failuresIn([errors[to] ?? ''])[0]?.drvPath ?? null);
    return [config(own, drvPath)];
  });
}

/** The config derivation that a `building '….drv'` line names. */
function builtIn(lines: readonly string[]): string | null {
  for (const line of lines) {
    if (!line.includes('-linux-config-')) continue;
    for (const word of line.split(/[\s'"]/)) {
      const drvPath = /^[^/]*(\/.*\/[0-9a-z]{32}-linux-config-[^/]*\.drv)(?:\..*)?$/.exec(word)?.[1];
      if (drvPath !== undefined) return drvPath;
    }
  }
  return null;
}

const config = (own: readonly string[] | null, drvPath: string | null): ConfigLog => ({
  own,
  drvPath,
  cut: own !== null && lacksBeginning(own),
});

function lacksBeginning(own: readonly string[]): boolean {
  const first = own.find((line) => line.trim() !== '');
  return (
    first !== undefined &&
    (isScriptLine(first) || LINE.starving.test(first)) &&
    !own.some((line) => LINE.title.test(line) || LINE.generating.test(line))
  );
}
