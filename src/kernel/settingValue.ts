import { isLogic, type Kconfig } from '../kconfig/index.ts';
import { valueOf, type Value } from '../model/value.ts';

/** A symbol's value as a setting. */
export function valueIn(kconfig: Kconfig, symbol: string, text: string): Value {
  const known = kconfig.byName.get(symbol);
  return known !== undefined && isLogic(known) ? valueOf(text) : { kind: 'freeform', text };
}
