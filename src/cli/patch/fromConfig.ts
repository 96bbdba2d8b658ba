/** `falloutd patch from-config` and `from-diff`. */
import { basename } from 'node:path';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { byMenu, nixText } from '../../generate/nixPatches.ts';
import type { Goal } from '../../kernel/settingsToward.ts';
import { valuesOf } from '../../kernel/wantedConfig.ts';
import { documentText } from '../../report/data/documents.ts';
import { generatedPatches } from '../../report/data/generatedPatches.ts';
import { patchSummaryLines } from '../../report/text/patchSummaryLines.ts';
import { style } from '../../report/text/style.ts';
import { isOff } from '../../script/dotConfig.ts';
import type { StockGoal } from '../../run/byStock.ts';
import { INTERRUPTED } from '../runExitCode.ts';
import { checkPlace, writeResult } from '../writeResult.ts';
import { foundSettings, type Source } from './foundSettings.ts';
import { givenChanges, givenConfig } from './givenFiles.ts';

export type PatchOptions = Source & {
  /** The needless settings, too. */
  all?: boolean;
  output?: string;
  json?: boolean;
};

/** Prints the patches that turn what a target comes to into the configuration in a file. @returns the exit code. */
export async function fromConfig(file: string, command: CommandUnknownOpts, options: PatchOptions): Promise<number> {
  checkPlace(options.output, [file]);
  const { text, version } = await givenConfig(file);
  const given = version === null ? file : `${file} (Linux ${version})`;
  return printPatches({ kind: 'config', text }, { given, origin: 'falloutd patch from-config' }, command, options);
}

/** The same of changes. */
export async function fromDiff(file: string, command: CommandUnknownOpts, options: PatchOptions): Promise<number> {
  checkPlace(options.output, [file]);
  const changes = await givenChanges(file);
  const given = file === '-' ? 'the given changes' : file;
  return printPatches({ kind: 'changes', changes }, { given, origin: 'falloutd patch from-diff' }, command, options);
}

/** Prints the patches that a target needs for what is wanted. @returns the exit code. */
export async function printPatches(
  wanted: Goal | StockGoal,
  names: { given: string; origin: string },
  command: CommandUnknownOpts,
  options: PatchOptions,
): Promise<number> {
  const found = await foundSettings(wanted, command, options);
  if (found === null) return INTERRUPTED;
  const isWhole = options.all === true;
  const patches = byMenu(isWhole ? [...found.settings, ...found.needless] : found.settings);
  const document = generatedPatches(patches, found);
  const origin = { command: names.origin, file: options.output === undefined ? null : basename(options.output) };
  const text = options.json === true ? documentText(document, 2) : nixText(patches, found.attribute, origin);
  writeResult(options.output, text);
  const about = { subject: `${names.given} for ${found.subject}`, isWhole, given: givenIn(wanted) };
  const lines = patchSummaryLines(document, about, style(process.stderr));
  process.stderr.write(lines.map((line) => `${line}\n`).join(''));
  return 0;
}

/** How many options are given a value. */
function givenIn(wanted: Goal | StockGoal): number {
  if (wanted.kind === 'machine' || wanted.kind === 'by-stock') return 0;
  if (wanted.kind === 'config') return valuesOf(wanted.text).size;
  return wanted.changes.filter(({ to }) => !isOff(to)).length;
}
