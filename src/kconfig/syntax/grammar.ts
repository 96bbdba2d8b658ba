import { join } from 'node:path';
import type { Dialect } from './ast.ts';
import { readIfThere } from './treeFiles.ts';

/** The sources of a tree's kconfig that say what its Kconfig language is. */
type Sources = { lexer: string; parser: string; util: string };
type Test = (sources: Sources) => boolean;

/** What some versions since 5.10 accept and others do not. */
const ALLOWED = {
  /** `modules` as an option of its own; since 5.13. */
  modulesOption: ({ parser }) => /^config_option: T_MODULES /m.test(parser),
  /** `option modules`, `option defconfig_list`, `option allnoconfig_y`; before 5.13. `option env` was removed in 4.18. */
  oldOptions: ({ lexer }) => lexer.includes('"option"'),
  /** `---help---`; until 5.10. */
  dashedHelp: ({ lexer }) => lexer.includes('"---help---"'),
  /** `transitional`; since 6.18. */
  transitional: ({ lexer }) => lexer.includes('"transitional"'),
  /** `depends on A if B`; since 7.0. */
  conditionalDepends: ({ parser }) => parser.includes('T_DEPENDS T_ON expr if_expr'),
  /** `optional` in a choice; before 6.10. */
  optionalChoices: ({ lexer }) => lexer.includes('"optional"'),
  /** A choice may have a name; before 6.10. */
  namedChoices: ({ parser }) => parser.includes('T_CHOICE word_opt'),
  /** A choice may be a tristate, or `bool` without a prompt; before 6.11. */
  typedChoices: ({ parser }) => /^choice_option: (logic_)?type /m.test(parser),
  /** A choice may hold `source`, `menuconfig` and macros, and an `if` in it may hold anything; until 5.10. */
  openChoices: ({ parser }) => parser.includes('choice_block'),
  /** `bool "Prompt"` in a choice; before 7.2. */
  boolPrompts: ({ parser }) => /^choice_option: (T_BOOL|(logic_)?type) /m.test(parser),
  /** The first file may end without a newline; until 6.9. */
  openEnd: ({ lexer }) => lexer.includes('current_file'),
} satisfies Record<string, Test>;

/** What some versions refuse, or report differently. */
const DEMANDED = {
  /** A choice must have a prompt; since 6.10. */
  promptedChoices: ({ parser }) => parser.includes('choice must have a prompt'),
  /** A choice's members must be bool and have a prompt; since 6.11. */
  boolMembers: ({ parser }) => parser.includes('choice member must be bool'),
  /** A menuconfig without a prompt, a second help text and a blank one are errors; since 7.2. */
  strictEntries: ({ parser }) => parser.includes('zconf_error("menuconfig statement without prompt'),
  /** No file may be sourced twice; since 7.2. */
  singleInclusion: ({ util }) => util.includes('repeated inclusion'),
  /** Messages name the file where the statement began, a syntax error the line after it, the end of the first file `<none>`; until 6.9. */
  oldPlaces: ({ parser }) => parser.includes('zconf_lineno() + 1'),
} satisfies Record<string, Test>;

/** The Kconfig language of a kernel: which of the differences apply to it. */
export type Grammar = Record<keyof typeof ALLOWED | keyof typeof DEMANDED, boolean> & {
  /** The words that are keywords everywhere in this tree, of those that only some versions know. In the union they are keywords only where an option may begin. */
  reserved: ReadonlySet<string>;
};

/** Accepts everything that any version accepts. */
export const UNION: Grammar = { ...tested(ALLOWED, () => true), ...tested(DEMANDED, () => false), reserved: new Set() };

const SOMETIMES_RESERVED = ['option', 'optional', 'allnoconfig_y', 'defconfig_list', 'transitional', '---help---'];

/** Where the files of a tree are read: a folder, or a function that gives the text of a file by its path in the tree. */
export type TreeRoot = string | ((name: string) => string | null);

const readerIn = (root: TreeRoot) => (name: string) =>
  typeof root === 'string' ? readIfThere(join(root, name)) : root(name);

/** The grammar of a tree's own kconfig. It is found in the source of its lexer and parser, so backported patches count. Without them it is the union. */
export function grammarOf(root: TreeRoot): Grammar {
  const read = readerIn(root);
  const source = (name: string): string | null => read(`scripts/kconfig/${name}`);
  const [lexer, parser] = [source('lexer.l'), source('parser.y')];
  if (lexer === null || parser === null) return UNION;
  const sources = { lexer, parser, util: source('util.c') ?? '' };
  const reserved = new Set(SOMETIMES_RESERVED.filter((word) => lexer.includes(`"${word}"`)));
  return { ...tested(ALLOWED, (test) => test(sources)), ...tested(DEMANDED, (test) => test(sources)), reserved };
}

function tested<Name extends string>(tests: Record<Name, Test>, holds: (test: Test) => boolean): Record<Name, boolean> {
  const results = Object.entries<Test>(tests).map(([name, test]) => [name, holds(test)]);
  return Object.fromEntries(results) as Record<Name, boolean>;
}

/**
 * How this kernel's conf works, according to VERSION and PATCHLEVEL in its Makefile and to its parser. Without a Makefile it counts as 6.11's.
 * Linux 6.11 replaced the choice's own value by a ranking of its members (`sym_calc_choice` in scripts/kconfig/symbol.c).
 */
export function dialectOf(root: TreeRoot): Dialect {
  const read = readerIn(root);
  const makefile = read('Makefile') ?? '';
  const number = (name: string): number => Number(new RegExp(`^${name} *= *([0-9]+)`, 'm').exec(makefile)?.[1] ?? NaN);
  const [major, minor] = [number('VERSION'), number('PATCHLEVEL')];
  const parser = read('scripts/kconfig/parser.y') ?? '';
  return {
    choices: major < 6 || (major === 6 && minor < 11) ? 'symbol' : 'ranked',
    ...(parser.includes('must not have a prompt in another entry') ? { onePrompt: true } : {}),
  };
}
