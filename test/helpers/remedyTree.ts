/** Small trees for the search for remedies. */
import {
  buildKconfig,
  Configuration,
  parseText,
  readConfig,
  type Kconfig,
  type SymbolValue,
} from '../../src/kconfig/index.ts';

const MODULES = 'config MODULES\n\tbool "modules"\n\tmodules\n\tdefault y\n';

/** A tree with modules. */
export const tree = (text: string): Kconfig => buildKconfig(parseText(MODULES + text), { choices: 'ranked' });

export function configured(kconfig: Kconfig, config: string): Configuration {
  const configuration = new Configuration(kconfig);
  readConfig(configuration, config);
  return configuration;
}

/** `A=y B=m`, as values. */
export const valuesIn = (text: string): SymbolValue[] =>
  text.split(' ').map((word) => {
    const [symbol = '', value = ''] = word.split('=');
    return { symbol, value };
  });
