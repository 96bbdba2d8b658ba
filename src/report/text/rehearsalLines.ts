/** What another kernel does to a host, for a person: first what hurts most. */
import type { Missed } from '../../model/run.ts';
import type { Rehearsal, Replacement } from '../../model/rehearsal.ts';
import { byPlace } from '../data/lostOfTarget.ts';
import { inNix, placeText, shownValue, wantedGot, why } from './falloutText.ts';
import { isFatal, missLines } from './preflightLines.ts';
import { problemLines } from './problemLines.ts';
import { parts, plural } from './sentenceParts.ts';
import { valueCell } from './sideEffectLines.ts';
import { hanging, type Style } from './style.ts';
import { listing, type Item } from './table.ts';

/** So many of each group are shown, unless all are asked for. */
const MOST_SHOWN = 12;

type Showing = { all: boolean };

/** The whole answer. */
export function rehearsalLines(rehearsal: Rehearsal, { all }: Showing, style: Style): string[] {
  const groups = [
    needs(rehearsal, style),
    lostWishes(rehearsal, style),
    goneOptions(rehearsal, style),
    entries(rehearsal, style),
    changedValues(rehearsal, style),
    newQuestions(rehearsal, all, style),
    gainedWishes(rehearsal, style),
  ].filter(({ count }) => count > 0);
  const isCut = !all && [...groups.map(({ count }) => count), rehearsal.questions.length].some((n) => n > MOST_SHOWN);
  return [
    ...headLines(rehearsal, style),
    ...verifiedLines(rehearsal, style),
    ...groups.flatMap((group) => groupLines(group, all ? Infinity : MOST_SHOWN, style)),
    ...(isCut ? ['  `--all` shows all of them'] : []),
  ];
}

function headLines(rehearsal: Rehearsal, style: Style): string[] {
  const { target, next, preflight } = rehearsal;
  const isBad = next.outcome.kind !== 'stable' || rehearsal.lost.length > 0;
  const isFine = rehearsal.gone.length === 0 && (preflight === null || preflight.misses.length === 0);
  const { red, yellow, green, bold } = style.colors;
  const paint = isBad || (preflight !== null && isFatal(preflight)) ? red : isFine ? green : yellow;
  const head = `${target}: ${kernelText(rehearsal)}: ${verdict(rehearsal)}`;
  return [
    ...hanging('', head, style.width).map((line) => paint(bold(line))),
    ...(next.outcome.kind === 'blocked' ? problemLines('  ', next.outcome.problem, style) : []),
  ];
}

function kernelText({ now, next }: Rehearsal): string {
  if (next.kernel === null) return `from kernel ${now.kernel}`;
  return now.kernel === next.kernel ? `kernel ${now.kernel} as now` : `kernel ${now.kernel} -> ${next.kernel}`;
}

function verdict({ next: { outcome }, lost, gone }: Rehearsal): string {
  if (outcome.kind === 'blocked') return 'a run would be blocked';
  if (outcome.kind === 'stalled')
    return `a run would end stalled: no entry is left to try for ${outcome.symbols.join(', ')}`;
  const wishes = lost.length;
  if (wishes === 0 && gone.length === 0) return 'every wish that holds now would hold';
  return parts(
    ', ',
    wishes === 0 ? 'no wish would be lost' : `${wishes} of your wishes would be lost`,
    gone.length === 0
      ? ''
      : gone.length === 1
        ? '1 option you name is gone'
        : `${gone.length} options you name are gone`,
  );
}

/** A head, and the lines of the first items below it. */
type Group = { head: string; count: number; lines: (most: number) => string[] };

function groupLines({ head, count, lines }: Group, most: number, { width }: Style): string[] {
  const more = count - most;
  return [...hanging('  ', head, width), ...lines(most), ...(more > 0 ? [`    and ${more} more`] : [])];
}

/** Items with their cells below each other. */
const listed = (head: string, items: readonly Item[], { width }: Style): Group => ({
  head,
  count: items.length,
  lines: (most) => listing(items.slice(0, most), width - 4).map((line) => `    ${line}`),
});

/** Texts that go on below themselves, behind what each begins with. */
const told = (head: string, texts: readonly (readonly [first: string, text: string])[], { width }: Style): Group => ({
  head,
  count: texts.length,
  lines: (most) => texts.slice(0, most).flatMap(([first, text]) => hanging(`    ${first} `, text, width)),
});

function needs({ preflight }: Rehearsal, { width }: Style): Group {
  const misses = preflight?.misses ?? [];
  return {
    head: 'what the host needs and the other kernel lacks',
    count: misses.length,
    lines: (most) =>
      misses.slice(0, most).flatMap((miss) => missLines(miss, { width: width - 2 }).map((line) => `  ${line}`)),
  };
}

/** Those that are gone have a group of their own. */
function lostWishes({ lost, gone }: Rehearsal, style: Style): Group {
  const names = new Set(gone.map(({ symbol }) => symbol));
  const items = lost
    .filter(({ symbol }) => !names.has(symbol))
    .toSorted(byPlace)
    .map((wish) => ({
      cells: [
        { text: placeText(wish.position), paint: style.colors.dim },
        { text: wish.symbol, paint: style.colors.red },
        { text: wantedGot(wish) },
      ].filter(({ text }) => text !== ''),
      text: why(wish),
    }));
  return listed('wishes that would be lost', items, style);
}

