import type { Menu } from '../tree/model.ts';
import type { Configuration } from '../values/configuration.ts';
import { configLine } from './writeConfig.ts';

/** The lines of `make listnewconfig`: every symbol that has a prompt but no user value, with its value. */
export function listNew(configuration: Configuration): string[] {
  const lines: string[] = [];
  const walk = (menu: Menu): void => {
    if (!configuration.isVisible(menu)) return;
    const { symbol } = menu;
    if (
      symbol !== null &&
      symbol.choice === null &&
      !configuration.hasUserValue(symbol) &&
      configuration.isChangeable(symbol)
    ) {
      const line = configLine(configuration, symbol);
      if (line !== null) lines.push(line.startsWith('#') ? `CONFIG_${symbol.name ?? ''}=n` : line);
    }
    for (let child = menu.first; child !== null; child = child.next) walk(child);
  };
  walk(configuration.kconfig.root);
  return lines;
}
