import type { CommandTable } from '../completion/commandTable.ts';
import { completeWords, type Completion } from '../completion/completeWords.ts';
import { recordedWords } from '../completion/recordedWords.ts';
import { wholeFile } from '../system/wholeFile.ts';

/** Written by `npm run build`, so that no command has to be loaded. */
const TABLE = new URL('../../dist/completion/commands.json', import.meta.url);

/**
 * `falloutd __complete WORD…`, which only the shells' scripts call: what the last word may become. The first line says whether words
 * follow, each with a tab and what it is, or which names of files the shell is to offer. It never fails: who presses Tab has
 * no use for an error.
 */
export async function complete(words: readonly string[]): Promise<void> {
  try {
    const table = JSON.parse(wholeFile(TABLE).toString('utf8')) as CommandTable;
    process.stdout.write(answer(await completeWords(table, words, recordedWords)));
  } catch {
    process.stdout.write(answer({ kind: 'words', words: [] }));
  }
}

function answer(completion: Completion): string {
  if (completion.kind !== 'words') return `${completion.kind}\n`;
  const lines = completion.words.map(({ word, about }) => (about === '' ? word : `${word}\t${about}`));
  return ['words', ...lines].map((line) => `${line}\n`).join('');
}
