import type { Ask } from '../model/value.ts';
import type { Problem } from '../model/problem.ts';
import { trailingComment } from './bindings.ts';
import { readAsk } from './kernelValues.ts';
import { type LegacyLine, readLegacy } from './legacyLines.ts';
import { Damage, findMarkers, type Marker, markerLine, nodesBetween } from './markers.ts';
import { keysOf } from '../nixfile/attributes.ts';
import { NixFile } from '../nixfile/nixFile.ts';
import type { Unreadable } from '../nixfile/parse.ts';
import type { SyntaxNode } from '../nixfile/syntaxTree.ts';
import { bare, children, type Range, valueOf } from '../nixfile/tree.ts';

export const ATTRIBUTES = ['structuredExtraConfig', 'extraStructuredConfig'] as const;
/** The attribute of a patch that holds its settings: today's name and the one before mid 2025. */
export type Attribute = (typeof ATTRIBUTES)[number];

/** One `SYMBOL = …;` between the markers. */
export type ManagedBinding = {
  symbol: string;
  expression: string;
  /** Null if the expression has none of the forms that falloutd writes. */
  ask: Ask | null;
  /** The number of its `mkOverride`, `mkForce` …; null for a plain value. */
  override: number | null;
  /** The comment after it on its line, without the `#`. */
  comment: string | null;
  /** From the name to the semicolon. */
  node: SyntaxNode;
};

/** The managed patch in a file, with the nodes that an edit changes. */
export type ManagedPatch = {
  file: NixFile;
  name: string;
  begin: Range;
  end: Range;
  /** The attribute set of the patch. */
  set: SyntaxNode;
  attribute: Attribute;
  settingsBinding: SyntaxNode;
  /** The attribute set of the settings, braces included. */
  settings: SyntaxNode;
  bindings: ManagedBinding[];
  /** The `extraConfig = …;` binding, if there is one. */
  legacyBinding: SyntaxNode | null;
  legacy: LegacyLine[];
  /** Lines of `extraConfig` that are not settings; they count as a difference. */
  unreadLegacy: string[];
};

export type ManagedSearch =
  { kind: 'managed'; patch: ManagedPatch } | { kind: 'absent' } | { kind: 'damaged'; problem: Problem };

export type ManagedReading = ManagedSearch | Unreadable;

/** Parses the text of a Nix file and finds the managed patch `name` in it. */
export function readManaged(text: string, name: string): ManagedReading {
  const reading = NixFile.parse(text);
  return reading.kind === 'file' ? findManaged(reading.file, name) : reading;
}

/**
 * Finds and reads the managed patch `name` in a Nix file. `absent`: no marker of that name. `damaged`: markers doubled,
 * nested, crossed or single, or something between them that is not one patch.
 */
export function findManaged(file: NixFile, name: string): ManagedSearch {
  const damaged = (message: string, offset: number): ManagedSearch => ({
    kind: 'damaged',
    problem: {
      message: `the managed patch '${name}' is damaged: ${message}`,
      ...file.placeOf(offset),
      hint: `Between '${markerLine('begin', name)}' and '${markerLine('end', name)}' there must be one patch and nothing else. Repair it, or run 'falloutd init --remove' and 'falloutd init'.`,
    },
  });
  const markers = findMarkers(file, name);
  if (markers.kind === 'absent') return markers;
  if (markers.kind === 'damaged') return damaged(markers.message, markers.offset);
  const { begin, end } = markers;
  try {
    const set = findSet(nodesBetween(file.tree, begin, end), begin);
    const found = findBindings(file, set);
    const { attribute, settingsBinding, legacyBinding } = found;
    const settings = attributeSet(valueOf(settingsBinding));
    if (settings === null) throw new Damage(`its '${attribute}' is not an attribute set`, settingsBinding.from);
    const bindings = readBindings(file, settings);
    const { legacy, unreadLegacy } = readLegacy(file, legacyBinding);
    return {
      kind: 'managed',
      patch: { file, name, begin, end, set, ...found, settings, bindings, legacy, unreadLegacy },
    };
  } catch (error) {
    if (error instanceof Damage) return damaged(error.message, error.offset);
    throw error;
  }
}

