import { readFile } from 'node:fs/promises';
import { bindingLocator, locateBinding, type Locator } from './locateBinding.ts';
import type { Fallout, Wish } from '../model/fallout.ts';
import type { Position } from '../model/intent.ts';

/**
 * Finds the user's line for what Nix gave no position for (`mapAttrs`, `genAttrs`): in the patch that asks, in whichever
 * file it stands; else outside of the other patches, the patches file first. An entry of falloutd's own is no such line.
 */
export async function withPositions<T extends Pick<Wish, 'symbol'> & Pick<Fallout, 'by' | 'position'>>(
  items: readonly T[],
  files: readonly string[],
): Promise<T[]> {
  const lacksPlace = ({ by, position }: T): boolean => position == null && by !== null && by.kind !== 'nixpkgs';
  if (!items.some(lacksPlace)) return [...items];
  const texts = await Promise.all(
    files
      .filter((file) => file.endsWith('.nix'))
      .map(async (file) => {
        const text = await readFile(file, 'utf8').catch(() => '');
        let locator: Locator | undefined;
        return { file, text, locator: () => (locator ??= bindingLocator(text)) };
      }),
  );
  return items.map((item) => {
    if (!lacksPlace(item)) return item;
    const name = item.by?.kind === 'patch' ? item.by.name : null;
    const holding = texts.filter(({ text }) => text.includes(item.symbol));
    for (const where of ['inPatch', 'outside'] as const) {
      for (const { file, locator } of holding) {
        const place =
          where === 'outside' ? locator().outside(name, item.symbol) : name && locator().inPatch(name, item.symbol);
        if (place) return { ...item, position: { file, ...place } };
      }
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
