import type { Diagnostic, Location } from './ast.ts';

/** A Kconfig tree cannot be read, as conf would end with 1. `file` and `line` are those of the first error; `diagnostics` is all that conf would have printed. */
export class KconfigError extends Error {
  readonly file: string;
  readonly line: number;
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[], at: Location, options?: ErrorOptions) {
    const first = diagnostics.find((diagnostic) => diagnostic.level === 'error');
    super(first === undefined ? 'the tree cannot be read' : formatDiagnostic(first), options);
    this.name = 'KconfigError';
    this.file = first?.at?.file ?? at.file;
    this.line = first?.at?.line ?? at.line;
    this.diagnostics = diagnostics;
  }
}

/** The line that kconfig prints for a diagnostic, without its newline. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  return diagnostic.at === null ? diagnostic.text : `${diagnostic.at.file}:${diagnostic.at.line}:${diagnostic.text}`;
}

/** What was printed so far. One for each reading; everything that finds fault writes here, in conf's order. */
export class Report {
  readonly diagnostics: Diagnostic[] = [];
  /** conf's `yynerrs`: it goes on after an error, but ends with 1. */
  failed = false;

  /** `text` follows `file:line:` directly, so it begins with a blank where kconfig prints one. */
  warn(at: Location, text: string): void {
    this.diagnostics.push({ level: 'warning', at, text });
  }

  error(at: Location | null, text: string): void {
    this.failed = true;
    this.diagnostics.push({ level: 'error', at, text });
  }

  info(text: string): void {
    this.diagnostics.push({ level: 'info', at: null, text });
  }

  /** An error after which conf exits at once. `where` names the place if the message does not. */
  fatal(at: Location | null, text: string, where: Location | null = at, options?: ErrorOptions): never {
    this.error(at, text);
    throw new KconfigError(this.diagnostics, where ?? { file: '', line: 0 }, options);
  }
}
