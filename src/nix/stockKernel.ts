/** The modules of a target's kernel as nixpkgs builds it for everybody: from a binary cache, and never built. */
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { wholeFile } from '../system/wholeFile.ts';
import { askNix, type Subject } from './askNix.ts';
import { printedLines } from './buildLog.ts';
import { realise, type BuildOptions } from './configBuild.ts';
import { hostOf } from './hostNeeds.ts';
import { infrastructureIn } from './infrastructure.ts';
import { hereArguments } from './stores.ts';

export type StockModules =
  | { kind: 'here'; folder: string }
  /** The kernel cannot be taken without what the host adds, or no cache has it. */
  | { kind: 'not-here'; reason: string }
  | { kind: 'aborted' };

/**
 * Evaluates the kernel without what the host adds, and has its modules brought here.
 * @param own the places of nixpkgs' own patches in the kernel's list, where it belongs to no host.
 * @throws InfrastructureError when Nix, the network or the disk fails; Interrupted.
 */
export async function stockModules(
  subject: Subject,
  own: readonly number[],
  options: BuildOptions,
): Promise<StockModules> {
  const source = wholeFile(new URL('./stockKernel.nix', import.meta.url)).toString('utf8');
  const apply = `(${source}) { own = [ ${own.join(' ')} ]; }`;
  const { signal, processes } = options;
  const answer = await askNix(hostOf(subject) ?? subject, apply, z.array(z.string()), { signal, processes });
  if (answer.kind === 'failed') return { kind: 'not-here', reason: answer.problem.message };
  const paths = answer.kind === 'answer' ? [...new Set(answer.value)] : [];
  if (paths.length === 0) return { kind: 'not-here', reason: 'this kernel has no `override`' };
  return firstSubstituted(paths, { ...options, nixArgs: hereArguments(options.nixArgs) });
}

/** A path, unlike a derivation, is never built. */
async function firstSubstituted(paths: readonly string[], options: BuildOptions): Promise<StockModules> {
  for (const path of paths) {
    const got = await realise(path, [], options);
    if (got.kind === 'aborted') return got;
    if (got.kind !== 'exited') return { kind: 'not-here', reason: got.problem.message };
    if (got.code === 0)
      return existsSync(path)
        ? { kind: 'here', folder: path }
        : { kind: 'not-here', reason: `${path} is in another machine's store` };
    const problem = infrastructureIn(printedLines(got.log).join('\n'));
    if (problem !== null) return { kind: 'not-here', reason: problem.message };
  }
  return { kind: 'not-here', reason: `no cache has ${paths.join(' or ')}` };
}
