/** Decides from the files what to converge. Nothing is guessed: what is ambiguous is reported so. */
import { findPatchList } from '../managed/patchList.ts';
import { readMarkers } from '../managed/markers.ts';
import { boundNames, isOwnFile } from './boundNames.ts';
import type { FoundFile } from './folder.ts';
import { USUAL_NAME } from '../config/config.ts';

/** Which name is meant; `ambiguous` and `unknown` list what there is. */
export type Picked =
  | { kind: 'one'; name: string }
  | { kind: 'none' }
  | { kind: 'ambiguous'; names: string[] }
  | { kind: 'unknown'; asked: string; names: string[] };

/** The host that is meant: the one asked for, else the one named like this machine, else the only one. */
export function pickHost(names: readonly string[], hostname: string, asked: string | undefined): Picked {
  const sorted = [...names].sort((a, b) => Number(b === hostname) - Number(a === hostname) || (a < b ? -1 : 1));
  const [first] = sorted;
  if (asked !== undefined)
    return sorted.includes(asked) ? { kind: 'one', name: asked } : { kind: 'unknown', asked, names: sorted };
  if (first === undefined) return { kind: 'none' };
  return first === hostname || sorted.length === 1
    ? { kind: 'one', name: first }
    : { kind: 'ambiguous', names: sorted };
}

/** The managed patch as its markers show it. */
type Marked = {
  name: string;
  /** The file that contains it; null if there is only its import. */
  managed: string | null;
  /** The user's file with the import, or with the managed patch inside. Null if there is only a separate file. */
  patches: string | null;
};

export type MarkedPick = { kind: 'one'; marked: Marked } | { kind: 'none' } | { kind: 'ambiguous'; names: string[] };

/** The managed patch that these files have already. */
export function findMarked(files: readonly FoundFile[], asked: string | undefined): MarkedPick {
  const found = new Map<string, Marked>();
  for (const { path, file } of files) {
    for (const { name: marker } of readMarkers(file)) {
      const name = marker.replace(/^import /, '');
      const marked = found.get(name) ?? { name, managed: null, patches: null };
      if (marker !== name) marked.patches = path;
      else {
        marked.managed = path;
        if (!isOwnFile(file.text, name)) marked.patches ??= path;
      }
      found.set(name, marked);
    }
  }
  const only = found.size === 1 ? [...found.values()][0] : undefined;
  const marked = found.get(asked ?? USUAL_NAME) ?? (asked === undefined ? only : undefined);
  if (marked !== undefined) return { kind: 'one', marked };
  return asked !== undefined || found.size === 0
    ? { kind: 'none' }
    : { kind: 'ambiguous', names: [...found.keys()].sort() };
}

/**
 * The file that a patch is added to: with wishes and a list of patches, else with such a list, else with wishes and room for
 * a list, else with room for one, else any that has to do with kernel patches. Of several in the first of these that has
 * any, patches.nix in the folder is meant.
 */
export function pickPatches(files: readonly FoundFile[]): Picked {
  const concerned = files
    .map(({ path, file }) => ({ path, names: boundNames(file), place: findPatchList(file).kind }))
    .filter(
      ({ path, names, place }) =>
        path === 'patches.nix' || place === 'binding' || names.has('kernelPatches') || hasSettings(names),
    );
  const withList = concerned.filter(({ place }) => place !== 'none' && place !== 'binding');
  const withRoom = concerned.filter(({ place }) => place === 'binding');
  const wishing = (some: typeof concerned): typeof concerned => some.filter(({ names }) => hasSettings(names));
  const candidates =
    [wishing(withList), withList, wishing(withRoom), withRoom, concerned].find((some) => some.length > 0) ?? [];
  const first = candidates.find(({ path }) => path === 'patches.nix') ?? candidates[0];
  if (first === undefined) return { kind: 'none' };
  return candidates.length === 1 || first.path === 'patches.nix'
    ? { kind: 'one', name: first.path }
    : { kind: 'ambiguous', names: candidates.map(({ path }) => path) };
}

function hasSettings(names: ReadonlySet<string>): boolean {
  return names.has('structuredExtraConfig') || names.has('extraStructuredConfig');
}

/** A target's name from that of a host: the characters that a TOML table and a file name share. */
export function targetName(host: string): string {
  return host.replace(/[^A-Za-z0-9_-]+/g, '-') || 'kernel';
}