/** The attribute set of the patch: alone, as the value of one binding, as `++ [ { … } ]`, or as the only patch of a list. */
function findSet(nodes: SyntaxNode[], begin: Marker): SyntaxNode {
  const [first, ...more] = nodes;
  if (first === undefined) throw new Damage('there is nothing between its markers', begin.from);
  const [only = first, another] = first.name === '++' && more[0]?.name === 'List' ? more : nodes;
  if (another !== undefined) throw new Damage('there is more than one thing between its markers', another.from);
  const expression = only.name === 'Binding' ? valueOf(only) : only;
  const set = attributeSet(expression === null ? null : onlyElement(expression));
  if (set === null) throw new Damage('what is between its markers is not the attribute set of a patch', first.from);
  return set;
}

/** The only element of a list, or of the list at the end of a `++`; any other expression itself. */
function onlyElement(expression: SyntaxNode): SyntaxNode | null {
  const list = expression.name === 'Concat' ? children(expression).at(-1) : expression;
  if (list?.name !== 'List') return expression;
  const [element, another] = children(list).slice(1, -1);
  return another === undefined ? (element ?? null) : null;
}

/** The bindings of a patch that hold settings: the structured ones, and those in a string. */
function findBindings(
  file: NixFile,
  set: SyntaxNode,
): Pick<ManagedPatch, 'attribute' | 'settingsBinding' | 'legacyBinding'> {
  let structured: Pick<ManagedPatch, 'attribute' | 'settingsBinding'> | null = null;
  let legacyBinding: SyntaxNode | null = null;
  for (const binding of set.getChildren('Binding')) {
    const [key, ...more] = keysOf(file, binding);
    const attribute = ATTRIBUTES.find((name) => name === key);
    if (attribute === undefined && key !== 'extraConfig') continue;
    if (more.length > 0) throw new Damage(`'${key ?? ''}' must be one attribute set of its own`, binding.from);
    if (attribute === undefined) {
      legacyBinding = binding;
      continue;
    }
    if (structured !== null) throw new Damage(`it has both '${structured.attribute}' and '${attribute}'`, binding.from);
    structured = { attribute, settingsBinding: binding };
  }
  if (structured === null) throw new Damage(`it has no '${ATTRIBUTES[0]}'`, set.from);
  return { ...structured, legacyBinding };
}

/** The attribute set inside parentheses, `with …;` and `let … in`. */
function attributeSet(expression: SyntaxNode | null): SyntaxNode | null {
  let node = expression === null ? null : bare(expression);
  while (node?.name === 'With' || node?.name === 'Let') {
    const body: SyntaxNode | undefined = children(node).at(-1);
    node = body === undefined ? null : bare(body);
  }
  return node?.name === 'AttrSet' ? node : null;
}

function readBindings(file: NixFile, settings: SyntaxNode): ManagedBinding[] {
  // All of them stand in one scope, where the same text says the same: thousands of settings have some ten values.
  const known = new Map<string, ReturnType<typeof readAsk>>();
  const asked = (value: SyntaxNode): ReturnType<typeof readAsk> => {
    const text = file.textOf(value);
    const read = known.get(text) ?? readAsk(file, value);
    known.set(text, read);
    return read;
  };
  return children(settings).flatMap((node) => {
    if (node.name === 'Inherit')
      throw new Damage("'inherit' among the settings has no value that could be read", node.from);
    if (node.name !== 'Binding') return [];
    const [symbol, ...more] = keysOf(file, node);
    const value = valueOf(node);
    if (symbol == null || value === null)
      throw new Damage('a computed name among the settings cannot be read', node.from);
    const { ask, override } = more.length > 0 ? { ask: null, override: null } : asked(value);
    const comment = trailingComment(file, node)?.text ?? null;
    return [{ symbol, expression: file.textOf(value), ask, override, comment, node }];
  });
}
