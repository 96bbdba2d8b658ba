/** The request that an evaluation would give after the entries changed. */
import { wantedOf, type Asked, type Managed } from '../fallout/absorb.ts';
import { conflicting, effectiveIntent } from '../fallout/intents.ts';
import type { Intent } from '../model/intent.ts';
import { sameAsk, type Ask } from '../model/value.ts';
import { settingFor, type Setting, type Settings } from '../script/settings.ts';

/**
 * `settings` are the request with the entries `before`. A symbol whose entry changed, or which is `redefined`, is asked as the new
 * entry asks, and without one as the other definitions do, merged as nixpkgs' kernel_config.nix merges them. null: nothing is asked
 * of it.
 */
export function requestWith(
  settings: Settings,
  before: Managed,
  after: Managed,
  asked: Asked,
  redefined: ReadonlySet<string> = new Set(),
): Settings {
  const request = new Map(Object.entries(settings));
  for (const symbol of new Set([...before.keys(), ...after.keys(), ...redefined])) {
    const [was, is] = [before.get(symbol), after.get(symbol)];
    const isSame = was !== undefined && is !== undefined && was.via === is.via && sameAsk(was.ask, is.ask);
    if (!isSame) ask(request, symbol, is?.ask ?? askedOtherwise(symbol, asked));
  }
  return Object.fromEntries(request);
}

/** The whole request, where definitions still conflict and no evaluation can give it. */
export function wholeRequest(managed: Managed, asked: Asked): Settings {
  const request = new Map<string, Setting>();
  const legacy = asked.legacy.map(({ symbol }) => symbol);
  for (const symbol of new Set([...asked.intents.keys(), ...legacy, ...managed.keys()]))
    ask(request, symbol, managed.get(symbol)?.ask ?? askedOtherwise(symbol, asked));
  return Object.fromEntries(request);
}

/** Makes the request ask this of a symbol; `unset` has no line. */
function ask(request: Map<string, Setting>, symbol: string, asked: Ask | null): void {
  const setting = asked === null ? null : settingFor(asked);
  if (setting === null) request.delete(symbol);
  else request.set(symbol, setting);
}

/** What is asked of a symbol without the managed patch. */
function askedOtherwise(symbol: string, asked: Asked): Ask | null {
  const { intent } = wantedOf(symbol, asked);
  return intent === null || intent.via === 'legacy'
    ? (intent?.ask ?? null)
    : mergedAsk(asked.intents.get(symbol) ?? []);
}

/** What definitions come to: of those that conflict the one that an entry settles on. */
export function mergedAsk(definitions: readonly Intent[]): Ask | null {
  const effective = effectiveIntent(definitions);
  if (effective === null || conflicting(definitions).length > 0) return effective?.ask ?? null;
  const top = definitions.filter(({ priority }) => priority === effective.priority);
  // It is optional only if every definition that counts says so.
  return { ...effective.ask, optional: top.every(({ ask }) => ask.optional) };
}
