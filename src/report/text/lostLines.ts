import { askerName } from '../../model/asker.ts';
import type { Wish } from '../../model/fallout.ts';
import type { Lost } from '../../model/run.ts';
import { byPlace } from '../data/lostOfTarget.ts';
import { byRoot, type RootGroup } from '../data/byRoot.ts';
import type { LostOfTarget } from '../data/documentSchemas.ts';
import { clean, hanging, type Style } from './style.ts';
import { listing } from './table.ts';
import { askedBy, lostCount, rootText, wantedGot, why } from './falloutText.ts';
import { parts } from './sentenceParts.ts';
import { shortPath } from '../../system/shortPath.ts';

/** Each target's wishes in their order, grouped by asker and file. */
export function lostLines(all: readonly LostOfTarget[], style: Style): string[] {
  return all.flatMap((each, i) => [
    ...(i === 0 ? [] : ['']),
    ...hanging('', `${each.target}, run ${each.run}: ${lostCount(each)}`, style.width).map((line) =>
      style.colors.bold(line),
    ),
    ...missLines(each, style),
  ]);
}

/**
 * What is lost: first what one setting takes away from several wishes, then the others by asker and file; and the names that are
 * unknown.
 */
export function missLines({ lost, lostDefaults = [], unknownNames = [] }: Lost, style: Style): string[] {
  const { groups: shared, single } = byRoot([...lost.toSorted(byPlace), ...lostDefaults]);
  return [
    ...shared.flatMap((group) => rootLines(group, style)),
    ...groups(single).flatMap((group) => groupLines(group, style)),
    ...unknownLines(unknownNames, style),
  ];
}

/** The setting that several wishes are lost for, and below it the wishes. */
function rootLines({ root, wishes }: RootGroup, style: Style): string[] {
  const items = wishes.map((wish) => ({
    cells: [
      { text: askedBy(wish.position === null ? wish.by : null, wish.position), paint: style.colors.dim },
      { text: wish.symbol, paint: style.colors.yellow },
      { text: wantedGot(wish) },
    ],
    text: '',
  }));
  const head = `because ${rootText(root)}, ${wishes.length} not honoured:`;
  return [...hanging('  ', head, style.width), ...listing(items, style.width - 4).map((line) => `    ${line}`)];
}

function groups(wishes: readonly Wish[]): Wish[][] {
  const byAsker = new Map<string, Wish[]>();
  for (const wish of wishes) {
    const key = JSON.stringify([wish.by, wish.position?.file ?? null]);
    byAsker.set(key, [...(byAsker.get(key) ?? []), wish]);
  }
  return [...byAsker.values()];
}

function unknownLines(names: readonly Wish[], style: Style): string[] {
  const head = names.length === 0 ? [] : ['  names that this kernel does not know, and that are off as asked'];
  const items = names.map((wish) => ({
    cells: [
      { text: askedBy(wish.by, wish.position), paint: style.colors.dim },
      { text: wish.symbol, paint: style.colors.yellow },
    ],
    text: why(wish),
  }));
  return [...head, ...listing(items, style.width - 4).map((line) => `    ${line}`)];
}

function groupLines(group: readonly Wish[], style: Style): string[] {
  const [first] = group;
  if (first === undefined) return [];
  const file = first.position == null ? '' : `, ${shortPath(first.position.file)}`;
  const items = group.map((wish) => ({
    cells: [
      { text: wish.position == null ? '' : String(wish.position.line).padStart(5), paint: style.colors.dim },
      { text: wish.symbol, paint: wish.kind === 'unknown' ? style.colors.red : style.colors.yellow },
      { text: wantedGot(wish) },
    ].filter((cell) => cell.text !== ''),
    text: parts(
      '; ',
      wish.kind === 'unknown' && wish.cause === undefined ? 'this kernel does not know it' : '',
      why(wish),
    ),
  }));
  return [clean(`  ${askerName(first.by)}${file}`), ...listing(items, style.width - 4).map((line) => `    ${line}`)];
}
