/** Large values on their way between threads: taken apart, so that no single copy keeps the receiver busy for long. */

/** Items of an array that was taken out of a value; `path` leads to it. */
export type Piece = { path: string[]; items: unknown[] };

/** Copying this many entries with their causes takes a few milliseconds. */
const MOST_ITEMS = 500;

/**
 * Takes the long arrays out of plain data; `rest` holds empty ones in their place. `value` stays as it is. Arrays within arrays are
 * copied with their item.
 */
export function takeApart(value: object): { rest: object; pieces: Piece[] } {
  const pieces: Piece[] = [];
  return { rest: without(value, [], pieces), pieces };
}

function without(value: object, path: string[], pieces: Piece[]): object {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) => {
      const here = [...path, key];
      if (Array.isArray(inner) && inner.length > MOST_ITEMS) {
        for (let at = 0; at < inner.length; at += MOST_ITEMS)
          pieces.push({ path: here, items: inner.slice(at, at + MOST_ITEMS) });
        return [key, []];
      }
      return [key, isPlain(inner) ? without(inner, here, pieces) : inner];
    }),
  );
}

/** Puts a piece back where it was taken from. Pieces go back in their order. */
export function putBack(rest: object, { path, items }: Piece): void {
  const place = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], rest);
  if (!Array.isArray(place)) throw new TypeError(`nothing was taken from ${path.join('.')}`);
  for (const item of items) place.push(item);
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
