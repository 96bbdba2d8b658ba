/** What database versions before 9 recorded of an entry's origin: one line of text. */
import type { Origin, OriginIntent } from '../model/entry.ts';
import { type Ask, valueOf } from '../model/value.ts';

const BY_HAND = 'by hand; ';

/**
 * The origin of an entry for `symbol` from its text: `patch wlan: option n`, `patch wlan: RTLWIFI? n` for a line of an
 * extraConfig string, `none`; with `by hand; ` before it, or `; besides PREEMPT: patch rt: y` after it. What cannot be
 * read counts as asked by nobody, which releases the entry.
 */
export function originOfText(symbol: string, text: string): Origin {
  if (text.startsWith(BY_HAND)) return { kind: 'hand', intent: intentIn(symbol, text.slice(BY_HAND.length)) ?? null };
  const [, own = '', stays = '', staysFor = ''] = /^(.+); besides (\w+): (.+)$/s.exec(text) ?? [];
  const [intent, kept] = [intentIn(symbol, own), intentIn(stays, staysFor)];
  // A patch may be called `x; besides Y: `.
  if (intent !== undefined && kept !== undefined)
    return { kind: 'choice', intent, stays: { symbol: stays, intent: kept } };
  return { kind: 'wish', intent: intentIn(symbol, text) ?? null };
}

/** null: nobody asks; undefined: the text is something else. */
function intentIn(symbol: string, text: string): OriginIntent | null | undefined {
  if (text === 'none') return null;
  const [, asker, asked = ''] = /^(nixpkgs|kernel|patch .*): (.*)$/s.exec(text) ?? [];
  if (asker === undefined) return undefined;
  const by = askerIn(asker);
  const line = asked.startsWith(symbol) ? /^([?]?) (.*)$/s.exec(asked.slice(symbol.length)) : null;
  if (line !== null) return { by, ask: { value: valueOf(line[2] ?? ''), optional: line[1] === '?' }, via: 'legacy' };
  const [, option, value = ''] = /^(option )?(.*)$/s.exec(asked) ?? [];
  const ask: Ask = { value: value === 'unset' ? { kind: 'unset' } : valueOf(value), optional: option !== undefined };
  return { by, ask, via: 'structured' };
}

function askerIn(text: string): OriginIntent['by'] {
  if (text === 'nixpkgs' || text === 'kernel') return { kind: text };
  const number = /^patch #(\d+)$/.exec(text)?.[1];
  return number === undefined
    ? { kind: 'patch', name: text.slice('patch '.length) }
    : { kind: 'patch', index: Number(number) - 1 };
}
