import { join } from 'node:path';
import { readIfThere } from './treeFiles.ts';

/** Where the grammars since 5.10 differ: true if a kernel's kconfig knows, or insists on, what the name says. */
export type Grammar = {
  /** `modules` as an option of its own; since 5.13. */
  modulesOption: boolean;
  /** `option modules`, `option defconfig_list`, `option allnoconfig_y`; before 5.13. `option env` was removed in 4.18. */
  oldOptions: boolean;
  /** `---help---`; until 5.10. */
  dashedHelp: boolean;
  /** `transitional`; since 6.18. */
  transitional: boolean;
  /** `depends on A if B`; since 7.0. */
  conditionalDepends: boolean;
  /** `optional` in a choice; before 6.10. */
  optionalChoices: boolean;
  /** A choice may have a name; before 6.10. */
  namedChoices: boolean;
  /** A choice may be a tristate, or `bool` without a prompt; before 6.11. */
  typedChoices: boolean;
  /** A choice may hold `source`, `menuconfig` and macros, and an `if` in it may hold anything; until 5.10. */
  openChoices: boolean;
  /** A choice must have a prompt; since 6.10. */
  promptedChoices: boolean;
  /** A choice's members must be bool and have a prompt; since 6.11. */
  boolMembers: boolean;
  /** `bool "Prompt"` in a choice; before 7.2. */
  boolPrompts: boolean;
  /** A menuconfig without a prompt, a second help text and a blank one are errors; since 7.2. */
  strictEntries: boolean;
  /** No file may be sourced twice; since 7.2. */
  singleInclusion: boolean;
  /** The first file may end without a newline; until 6.9. */
  openEnd: boolean;
  /**
   * Messages name the file in which the statement began, a syntax error names the line after, and after the end of the first file the name is
   * `<none>`; until 6.9.
   */
  oldPlaces: boolean;
  /** Which of the words that only some versions know are keywords everywhere. In the union they are keywords only where an option may begin. */
  reserved: ReadonlySet<string>;
};

/** Accepts everything that any version accepts. */
export const UNION: Grammar = {
  modulesOption: true,
  oldOptions: true,
  dashedHelp: true,
  transitional: true,
  conditionalDepends: true,
  optionalChoices: true,
  namedChoices: true,
  typedChoices: true,
  openChoices: true,
  promptedChoices: false,
  boolMembers: false,
  boolPrompts: true,
  strictEntries: false,
  singleInclusion: false,
  openEnd: true,
  oldPlaces: false,
  reserved: new Set(),
};

/** The grammar of a tree's own kconfig, read off its lexer and parser, so that backported patches count. A tree without them gets the union. */
export function grammarOf(root: string): Grammar {
  const sources = join(root, 'scripts/kconfig');
  const lexer = readIfThere(join(sources, 'lexer.l'));
  const parser = readIfThere(join(sources, 'parser.y'));
  if (lexer === null || parser === null) return UNION;
  return {
    modulesOption: /^config_option: T_MODULES /m.test(parser),
    oldOptions: lexer.includes('"option"'),
    dashedHelp: lexer.includes('"---help---"'),
    transitional: lexer.includes('"transitional"'),
    conditionalDepends: parser.includes('T_DEPENDS T_ON expr if_expr'),
    optionalChoices: lexer.includes('"optional"'),
    namedChoices: parser.includes('T_CHOICE word_opt'),
    typedChoices: /^choice_option: (logic_)?type /m.test(parser),
    openChoices: parser.includes('choice_block'),
    promptedChoices: parser.includes('choice must have a prompt'),
    boolMembers: parser.includes('choice member must be bool'),
    boolPrompts: /^choice_option: (T_BOOL|(logic_)?type) /m.test(parser),
    strictEntries: parser.includes('zconf_error("menuconfig statement without prompt'),
    singleInclusion: (readIfThere(join(sources, 'util.c')) ?? '').includes('repeated inclusion'),
    openEnd: lexer.includes('current_file'),
    oldPlaces: parser.includes('zconf_lineno() + 1'),
    reserved: new Set(
      ['option', 'optional', 'allnoconfig_y', 'defconfig_list', 'transitional', '---help---'].filter((word) =>
        lexer.includes(`"${word}"`),
      ),
    ),
  };
}
