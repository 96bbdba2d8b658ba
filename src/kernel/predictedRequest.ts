/** The request that an evaluation would give after the entries changed. */
import { wantedOf, type Asked, type Managed } from '../fallout/absorb.ts';
import { conflicting } from '../fallout/intents.ts';
import { sameAsk, spelled, type Ask } from '../model/value.ts';
import { settingOf, type Setting, type Settings } from '../script/settings.ts';

/**
 * `settings` are the request with the entries `before`. A symbol whose entry changed is asked as the new entry asks, and without
 * one as the other definitions do, merged as nixpkgs' kernel_config.nix merges them. null: nothing is asked of it.
 */
export function requestWith(settings: Settings, before: Managed, after: Managed, asked: Asked): Settings {
  const request: Settings = { ...settings };
  for (const symbol of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(symbol), after.get(symbol)];
    if (was !== undefined && is !== undefined && was.via === is.via && sameAsk(was.ask, is.ask)) continue;
    const ask = is?.ask ?? askedOtherwise(symbol, asked);
    const setting = ask === null ? null : settingFrom(ask);
    if (setting === null) Reflect.deleteProperty(request, symbol);
    else if (settingOf(request, symbol) === undefined)
      Object.defineProperty(request, symbol, { value: setting, ...OPEN });
    else request[symbol] = setting;
  }
  return request;
}

/** The whole request, where definitions still conflict and no evaluation can give it. */
export function wholeRequest(managed: Managed, asked: Asked): Settings {
  const request: Settings = {};
  const legacy = asked.legacy.map(({ symbol }) => symbol);
  for (const symbol of new Set([...asked.intents.keys(), ...legacy, ...managed.keys()])) {
    const ask = managed.get(symbol)?.ask ?? askedOtherwise(symbol, asked);
    const setting = ask === null ? null : settingFrom(ask);
    if (setting !== null) Object.defineProperty(request, symbol, { value: setting, ...OPEN });
  }
  return request;
}

/** `__proto__` is a name like any other. */
const OPEN = { enumerable: true, configurable: true, writable: true };

/** What is asked of a symbol without the managed patch. */
function askedOtherwise(symbol: string, asked: Asked): Ask | null {
  const { intent } = wantedOf(symbol, asked);
  if (intent === null) return null;
  const definitions = asked.intents.get(symbol) ?? [];
  if (intent.via === 'legacy' || conflicting(definitions).length > 0) return intent.ask;
  const smallest = Math.min(...definitions.map(({ priority }) => priority));
  const top = definitions.filter(({ priority }) => priority === smallest);
  // It is optional only if every definition that counts says so.
  return { ...intent.ask, optional: top.every(({ ask }) => ask.optional) };
}

/** The line that kernel_config.nix prints for it, as the script reads it; `unset` has none. */
function settingFrom({ value, optional }: Ask): Setting | null {
  const printed = spelled(value);
  if (printed === null) return null;
  const text = printed.replace(/#.*/, '').trim();
  const isTristate = text === 'y' || text === 'm' || text === 'n';
  return { tristate: isTristate ? text : null, freeform: isTristate ? null : text, optional };
}
