import type { Problem } from '../model/problem.ts';
import { findManaged, type ManagedPatch, readManaged } from './managedPatch.ts';
import type { Range } from '../nixfile/tree.ts';

export type Restoration =
  { kind: 'restored'; text: string } | { kind: 'unchanged' } | { kind: 'refused'; problem: Problem };

/**
 * Puts the text between the markers of `name` back as it stands in `before`; every other character of `now` stays.
 * Pure; the result is parsed before it is given.
 */
export function restoreManaged(now: string, before: string, name: string): Restoration {
  const [current, earlier] = [readManaged(now, name), readManaged(before, name)];
  if (current.kind !== 'managed' || earlier.kind !== 'managed') {
    const where = current.kind === 'managed' ? 'the earlier version' : 'the file';
    return {
      kind: 'refused',
      problem: {
        message: `${where} does not have both markers of the managed patch \`${name}\``,
        hint: 'repair the markers, or take the text from `falloutd diff`',
      },
    };
  }
  const { file } = current.patch;
  const between = ({ begin, end }: ManagedPatch): Range => ({ from: begin.to, to: end.from });
  const inside = earlier.patch.file.textOf(between(earlier.patch));
  if (file.textOf(between(current.patch)) === inside) return { kind: 'unchanged' };
  const result = file.edited([{ ...between(current.patch), insert: inside }]);
  return result.kind === 'file' && findManaged(result.file, name).kind === 'managed'
    ? { kind: 'restored', text: result.file.text }
    : { kind: 'refused', problem: { message: 'what was between the markers no longer fits the file' } };
}
