/** Brings a kernel's compiler to this machine: it is asked here, and never on a builder, whose processor is another one. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildOf, type Built } from './buildOf.ts';
import type { BuildOptions } from './configBuild.ts';
import type { KernelCompiler } from './evaluatedKernel.ts';
import { runsHere } from './nixSystem.ts';
import { hereArguments, sshHost, storeName, storeOfEvaluation } from './stores.ts';

export type CompilerHere =
  | { kind: 'here'; path: string }
  /** It runs on another system than this machine's. */
  | { kind: 'foreign' }
  /** Its store is another machine's, or stands elsewhere than its paths say. */
  | { kind: 'elsewhere'; store: string }
  | Exclude<Built, { kind: 'built' }>;

/** @throws InfrastructureError when nix cannot be started. */
export async function compilerHere(
  { drvPath, outPath, prefix, system }: KernelCompiler,
  options: BuildOptions,
): Promise<CompilerHere> {
  if (!runsHere(system)) return { kind: 'foreign' };
  const path = join(outPath, 'bin', `${prefix}cc`);
  if (existsSync(path)) return { kind: 'here', path };
  const store = storeOfEvaluation(options.nixArgs);
  if (sshHost(store) !== null) return { kind: 'elsewhere', store: storeName(store) };
  const nixArgs = hereArguments(options.nixArgs);
  const built = await buildOf(drvPath, ['--option', 'builders', ''], { ...options, nixArgs });
  if (built.kind !== 'built') return built;
  return existsSync(path) ? { kind: 'here', path } : { kind: 'elsewhere', store: storeName(store) };
}
