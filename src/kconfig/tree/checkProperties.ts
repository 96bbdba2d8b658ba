import type { FileLine } from '../syntax/ast.ts';
import { choiceAround, isLogic, namedSymbol, type Kconfig, type KSymbol, type Menu, type Property } from './model.ts';
import { isValidText } from './numbers.ts';

/** Warns about properties that do not fit their symbol, as `sym_check_prop` in menu.c does. The tree can still be used. */
export function checkProperties(kconfig: Kconfig, menu: Menu, symbol: KSymbol): void {
  const warn = (at: FileLine, text: string): void => {
    kconfig.diagnostics.push({ level: 'warning', at, text: `warning: ${text}` });
  };
  if (symbol.type === 'unknown') warn(menu.at, 'config symbol defined without type');
  if (symbol.choice !== null && kconfig.dialect.choices === 'symbol' && menu.prompt === null)
    warn(menu.at, 'choice must have a prompt');
  for (const property of symbol.properties) checkProperty(kconfig, symbol, property, (text) => warn(property.at, text));
}

function checkProperty(kconfig: Kconfig, symbol: KSymbol, property: Property, warn: (text: string) => void): void {
  const { kind } = property;
  if (kind === 'default') checkDefault(kconfig, symbol, property, warn);
  if (kind === 'select' || kind === 'imply') {
    const target = namedSymbol(property);
    if (!isLogic(symbol)) warn(`config symbol '${nameOf(symbol)}' uses ${kind}, but is not bool or tristate`);
    else if (target !== null && target.type !== 'unknown' && !isLogic(target))
      warn(`'${nameOf(target)}' has wrong type. '${kind}' only accept arguments of bool and tristate type`);
  }
  if (kind === 'range') {
    if (!isNumeric(symbol)) warn('range is only allowed for int or hex symbols');
    if (property.range?.every((bound) => isNumber(symbol, bound)) !== true) warn('range is invalid');
  }
}

function checkDefault({ dialect }: Kconfig, symbol: KSymbol, property: Property, warn: (text: string) => void): void {
  const target = namedSymbol(property);
  if (target === null) {
    if (symbol.type === 'string' || isNumeric(symbol))
      warn(`default for config symbol '${nameOf(symbol)}' must be a single symbol`);
    return;
  }
  if (isNumeric(symbol) && !isNumber(symbol, target)) warn(`'${nameOf(symbol)}': number is invalid`);
  // Since 6.11 `memberOf` is not known before the whole tree is finalized.
  const choice = dialect.choices === 'ranked' ? choiceAround(target) : target.memberOf;
  if (symbol.choice !== null && choice !== symbol.choice)
    warn(`choice default symbol '${nameOf(target)}' is not contained in the choice`);
}

/** Whether a value is another number symbol, or an undefined name that reads as a number (`menu_validate_number`). */
function isNumber(symbol: KSymbol, value: KSymbol): boolean {
  return isNumeric(value) || (value.type === 'unknown' && isValidText(symbol.type, value.name ?? ''));
}

const isNumeric = ({ type }: KSymbol): boolean => type === 'int' || type === 'hex';

/** In these messages conf prints a choice's missing name as C's printf does. */
const nameOf = (symbol: KSymbol): string => symbol.name ?? '(null)';
