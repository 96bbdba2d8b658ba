import { beforeAll, describe, expect, test } from 'vitest';
import { program } from '../../src/cli/program.ts';
import { tableOf, type CommandTable } from '../../src/completion/commandTable.ts';
import { completeWords, type Completion, type Given } from '../../src/completion/completeWords.ts';

let falloutd: CommandTable;
beforeAll(async () => {
  falloutd = tableOf(await program(['help']));
});

/** Completes a line as it stands before the cursor; what is recorded shows what was asked for. */
async function completed(line: string): Promise<Completion> {
  return completeWords(falloutd, line.split(' ').slice(1), (kind, typed, given) =>
    Promise.resolve([{ word: `${typed}…${kind}`, about: given.target ?? '' }]),
  );
}

async function words(line: string): Promise<string[]> {
  const completion = await completed(line);
  if (completion.kind !== 'words') throw new Error(`${line}: ${completion.kind}`);
  return completion.words.map(({ word }) => word);
}

test.each([
  ['falloutd pa', ['pause', 'patch']],
  ['falloutd help bu', ['build', 'builds']],
  ['falloutd kconfig def', ['defconfig']],
  ['falloutd nothing ', []],
  ['falloutd completion ', ['bash', 'zsh', 'fish']],
  ['falloutd status --j', ['--json']],
  ['falloutd status --json --j', []],
  ['falloutd status --json --', ['--follow', '--help', '--version', '--config', '--target', '--state']],
  ['falloutd lost ', ['--no-remedies', '--json', '--help', '--version', '--config', '--target', '--state']],
  ['falloutd lost -- ', []],
  ['falloutd undo -- 1', ['1…run']],
  ['falloutd undo 1 2', []],
  ['falloutd show 4', ['4…iteration']],
  ['falloutd show --build 4', ['4…build']],
  ['falloutd show --build=4', ['--build=4…build']],
  ['falloutd diff 1 2', ['2…iteration']],
  ['falloutd diff 1 2 3', []],
  ['falloutd kconfig explain A B C', ['C…symbol']],
  ['falloutd --target x', ['x…target']],
  ['falloutd --target=x', ['--target=x…target']],
  ['falloutd --target --config sta', ['status']],
  ['falloutd history --limit ', []],
  ['falloutd status --json=x', []],
])('%s', async (line, expected) => {
  expect(await words(line)).toEqual(expected);
});

test.each([
  ['falloutd --config ', 'files'],
  ['falloutd kconfig olddefconfig --config=x', 'files'],
  ['falloutd read x', 'files'],
  ['falloutd kconfig diff a b', 'files'],
  ['falloutd demo --create ', 'folders'],
])('%s: %s', async (line, kind) => {
  expect(await completed(line)).toEqual({ kind });
});

test('every command and every option of it is offered, with what it is', async () => {
  const visit = async (command: CommandTable, line: string): Promise<void> => {
    expect(await words(`${line} -`)).toEqual(expect.arrayContaining(command.options.map(({ names }) => names.at(-1))));
    if (command.commands.length > 0) expect(await words(`${line} `)).toEqual(command.commands.map(({ name }) => name));
    for (const each of command.commands) {
      expect(each.description).not.toBe('');
      if (each.name !== 'help') await visit(each, `${line} ${each.name}`);
    }
  };
  await visit(falloutd, 'falloutd');
});

describe('what the rest of the line says', () => {
  test.each<[string, Given]>([
    ['falloutd --target a show ', { command: 'show', target: 'a' }],
    ['falloutd show --target=a --state s ', { command: 'show', target: 'a', state: 's' }],
    ['falloutd kconfig explain --config .config ', { command: 'kconfig', config: '.config' }],
  ])('%s', async (line, expected) => {
    const asked: Given[] = [];
    await completeWords(falloutd, line.split(' ').slice(1), (_kind, _typed, given) => {
      asked.push(given);
      return Promise.resolve([]);
    });
    expect(asked).toEqual([expected]);
  });
});

test('a placeholder that nobody explained stops the build', async () => {
  const own = await program(['help']);
  own.command('new').option('--what <thing>');
  expect(() => tableOf(own)).toThrow('`new`: add <thing> to the placeholders of');
});
