/** Builds something besides the .config, which falloutd needs. */
import { classifyBuildFailure } from './buildFailure.ts';
import { realise, type BuildOptions } from './configBuild.ts';
import type { Problem } from '../model/problem.ts';

export type Built =
  | { kind: 'built' }
  | { kind: 'failed'; problem: Problem }
  | { kind: 'infrastructure'; problem: Problem }
  | { kind: 'aborted' };

/** The last lines of a failed build say why. */
const SHOWN_LINES = 3;

/** Builds a derivation that is already evaluated. @throws InfrastructureError when nix cannot be started. */
export async function buildOf(drvPath: string, extra: readonly string[], options: BuildOptions): Promise<Built> {
  const built = await realise(drvPath, extra, options);
  if (built.kind === 'aborted') return built;
  if (built.kind !== 'exited') return { kind: 'infrastructure', problem: built.problem };
  if (built.code === 0) return { kind: 'built' };
  const failure = classifyBuildFailure(built.log, drvPath);
  if (failure !== 'verdict' && failure.kind === 'infrastructure')
    return { kind: 'infrastructure', problem: failure.problem };
  const said = (built.log.builds.get(drvPath)?.lines ?? []).filter((line) => line.trim() !== '').slice(-SHOWN_LINES);
  const message =
    said.length > 0 ? said.join(' / ') : failure === 'verdict' ? 'the builder failed' : failure.problem.message;
  return { kind: 'failed', problem: { message } };
}
