import { classifyBuildFailure } from './buildFailure.ts';
import { realise, type BuildOptions } from './configBuild.ts';
import { fetchPaths, sendDerivation, type Copied } from './copyPaths.ts';
import type { Problem } from '../model/problem.ts';
import { readableBytes } from '../system/wholeFile.ts';

export type FactsBuild =
  | { kind: 'built'; bytes: Buffer }
  /** The builder could not make them: this kernel goes without. */
  | { kind: 'failed'; problem: Problem }
  | { kind: 'infrastructure'; problem: Problem }
  | { kind: 'aborted' };

/** The last lines of a failed build say why. */
const SHOWN_LINES = 3;

/** Builds the derivation of a kernel's facts and copies its one small path here. @throws InfrastructureError when nix cannot be started. */
export async function buildFacts(
  { drvPath, outPath }: { drvPath: string; outPath: string },
  options: BuildOptions,
): Promise<FactsBuild> {
  const sent = await sendDerivation(drvPath, options);
  if (sent.kind !== 'copied') return uncopied(sent);
  const built = await realise(drvPath, [], options);
  if (built.kind === 'aborted') return built;
  if (built.kind !== 'exited') return { kind: 'infrastructure', problem: built.problem };
  if (built.code !== 0) {
    const failure = classifyBuildFailure(built.log, drvPath);
    if (failure !== 'verdict' && failure.kind === 'infrastructure')
      return { kind: 'infrastructure', problem: failure.problem };
    const said = (built.log.builds.get(drvPath)?.lines ?? []).filter((line) => line.trim() !== '').slice(-SHOWN_LINES);
    const message =
      said.length > 0 ? said.join(' / ') : failure === 'verdict' ? 'the builder failed' : failure.problem.message;
    return { kind: 'failed', problem: { message } };
  }
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
