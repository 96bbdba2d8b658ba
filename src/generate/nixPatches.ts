/** Settings as kernel patches in Nix, grouped by the menus of Kconfig. */
import type { PatchSetting } from '../kernel/patchSettings.ts';
import { reasonComment } from '../managed/edit.ts';
import { writeBinding } from '../managed/kernelValues.ts';
import type { Attribute } from '../managed/managedPatch.ts';
import { nixString } from '../nixfile/strings.ts';

/** A kernel patch without a patch: settings under a name. */
export type NamedPatch = { name: string; settings: PatchSetting[] };

const LEVELS = 2;

/** The settings by the two outermost menus around them, in the order in which each comes first. */
export function byMenu(settings: readonly PatchSetting[]): NamedPatch[] {
  const patches = new Map<string, PatchSetting[]>();
  for (const setting of settings) {
    const name = setting.menus.slice(0, LEVELS).join(': ') || 'Top level';
    patches.set(name, [...(patches.get(name) ?? []), setting]);
  }
  return [...patches].map(([name, own]) => ({ name, settings: own }));
}

/**
 * A Nix file with these patches: a function to a list.
 * @param origin the command that made it, and the file that it will be, for the comment; null: not known.
 */
export function nixText(
  patches: readonly NamedPatch[],
  attribute: Attribute,
  { command, file }: { command: string; file: string | null },
): string {
  const isPlain = file !== null && /^[\w.+-]+$/.test(file);
  const count = patches.reduce((sum, { settings }) => sum + settings.length, 0);
  return [
    `# ${counted(count)}, by \`${command}\`. Add the list to your kernel patches:`,
    `#   boot.kernelPatches = import ./${isPlain ? file : 'THIS-FILE.nix'} { inherit lib; };`,
    '{ lib, ... }:',
    '[',
    ...patchListLines(patches, attribute),
    ']',
    '',
  ].join('\n');
}

/** The patches as what stands in a list. */
export const patchListLines = (patches: readonly NamedPatch[], attribute: Attribute): string[] =>
  patches.flatMap((patch) => patchLines(patch, attribute).map((line) => `  ${line}`));

function patchLines({ name, settings }: NamedPatch, attribute: Attribute): string[] {
  return [
    `# ${counted(settings.length)}`,
    '{',
    `  name = ${nixString(name)};`,
    '  patch = null;',
    `  ${attribute} = with lib.kernel; {`,
    ...settings.map((setting) => `    ${settingLine(setting)}`),
    '  };',
    '}',
  ];
}

const settingLine = ({ symbol, value, priority, prompt }: PatchSetting): string =>
  writeBinding(symbol, value, priority) + reasonComment(prompt ?? '');

const counted = (settings: number): string => `${settings} ${settings === 1 ? 'setting' : 'settings'}`;
