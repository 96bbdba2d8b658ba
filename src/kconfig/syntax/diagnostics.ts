import type { Diagnostic, FileLine, SymbolType } from './ast.ts';

/** A Kconfig tree cannot be read, and conf would exit with 1. `file` and `line` are those of the first error; `diagnostics` is all that conf would print. */
export class KconfigError extends Error {
  readonly file: string;
  readonly line: number;
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[], at: FileLine, options?: ErrorOptions) {
    const first = diagnostics.find((diagnostic) => diagnostic.level === 'error');
    super(first === undefined ? 'the tree cannot be read' : formatDiagnostic(first), options);
    this.name = 'KconfigError';
    const place = first?.at ?? first?.where ?? at;
    this.file = place.file;
    this.line = place.line;
    this.diagnostics = diagnostics;
  }
}

/** The text that kconfig prints for a diagnostic, without the newline at its end. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  return diagnostic.at === null ? diagnostic.text : `${diagnostic.at.file}:${diagnostic.at.line}:${diagnostic.text}`;
}

/** kconfig's own name for a type (`sym_type_name`). */
export const typeName = (type: SymbolType | 'unknown'): string => (type === 'int' ? 'integer' : type);

/** The diagnostics of one reading, in conf's order. Lexer, macros and parser share it. */
export class Report {
  readonly diagnostics: Diagnostic[] = [];
  /** conf's `yynerrs`: reading continues after an error, but the tree is refused in the end. */
  failed = false;

  /** `text` directly follows `file:line:`, so it begins with a blank if kconfig prints one there. */
  warn(at: FileLine, text: string): void {
    this.diagnostics.push({ level: 'warning', at, text });
  }

  error(at: FileLine | null, text: string): void {
    this.failed = true;
    this.diagnostics.push({ level: 'error', at, text });
  }

  info(text: string): void {
    this.diagnostics.push({ level: 'info', at: null, text });
  }

  /** Reports an error after which conf exits at once. `where` is the place, if the message does not name it. */
  fatal(at: FileLine | null, text: string, where: FileLine | null = at, options?: ErrorOptions): never {
    this.error(at, text);
    throw new KconfigError(this.diagnostics, where ?? { file: '', line: 0 }, options);
  }
}
