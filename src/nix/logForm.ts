/**
 * The forms in which a build log reaches people: internal-json, `nix build -L` (each line with its derivation's name),
 * `nix log` (one derivation, bare; nix-build prints the same with Nix's lines behind), and the plain output, which ends in
 * the last few log lines. Told apart here and brought into one shape.
 */
import { BuildLogCollector, printedLines } from './buildLog.ts';
import { derivationName } from './derivationName.ts';
import { parseNixLine, stripAnsi } from './events.ts';
import { isDialogue, isScriptLine, isVerdict, LINE } from '../script/logLines.ts';
import { failuresIn, type FailedDerivation } from './failedDerivations.ts';

type LogForm = 'internal-json' | 'prefixed' | 'nix-log' | 'plain';

export type ShapedLog = {
  form: LogForm;
  /** The config derivation's own lines; null where there are none. */
  own: string[] | null;
  /** Its .drv, where the log names it. */
  drvPath: string | null;
  /** Nix's own lines. */
  errors: string[];
  failures: FailedDerivation[];
  linesOf: (drvPath: string) => readonly string[];
  /** Whether the beginning or the middle of `own` is missing. */
  cut: boolean;
};

const PREFIXED = /^([A-Za-z0-9][\w.+-]*)(?: \([\w-]+\))?>(?: (.*))?$/;
const NIX_TELLS =
  /^(?:th(?:is|ese) .*(?:derivations?|paths?) will be|building '|copying |downloading |fetching |querying |waiting for |unpacking '|warning: |trace: |builder for '|\s+\/)/;
const CONFIG_NAME = /^linux-config(?:-|$)/;

const isNixError = (line: string): boolean => /^error:(?:\s|$)/.test(line) && !isVerdict(line);

/** Brings a log of any form into one shape. Never fails. */
export function shapeLog(text: string): ShapedLog {
  const lines = linesOfPaste(text);
  if (lines.some((line) => line.startsWith('@nix ') && isNixEvent(line))) return fromJson(lines);
  if (lines.some(isDialogue) || lines.some((line) => line.startsWith('got build log for '))) return fromBare(lines);
  if (lines.some((line) => PREFIXED.test(line))) return fromPrefixed(lines);
  const failures = failuresIn(lines);
  const config =
    failures.find((failure) => CONFIG_NAME.test(derivationName(failure.drvPath)) && !failure.dependency) ?? null;
  const isBare =
    failures.length === 0 && builtIn(lines) === null && !lines.some((line) => isNixError(line.trimStart()));
  if (isBare || (failures.length === 0 && lines.some(isScriptLine))) return fromBare(lines);
  const bare = builderLines(lines);
  const known = new Map(failures.map(({ drvPath, tail }) => [drvPath, tail.length > 0 ? tail : bare]));
  const own = config === null ? [] : (known.get(config.drvPath) ?? []);
  const isTail = own !== bare && (own.length >= 10 || lacksBeginning(own));
  return {
    form: 'plain',
    own: own.length > 0 ? own : null,
    drvPath: config?.drvPath ?? builtIn(lines),
    errors: lines,
    failures,
    linesOf: (drvPath) => known.get(drvPath) ?? [],
    cut: isTail,
  };
}

/** Where Nix's own error begins, or -1. Behind it the script says nothing more. */
function nixErrorIn(lines: readonly string[]): number {
  return lines.findIndex((line, i) => isNixError(line) && !isScriptLine(lines[i + 1] ?? ''));
}

/** What a builder printed bare before Nix's error, as nix-build shows it. */
function builderLines(lines: readonly string[]): string[] {
  const end = nixErrorIn(lines);
  return lines.slice(0, end === -1 ? undefined : end).filter((line) => line.trim() !== '' && !NIX_TELLS.test(line));
}

/** Lines without what a terminal, an editor or a forum adds: colours, CR, a BOM, common indentation, code fences. */
function linesOfPaste(text: string): string[] {
  let lines = stripAnsi(text.replace(/^\ufeff/, '')).split('\n');
  // A terminal shows what stands behind the last CR; Nix before 2.3 quotes like ‘this’.
  if (text.includes('\r'))
    lines = lines.map((line) =>
      line.includes('\r') ? (line.split('\r').findLast((part) => part !== '') ?? '') : line,
    );
  if (text.includes('\u2018')) lines = lines.map((line) => line.replace(/[\u2018\u2019]/g, "'"));
  if (text.includes('```')) lines = lines.filter((line) => !/^\s*```\w*\s*$/.test(line));
  const indent = lines.reduce(
    (least, line) =>
      least === 0 || line.trim() === '' ? least : Math.min(least, line.length - line.trimStart().length),
    Infinity,
  );
  return indent > 0 && indent !== Infinity ? lines.map((line) => line.slice(indent)) : lines;
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
  const config =
    configs.findLast((build) => failures.some((failure) => failure.drvPath === build.drvPath)) ?? configs.at(-1);
  const headless = config === undefined ? headlessLog(lines) : null;
  if (headless !== null)
    return {
      form: 'internal-json',
      own: headless,
      drvPath: configIn(failures) ?? builtIn(errors),
      errors,
      failures,
      linesOf: () => [],
      cut: true,
    };
  return {
    form: 'internal-json',
    own: config?.lines ?? null,
    drvPath: config?.drvPath ?? null,
    errors,
    failures,
    linesOf: (drvPath) => builds.get(drvPath)?.lines ?? [],
    cut: config !== undefined && config.cut !== 'nothing',
  };
}

/** The transcript in records whose activity began before the log does. */
function headlessLog(lines: readonly string[]): string[] | null {
  const logs = new Map<string, string[]>();
  for (const line of lines) {
    const event = parseNixLine(line);
    if (event.kind !== 'log') continue;
    const log = logs.get(event.id) ?? [];
    log.push(event.text);
    logs.set(event.id, log);
  }
  return (
    [...logs.values()].findLast((log) => log.some((line) => isScriptLine(line) || LINE.starving.test(line))) ?? null
  );
}

/** The config derivation among those that failed. */
function configIn(failures: readonly FailedDerivation[]): string | null {
  return failures.find((failure) => CONFIG_NAME.test(derivationName(failure.drvPath)))?.drvPath ?? null;
}

function fromPrefixed(lines: readonly string[]): ShapedLog {
  const logs = new Map<string, string[]>();
  const errors: string[] = [];
  for (const line of lines) {
    const prefixed = PREFIXED.exec(line);
    if (prefixed?.[1] === undefined) errors.push(line);
    else {
      const log = logs.get(prefixed[1]) ?? [];
      log.push(prefixed[2] ?? '');
      logs.set(prefixed[1], log);
    }
  }
  const failures = failuresIn(errors);
  const own =
    [...logs].findLast(([name, log]) => CONFIG_NAME.test(name) || log.some((line) => LINE.question.test(line)))?.[1] ??
    null;
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
  return {
    form: 'prefixed',
    own,
    drvPath: configIn(failures) ?? builtIn(lines),
    errors,
    failures,
    linesOf,
    cut: own !== null && lacksBeginning(own),
  };
}

function fromBare(lines: readonly string[]): ShapedLog {
  const named =
    /^got build log for '([^']*)'/.exec(lines.find((line) => line.startsWith('got build log for ')) ?? '')?.[1] ?? null;
  const end = nixErrorIn(lines);
  const own = (end === -1 ? lines : lines.slice(0, end)).filter(
    (line) => !line.startsWith('@nix ') && !line.startsWith('got build log for '),
  );
  const errors = end === -1 ? [] : lines.slice(end);
  const failures = failuresIn(errors);
  return {
    form: 'nix-log',
    own,
    drvPath: named ?? configIn(failures) ?? builtIn(lines),
    errors,
    failures,
    linesOf: () => own,
    cut: lacksBeginning(own),
  };
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

function lacksBeginning(own: readonly string[]): boolean {
  const first = own.find((line) => line.trim() !== '');
  return (
    first !== undefined &&
    (isScriptLine(first) || LINE.starving.test(first)) &&
    !own.some((line) => LINE.title.test(line) || LINE.generating.test(line))
  );
}
