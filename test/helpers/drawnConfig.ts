import { Configuration, isLogic, readConfig, writeConfig, type Kconfig } from '../../src/kconfig/index.ts';
import { generator } from './plannedFiles.ts';

const TEXTS = ['plain', 'of several words', 'with "quotes"', 'back\\slash', '${dollar}'];

/** A .config that a kernel accepts: `base` after so many random answers to what can be asked then. */
export function drawnConfig(
  kconfig: Kconfig,
  base: string,
  { seed, changes }: { seed: number; changes: number },
): string {
  const random = generator(seed * 7919);
  const below = (n: number): number => Math.floor(random() * n);
  const configuration = new Configuration(kconfig);
  readConfig(configuration, base);
  const options = kconfig.symbols.filter(
    ({ name, constant, menus }) => name !== null && !constant && menus.some(({ prompt }) => prompt !== null),
  );
  for (let done = 0; done < changes;) {
    const symbol = options[below(options.length)];
    if (symbol === undefined || !configuration.isChangeable(symbol)) continue;
    const number = below(100);
    const text = isLogic(symbol)
      ? 'ymn'.charAt(below(3))
      : symbol.type === 'string'
        ? (TEXTS[below(TEXTS.length)] ?? '')
        : `${symbol.type === 'hex' ? '0x' : ''}${number}`;
    configuration.set(symbol, text);
    done++;
  }
  return writeConfig(configuration);
}
