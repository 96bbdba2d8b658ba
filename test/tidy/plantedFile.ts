/** A patches.nix with wishes, among which lie settings that change nothing, made by a seed. */
import type { NeedlessReason } from '../../src/model/tidy.ts';
import { generator } from '../helpers/plannedFiles.ts';
import { listText, MANAGED, patchText } from '../helpers/patchesText.ts';

export type Planted = { symbol: string; patch: string; reason: NeedlessReason['kind'] };

export type PlantedFile = { text: string; planted: Planted[]; wishes: number };

type Setting = { symbol: string; value: string };

const OTHER: Readonly<Record<string, string>> = { yes: 'no', no: 'yes', module: 'no' };
const MOST_OF_A_KIND = 4;

/**
 * @param drawn the wishes.
 * @param defined the names that the kernel has.
 * @param free symbols that nobody asks for.
 * @param asked what nixpkgs asks for.
 * @param members the members of choices: of those that are asked for, the last stays, so that a line that says the same counts.
 */
export function plantedFile(
  seed: number,
  {
    drawn,
    defined,
    free,
    asked,
    members,
  }: {
    drawn: readonly Setting[];
    defined: ReadonlySet<string>;
    free: readonly string[];
    asked: readonly Setting[];
    members: ReadonlySet<string>;
  },
): PlantedFile {
  const random = generator(seed * 7919 + 13);
  const below = (n: number): number => Math.floor(random() * n);
  const wishes = [...new Map(drawn.map((wish) => [wish.symbol, wish])).values()];
  const names = new Set([...wishes, ...asked].map(({ symbol }) => symbol));
  const unclaimed = free.filter((symbol) => !names.has(symbol));
  const patches: Record<string, Setting[]> = { hardware: [], desktop: [], 'old-fallout': [] };
  const planted: Planted[] = [];
  const add = (patch: string, setting: Setting): void => void patches[patch]?.push(setting);
  const plant = (patch: string, setting: Setting, reason: Planted['reason']): void => {
    add(patch, setting);
    planted.push({ symbol: setting.symbol, patch, reason: defined.has(setting.symbol) ? reason : 'unknown-name' });
  };
  const take = (from: string[]): string[] =>
    Array.from(
      { length: Math.min(from.length, 1 + below(MOST_OF_A_KIND)) },
      () => from.splice(below(from.length), 1)[0] ?? '',
    );

  for (const { symbol, value } of wishes) {
    const isPlain = OTHER[value] !== undefined;
    const kind = isPlain && !asked.some((each) => each.symbol === symbol) ? below(8) : 7;
    if (kind === 0) {
      plant('hardware', { symbol, value }, 'doubled');
      add('desktop', { symbol, value });
    } else if (kind === 1) {
      plant('hardware', { symbol, value: OTHER[value] ?? value }, 'doubled');
      add('desktop', { symbol, value: `lib.mkForce ${value}` });
    } else if (kind === 2) plant('hardware', { symbol, value: `lib.mkForce ${value}` }, 'idle-force');
    else add(below(2) === 0 ? 'hardware' : 'desktop', { symbol, value: isPlain ? value : `lib.mkForce (${value})` });
  }
  for (const symbol of take(unclaimed)) plant('old-fallout', { symbol, value: 'lib.mkForce unset' }, 'fallout-line');
  const defaults = asked.filter(({ symbol }) => !members.has(symbol) && !wishes.some((wish) => wish.symbol === symbol));
  for (const symbol of take(defaults.map((each) => each.symbol))) {
    const value = defaults.find((each) => each.symbol === symbol)?.value ?? 'yes';
    plant('old-fallout', { symbol, value: `lib.mkForce (option (${value}))` }, 'fallout-line');
  }
  for (const symbol of take([...unclaimed]))
    plant(
      'desktop',
      { symbol: `${symbol}_GONE`, value: ['yes', 'no', 'lib.mkForce module'][below(3)] ?? 'no' },
      'unknown-name',
    );
  const elements = Object.entries(patches).map(([name, settings]) =>
    patchText(name, settings.map(({ symbol, value }) => `"${symbol}" = ${value};`).join('\n')),
  );
  return { text: listText([...elements, MANAGED]), planted, wishes: wishes.length };
}
