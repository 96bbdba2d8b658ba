import type { SyntaxNode } from '@lezer/common';
import { children } from './parse.ts';
import { attributeText } from './strings.ts';

/** What `lib.kernel` holds for patches. None of these names exists in `lib` itself. */
export const KERNEL_NAMES = ['yes', 'no', 'module', 'unset', 'freeform', 'option'] as const;
export type KernelName = (typeof KERNEL_NAMES)[number];

/**
 * What an expression stands for, as far as a reader of the file can tell: `pkgs`, `lib`, `lib.kernel`,
 * `lib.kernel.no`, `lib.mkOverride` …; null: something else, or it cannot be known.
 */
export type Meaning = string | null;

type Binder =
  | { kind: 'argument' }
  | { kind: 'definition'; value: SyntaxNode }
  | { kind: 'inherited'; source: SyntaxNode | null; outside: SyntaxNode };

type Found = { kind: 'lexical'; binder: Binder; scope: SyntaxNode } | { kind: 'free'; withs: SyntaxNode[] };

const KNOWN_PACKAGE_SETS = new Set(['pkgs', 'final', 'prev', 'super']);
/** Definitions refer to each other; no real file nests them deeper. */
const MAX_DEPTH = 24;

/** What `name` would stand for at the inside of `place`. */
export function meaningOfName(text: string, place: SyntaxNode, name: string, depth = 0): Meaning {
  if (depth > MAX_DEPTH) return null;
  const found = lookUp(text, place, name);
  if (found.kind === 'lexical') return meaningOfBinder(text, found.binder, name, depth);
  for (const scope of found.withs) {
    const source = children(scope).find((child) => child.name !== 'with');
    const set = source === undefined ? null : meaningOf(text, source, depth + 1);
    const isKernelName = (KERNEL_NAMES as readonly string[]).includes(name);
    if (set === 'lib.kernel') {
      if (isKernelName) return `lib.kernel.${name}`;
    } else if (set === 'lib') {
      if (!isKernelName && name !== 'lib' && name !== 'pkgs') return step('lib', name);
    } else if (set === 'pkgs') {
      if (name === 'lib') return 'lib';
      if (isKernelName) return null;
    } else {
      // Nobody can say what this set holds, and it comes before the outer ones.
      return null;
    }
  }
  return null;
}

