/** What wishes changed beyond what they ask for, in words. */
import type { Root } from '../../model/cause.ts';
import type { SideEffect, SideEffects } from '../../model/sideEffects.ts';
import { byRoots } from '../../kernel/valueChanges.ts';
import type { Documents } from '../data/documentSchemas.ts';
import { inNix, placeText } from './falloutText.ts';
import { parts } from './sentenceParts.ts';
import { clean, hanging, type Style } from './style.ts';
import { listing } from './table.ts';

type Counts = Omit<SideEffects, 'groups'>;

/** So many names stand before a number. */
const MOST_NAMES = 2;

/** `32 off (DRM_I915, DEV_DAX, …), 3 on`; empty where nothing changed. */
export function changesText({ off, on, changed, symbols }: Counts): string {
  let named = symbols;
  const counted = (
    [
      ['off', off],
      ['on', on],
      ['changed', changed],
    ] as const
  ).map(([what, n]) => {
    const own = named.slice(0, Math.min(n, MOST_NAMES));
    // Names tell most of what is listed first; behind the other numbers they would only be long.
    if (n > 0) named = [];
    const names = parts(', ', ...own, n > own.length && own.length > 0 ? '…' : '');
    return n === 0 ? '' : `${n} ${what}${names === '' ? '' : ` (${names})`}`;
  });
  return parts(', ', ...counted);
}

/** The same in a sentence; empty where nothing changed, or nothing is known. */
export function beyondText(effects: SideEffects | undefined): string {
  const changes = effects === undefined ? '' : changesText(effects);
  return changes === '' ? '' : `beyond your wishes: ${changes}`;
}

/** A line for each group of wishes: `PREEMPT_RT = yes, patches.nix:12: 43 off (DRM_I915, DEV_DAX, …), 3 on`. */
export function groupLines({ groups, ...total }: SideEffects, style: Style): string[] {
  const listed = groups.reduce((sum, { off, on, changed }) => sum + off + on + changed, 0);
  const left = total.off + total.on + total.changed - listed;
  return [
    ...groups.flatMap((group) => hanging('  ', `${rootsText(group.roots)}: ${changesText(group)}`, style.width)),
    ...(left > 0 ? [`  and ${left} more`] : []),
  ];
}

/** `PREEMPT_RT = yes, patches.nix:12`; several wishes are joined by `+`. */
function rootsText(roots: readonly Root[]): string {
  if (roots.length === 0) return 'no wish alone';
  return roots
    .map(({ symbol, value, position }) => parts(', ', `${symbol} = ${inNix(value)}`, placeText(position)))
    .join(' + ');
}

/** All of them, by the wishes that they follow from. */
export function baselineLines({ target, iteration, sideEffects }: Documents['diff-baseline'], style: Style): string[] {
  const changes = changesText({ ...sideEffects, symbols: [] });
  const head = `${target}, iteration ${iteration}: beyond your wishes ${changes === '' ? 'nothing changed' : changes}`;
  return [
    ...hanging('', head, style.width).map((line) => style.colors.bold(line)),
    ...byRoots(sideEffects.all).flatMap((group) => effectLines(group, style)),
  ];
}

function effectLines(effects: readonly SideEffect[], style: Style): string[] {
  const items = effects.map((effect) => ({
    cells: [valueCell(effect, style)],
    text: parts(', ', effect.hurts === null ? '' : MISSED[effect.hurts], effect.menu),
  }));
  return [
    ...hanging('  ', clean(rootsText(effects[0]?.roots ?? [])), style.width),
    ...listing(items, style.width - 4).map((line) => `    ${line}`),
  ];
}

const MISSED = { host: 'this host names it', driver: 'driver', 'file-system': 'file system' } as const;

/** As diffconfig writes it: `-GONE y`, `+NEW m`, ` OTHER m -> y`. */
export function valueCell(
  { symbol, before, after, change }: Pick<SideEffect, 'symbol' | 'before' | 'after' | 'change'>,
  { colors }: Style,
) {
  if (change === 'off') return { text: `-${symbol} ${before ?? ''}`, paint: colors.red };
  if (change === 'on') return { text: `+${symbol} ${after ?? ''}`, paint: colors.green };
  return { text: ` ${symbol} ${before ?? ''} -> ${after ?? ''}` };
}
