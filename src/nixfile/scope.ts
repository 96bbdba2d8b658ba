import { attributeText, keysOf } from './attributes.ts';
import type { NixFile } from './nixFile.ts';
import type { SyntaxNode } from './syntaxTree.ts';
import { bare, children, valueOf } from './tree.ts';

/** What `lib.kernel` holds for patches. None of these names exists in `lib` itself. */
export const KERNEL_NAMES = ['yes', 'no', 'module', 'unset', 'freeform', 'option'] as const;
export type KernelName = (typeof KERNEL_NAMES)[number];

/**
 * What an expression means, as far as the file alone shows: `pkgs`, `lib`, `lib.kernel`, `lib.kernel.no`,
 * `lib.mkOverride` …; null: something else, or unknown.
 */
export type Meaning = string | null;

type Binder =
  | { kind: 'argument' }
  | { kind: 'definition'; value: SyntaxNode }
  | { kind: 'inherited'; set: SyntaxNode | null; scope: SyntaxNode }
  /** `name.more = …;`: only a part of it is seen. */
  | { kind: 'partial' };

/** The names that the scopes of a file bind, by the offset at which the scope begins: no two begin at the same one. */
const scopesOf = new WeakMap<NixFile, Map<number, Map<string, Binder>>>();

type Found = { kind: 'lexical'; binder: Binder; scope: SyntaxNode } | { kind: 'free'; withs: SyntaxNode[] };

const KNOWN_PACKAGE_SETS = new Set(['pkgs', 'final', 'prev', 'super']);
/** Definitions refer to each other; no real file nests them deeper. */
const MAX_DEPTH = 24;

/** What `name` would mean inside of `place`. */
export function meaningOfName(file: NixFile, place: SyntaxNode, name: string, depth = 0): Meaning {
  if (depth > MAX_DEPTH) return null;
  const found = lookUp(file, place, name);
  if (found.kind === 'lexical') return meaningOfBinder(file, found.binder, name, depth);
  for (const scope of found.withs) {
    const opened = children(scope)[1];
    const set = opened === undefined ? null : meaningOf(file, opened, depth + 1);
    const isKernelName = (KERNEL_NAMES as readonly string[]).includes(name);
    if (set === 'lib.kernel') {
      if (isKernelName) return `lib.kernel.${name}`;
    } else if (set === 'lib') {
      if (!isKernelName && name !== 'lib' && name !== 'pkgs') return step('lib', name);
    } else if (set === 'pkgs') {
      if (name === 'lib') return 'lib';
      if (isKernelName) return null;
    } else {
      // The content of this set is unknown, and it takes precedence over the outer ones.
      return null;
    }
  }
  return null;
}

