/** `falloutd patch from-…`: the settings that turn what a target comes to into a configuration. */
import type { Target } from '../config/config.ts';
import type { FoundSettings, Goal, Toward } from '../kernel/settingsToward.ts';
import type { Attribute } from '../managed/managedPatch.ts';
import { BlockedError, RefusedError, UsageError } from '../model/errors.ts';
import { limitOf } from '../model/limits.ts';
import type { Tables } from '../model/keptModule.ts';
import type { BuildOptions } from '../nix/configBuild.ts';
import type { EvaluatedKernel } from '../nix/evaluatedKernel.ts';
import { isStorePath } from '../nix/sources.ts';
import { stockModules } from '../nix/stockKernel.ts';
import type { History } from '../state/historyDatabase.ts';
import { settingsByStock, type StockGoal } from './byStock.ts';
import type { HostRead } from './checkHost.ts';
import { evaluatedUnwritten, given, withoutResult, type Looking } from './evaluatedUnwritten.ts';
import type { PredictOptions } from './predictor.ts';

export type TargetSettings = FoundSettings & {
  /** The attribute of a patch that this nixpkgs reads. */
  attribute: Attribute;
  /** The kernel's. */
  version: string;
  /** Where the devices of its modules were looked up, where that was to be found out. */
  tables?: Tables;
};

/**
 * Evaluates a target and finds the settings; the user's files stay as they are. `history` is a copy of what is recorded. null after
 * an interruption.
 * @throws BlockedError, InfrastructureError as a run would end; RefusedError where this kernel cannot be predicted; UsageError where
 * another architecture's configuration was given.
 */
export async function settingsForTarget(
  target: Target,
  history: History,
  { wanted, against }: { wanted: Goal | StockGoal; against: string | null },
  looking: Looking & { say: (text: string) => void },
): Promise<TargetSettings | null> {
  const evaluated = await evaluatedUnwritten(target, history, looking);
  if (evaluated === null) return null;
  const { prepared, options, host } = evaluated;
  const { kernel } = prepared;
  const find = async (goal: Goal): Promise<TargetSettings | null> => {
    const whole = await withNeeds(goal, host);
    const reply = given(await looking.predictor.toward(prepared, { wanted: whole, against }, options));
    if (reply === null) return null;
    return { ...settled(reply.toward), attribute: attributeOf(kernel, target), version: kernel.version };
  };
  if (wanted.kind !== 'by-stock') return find(wanted);
  const own = kernel.patches.flatMap(({ index, position }) => (isStorePath(position?.file ?? '') ? index : []));
  return settingsByStock(wanted, find, async () => {
    looking.say('fetching the modules of the stock kernel');
    return stockModules(target, own, buildOptions(target, { ...options, onProgress: () => undefined }));
  });
}

/** How Nix builds something for a target that is looked at. */
export function buildOptions(
  { nixArgs, limits, transcriptLimit }: Target,
  { signal, processes, onProgress }: PredictOptions,
): BuildOptions {
  return { nixArgs, signal, processes, onProgress, transcriptLimit, limit: limitOf(limits, 'config-build') };
}

/** The attribute of a patch that this nixpkgs reads. */
export const attributeOf = ({ patches }: EvaluatedKernel, { managedName }: Target): Attribute =>
  patches.find(({ name }) => name === managedName)?.attributes[0] ?? 'structuredExtraConfig';

/** A machine also has what its host needs. @throws BlockedError where the host cannot be evaluated. */
async function withNeeds(goal: Goal, read: () => Promise<HostRead>): Promise<Goal> {
  if (goal.kind !== 'machine') return goal;
  const host = await read();
  if (host.kind === 'failed') throw new BlockedError(host.problem);
  return { ...goal, machine: { ...goal.machine, needs: host.wanted } };
}

/** The settings. @throws where there are none, for the user to act on. */
export function settled(toward: Toward): FoundSettings {
  if (toward.kind === 'settings') return toward;
  if (toward.kind === 'other-architecture')
    throw new UsageError({
      message: `the given configuration is for ${toward.wanted}; this kernel is for ${toward.own}`,
    });
  if (toward.kind === 'no-modules')
    throw new RefusedError({ message: 'the modules of this kernel are not known: its facts are gone' });
  if (toward.kind === 'foreign-modules')
    throw new UsageError({ message: 'none of the given modules is one of this kernel' });
  if (toward.kind === 'unknown-keep')
    throw new UsageError({ message: `--keep: this kernel has no option and no module ${toward.names.join(', ')}` });
  throw withoutResult(toward.outcome, 'this target does not come to a configuration that could be changed');
}
