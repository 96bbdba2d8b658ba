/** What an option of another kernel is called in this one: the option that has its prompt here. */
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Kconfig } from '../kconfig/index.ts';
import { ifSeen } from '../system/ifSeen.ts';
import { readableText } from '../system/wholeFile.ts';
import { PROMPTS, promptsBeside } from './keptFacts.ts';

/** Prompts by name, of the symbols that have one. */
export type Prompts = ReadonlyMap<string, string>;

export function promptsOf({ symbols }: Kconfig): Prompts {
  return new Map(
    symbols.flatMap(({ name, constant, menus }): [string, string][] => {
      const prompt = menus.find((menu) => menu.prompt !== null)?.prompt?.text;
      return name === null || constant || prompt === undefined || prompt === null ? [] : [[name, prompt]];
    }),
  );
}

/** The text of a file of prompts: a line for each, `NAME`, a tab and the prompt. */
export const promptsText = (prompts: Prompts): string =>
  [...prompts].map(([name, prompt]) => `${name}\t${prompt.replace(/\s+/g, ' ')}\n`).join('');

export const readPrompts = (text: string): Prompts =>
  new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const tab = line.indexOf('\t');
      return tab < 0 ? [] : [[line.slice(0, tab), line.slice(tab + 1)]];
    }),
  );

/** More share a prompt only where it says nothing (`Driver debug`). */
export const MOST_SUCCESSORS = 3;

/**
 * The symbols of this kernel that took over from `name`: they have the prompt that it has in another kernel, which lacks them.
 * Empty where no other kernel says so.
 */
export function successorsOf(name: string, own: Prompts, others: readonly Prompts[]): string[] {
  for (const other of others) {
    const prompt = other.get(name);
    // One word, as `lzo`, says too little.
    if (prompt === undefined || !prompt.includes(' ')) continue;
    const found = [...own].filter(([symbol, text]) => text === prompt && !other.has(symbol)).map(([symbol]) => symbol);
    if (found.length > 0 && found.length <= MOST_SUCCESSORS) return found;
  }
  return [];
}

/** The prompts of the other kernels whose facts are kept in the same folder. */
export function promptsOfOthers(factsFile: string): Prompts[] {
  const folder = dirname(factsFile);
  const own = basename(promptsBeside(factsFile));
  const names = ifSeen(() => readdirSync(folder)) ?? [];
  return names
    .filter((name) => name.endsWith(PROMPTS) && name !== own)
    .map((name) => readPrompts(readableText(join(folder, name)) ?? ''));
}
