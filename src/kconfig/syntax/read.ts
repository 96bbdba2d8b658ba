import { readdirSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Probe, Source, Tree } from './ast.ts';
import { KconfigError, Report } from './errors.ts';
import { grammarOf, UNION, type Grammar } from './grammar.ts';
import { Lexer, type FileReader } from './lexer.ts';
import { Macros, type Asked } from './macros.ts';
import { Parser } from './parser.ts';

/** Where the text of a tree comes from. */
export type Files = {
  read: FileReader;
  /** The files that a pattern names, as glob(3) sorts them. */
  glob: (pattern: string) => readonly string[];
};

/**
 * Reads a tree. It does nothing but read its files and call `probe`. The grammar is that of the tree's own kconfig. `asked` takes what the macros were asked.
 * @throws KconfigError where conf would end with 1 before it computes anything.
 */
export function readTree(
  source: Source,
  probe: Probe,
  files: Files = filesBelow(source),
  grammar: Grammar = grammarOf(source.root),
  asked: Asked[] = [],
): Tree {
  const report = new Report();
  const macros: Macros = new Macros(
    source.environment,
    probe,
    report,
    () => ({ file: lexer.file, line: lexer.line }),
    asked,
  );
  const lexer = new Lexer(files.read, macros, report, grammar);
  const resolve = (name: string): readonly string[] => {
    // kconfig knows no patterns: a file of that very name comes first.
    if (!/[*?[]/.test(name) || files.read(name) !== null) return [name];
    const found = files.glob(name);
    return found.length === 0 ? [name] : found;
  };
  const parser = new Parser(lexer, macros, report, resolve, grammar);
  lexer.open(source.file);
  let statements;
  try {
    statements = parser.parse();
  } catch (error) {
    // Nested deeper than the stack: bison gives up at 10,000 levels in these words.
    if (error instanceof RangeError)
      report.fatal({ file: lexer.file, line: lexer.line }, ' memory exhausted', undefined, { cause: error });
    throw error;
  }
  if (report.failed) throw new KconfigError(report.diagnostics, { file: lexer.file, line: lexer.line });
  return { statements, diagnostics: report.diagnostics, files: [...lexer.files], environment: macros.used };
}

/** Reads Kconfig text from memory, of any version's grammar. `others` are the files that it may source. */
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
  const texts = new Map([...Object.entries(others), [file, text] as const]);
  const files: Files = {
    read: (name) => texts.get(name) ?? null,
    glob: (pattern) => [...texts.keys()].filter(globMatcher(pattern)).sort(),
  };
  return readTree({ root: '.', file, environment }, probe, files, grammar);
}

/** The files of a tree on disk: as named, from the directory where conf runs, then below `$(srctree)` (`zconf_fopen`). */
export function filesBelow(source: Source): Files {
  const roots = [source.root, source.environment['srctree']].filter(
    (root, index, all) => root !== undefined && all.indexOf(root) === index,
  ) as string[];
  const paths = (name: string): string[] => (isAbsolute(name) ? [name] : roots.map((root) => join(root, name)));
  return {
    read(name) {
      for (const path of paths(name)) {
        const text = readIfThere(path);
        if (text !== null) return text;
      }
      return null;
    },
    glob(pattern) {
      for (const root of isAbsolute(pattern) ? ['/'] : roots) {
        const found = globBelow(
          root,
          pattern.split('/').filter((part) => part !== ''),
        ).sort();
        if (found.length > 0) return isAbsolute(pattern) ? found.map((name) => `/${name}`) : found;
      }
      return [];
    },
  };
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function globBelow(directory: string, parts: readonly string[], prefix = ''): string[] {
  const [part, ...rest] = parts;
  if (part === undefined) return [];
  const matches = globMatcher(part);
  let entries;
  try {
    entries = readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .filter((entry) => matches(entry.name))
    .flatMap((entry) =>
      rest.length === 0
        ? [prefix + entry.name]
        : globBelow(join(directory, entry.name), rest, `${prefix}${entry.name}/`),
    );
}

/** A shell pattern as a test of a whole name: `*`, `?` and `[…]`, of which none matches a slash, nor the dot at a name's beginning. */
function globMatcher(pattern: string): (name: string) => boolean {
  const source = pattern.replace(/\[!?[^\]]+\]|[\\^$.|+(){}*?[\]]/g, (part) => {
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part.length > 1) return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return `\\${part}`;
  });
  const expression = new RegExp(`^${source}$`);
  const hidden = /^[*?[]/.test(pattern);
  return (name) => expression.test(name) && !(hidden && name.startsWith('.'));
}
