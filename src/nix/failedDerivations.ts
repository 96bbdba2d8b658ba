/** Which derivations Nix says have failed, and how, in the words of its versions. */

export type FailedDerivation = {
  drvPath: string;
  /** `exit code 255`, `signal 9 (Killed)`, `2 dependencies`, or the reason as Nix prints it. */
  how: string;
  /** Whether only a derivation that it needs has failed. */
  dependency: boolean;
  /** The last log lines that Nix printed with it. */
  tail: string[];
};

const BUILDER = /builder for '([^']+)' failed(?: (?:with |due to )?([^;:]*))?/;
const NEW = /Cannot build '([^']+)'/;
const REASON = /^\s*Reason: (.*?)\.?$/;
const DEPENDENCY =
  /(\d+ )?dependenc(?:y|ies) of derivation '([^']+)' failed|cannot build derivation '([^']+)': (\d+ )?dependenc/;
const TAIL = /^\s*[Ll]ast \d+ (?:lines of (?:the )?(?:build )?log|log lines?):?\s*$/;
const QUOTED = /^\s*>(?: (.*))?$/;

/** The failures in Nix's messages (lines without ANSI), in their order; a repeated report of one is one. */
export function failuresIn(lines: readonly string[]): FailedDerivation[] {
  const failures = new Map<string, FailedDerivation>();
  let last: FailedDerivation | undefined;
  let inTail = false;
  const add = (drvPath: string, how: string, dependency: boolean): FailedDerivation => {
    const failure = failures.get(drvPath) ?? { drvPath, how, dependency, tail: [] };
    failures.set(drvPath, failure);
    inTail = false;
    return failure;
  };
  for (const line of lines) {
    const quoted = inTail ? QUOTED.exec(line) : null;
    if (quoted !== null) {
      last?.tail.push(quoted[1] ?? '');
      continue;
    }
    if (!/fail|Cannot|cannot|Reason|ast \d/.test(line)) {
      if (line.trim() !== '') inTail = false;
      continue;
    }
    const builder = BUILDER.exec(line);
    const dependency = DEPENDENCY.exec(line);
    const reason = REASON.exec(line);
    if (builder?.[1] !== undefined) last = add(builder[1], (builder[2] ?? '').trim().replace(/\.$/, ''), false);
    else if (dependency !== null)
      last = add(
        dependency[2] ?? dependency[3] ?? '',
        `${(dependency[1] ?? dependency[4] ?? '').trim()} dependencies`.trim(),
        true,
      );
    else if (NEW.test(line)) last = add(NEW.exec(line)?.[1] ?? '', '', false);
    else if (reason?.[1] !== undefined && last !== undefined) {
      last.how = reason[1].replace(/^builder failed (?:with |due to )?/, '');
      last.dependency = /dependenc(?:y|ies) failed/.test(reason[1]);
    } else if (TAIL.test(line)) inTail = true;
  }
  return [...failures.values()];
}