function goneOptions({ gone }: Rehearsal, style: Style): Group {
  const items = gone.map(({ symbol, wanted, position, replacedBy }) => ({
    cells: [
      { text: placeText(position), paint: style.colors.dim },
      { text: `${symbol} = ${wanted === null ? 'unset' : inNix(shownValue(wanted))}`, paint: style.colors.yellow },
    ].filter(({ text }) => text !== ''),
    text: replacedBy === null ? 'nothing is known in its place' : replacementText(replacedBy),
  }));
  return listed('options you name that are gone', items, style);
}

const EVIDENCE = {
  transitional: 'as the kernel says',
  prompt: 'the same prompt',
  module: 'the same module',
  near: 'a name like it',
} as const;

const replacementText = ({ kind, names }: Replacement): string =>
  `${kind === 'near' ? 'perhaps' : 'now'} ${names.join(', ')} (${EVIDENCE[kind]})`;

/** Those last that are told as gone already. */
function entries({ entries: { needed, noLonger }, gone }: Rehearsal, style: Style): Group {
  const names = new Set(gone.map(({ symbol }) => symbol));
  const head = parts(
    '; ',
    needed.length === 0 ? '' : `${plural(needed.length, 'entry', 'entries')} of the managed patch would come or change`,
    noLonger.length === 0 ? '' : `${plural(noLonger.length, 'entry', 'entries')} no longer needed`,
  );
  const texts = [
    ...needed
      .toSorted((a, b) => Number(names.has(a.symbol)) - Number(names.has(b.symbol)))
      .map(({ symbol, to, reason }) => ['+', `${symbol} = ${to ?? ''}  # ${reason}`] as const),
    ...noLonger.map(({ symbol, setting }) => ['-', `${symbol} = ${setting}`] as const),
  ];
  return told(head, texts, style);
}

const changedValues = ({ changed }: Rehearsal, style: Style): Group =>
  listed(
    `${plural(changed.length, 'other value')} would change`,
    changed.map((change) => ({ cells: [valueCell(change, style)], text: innermost(change.menu) })),
    style,
  );

/** The last two of the menus: the others are the same for many options. */
const innermost = (menu: string): string => menu.split(' › ').slice(-2).join(' › ');

/** Few with their prompts; many by menu, the fullest first. */
function newQuestions({ questions }: Rehearsal, all: boolean, style: Style): Group {
  const head = `${plural(questions.length, 'new question')} that nobody answers`;
  const menus = [...new Set(questions.map(({ menu }) => menu))].map((menu) => ({
    menu,
    own: questions.filter((each) => each.menu === menu),
  }));
  if (!all && questions.length > MOST_SHOWN) {
    const fullest = menus.toSorted((a, b) => b.own.length - a.own.length);
    const texts = fullest.map(({ menu, own }) => [String(own.length), `${innermost(menu)}: ${namesOf(own)}`] as const);
    return told(head, texts, style);
  }
  const lines = menus.flatMap(({ menu, own }) => {
    const items = own.map(({ symbol, value, prompt }) => ({
      cells: [{ text: symbol }, { text: value }],
      text: prompt,
    }));
    return [...hanging('    ', menu, style.width), ...listing(items, style.width - 6).map((line) => `      ${line}`)];
  });
  return { head, count: questions.length, lines: () => lines };
}

const namesOf = (questions: Rehearsal['questions']): string =>
  parts(', ', ...questions.slice(0, 3).map(({ symbol }) => symbol), questions.length > 3 ? '…' : '');

function gainedWishes({ gained }: Rehearsal, style: Style): Group {
  const items = gained.toSorted(byPlace).map((wish) => ({
    cells: [
      { text: placeText(wish.position), paint: style.colors.dim },
      { text: wish.symbol, paint: style.colors.green },
    ].filter(({ text }) => text !== ''),
    text: `now ${wantedGot(wish)}`,
  }));
  return listed('wishes that are not honoured now and would be', items, style);
}

function verifiedLines({ verified }: Rehearsal, style: Style): string[] {
  if (verified === null) return [];
  if (verified.kind === 'as-predicted')
    return [style.colors.green('  a config build gives the .config that was predicted')];
  const { outcome, symbols } = verified;
  const what =
    outcome.kind === 'stable' ? 'another .config than was predicted' : `no such .config: a run ends ${outcome.kind}`;
  return [
    ...hanging('  ', `a config build gives ${what}`, style.width).map(style.colors.red),
    ...symbols.slice(0, MOST_SHOWN).flatMap((missed) => hanging('    ', missedText(missed), style.width)),
    ...('problem' in outcome ? problemLines('    ', outcome.problem, style) : []),
  ];
}

const missedText = ({ symbol, predicted, built }: Missed[number]): string =>
  `${symbol}: predicted ${predicted ?? 'none'}, built ${built ?? 'none'}`;
