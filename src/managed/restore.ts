import type { Problem } from '../model/problem.ts';
import { readManaged } from './managedPatch.ts';

export type Restoration =
  { kind: 'restored'; text: string } | { kind: 'unchanged' } | { kind: 'refused'; problem: Problem };

/**
 * Puts the text between the markers of `name` back as it stands in `before`; every other character of `now` stays.
 * Pure; the result is parsed before it is given.
 */
export function restoreManaged(now: string, before: string, name: string): Restoration {
  const current = readManaged(now, name);
  const earlier = readManaged(before, name);
  if (current.kind !== 'managed' || earlier.kind !== 'managed') {
    const which = current.kind === 'managed' ? 'then' : 'now';
    return {
      kind: 'refused',
      problem: {
        message: `the managed patch \`${name}\` has no whole pair of markers ${which}`,
        hint: 'mend the markers, or take the text from `falloutd diff`',
      },
    };
  }
  const between = (text: string, { begin, end }: typeof current.block): string => text.slice(begin.to, end.from);
  const text =
    now.slice(0, current.block.begin.to) + between(before, earlier.block) + now.slice(current.block.end.from);
  if (text === now) return { kind: 'unchanged' };
  const result = readManaged(text, name);
  return result.kind === 'managed'
    ? { kind: 'restored', text }
    : { kind: 'refused', problem: { message: 'what stood between the markers does not fit the file any more' } };
}
