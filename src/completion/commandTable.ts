import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings';

/**
 * What is expected of a word of the command line: one of these words, or something of a kind. `setting` is `SYMBOL=VALUE`, `free`
 * is what nobody can complete.
 */
export type Expected =
  | readonly string[]
  | 'file'
  | 'folder'
  | 'command'
  | 'target'
  | 'run'
  | 'iteration'
  | 'build'
  | 'symbol'
  | 'setting'
  | 'free';

/** A command as completion and the manual need it, as plain data. */
export type CommandTable = {
  name: string;
  description: string;
  /** The heading under which `--help` lists it. */
  group: string;
  options: OptionTable[];
  /** `term` is `<run>`, or `[run]` where it may be left out. */
  arguments: { term: string; description: string; expected: Expected; variadic: boolean }[];
  commands: CommandTable[];
};

export type OptionTable = {
  /** As `--help` shows it: `--limit <n>`. */
  term: string;
  /** Its spellings: `-h` and `--help`. */
  names: string[];
  description: string;
  /** What its value is; null where it takes none. */
  expected: Expected | null;
};

/** What the placeholders of the commands stand for, by their last word: `<from-file>` is a file. */
const PLACEHOLDERS: Readonly<Record<string, Expected>> = {
  file: 'file',
  log: 'file',
  linux: 'file',
  dir: 'folder',
  command: 'command',
  target: 'target',
  run: 'run',
  iteration: 'iteration',
  a: 'iteration',
  b: 'iteration',
  build: 'build',
  symbol: 'symbol',
  'symbol=value': 'setting',
  'name=reference': 'free',
  attribute: 'free',
  arch: 'free',
  n: 'free',
  name: 'free',
  p: 'free',
};

/**
 * A command with all of its own, as data; hidden ones are left out.
 * @throws Error for a placeholder that is not known here: what its words are has to be said.
 */
export function tableOf(command: CommandUnknownOpts): CommandTable {
  const help = command.createHelp();
  return {
    name: command.name(),
    description: help.commandDescription(command),
    group: command.helpGroup().replace(/:$/, ''),
    options: help.visibleOptions(command).map((option) => optionTable(command, option)),
    arguments: command.registeredArguments.map((argument) => ({
      term: argumentTerm(argument),
      description: help.argumentDescription(argument),
      expected: expectedOf(command, argument.name(), argument.argChoices),
      variadic: argument.variadic,
    })),
    commands: help.visibleCommands(command).map(tableOf),
  };
}

function argumentTerm(argument: CommandUnknownOpts['registeredArguments'][number]): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function optionTable(command: CommandUnknownOpts, option: Option): OptionTable {
  const help = command.createHelp();
  const [, placeholder] = /[<[](.*?)(?:\.\.\.)?[>\]]$/.exec(option.flags) ?? [];
  return {
    term: help.optionTerm(option),
    names: [option.short, option.long].filter((name) => name !== undefined),
    description: help.optionDescription(option),
    expected: placeholder === undefined ? null : expectedOf(command, placeholder, option.argChoices),
  };
}

function expectedOf(
  command: CommandUnknownOpts,
  placeholder: string,
  choices: readonly string[] | undefined,
): Expected {
  const expected = choices ?? PLACEHOLDERS[placeholder.split('-').at(-1) ?? ''];
  if (expected === undefined)
    throw new Error(`\`${command.name()}\`: add <${placeholder}> to the placeholders of ${import.meta.url}`);
  return expected;
}
