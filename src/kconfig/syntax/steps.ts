/** A walk that descends without recursing: it yields the walk to take first, and is given what that one returns. */
export type Steps<T = void> = Generator<Steps<unknown>, T, unknown>;

/** Takes a walk to its end, however deep it goes: menus can be nested more deeply than functions can call each other. */
export function take<T>(walk: Steps<T>): T {
  const open: Steps<unknown>[] = [];
  let current: Steps<unknown> = walk;
  let returned: unknown;
  for (;;) {
    const { done, value } = current.next(returned);
    if (done !== true) {
      open.push(current);
      current = value;
      returned = undefined;
      continue;
    }
    const outer = open.pop();
    if (outer === undefined) return value as T;
    current = outer;
    returned = value;
  }
}
