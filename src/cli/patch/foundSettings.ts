/** The settings that the `patch` commands print: for a target, or for a kernel source without one. */
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { settingsInTree } from '../../generate/treeSettings.ts';
import { buildIndex } from '../../kernel/modules/moduleIndex.ts';
import { moduleSources } from '../../kernel/modules/moduleSources.ts';
import type { FoundSettings, Goal } from '../../kernel/settingsToward.ts';
import { UsageError } from '../../model/errors.ts';
import { noDevice, TABLES_HINT, type StockGoal } from '../../run/byStock.ts';
import { settingsForTarget, settled, type TargetSettings } from '../../run/patchesFor.ts';
import { configAndTarget, sharedOptions } from '../commandLine.ts';
import { architectureOf, loadKernel } from '../kconfig/load.ts';
import { aliasLinesIn } from '../kconfig/aliasLines.ts';
import { lookAtTarget } from '../lookAtTarget.ts';
import { givenConfig } from './givenFiles.ts';

/** What the settings begin from. */
export type Source = {
  against?: string;
  /** A kernel source, in place of a target. */
  tree?: string;
  arch?: string;
};

/** `subject`: which kernel the settings are for. */
export type Found = FoundSettings & Pick<TargetSettings, 'attribute' | 'tables'> & { subject: string };

/** The settings for the target, or the kernel source, that the command line names; null after an interruption. */
export async function foundSettings(
  wanted: Goal | StockGoal,
  command: CommandUnknownOpts,
  { tree, ...source }: Source,
): Promise<Found | null> {
  return tree === undefined ? inTarget(wanted, command, source) : inTree(withoutTarget(wanted), tree, command, source);
}

/** Without a target there is no stock kernel but the one that runs. */
function withoutTarget(wanted: Goal | StockGoal): Goal {
  if (wanted.kind !== 'by-stock') return wanted;
  const { running, by } = wanted;
  if (running === null)
    throw new UsageError({
      message: 'the modules of the running kernel, which tell the drivers of devices, are not there',
      hint: TABLES_HINT,
    });
  const goal = by(running);
  if (goal === null) throw noDevice();
  return goal;
}

async function inTarget(wanted: Goal | StockGoal, command: CommandUnknownOpts, source: Source): Promise<Found | null> {
  const against = source.against === undefined ? null : (await givenConfig(source.against)).text;
  const [config, target] = await configAndTarget(command);
  const found = await lookAtTarget(config, async (history, looking, say) =>
    settingsForTarget(target, history, { wanted, against }, { ...looking, say }),
  );
  return found && { ...found, subject: `${target.name} (Linux ${found.version})` };
}

async function inTree(
  wanted: Goal,
  tree: string,
  command: CommandUnknownOpts,
  { arch, against }: Source,
): Promise<Found> {
  const { config } = sharedOptions(command);
  if (config === undefined || against !== undefined)
    throw new UsageError({ message: 'with --tree, --config names the present .config, and --against is not needed' });
  const present = (await givenConfig(config)).text;
  const { kconfig } = await loadKernel({ tree, arch });
  const { root, architecture } = await architectureOf({ tree, arch });
  const aliases = wanted.kind === 'machine' ? await aliasLinesIn(root) : '';
  const modules = buildIndex({ files: moduleSources(root), aliases, architecture });
  const found = settled(settingsInTree({ kconfig, present, wanted, modules }));
  return { ...found, attribute: 'structuredExtraConfig', subject: tree };
}
