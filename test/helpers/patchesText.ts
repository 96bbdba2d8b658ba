import type { Ask } from '../../src/model/value.ts';

/** An ask as tests spell it: `option n`, `y`, `unset`, `freeform 8`. */
export function askText({ value, optional }: Ask): string {
  const text =
    value.kind === 'tristate' ? value.tristate : value.kind === 'freeform' ? `freeform ${value.text}` : 'unset';
  return optional ? `option ${text}` : text;
}

/** The managed patch as `falloutd init` writes it, as an element of a list. */
export const MANAGED = `  # falloutd: begin fallout
  {
    name = "fallout";
    patch = null;
    structuredExtraConfig = with lib.kernel; { };
  }
  # falloutd: end fallout
`;

/** One patch of a list: `settings` are the lines of its attribute set, `more` further attributes. */
export function patchText(name: string, settings: string, more = ''): string {
  const lines = settings
    .trim()
    .split('\n')
    .map((line) => `      ${line.trim()}\n`)
    .join('');
  return `  {
    name = "${name}";
    patch = null;
${more === '' ? '' : `    ${more}\n`}    structuredExtraConfig = with lib.kernel; {
${lines}    };
  }
`;
}

/** patches.nix as a list of patches, given as texts of its elements. */
export function listText(elements: readonly string[]): string {
  return `{ lib, ... }:\n[\n${elements.join('')}]\n`;
}

/** patches.nix with one patch `mine` that asks for `settings`, and the managed patch behind it. */
export function wishing(settings: string): string {
  return listText([patchText('mine', settings), MANAGED]);
}

/** The same file without the managed patch. */
export function withoutManaged(text: string): string {
  const lines = text.split('\n');
  const begin = lines.findIndex((line) => line.includes('# falloutd: begin '));
  const end = lines.findIndex((line) => line.includes('# falloutd: end '));
  if (begin === -1 || end === -1) throw new Error('there is no managed patch in this text');
  return [...lines.slice(0, begin), ...lines.slice(end + 1)].join('\n');
}

/** What is outside the markers: the user's own bytes. */
export function outsideMarkers(text: string): [string, string] {
  const begin = text.indexOf('# falloutd: begin ');
  const end = text.indexOf('# falloutd: end ');
  if (begin === -1 || end === -1) throw new Error('there is no managed patch in this text');
  return [text.slice(0, begin), text.slice(end)];
}
