/** Reads what a derivation gives its builder from the text of its `.drv`. */

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** A variable of the builder, structured attributes included; null where there is none. */
export function builderVariable(drv: string, name: string): string | null {
  const plain = environmentVariable(drv, name);
  if (plain !== null) return plain;
  const json = environmentVariable(drv, '__json');
  if (json === null) return null;
  const value: unknown = (JSON.parse(json) as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : null;
}

function environmentVariable(drv: string, name: string): string | null {
  const begin = `("${name}","`;
  const at = drv.indexOf(begin);
  if (at === -1) return null;
  const rest = /[^"\\]*(?:\\[^][^"\\]*)*/y;
  rest.lastIndex = at + begin.length;
  const [value = ''] = rest.exec(drv) ?? [];
  return value.replace(/\\([^])/g, (_, letter: string) => ESCAPED[letter] ?? letter);
}
