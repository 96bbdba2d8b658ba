import { infrastructureIn, unreachedMachine } from './infrastructure.ts';
import type { Problem } from '../model/problem.ts';
import { runNix, type NixCommand } from './command.ts';
import { BuildLogCollector, printedLines } from './buildLog.ts';
import { storeArguments } from './installable.ts';
import { storeName, storesOf, withoutStores } from './stores.ts';

export type Copied =
  { kind: 'copied' } | { kind: 'blocked' | 'infrastructure'; problem: Problem } | { kind: 'aborted' };

export type CopyOptions = { nixArgs: readonly string[] } & Pick<NixCommand, 'signal' | 'limit' | 'processes'>;

/** Copies an evaluated derivation, with all that it needs, to the store that builds, if that is another one. */
export async function sendDerivation(drvPath: string, options: CopyOptions): Promise<Copied> {
  const stores = storesOf(options.nixArgs);
  if (stores.kind === 'one') return { kind: 'copied' };
  const copied = await copy(
    ['--derivation', '--from', stores.here, '--to', stores.there, drvPath],
    stores.there,
    options,
  );
  if (copied.kind !== 'blocked') return copied;
  return {
    kind: 'blocked',
    problem: {
      ...copied.problem,
      message: `${storeName(stores.there)} does not take the derivation: ${copied.problem.message}`,
    },
  };
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
  const trouble = unreachedMachine(text, store) ?? infrastructureIn(text);
  if (trouble !== null) return { kind: 'infrastructure', problem: { message: trouble.line, hint: trouble.hint } };
  const error = /^error: (.*)/m.exec(text)?.[1] ?? 'nix copy failed and printed no error';
  return {
    kind: 'blocked',
    problem: {
      message: error,
      hint: /lacks a (?:valid )?signature/.test(error)
        ? 'make this user a trusted one of the Nix that receives it (trusted-users in nix.conf)'
        : 'see what Nix says',
    },
  };
}
