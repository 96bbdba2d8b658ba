import { buildOf, type Built } from './buildOf.ts';
import type { BuildOptions } from './configBuild.ts';
import { fetchPaths, sendDerivation, type Copied } from './copyPaths.ts';
import { readableBytes } from '../system/wholeFile.ts';

export type FactsBuild =
  | { kind: 'built'; bytes: Buffer }
  /** `failed`: the builder could not make them, and this kernel goes without. */
  | Exclude<Built, { kind: 'built' }>;

/** Builds the derivation of a kernel's facts and copies its one small path here. @throws InfrastructureError when nix cannot be started. */
export async function buildFacts(
  { drvPath, outPath }: { drvPath: string; outPath: string },
  options: BuildOptions,
): Promise<FactsBuild> {
  const sent = await sendDerivation(drvPath, options);
  if (sent.kind !== 'copied') return uncopied(sent);
  const built = await buildOf(drvPath, [], options);
  if (built.kind !== 'built') return built;
  const fetched = await fetchPaths([outPath], options);
  if (fetched.kind !== 'copied') return uncopied(fetched);
  const bytes = readableBytes(outPath);
  return bytes === null
    ? { kind: 'failed', problem: { message: `${outPath} cannot be read` } }
    : { kind: 'built', bytes };
}

const uncopied = (copied: Exclude<Copied, { kind: 'copied' }>): FactsBuild =>
  copied.kind === 'aborted'
    ? copied
    : { kind: copied.kind === 'blocked' ? 'failed' : copied.kind, problem: copied.problem };
