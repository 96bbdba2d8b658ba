/** What a kernel tells of a symbol, in the words that `why` and `kconfig explain` share. */
import type { MadeModules } from '../../model/keptModule.ts';
import { hanging, type Style } from './style.ts';

/** So many names are listed; JSON has all. */
const MOST_NAMED = 8;

/** `selected by A (m), B (y) and 3 more, and 6 that are off`: who is on by name, of those that are off only how many. */
export function namedLines(
  what: string,
  { on, off }: { on: readonly string[]; off: number },
  { width }: Pick<Style, 'width'>,
): string[] {
  if (on.length + off === 0) return [];
  const counted = `${off} that ${off === 1 ? 'is' : 'are'} off`;
  const names = firstNames(on);
  const text = on.length === 0 ? counted : off === 0 ? names : `${names}, and ${counted}`;
  return hanging('  ', `${what} ${text}`, width);
}

/** `makes the module e1000e: a driver`. */
export function madeLines({ modules, role }: MadeModules, { width }: Pick<Style, 'width'>): string[] {
  if (role === null) return [];
  const what = role === 'driver' ? 'a driver' : role;
  return hanging(
    '  ',
    `makes ${modules.length === 1 ? 'the module' : 'modules'} ${firstNames(modules)}: ${what}`,
    width,
  );
}

/** The first names, and how many more there are. */
function firstNames(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return more > 1 ? `${names.slice(0, MOST_NAMED).join(', ')} and ${more} more` : names.join(', ');
}

/** Where it is defined, a line for each place: `drivers/usb/Kconfig:12  USB support`. */
export function definitionLines(
  definitions: readonly { file: string; line: number; prompt: string | null }[],
  { width }: Pick<Style, 'width'>,
): string[] {
  return definitions.flatMap(({ file, line, prompt }) =>
    hanging('  ', `${file}:${line}${prompt === null ? '' : `  ${prompt}`}`, width),
  );
}
