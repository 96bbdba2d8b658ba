import { dirname, relative } from 'node:path';
import { USUAL_NAME, type Target } from '../config/config.ts';

/** What falloutd.toml says of one target; the paths are relative to the file's directory. */
export type Choice = {
  name: string;
  kernel:
    | { kind: 'flake'; attribute: string }
    | { kind: 'file'; file: string; attribute: string; nixArgs: readonly string[] };
  patches: string;
  /** The separate file of the managed patch; null: it is in the patches file. */
  managed: string | null;
  managedName: string;
};

/** For editors. A URL, because the file is shared between machines; its number is the major version of falloutd. */
const SCHEMA_URL = 'https://unpkg.com/falloutd@0/config/schema/falloutd.schema.json';

/** falloutd.toml for one target, each key with a short comment. The same choice always gives the same text. */
export function configText({ name, kernel, patches, managed, managedName }: Choice): string {
  const lines = [
    `#:schema ${SCHEMA_URL}`,
    "# falloutd's configuration, made by `falloutd init`.",
    '# Paths are relative to this file.',
    '',
    '# One kernel, by the name that falloutd calls it.',
    `[target.${name}]`,
    ...(kernel.kind === 'flake'
      ? ['# The flake that has it.', 'flake = "."']
      : ['# The Nix file that has it.', `file = ${tomlString(kernel.file)}`]),
    '# The attribute that leads to it.',
    `attribute = ${tomlString(kernel.attribute)}`,
    ...(kernel.kind === 'file' && kernel.nixArgs.length > 0
      ? ['# Arguments of every nix call.', `nix-args = [${kernel.nixArgs.map(tomlString).join(', ')}]`]
      : []),
    '# The file with your kernel patches.',
    `patches = ${tomlString(patches)}`,
    ...(managed === null
      ? []
      : ["# The file of falloutd's own patch, which yours imports.", `managed = ${tomlString(managed)}`]),
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

/** The choice that leads to this target, as falloutd.toml can express it. */
export function choiceOf(target: Target, file: string): Choice {
  const dir = dirname(file);
  const at = (path: string): string => relative(dir, path);
  return {
    name: target.name,
    kernel:
      target.installable.kind === 'flake'
        ? { kind: 'flake', attribute: target.installable.attribute }
        : {
            kind: 'file',
            file: target.installable.file,
            attribute: target.installable.attribute,
            nixArgs: target.nixArgs,
          },
    patches: at(target.patchesFile),
    managed: target.managedFile === target.patchesFile ? null : at(target.managedFile),
    managedName: target.managedName,
  };
}

/** A TOML basic string: JSON's escapes are TOML's too. */
export function tomlString(text: string): string {
  return JSON.stringify(text);
}
