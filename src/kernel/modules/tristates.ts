/** Which symbols can be m, told from the text of the Kconfig files of all architectures. */
import { Conditions } from './conditions.ts';

const DEFINITION = /^\s*(?:menu)?config\s+(\w+)/;
const TYPE = /^\s*(?:def_)?(tristate|bool|int|hex|string)\b/;

/** Conditions on the symbols that these files define. */
export function conditionsOn(files: ReadonlyMap<string, string>): Conditions {
  const tristates = tristatesOf(files);
  return new Conditions((symbol) => tristates.get(symbol) ?? true);
}

/** Whether each symbol that is defined somewhere can be m. */
function tristatesOf(files: ReadonlyMap<string, string>): Map<string, boolean> {
  const found = new Map<string, boolean>();
  for (const [path, text] of files) {
    if (!/(?:^|\/|\.)Kconfig[^/]*$/.test(path)) continue;
    let symbol: string | null = null;
    for (const line of text.split('\n')) {
      const defined = DEFINITION.exec(line)?.[1];
      if (defined !== undefined) symbol = defined;
      else if (symbol !== null) {
        const type = TYPE.exec(line)?.[1];
        if (type !== undefined) found.set(symbol, type === 'tristate' || found.get(symbol) === true);
      }
    }
  }
  return found;
}