/** What an expression means at its place. */
export function meaningOf(file: NixFile, expression: SyntaxNode, depth = 0): Meaning {
  if (depth > MAX_DEPTH) return null;
  const meant = bare(expression);
  switch (meant.name) {
    case 'Variable':
      return meaningOfName(file, meant, file.textOf(meant), depth + 1);
    case 'Select': {
      const base = meant.firstChild;
      if (base === null || meant.getChild('Or') !== null) return null;
      let meaning = meaningOf(file, base, depth + 1);
      for (const key of keysOf(file, meant)) meaning = step(meaning, key ?? '');
      return meaning;
    }
    case 'Apply': {
      const written = file.textOf(meant);
      if (/^import\s+<nixpkgs\/lib>$/.test(written)) return 'lib';
      return /^import\s+<nixpkgs>\s*\{/.test(written) ? 'pkgs' : null;
    }
    default:
      return null;
  }
}

/** How `lib` is written at this place (`lib`, `pkgs.lib`, `nixpkgs.lib` …), or null when it cannot be reached. */
export function libraryAt(file: NixFile, place: SyntaxNode): string | null {
  if (meaningOfName(file, place, 'lib') === 'lib') return 'lib';
  for (const name of KNOWN_PACKAGE_SETS) {
    if (meaningOfName(file, place, name) === 'pkgs') return `${name}.lib`;
  }
  for (let scope: SyntaxNode | null = place; scope !== null; scope = scope.parent) {
    const opened = scope.name === 'With' ? children(scope)[1] : undefined;
    if (opened === undefined) continue;
    const written = file.textOf(opened);
    const root = /^([A-Za-z_][\w'-]*)(?:\.[A-Za-z_][\w'-]*)*$/.exec(written)?.[1];
    if (root === undefined || !sameBinder(file, root, opened, place)) continue;
    const meaning = meaningOf(file, opened);
    if (meaning === 'lib') return written;
    if (meaning === 'lib.kernel' && written.endsWith('.kernel')) return written.slice(0, -'.kernel'.length);
  }
  return null;
}

function step(meaning: Meaning, name: string): Meaning {
  if (name === 'lib' && (meaning === 'pkgs' || meaning === null)) return 'lib';
  if (meaning === null || meaning === 'pkgs') return null;
  if (meaning === 'lib' && name === 'modules') return 'lib';
  return `${meaning}.${name}`;
}

function meaningOfBinder(file: NixFile, binder: Binder, name: string, depth: number): Meaning {
  switch (binder.kind) {
    case 'argument':
      return byConvention(name);
    case 'definition': {
      const known = meaningOf(file, binder.value, depth + 1);
      if (known !== null) return known;
      return /^(Select|Apply|Variable|With|Let|Update|Parens)$/.test(binder.value.name) ? byConvention(name) : null;
    }
    case 'partial':
      return null;
    case 'inherited': {
      if (binder.set !== null) return step(meaningOf(file, binder.set, depth + 1), name);
      // The names of `inherit lib;` are looked up outside of the scope that they go into.
      const outside = binder.scope.parent;
      return outside === null ? null : meaningOfName(file, outside, name, depth + 1);
    }
  }
}

function byConvention(name: string): Meaning {
  if (name === 'lib') return 'lib';
  return KNOWN_PACKAGE_SETS.has(name) ? 'pkgs' : null;
}

/** A lexical binding beats every `with`; among those the innermost counts first. */
function lookUp(file: NixFile, place: SyntaxNode, name: string): Found {
  const withs: SyntaxNode[] = [];
  let inner: SyntaxNode | null = null;
  for (let scope: SyntaxNode | null = place; scope !== null; inner = scope, scope = scope.parent) {
    if (scope.name === 'With') {
      if (inner !== null && scope.lastChild?.from === inner.from) withs.push(scope);
    } else if (bindsNames(scope)) {
      const binder = bindersOf(file, scope).get(name);
      if (binder !== undefined) return { kind: 'lexical', binder, scope };
    }
  }
  return { kind: 'free', withs };
}

/** The names that a scope binds, read once for each scope: a file may have thousands of bindings. */
function bindersOf(file: NixFile, scope: SyntaxNode): Map<string, Binder> {
  const scopes = scopesOf.get(file) ?? new Map<number, Map<string, Binder>>();
  scopesOf.set(file, scopes);
  const binders = scopes.get(scope.from) ?? (scope.name === 'Lambda' ? argumentsOf : definitionsOf)(file, scope);
  scopes.set(scope.from, binders);
  return binders;
}

function argumentsOf(file: NixFile, lambda: SyntaxNode): Map<string, Binder> {
  const formals = lambda.getChild('Formals')?.getChildren('Formal') ?? [];
  const identifiers = [lambda, ...formals].flatMap((node) => node.getChildren('Identifier'));
  return new Map(identifiers.map((node) => [file.textOf(node), { kind: 'argument' }]));
}

function definitionsOf(file: NixFile, scope: SyntaxNode): Map<string, Binder> {
  const binders = new Map<string, Binder>();
  for (const node of children(scope)) {
    if (node.name === 'Binding') {
      const [name, ...more] = keysOf(file, node);
      const value = valueOf(node);
      if (name == null || value === null) continue;
      binders.set(name, more.length > 0 ? { kind: 'partial' } : { kind: 'definition', value });
    } else if (node.name === 'Inherit') {
      const from = node.getChild('Source');
      for (const attribute of children(node)) {
        const name = attributeText(file, attribute);
        if (name === null) continue;
        binders.set(name, { kind: 'inherited', set: from === null ? null : (children(from)[1] ?? null), scope });
      }
    }
  }
  return binders;
}

function bindsNames(scope: SyntaxNode): boolean {
  if (scope.name === 'AttrSet') return scope.firstChild?.name === 'rec';
  return scope.name === 'Lambda' || scope.name === 'Let' || scope.name === 'LegacyLet';
}

function sameBinder(file: NixFile, name: string, one: SyntaxNode, other: SyntaxNode): boolean {
  const [first, second] = [lookUp(file, one, name), lookUp(file, other, name)];
  if (first.kind !== 'lexical' || second.kind !== 'lexical') return false;
  return first.scope.from === second.scope.from && first.scope.to === second.scope.to;
}
