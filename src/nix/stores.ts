/** Where a target is evaluated and where it is built, by nix's arguments (Nix manual: `--store`, `--eval-store`). */
export type Stores =
  | { kind: 'one' }
  /** Two store URLs: the target is evaluated `here`, where its result is wanted too, and built `there`. */
  | { kind: 'two'; here: string; there: string };

/** This machine's own store, or its daemon's. */
const OWN = 'auto';

/** The stores that the arguments name. Without `--eval-store`, one on another machine only builds: it has no files. */
export function storesOf(nixArgs: readonly string[]): Stores {
  const there = lastOf('store', nixArgs) ?? OWN;
  const here = lastOf('eval-store', nixArgs) ?? (sshHost(there) === null ? there : OWN);
  return here === there ? { kind: 'one' } : { kind: 'two', here, there };
}

/** The arguments of an evaluation, which always name its store if that is not the one that builds. */
export function evaluationArguments(nixArgs: readonly string[]): string[] {
  const stores = storesOf(nixArgs);
  return stores.kind === 'one' || lastOf('eval-store', nixArgs) !== undefined
    ? [...nixArgs]
    : [...nixArgs, '--eval-store', stores.here];
}

/** The store of the evaluation. */
export function storeOfEvaluation(nixArgs: readonly string[]): string {
  const stores = storesOf(nixArgs);
  return stores.kind === 'two' ? stores.here : (lastOf('store', nixArgs) ?? OWN);
}

/** The arguments of a command about the store of the evaluation. */
export function hereArguments(nixArgs: readonly string[]): string[] {
  const stores = storesOf(nixArgs);
  return stores.kind === 'one' ? [...nixArgs] : [...withoutStores(nixArgs), '--store', stores.here];
}

/** The arguments without the stores, for `nix copy`, which names them itself. */
export function withoutStores(nixArgs: readonly string[]): string[] {
  const named = new Set(storeSettings(nixArgs).flatMap(({ at, words }) => [at, at + 1, at + 2].slice(0, words)));
  return nixArgs.filter((_, i) => !named.has(i));
}

/** The host of a store that SSH leads to, as ssh takes it; null for any other store. */
export const sshHost = (store: string): string | null => /^ssh(?:-ng)?:\/\/([^/?]+)/.exec(store)?.[1] ?? null;

/** A store as people name it, without the parameters that only Nix needs to reach another machine. */
export const storeName = (store: string): string => (sshHost(store) === null ? store : store.replace(/\?.*/, ''));

type StoreSetting = { name: string; value: string | undefined; at: number; words: number };

/** `--store URL` and its longer spelling `--option store URL`, with their index among the arguments. */
function storeSettings(nixArgs: readonly string[]): StoreSetting[] {
  return nixArgs.flatMap((argument, at): StoreSetting[] => {
    if (argument === '--store' || argument === '--eval-store')
      return [{ name: argument.slice(2), value: nixArgs[at + 1], at, words: 2 }];
    const name = argument === '--option' ? nixArgs[at + 1] : undefined;
    return name === 'store' || name === 'eval-store' ? [{ name, value: nixArgs[at + 2], at, words: 3 }] : [];
  });
}

/** The last of several counts, as it does for nix. */
function lastOf(name: 'store' | 'eval-store', nixArgs: readonly string[]): string | undefined {
  return storeSettings(nixArgs).findLast((setting) => setting.name === name)?.value;
}
