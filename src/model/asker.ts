/** Apart from intent.ts, whose schemas take longer to load than a short command runs. */
import type { Asker } from './intent.ts';

/** `patch NAME`, `kernel`, `nixpkgs`: how an asker is called in reports. */
export function askerName(by: Asker): string {
  return by.kind === 'patch' ? `patch ${by.name === '' ? `#${by.index + 1}` : by.name}` : by.kind;
}

/** Whether an asker is the managed patch, whose entries stand for other intents; without its name, none is. */
export function isManaged(by: Asker, managedName: string | undefined): boolean {
  return managedName !== undefined && by.kind === 'patch' && by.name === managedName;
}
