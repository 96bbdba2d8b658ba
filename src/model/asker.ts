/** Apart from intent.ts, whose schemas take longer to load than a short command runs. */
import type { Asker, Position } from './intent.ts';

/** `patch NAME`, `kernel`, `nixpkgs`: how an asker is called in reports. */
export function askerName(by: Asker): string {
  return by.kind === 'patch' ? `patch ${by.name === '' ? `#${by.index + 1}` : by.name}` : by.kind;
}

/** Whether an asker is the managed patch, whose entries stand for other intents; without its name, none is. */
export function isManaged(by: Asker, managedName: string | undefined): boolean {
  return managedName !== undefined && by.kind === 'patch' && by.name === managedName;
}

/**
 * Whether a setting is the user's own wish, not a default. The kernel's own settings are wishes where they stand in a
 * file of the user's, as with `kernel.override`; those that a kernel of nixpkgs brings along have no place there.
 */
export function isWish({ by, position }: { by: Asker; position: Position | null }): boolean {
  return by.kind === 'patch' || (by.kind === 'kernel' && position !== null);
}

/** The same of what nobody may have asked for: `by` null. */
export const isOfWish = ({ by, position }: { by: Asker | null; position: Position | null }): boolean =>
  by !== null && isWish({ by, position });