/** What an expression at its place stands for. */
export function meaningOf(text: string, expression: SyntaxNode, depth = 0): Meaning {
  switch (expression.name) {
    case 'Parens': {
      const inner = children(expression)[1];
      return inner === undefined ? null : meaningOf(text, inner, depth);
    }
    case 'Variable':
      return meaningOfName(text, expression, text.slice(expression.from, expression.to), depth + 1);
    case 'Select': {
      const path = expression.getChild('AttrPath');
      const base = expression.firstChild;
      if (path === null || base === null || expression.getChild('Or') !== null) return null;
      let meaning = meaningOf(text, base, depth);
      for (const attribute of attributes(path)) {
        meaning = step(meaning, attributeText(text, attribute) ?? '');
      }
      return meaning;
    }
    case 'Apply': {
      const source = text.slice(expression.from, expression.to);
      if (/^import\s+<nixpkgs\/lib>$/.test(source)) return 'lib';
      return /^import\s+<nixpkgs>\s*\{/.test(source) ? 'pkgs' : null;
    }
    default:
      return null;
  }
}

/** How `lib` is written at this place (`lib`, `pkgs.lib`, `nixpkgs.lib` …), or null when it cannot be reached. */
export function libraryAt(text: string, place: SyntaxNode): string | null {
  if (meaningOfName(text, place, 'lib') === 'lib') return 'lib';
  for (const name of KNOWN_PACKAGE_SETS) {
    if (meaningOfName(text, place, name) === 'pkgs') return `${name}.lib`;
  }
  for (const scope of enclosing(place, 'With')) {
    const source = children(scope).find((child) => child.name !== 'with');
    if (source === undefined) continue;
    const written = text.slice(source.from, source.to);
    const root = /^([A-Za-z_][\w'-]*)(?:\.[A-Za-z_][\w'-]*)*$/.exec(written)?.[1];
    if (root === undefined || !sameBinder(text, root, source, place)) continue;
    const meaning = meaningOf(text, source);
    if (meaning === 'lib') return written;
    if (meaning === 'lib.kernel' && written.endsWith('.kernel')) return written.slice(0, -'.kernel'.length);
  }
  return null;
}

/** The children of an AttrPath that name something. */
export function attributes(path: SyntaxNode): SyntaxNode[] {
  return children(path).filter((child) => child.name !== '.');
}

function step(meaning: Meaning, name: string): Meaning {
  if (name === 'lib' && (meaning === 'pkgs' || meaning === null)) return 'lib';
  if (meaning === null || meaning === 'pkgs') return null;
  if (meaning === 'lib' && name === 'modules') return 'lib';
  return `${meaning}.${name}`;
}

function meaningOfBinder(text: string, binder: Binder, name: string, depth: number): Meaning {
  switch (binder.kind) {
    case 'argument':
      return byConvention(name);
    case 'definition': {
      const known = meaningOf(text, binder.value, depth + 1);
      if (known !== null) return known;
      return /^(Select|Apply|Variable|With|Let|Update|Parens)$/.test(binder.value.name) ? byConvention(name) : null;
    }
    case 'inherited': {
      if (binder.source !== null) return step(meaningOf(text, binder.source, depth + 1), name);
      const outside = binder.outside.parent;
      return outside === null ? null : meaningOfName(text, outside, name, depth + 1);
    }
  }
}

function byConvention(name: string): Meaning {
  if (name === 'lib') return 'lib';
  return KNOWN_PACKAGE_SETS.has(name) ? 'pkgs' : null;
}

/** A lexical binding beats every `with`; among those the innermost counts first. */
function lookUp(text: string, place: SyntaxNode, name: string): Found {
  const withs: SyntaxNode[] = [];
  let inner: SyntaxNode | null = null;
  for (let scope: SyntaxNode | null = place; scope !== null; inner = scope, scope = scope.parent) {
    if (scope.name === 'With') {
      if (inner !== null && scope.lastChild?.from === inner.from) withs.push(scope);
      continue;
    }
    const binder = binderIn(text, scope, name, inner);
    if (binder !== null) return { kind: 'lexical', binder, scope };
  }
  return { kind: 'free', withs };
}

function binderIn(text: string, scope: SyntaxNode, name: string, inner: SyntaxNode | null): Binder | null {
  if (scope.name === 'Lambda') {
    const formals = scope.getChild('Formals')?.getChildren('Formal') ?? [];
    const identifiers = [scope, ...formals].flatMap((node) => node.getChildren('Identifier'));
    return identifiers.some((node) => text.slice(node.from, node.to) === name) ? { kind: 'argument' } : null;
  }
  const recursive = scope.name === 'Let' || scope.name === 'LegacyLet' || scope.getChild('rec') !== null;
  if (!recursive) return null;
  for (const binding of scope.getChildren('Binding')) {
    const path = binding.getChild('AttrPath');
    const first = path === null ? undefined : attributes(path)[0];
    const value = children(binding)[2];
    if (first !== undefined && value !== undefined && attributeText(text, first) === name) {
      return { kind: 'definition', value };
    }
  }
  for (const inherit of scope.getChildren('Inherit')) {
    // The names of `inherit lib;` itself are looked up outside.
    if (inner !== null && inherit.from === inner.from && inherit.getChild('Source') === null) continue;
    if (!children(inherit).some((child) => attributeText(text, child) === name)) continue;
    const source = inherit.getChild('Source');
    return { kind: 'inherited', source: source === null ? null : (children(source)[1] ?? null), outside: scope };
  }
  return null;
}

function sameBinder(text: string, name: string, one: SyntaxNode, other: SyntaxNode): boolean {
  const first = lookUp(text, one, name);
  const second = lookUp(text, other, name);
  return first.kind === 'lexical' && second.kind === 'lexical' && first.scope.from === second.scope.from && first.scope.to === second.scope.to;
}

function* enclosing(place: SyntaxNode, name: string): Iterable<SyntaxNode> {
  for (let node: SyntaxNode | null = place; node !== null; node = node.parent) {
    if (node.name === name) yield node;
  }
}
