/** The settings that the `patch` commands print: for a target, or for a kernel source without one. */
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { settingsInTree } from '../../generate/treeSettings.ts';
import { buildIndex } from '../../kernel/modules/moduleIndex.ts';
import { moduleSources } from '../../kernel/modules/moduleSources.ts';
import type { FoundSettings, Goal } from '../../kernel/settingsToward.ts';
import type { Attribute } from '../../managed/managedPatch.ts';
import { UsageError } from '../../model/errors.ts';
import { settingsForTarget, settled } from '../../run/patchesFor.ts';
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
export type Found = FoundSettings & { attribute: Attribute; subject: string };

/** The settings for the target, or the kernel source, that the command line names; null after an interruption. */
export async function foundSettings(
  wanted: Goal,
  command: CommandUnknownOpts,
  { tree, ...source }: Source,
): Promise<Found | null> {
  return tree === undefined ? inTarget(wanted, command, source) : inTree(wanted, tree, command, source);
}

async function inTarget(wanted: Goal, command: CommandUnknownOpts, source: Source): Promise<Found | null> {
  const against = source.against === undefined ? null : (await givenConfig(source.against)).text;
  const [config, target] = await configAndTarget(command);
  const found = await lookAtTarget(config, async (history, looking) =>
    settingsForTarget(target, history, { wanted, against }, looking),
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
