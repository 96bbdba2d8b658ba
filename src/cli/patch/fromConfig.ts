/** `falloutd patch from-config` and `from-diff`. */
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { byMenu, nixText } from '../../generate/nixPatches.ts';
import type { Wanted } from '../../kernel/wantedConfig.ts';
import type { PatchSetting } from '../../kernel/settingsToward.ts';
import { documentText } from '../../report/data/documents.ts';
import { generatedPatches } from '../../report/data/generatedPatches.ts';
import { patchSummaryLines } from '../../report/text/patchSummaryLines.ts';
import { style } from '../../report/text/style.ts';
import { settingsForTarget, type TargetSettings } from '../../run/patchesFor.ts';
import { configAndTarget } from '../commandLine.ts';
import { lookAtTarget } from '../lookAtTarget.ts';
import { INTERRUPTED } from '../runExitCode.ts';
import { writeResult } from '../writeResult.ts';
import { givenChanges, givenConfig } from './givenFiles.ts';

export type PatchOptions = {
  against?: string;
  /** The needless settings, too. */
  all?: boolean;
  output?: string;
  json?: boolean;
};

/** Prints the patches that turn what a target comes to into the configuration in a file. @returns the exit code. */
export async function fromConfig(file: string, command: CommandUnknownOpts, options: PatchOptions): Promise<number> {
  const { text, version } = await givenConfig(file);
  const given = version === null ? file : `${file} (Linux ${version})`;
  return printPatches({ kind: 'config', text }, { given, origin: 'falloutd patch from-config' }, command, options);
}

/** The same of changes. */
export async function fromDiff(file: string, command: CommandUnknownOpts, options: PatchOptions): Promise<number> {
  const changes = await givenChanges(file);
  const given = file === '-' ? 'the given changes' : file;
  return printPatches({ kind: 'changes', changes }, { given, origin: 'falloutd patch from-diff' }, command, options);
}

async function printPatches(
  wanted: Wanted,
  names: { given: string; origin: string },
  command: CommandUnknownOpts,
  options: PatchOptions,
): Promise<number> {
  const against = options.against === undefined ? null : (await givenConfig(options.against)).text;
  const [config, target] = await configAndTarget(command);
  const found = await lookAtTarget(config, async (history, looking) =>
    settingsForTarget(target, history, { wanted, against }, looking),
  );
  if (found === null) return INTERRUPTED;
  const patches = byMenu(settingsIn(found, options));
  const document = generatedPatches(patches, found);
  writeResult(
    options.output,
    options.json === true ? documentText(document, 2) : nixText(patches, found.attribute, names.origin),
  );
  const look = style(process.stderr);
  const [head = '', ...rest] = patchSummaryLines(document, { isWhole: options.all === true }, look);
  const lines = [`${names.given} for ${target.name} (Linux ${found.version}): ${head}`, ...rest];
  process.stderr.write(lines.map((line) => `${line}\n`).join(''));
  return 0;
}

const settingsIn = ({ settings, needless }: TargetSettings, { all = false }: PatchOptions): PatchSetting[] =>
  all ? [...settings, ...needless] : settings;
