/** Ways to a value that a symbol does not have, in words. */
import { causeText } from '../../fallout/causeText.ts';
import { listText } from '../../kconfig/explain/conditionText.ts';
import type { FoundRemedies, Overridden, Remedy, WantedValue } from '../../model/remedy.ts';
import { isOfWish, isWish } from '../../model/asker.ts';
import { firstOf } from '../../system/someOf.ts';
import { inNix, placeText, shownValue } from './falloutText.ts';
import { plural } from './sentenceParts.ts';
import { hanging, type Style } from './style.ts';
import { listing } from './table.ts';

type Shown = {
  /** Whether all of what else changes is listed. */
  all: boolean;
};

/** So many wishes are repeated above the ways. */
const MOST_WANTED = 6;

/** What was wanted, and below it each way with what it changes. */
export function remedyLines(
  { wanted, outcome, alternatives, blockedBy = [], culprits = [] }: FoundRemedies,
  subject: string,
  { all }: Shown,
  style: Style,
): string[] {
  const what = firstOf(wanted.map(wantedText), MOST_WANTED);
  const isAll = culprits.length === 0 || culprits.length === wanted.length;
  const pronoun = wanted.length === 1 ? 'it' : 'them';
  const head = (text: string): string[] =>
    hanging('', `${subject}: ${what}: ${text}`, style.width).map((line) => style.colors.bold(line));
  switch (outcome) {
    case 'holds':
      return head(wanted.length === 1 ? 'it is so already' : 'all of it is so already');
    case 'blocked': {
      const which = isAll ? pronoun : listed(culprits, 'or');
      return [...head(`no settings give ${which}`), ...blockedBy.flatMap((each) => blockerLines(each, style))];
    }
    case 'excluded':
      return [
        ...head(`${isAll ? 'these' : listed(culprits, 'and')} exclude each other`),
        ...blockedBy.flatMap((each) => blockerLines(each, style)),
      ];
    case 'not-found':
      return head(`no settings were found that give ${isAll ? pronoun : listed(culprits, 'and')}`);
    case 'found':
      return [
        ...head(alternatives.length === 1 ? 'this gives it' : `each of these ${alternatives.length} ways gives it`),
        ...alternatives.flatMap((remedy, at) => [
          ...(alternatives.length === 1 ? [] : [`  ${at + 1}.`]),
          ...alternativeLines(remedy, all, style),
        ]),
      ];
  }
}

const listed = (values: readonly WantedValue[], word: 'and' | 'or'): string =>
  listText(values.map(wantedText), word, { most: Infinity });

const wantedText = ({ symbol, value }: WantedValue): string => `${symbol} = ${shownValue(value)}`;

function blockerLines(
  { symbol, value, cause, given = [] }: NonNullable<FoundRemedies['blockedBy']>[number],
  style: Style,
): string[] {
  const beside = given.length === 0 ? '' : ` with ${listed(given, 'and')}`;
  const why = cause === null ? '' : `: ${causeText(cause)}`;
  return hanging('  ', `${symbol} cannot be ${shownValue(value)}${beside}${why}`, style.width);
}

function alternativeLines({ settings, nix, overrides, alsoChanges }: Remedy, all: boolean, style: Style): string[] {
  const given = new Map(overrides.map((each) => [each.symbol, each]));
  const items = nix.map((text, at) => {
    const gone = given.get(settings[at]?.symbol ?? '');
    return {
      cells: [{ text, paint: style.colors.green }],
      text: gone === undefined ? '' : `# ${overriddenText(gone)}`,
    };
  });
  return [
    ...listing(items, style.width - 4).map((line) => `    ${line}`),
    ...takenLines(
      overrides.filter(({ symbol }) => !settings.some((setting) => setting.symbol === symbol)),
      style,
    ),
    ...alsoLines(alsoChanges, style),
    ...(all ? changeLines(alsoChanges, style) : []),
  ];
}

/** `overrides your wish n at patches.nix:12`, `overrides nixpkgs' y`. */
function overriddenText({ value, by, position }: Overridden): string {
  const was = value === null ? 'unset' : shownValue(value);
  if (by === null) return `was ${was}`;
  return isWish({ by, position }) ? `overrides your wish ${was}${atText({ position })}` : `overrides nixpkgs' ${was}`;
}

function atText({ position }: Pick<Overridden, 'position'>): string {
  const place = placeText(position);
  return place === '' ? '' : ` at ${place}`;
}

/** What else is taken away from those who ask for it: each wish, and what nixpkgs insists on. */
function takenLines(taken: readonly Overridden[], style: Style): string[] {
  const wishes = taken.filter(isOfWish);
  const firm = taken.filter((each) => !isOfWish(each) && each.optional !== true);
  const told = [
    ...wishes.map((wish) => `${askedText(wish)}, your wish${atText(wish)}`),
    ...(firm.length === 0 ? [] : [`${firstOf(firm.map(askedText))}, which nixpkgs asks for`]),
  ];
  return told.flatMap((text) => hanging('    ', `takes away ${text}`, style.width));
}

const askedText = ({ symbol, value }: Overridden): string =>
  `${symbol} = ${value === null ? 'unset' : shownValue(value)}`;

type Change = Remedy['alsoChanges'][number];

/** The two outermost menus say enough. */
const menuOf = ({ menu }: Change): string => menu.split(' › ').slice(0, 2).join(' › ') || 'the top menu';

const MOST_MENUS = 3;
const MOST_NAMES = 3;

/** `also changes 12 options`, and below it how many of each menu, with the first names. */
function alsoLines(changes: readonly Change[], style: Style): string[] {
  if (changes.length === 0) return ['    and changes nothing else'];
  const byMenu = new Map<string, Change[]>();
  for (const change of changes) byMenu.set(menuOf(change), [...(byMenu.get(menuOf(change)) ?? []), change]);
  const groups = [...byMenu].sort(([, a], [, b]) => b.length - a.length);
  const rest = groups.slice(MOST_MENUS).reduce((sum, [, own]) => sum + own.length, 0);
  return [
    `    also changes ${plural(changes.length, 'option')}:`,
    ...groups.slice(0, MOST_MENUS).flatMap(([menu, own]) => {
      const names = firstOf(
        own.map(({ symbol }) => symbol),
        MOST_NAMES,
      );
      return hanging('      ', `${own.length} in ${menu} (${names})`, style.width);
    }),
    ...(rest === 0 ? [] : [`      ${rest} in other menus`]),
  ];
}

function changeLines(changes: readonly Change[], style: Style): string[] {
  const items = changes.map((change) => ({
    cells: [{ text: change.symbol }, { text: `${shown(change.from)} -> ${shown(change.to)}` }],
    text: change.menu,
  }));
  return listing(items, style.width - 6).map((line) => `      ${line}`);
}

const shown = (value: string | null): string => (value === null ? 'n' : shownValue(value));

const MOST_SETTINGS = 4;

/** Whether one line names all settings of a way. */
export const isShort = ({ settings }: Remedy): boolean => settings.length <= MOST_SETTINGS;

/** The way in one line: `SND_SE6X = no, SND_OXYGEN = no`; of a long one the first settings. */
export const remedyText = ({ settings }: Remedy): string =>
  firstOf(
    settings.map(({ symbol, value }) => `${symbol} = ${inNix(value)}`),
    MOST_SETTINGS,
  );
