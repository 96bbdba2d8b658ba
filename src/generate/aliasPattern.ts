/** Aliases of devices as patterns of the shell: `*`, `?` and sets of characters. */

/** One character, one of several, any one, or any number of any. */
type Part = { kind: 'one'; of: (character: string) => boolean; literal: string | null } | { kind: 'any' };

export type AliasPattern = {
  /** What every alias that it stands for begins with. */
  prefix: string;
  parts: readonly Part[];
};

/** kmod compares `-` and `_` as the same, outside of sets. */
const plain = (text: string): string => text.replaceAll('-', '_');

/** The pattern of a module's alias. */
export function aliasPattern(alias: string): AliasPattern {
  const parts: Part[] = [];
  for (const [word] of alias.matchAll(/\[!?\]?[^\]]*\]|[^]/g)) {
    if (word === '*') parts.push({ kind: 'any' });
    else if (word === '?') parts.push({ kind: 'one', of: () => true, literal: null });
    else if (word.length > 1) parts.push({ kind: 'one', of: inSet(word.slice(1, -1)), literal: null });
    else parts.push(literal(plain(word)));
  }
  return { prefix: prefixOf(parts), parts };
}

/** The alias of a device, in which only `*` stands for something else: digits, as ids are written, that are not known. */
export function deviceAlias(alias: string): AliasPattern {
  const parts = Array.from(plain(alias)).map((character): Part =>
    character === '*' ? { kind: 'any' } : literal(character),
  );
  return { prefix: prefixOf(parts), parts };
}

const literal = (character: string): Part => ({
  kind: 'one',
  of: (other) => other === character,
  literal: character,
});

/** Whether some alias fits both. At most one of the two sides has sets. */
export function overlaps(pattern: AliasPattern, device: AliasPattern): boolean {
  if (!pattern.prefix.startsWith(device.prefix) && !device.prefix.startsWith(pattern.prefix)) return false;
  const width = device.parts.length + 1;
  const failed = new Set<number>();
  const from = (i: number, j: number): boolean => {
    const key = i * width + j;
    if (failed.has(key)) return false;
    const [a, b] = [pattern.parts[i], device.parts[j]];
    const found =
      a === undefined && b === undefined
        ? true
        : a?.kind === 'any'
          ? from(i + 1, j) || (b !== undefined && from(i, j + 1))
          : b?.kind === 'any'
            ? from(i, j + 1) || (a !== undefined && isDigit(a) && from(i + 1, j))
            : a !== undefined && b !== undefined && fit(a, b) && from(i + 1, j + 1);
    if (!found) failed.add(key);
    return found;
  };
  return from(0, 0);
}

const isDigit = (part: Part): boolean => part.kind === 'any' || part.literal === null || /[0-9A-F]/.test(part.literal);

const fit = (a: Extract<Part, { kind: 'one' }>, b: Extract<Part, { kind: 'one' }>): boolean =>
  b.literal === null ? a.literal === null || b.of(a.literal) : a.of(b.literal);

function prefixOf(parts: readonly Part[]): string {
  let prefix = '';
  for (const part of parts) {
    if (part.kind === 'any' || part.literal === null) break;
    prefix += part.literal;
  }
  return prefix;
}

/** What stands between brackets: characters and ranges, after `!` those that do not fit. */
function inSet(content: string): (character: string) => boolean {
  const isNegated = content.startsWith('!');
  const listed = isNegated ? content.slice(1) : content;
  return (character) => {
    let holds = false;
    for (let at = 0; at < listed.length; at++) {
      const [low = '', dash, high] = [listed[at], listed[at + 1], listed[at + 2]];
      const isRange = dash === '-' && high !== undefined;
      holds ||= isRange ? low <= character && character <= high : low === character;
      if (isRange) at += 2;
    }
    return holds !== isNegated;
  };
}
