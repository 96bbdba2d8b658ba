import type { Probe, Tree, TreeSource } from './ast.ts';
import { KconfigError, Report } from './diagnostics.ts';
import { grammarOf, UNION, type Grammar } from './grammar.ts';
import { Lexer } from './lexer.ts';
import { Macros, type MacroCall } from './macros.ts';
import { Parser } from './parser.ts';
import { UnreadableFile } from './regularFile.ts';
import { filesBelow, filesInMemory, type Files } from './treeFiles.ts';

/**
 * Reads a tree: its files, and what `probe` answers. `calls` receives every call of the macro language.
 * @throws KconfigError where conf would exit with 1 before it computes anything.
 */
export function readTree(
  source: TreeSource,
  probe: Probe,
  files: Files = filesBelow(source),
  grammar: Grammar = grammarOf(source.root),
  calls: MacroCall[] = [],
): Tree {
  const report = new Report();
  const macros: Macros = new Macros({ ...source, probe, report, place: () => lexer.place, calls });
  const lexer = new Lexer(files.read, macros, report, grammar);
  const parser = new Parser(lexer, report, grammar, macros, (name) => filesNamed(name, files));
  lexer.files.open(source.file);
  let statements;
  try {
    statements = parser.parse();
  } catch (error) {
    // The tree is nested deeper than the stack. bison gives up at 10,000 levels with the same words.
    if (error instanceof RangeError) report.fatal(lexer.place, ' memory exhausted', undefined, { cause: error });
    throw error;
  }
  if (report.failed) throw new KconfigError(report.diagnostics, lexer.place);
  return { statements, diagnostics: report.diagnostics, files: [...lexer.files.opened], environment: macros.used };
}

/** The files that a `source` names. kconfig itself has no patterns, so a file of exactly that name comes first. */
function filesNamed(name: string, files: Files): readonly string[] {
  if (!/[*?[]/.test(name) || exists(name, files)) return [name];
  const found = files.glob(name);
  return found.length === 0 ? [name] : found;
}

function exists(name: string, files: Files): boolean {
  try {
    return files.read(name) !== null;
  } catch (error) {
    if (error instanceof UnreadableFile) return true;
    throw error;
  }
}

/** Reads Kconfig text from memory, by default in the union of all grammars. `others` are files that it may source. */
export function parseText(
  text: string,
  options: {
    file?: string;
    environment?: Readonly<Record<string, string>>;
    probe?: Probe;
    others?: Readonly<Record<string, string>>;
    grammar?: Grammar;
  } = {},
): Tree {
  const { file = 'Kconfig', environment = {}, probe = () => '', others = {}, grammar = UNION } = options;
  const files = filesInMemory(new Map([...Object.entries(others), [file, text]]));
  return readTree({ root: '.', file, environment }, probe, files, grammar);
}
