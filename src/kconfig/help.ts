import type { Configuration } from './configuration.ts';
import type { Menu } from './model.ts';

/** What conf prints for the answer `?`: the help text of the entry. */
export function helpText(_configuration: Configuration, menu: Menu): string {
  const text = menu.help ?? 'There is no help available for this option.';
  return menu.help !== null && menu.symbol?.name != null ? `CONFIG_${menu.symbol.name}:\n\n${text}\n` : `${text}\n`;
}
