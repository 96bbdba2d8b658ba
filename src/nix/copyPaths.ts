import { infrastructureIn, unreachedMachine } from './infrastructure.ts';
import type { Problem } from '../model/problem.ts';
import { runNix, type Running } from './command.ts';
import { BuildLogCollector, printedLines } from './buildLog.ts';
import { storeArguments } from './installable.ts';
import { storeName, storesOf, withoutStores } from './stores.ts';

export type Copied =
  { kind: 'copied' } | { kind: 'blocked' | 'infrastructure'; problem: Problem } | { kind: 'aborted' };

export type CopyOptions = { nixArgs: readonly string[] } & Running;

/** Copies an evaluated derivation, with all that it needs, to the store that builds, if that is another one. */
export async function sendDerivation(drvPath: string, options: CopyOptions): Promise<Copied> {
  const stores = storesOf(options.nixArgs);
  if (stores.kind === 'one') return { kind: 'copied' };
  const { here, there } = stores;
  const copied = await copy(['--derivation', '--from', here, '--to', there, drvPath], there, options);
  if (copied.kind !== 'blocked') return copied;
  const message = `${storeName(there)} does not take the derivation: ${copied.problem.message}`;
  return { kind: 'blocked', problem: { ...copied.problem, message } };
}

/**
 * Copies paths, with all that they refer to, from the store that builds to the store of the evaluation. Except for
 * content-addressed paths, the Nix of this machine has to trust the user.
 */
export async function fetchPaths(paths: readonly string[], options: CopyOptions): Promise<Copied> {
  const stores = storesOf(options.nixArgs);
  if (stores.kind === 'one' || paths.length === 0) return { kind: 'copied' };
  // Whoever lets another store build trusts what it builds.
  return await copy(['--no-check-sigs', '--from', stores.there, '--to', stores.here, ...paths], stores.there, options);
}

async function copy(args: readonly string[], store: string, { nixArgs, ...running }: CopyOptions): Promise<Copied> {
  const log = new BuildLogCollector({ own: null });
  const exit = await runNix({
    command: 'nix',
    args: storeArguments(['copy', ...args, '--log-format', 'internal-json'], withoutStores(nixArgs)),
    ...running,
    onStderr: (chunk) => log.push(chunk),
  });
  if (exit.kind === 'aborted') return exit;
  if (exit.kind === 'broken') return { kind: 'infrastructure', problem: exit.problem };
  if (exit.code === 0) return { kind: 'copied' };
  const text = printedLines(log.result()).join('\n');
  const problem = unreachedMachine(text, store) ?? infrastructureIn(text);
  if (problem !== null) return { kind: 'infrastructure', problem };
  const error = /^error: (.*)/m.exec(text)?.[1] ?? 'nix copy failed and printed no error';
  const hint = /lacks a (?:valid )?signature/.test(error)
    ? 'make this user a trusted one of the Nix that receives it (trusted-users in nix.conf)'
    : 'see what Nix says';
  return { kind: 'blocked', problem: { message: error, hint } };
}
