import { readFile } from 'node:fs/promises';
import { bindingLocator, locateBinding, type Locator } from './locateBinding.ts';
import type { Fallout, Wish } from '../model/fallout.ts';
import type { Position } from '../model/intent.ts';

/**
 * Finds the user's line for what Nix gave no position for (`mapAttrs`, `genAttrs`): in the patches file, then in the
 * other files that the evaluation read.
 */
export async function withPositions<T extends Fallout | Wish>(
  items: readonly T[],
  files: readonly string[],
): Promise<T[]> {
  if (!items.some((item) => item.position == null && item.by?.kind === 'patch')) return [...items];
  const texts = await Promise.all(
    files
      .filter((file) => file.endsWith('.nix'))
      .map(async (file) => {
        const text = await readFile(file, 'utf8').catch(() => '');
        let locator: Locator | undefined;
        return { file, text, locate: (...where: Parameters<Locator>) => (locator ??= bindingLocator(text))(...where) };
      }),
  );
  return items.map((item) => {
    if (item.position != null || item.by?.kind !== 'patch') return item;
    for (const { file, text, locate } of texts) {
      const place = text.includes(item.symbol) ? locate(item.by.name, item.symbol) : null;
      if (place !== null) return { ...item, position: { file, ...place } };
    }
    return item;
  });
}

/** The first of the user's lines that binds a symbol, in the order of the files. */
export async function locateSymbol(symbol: string, files: readonly string[]): Promise<Position | null> {
  for (const file of files.filter((name) => name.endsWith('.nix'))) {
    const place = locateBinding(await readFile(file, 'utf8').catch(() => ''), null, symbol);
    if (place !== null) return { file, ...place };
  }
  return null;
}
