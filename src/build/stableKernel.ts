import type { Target } from '../config/config.ts';
import { BlockedError, InfrastructureError, RefusedError } from '../model/errors.ts';
import type { History } from '../state/historyDatabase.ts';
import type { FileHashes, Stable } from '../model/targetState.ts';
import { stableOf } from '../state/targets.ts';
import { changedFiles, inputsHash } from '../system/contentHash.ts';
import type { ProcessListener } from '../nix/command.ts';
import { evaluate } from '../nix/evaluate.ts';

/** The kernel that a stable run recorded: what `falloutd build` builds. */
export type StableKernel = { drvPath: string; iteration: number; inputs: FileHashes };

/** The kernel recorded by the last stable run of a target; null if there is none. */
export function recordedKernel(history: History, target: string): StableKernel | null {
  const stable = stableOf(history, target);
  return stable?.kernelDrvPath == null
    ? null
    : { drvPath: stable.kernelDrvPath, iteration: stable.iteration, inputs: stable.inputs ?? {} };
}

/**
 * Evaluates a target again and gives the recorded kernel if nothing has changed since it was found stable.
 * @returns null when it was aborted.
 * @throws RefusedError when there is no stable result or something differs (the message says what); BlockedError,
 * InfrastructureError when it cannot be evaluated.
 */
export async function stillStable(
  target: Target,
  history: History,
  running: { signal: AbortSignal; processes?: ProcessListener },
): Promise<StableKernel | null> {
  const stable = stableOf(history, target.name);
  if (stable === null)
    throw new RefusedError({ message: `${target.name} has not been found stable yet`, hint: WHEN_STABLE });
  const evaluation = await evaluate(target, running);
  if (evaluation.kind === 'aborted') return null;
  if (evaluation.kind === 'blocked') throw new BlockedError(evaluation.problem);
  if (evaluation.kind === 'infrastructure') throw new InfrastructureError(evaluation.problem);
  const { build } = evaluation.kernel;
  const differs = [
    ...changedInputs(stable, [target.patchesFile, target.managedFile, ...evaluation.inputs]),
    ...(build?.drvPath === stable.configDrvPath ? [] : ["the config's derivation"]),
    ...(build?.kernelDrvPath === stable.kernelDrvPath ? [] : ["the kernel's derivation"]),
  ];
  if (differs.length > 0) {
    throw new RefusedError({
      message: `changed since ${target.name} was found stable (iteration ${stable.iteration}): ${differs.join(', ')}`,
      hint: WHEN_STABLE,
    });
  }
  const recorded = recordedKernel(history, target.name);
  if (recorded === null)
    throw new RefusedError({
      message: `${target.name} names a config, not a kernel`,
      hint: 'name the kernel itself as `attribute`, e.g. nixosConfigurations.HOST.config.system.build.kernel',
    });
  return recorded;
}

const WHEN_STABLE = '`falloutd build --when-stable` converges first and then builds';

function changedInputs(stable: Stable, read: readonly string[]): string[] {
  if (stable.inputs !== null) return changedFiles(stable.inputs);
  return inputsHash([...new Set(read)]) === stable.inputsHash ? [] : ['one of your files'];
}
