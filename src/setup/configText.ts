import { dirname, relative } from 'node:path';
import { USUAL_NAME, type Target } from '../config/config.ts';

/** What falloutd.toml says about one target. */
export type Described = Pick<
  Target,
  'name' | 'installable' | 'nixArgs' | 'patchesFile' | 'managedFile' | 'managedName'
>;

/** For editors. A URL, because the file is shared between machines; its number is the major version of falloutd. */
const SCHEMA_URL = 'https://unpkg.com/falloutd@0/config/schema/falloutd.schema.json';

/** The text of the falloutd.toml at `file` for one target, each key with a short comment: always the same for the same target. */
export function configText(
  { name, installable, nixArgs, patchesFile, managedFile, managedName }: Described,
  file: string,
): string {
  const at = (path: string): string => tomlString(relative(dirname(file), path));
  const lines = [
    `#:schema ${SCHEMA_URL}`,
    "# falloutd's configuration, made by `falloutd init`.",
    '# Paths are relative to this file.',
    '',
    '# One kernel, by the name that falloutd calls it.',
    `[target.${name}]`,
    ...(installable.kind === 'flake'
      ? ['# The flake that has it.', 'flake = "."']
      : ['# The Nix file that has it.', `file = ${tomlString(installable.file)}`]),
    '# The attribute that leads to it.',
    `attribute = ${tomlString(installable.attribute)}`,
    ...(installable.kind === 'file' && nixArgs.length > 0
      ? ['# Arguments of every nix call.', `nix-args = [${nixArgs.map(tomlString).join(', ')}]`]
      : []),
    '# The file with your kernel patches.',
    `patches = ${at(patchesFile)}`,
    ...(managedFile === patchesFile
      ? []
      : ["# The file of falloutd's own patch, which yours imports.", `managed = ${at(managedFile)}`]),
    ...(managedName === USUAL_NAME ? [] : ["# The name of falloutd's own patch.", `name = ${tomlString(managedName)}`]),
    '',
  ];
  return lines.join('\n');
}

/** Whether two texts differ at most in their schema line: earlier versions wrote none, and its URL may change. */
export function sameConfig(a: string, b: string): boolean {
  const [bareA, bareB] = [a, b].map((text) => text.replace(/^#:schema .*\n/, ''));
  return bareA === bareB;
}

/** A TOML basic string: JSON's escapes are TOML's too. */
export function tomlString(text: string): string {
  return JSON.stringify(text);
}
