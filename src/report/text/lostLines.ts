import { askerName, isOfWish } from '../../model/asker.ts';
import type { Wish } from '../../model/fallout.ts';
import type { LostRemedy } from '../../model/remedy.ts';
import type { Lost } from '../../model/run.ts';
import { byPlace } from '../data/lostOfTarget.ts';
import { byRoot, type RootGroup } from '../data/byRoot.ts';
import type { LostOfTarget } from '../data/documentSchemas.ts';
import { clean, hanging, type Style } from './style.ts';
import { listing } from './table.ts';
import { askedBy, inNix, lostCount, placeText, rootText, wantedGot, why } from './falloutText.ts';
import { firstOf } from '../../system/someOf.ts';
import { isShort, remedyText } from './remedyLines.ts';
import { parts } from './sentenceParts.ts';
import { shortPath } from '../../system/shortPath.ts';

/** Each target's wishes in their order, grouped by asker and file. */
export function lostLines(all: readonly LostOfTarget[], style: Style): string[] {
  return all.flatMap((each, i) => [
    ...(i === 0 ? [] : ['']),
    ...hanging('', `${each.target}, run ${each.run}: ${lostCount(each)}`, style.width).map((line) =>
      style.colors.bold(line),
    ),
    ...helpLines(each, style),
    ...missLines(each, style, bestRemedies(each.remedies ?? [])),
  ]);
}

const MOST_HELPING = 3;
const MOST_PARENTS = 5;
const MOST_TAKEN = 2;

/** What helps most: the ways that give several wishes, and what most wishes wait for. */
function helpLines({ remedies = [], parents, notSearched = 0 }: LostOfTarget, style: Style): string[] {
  const several = remedies.filter(({ gives }) => gives.length > 1).slice(0, MOST_HELPING);
  const helping = several.map((each) => `${remedyText(each)} gives ${each.gives.length}`);
  const waited = parents.slice(0, MOST_PARENTS).map(({ symbol, waiting }) => `${symbol} ${waiting}`);
  return [
    ...(helping.length === 0 ? [] : hanging('  most helps: ', helping.join('; '), style.width)),
    ...(waited.length === 0 ? [] : hanging('  most wait for: ', waited.join(', '), style.width)),
    ...(remedies.every(isShort) ? [] : ['  (`falloutd want SYMBOL=VALUE` lists a remedy whole)']),
    ...(notSearched === 0 ? [] : [`  (no remedy was looked for ${notSearched} of them; \`falloutd want\` does)`]),
  ];
}

/** For each symbol the way that overrides the fewest wishes, and then the shortest. */
function bestRemedies(remedies: readonly LostRemedy[]): Remedies {
  const weight = ({ overrides, settings }: LostRemedy): number =>
    overrides.filter(isOfWish).length * 100 + settings.length;
  const best = new Map<string, LostRemedy>();
  for (const remedy of remedies)
    for (const symbol of remedy.gives) {
      const before = best.get(symbol);
      if (before === undefined || weight(remedy) < weight(before)) best.set(symbol, remedy);
    }
  return best;
}

type Remedies = ReadonlyMap<string, LostRemedy>;

/** `→ SND_OXYGEN = no`, with what it overrides, which `pursue` leaves alone: a wish, or what nixpkgs insists on. */
function arrow(symbol: string, remedies: Remedies): string {
  const remedy = remedies.get(symbol);
  if (remedy === undefined) return '';
  return parts(' ', `→ ${remedyText(remedy)}`, overText(remedy));
}

function overText({ overrides }: LostRemedy): string {
  const place = placeText(overrides.find(isOfWish)?.position ?? null);
  if (place !== '') return `(over yours at ${place})`;
  const firm = overrides.filter((each) => each.by?.kind === 'nixpkgs' && each.optional !== true);
  const names = firm.map(({ symbol, value }) => `${symbol} = ${inNix(value ?? 'unset')}`);
  return names.length === 0 ? '' : `(takes away ${firstOf(names, MOST_TAKEN)}, which nixpkgs asks for, not optional)`;
}

/**
 * What is lost: first what one setting takes away from several wishes, then the others by asker and file; and the names that are
 * unknown.
 */
export function missLines(
  { lost, lostDefaults = [], unknownNames = [] }: Lost,
  style: Style,
  remedies: Remedies = new Map(),
): string[] {
  const { groups: shared, single } = byRoot([...lost.toSorted(byPlace), ...lostDefaults]);
  return [
    ...shared.flatMap((group) => rootLines(group, style, remedies)),
    ...groups(single).flatMap((group) => groupLines(group, style, remedies)),
    ...unknownLines(unknownNames, style),
  ];
}

/** The setting that several wishes are lost for, and below it the wishes. */
function rootLines({ root, wishes }: RootGroup, style: Style, remedies: Remedies): string[] {
  const items = wishes.map((wish) => ({
    cells: [
      { text: askedBy(wish.position === null ? wish.by : null, wish.position), paint: style.colors.dim },
      { text: wish.symbol, paint: style.colors.yellow },
      { text: wantedGot(wish) },
    ],
    text: arrow(wish.symbol, remedies),
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

function groupLines(group: readonly Wish[], style: Style, remedies: Remedies): string[] {
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
      arrow(wish.symbol, remedies),
    ),
  }));
  return [clean(`  ${askerName(first.by)}${file}`), ...listing(items, style.width - 4).map((line) => `    ${line}`)];
}
