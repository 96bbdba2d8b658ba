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
const TAIL = /[Ll]ast \d+ (?:lines of (?:the )?(?:build )?log|log lines?):?\s*$/;
const QUOTED = /^\s*>(?: (.*))?$/;
/** Nix 2.3 and 2.4 indent the log lines and quote them with nothing. */
const INDENTED = /^ {2}(.*)$/;
const MAY_MATTER = /fail|Cannot|cannot|Reason|ast \d/;

/** The failures in Nix's messages (lines without ANSI), in their order; a repeated report of one is one. */
export function failuresIn(lines: readonly string[]): FailedDerivation[] {
  const reader = new FailureReader();
  for (const line of lines) reader.take(line);
  return [...reader.failures.values()];
}

class FailureReader {
  readonly failures = new Map<string, FailedDerivation>();
  #last: FailedDerivation | undefined;
  /** How the log lines that follow are marked; null outside of a tail. */
  #tail: RegExp | null = null;

  take(line: string): void {
    const quoted = this.#tail?.exec(line);
    if (quoted != null) this.#last?.tail.push(quoted[1] ?? '');
    else if (MAY_MATTER.test(line)) this.#takeMessage(line);
    else if (line.trim() !== '') this.#tail = null;
  }

  #takeMessage(line: string): void {
    const builder = BUILDER.exec(line);
    const dependency = DEPENDENCY.exec(line);
    const [, drvPath] = NEW.exec(line) ?? [];
    const [, reason] = REASON.exec(line) ?? [];
    if (builder?.[1] !== undefined) this.#add(builder[1], (builder[2] ?? '').trim().replace(/\.$/, ''), false);
    else if (dependency !== null) {
      const [, before = '', named, other = '', after = ''] = dependency;
      this.#add(named ?? other, `${before}${after}dependencies`, true);
    } else if (drvPath !== undefined) this.#add(drvPath, '', false);
    else if (reason !== undefined && this.#last !== undefined) {
      this.#last.how = reason.replace(/^builder failed (?:with |due to )?/, '');
      this.#last.dependency = /dependenc(?:y|ies) failed/.test(reason);
    }
    if (TAIL.test(line)) this.#tail = builder === null ? QUOTED : INDENTED;
  }

  #add(drvPath: string, how: string, dependency: boolean): void {
    this.#last = this.failures.get(drvPath) ?? { drvPath, how, dependency, tail: [] };
    this.failures.set(drvPath, this.#last);
    this.#tail = null;
  }
}
