import type { CommandTable, Expected, OptionTable } from './commandTable.ts';

/** A word that may stand at the cursor, and what it is, in a few words. */
export type Candidate = { word: string; about: string };

/** What the shell offers: these words, or names of files, which it knows best; after `--option=` where that stands before the cursor. */
export type Completion = { kind: 'words'; words: Candidate[] } | { kind: 'files' } | { kind: 'folders' };

/** The kinds whose words are recorded in the history or the configuration. */
export type Recorded = Extract<Expected, 'target' | 'run' | 'iteration' | 'build' | 'symbol' | 'setting'>;

/** What of the command line decides where recorded words are found. */
export type Given = { command: string; config?: string; state?: string; target?: string };

/** Gives the recorded words of a kind that begin with `typed`. */
export type Records = (kind: Recorded, typed: string, given: Given) => Promise<Candidate[]>;

const NOTHING: Completion = { kind: 'words', words: [] };

/**
 * Completes a command line.
 * @param words the words after `falloutd` up to the cursor; the last is the one to complete, and may be empty.
 */
export async function completeWords(
  falloutd: CommandTable,
  words: readonly string[],
  records: Records,
): Promise<Completion> {
  const typed = words.at(-1) ?? '';
  const line = readLine(falloutd, words.slice(0, -1));
  if (line === null) return NOTHING;
  const { path, awaited, onlyArguments, seen } = line;
  const command = path.at(-1) ?? falloutd;
  const given: Given = { ...line.given, command: path[1]?.name ?? '' };
  const answer = (expected: Expected, text: string, prefix: string): Promise<Completion> =>
    completeExpected(expected, { text, prefix, falloutd, given, records });

  if (awaited !== null) return answer(awaited, typed, '');
  const [, name = '', value] = /^(--[^=]+)=(.*)$/s.exec(typed) ?? [];
  if (!onlyArguments && value !== undefined) {
    const expected = optionNamed(path, name)?.expected ?? null;
    return expected === null ? NOTHING : answer(expected, value, `${name}=`);
  }
  const options = (): Completion => beginningWith(typed, path.toReversed().flatMap(optionsAsWords(seen)));
  if (!onlyArguments && typed.startsWith('-')) return options();
  if (command.commands.length > 0) return beginningWith(typed, command.commands.map(commandAsWord));
  const argument = command.arguments[line.arguments] ?? command.arguments.findLast(({ variadic }) => variadic);
  if (argument !== undefined) return answer(argument.expected, typed, '');
  return typed === '' && !onlyArguments ? options() : NOTHING;
}

/** What the words before the cursor come to. */
type Line = {
  /** The command called, after those above it. */
  path: CommandTable[];
  /** What the last option waits for. */
  awaited: Expected | null;
  /** `--` ends the options. */
  onlyArguments: boolean;
  arguments: number;
  seen: Set<OptionTable>;
  given: Omit<Given, 'command'>;
};

/** @returns null where a word names no command. */
function readLine(falloutd: CommandTable, words: readonly string[]): Line | null {
  const line: Line = {
    path: [falloutd],
    awaited: null,
    onlyArguments: false,
    arguments: 0,
    seen: new Set(),
    given: {},
  };
  let waiting = '';
  const give = (name: string, value: string): void => {
    if (name === '--config' || name === '--state' || name === '--target')
      line.given[name.slice(2) as 'config' | 'state' | 'target'] = value;
  };
  for (const word of words) {
    if (line.awaited !== null) {
      give(waiting, word);
      line.awaited = null;
    } else if (word === '--') line.onlyArguments = true;
    else if (!line.onlyArguments && word.startsWith('-')) {
      const [name = '', value] = word.split(/=(.*)/s);
      const option = optionNamed(line.path, name);
      if (option !== undefined) line.seen.add(option);
      if (value !== undefined) give(name, value);
      else {
        line.awaited = option?.expected ?? null;
        waiting = name;
      }
    } else {
      const commands = line.path.at(-1)?.commands ?? [];
      const command = commands.find(({ name }) => name === word);
      if (command !== undefined) line.path.push(command);
      else if (commands.length > 0) return null;
      else line.arguments++;
    }
  }
  return line;
}

const optionNamed = (path: readonly CommandTable[], name: string): OptionTable | undefined =>
  path.flatMap(({ options }) => options).findLast(({ names }) => names.includes(name));

const commandAsWord = ({ name, description }: CommandTable): Candidate => ({ word: name, about: description });

/** Those of a command that are not there yet, by their long names. */
const optionsAsWords =
  (seen: ReadonlySet<OptionTable>) =>
  ({ options }: CommandTable): Candidate[] =>
    options
      .filter((option) => !seen.has(option))
      .map(({ names, description }) => ({ word: names.at(-1) ?? '', about: description }));

async function completeExpected(
  expected: Expected,
  it: { text: string; prefix: string; falloutd: CommandTable; given: Given; records: Records },
): Promise<Completion> {
  const { text, prefix } = it;
  if (expected === 'file') return { kind: 'files' };
  if (expected === 'folder') return { kind: 'folders' };
  if (expected === 'free') return NOTHING;
  const found =
    typeof expected !== 'string'
      ? expected.map((word) => ({ word, about: '' }))
      : expected === 'command'
        ? it.falloutd.commands.map(commandAsWord)
        : await it.records(expected, text, it.given);
  return beginningWith(
    `${prefix}${text}`,
    found.map(({ word, about }) => ({ word: `${prefix}${word}`, about })),
  );
}

/** Without a word twice: `--help` is an option of every command. */
function beginningWith(typed: string, words: readonly Candidate[]): Completion {
  const found = new Map<string, Candidate>();
  for (const each of words) if (each.word.startsWith(typed) && !found.has(each.word)) found.set(each.word, each);
  return { kind: 'words', words: [...found.values()] };
}
