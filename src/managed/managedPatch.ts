import type { SyntaxNode, Tree } from '@lezer/common';
import type { Ask } from '../model/value.ts';
import type { Problem } from '../model/problem.ts';
import { bare, readAsk } from './kernelValues.ts';
import { Damage, nodesBetween } from './nodesBetween.ts';
import { findMarked, type Marker, markerLine, placeOf } from './markers.ts';
import { children, isComment, parseNix, type Range } from '../nixfile/parse.ts';
import { attributes, sourceOf } from '../nixfile/scope.ts';
import { attributeText, stringText } from '../nixfile/strings.ts';

export const ATTRIBUTES = ['structuredExtraConfig', 'extraStructuredConfig'] as const;
/** The attribute of a patch that holds its settings: today's name and the one before mid 2025. */
export type Attribute = (typeof ATTRIBUTES)[number];

/** One `SYMBOL = …;` between the markers. */
export type ManagedBinding = {
  symbol: string;
  expression: string;
  /** null when the expression is not one of the forms that falloutd writes. */
  ask: Ask | null;
  /** The number of its `mkOverride`, `mkForce` …; null for a plain value. */
  override: number | null;
  /** What stands behind it on its line, without the `#`. */
  comment: string | null;
  /** From the name to the semicolon. */
  range: Range;
};

/** One line `SYMBOL VALUE` or `SYMBOL? VALUE` of the managed patch's own `extraConfig`. */
export type ManagedLegacyLine = { symbol: string; value: string; optional: boolean };

export type ManagedBlock = {
  name: string;
  begin: Range;
  end: Range;
  attribute: Attribute;
  /** The attribute set of the patch. */
  patch: Range;
  /** The attribute set of the settings, braces included. */
  settings: Range;
  bindings: ManagedBinding[];
  /** The `extraConfig = …;` binding, when there is one. */
  legacyRange: Range | null;
  legacy: ManagedLegacyLine[];
  /** Lines of `extraConfig` that are no setting; they count as a difference. */
  unreadLegacy: string[];
};

export type ManagedReading =
  | { kind: 'managed'; block: ManagedBlock }
  | { kind: 'absent' }
  | { kind: 'damaged'; problem: Problem }
  | { kind: 'syntax'; problem: Problem };

/** The same with the tree's nodes, for the writer. */
export type Located = { block: ManagedBlock; patch: SyntaxNode; settings: SyntaxNode; settingsBinding: SyntaxNode };
export type Location = { kind: 'located'; located: Located } | Exclude<ManagedReading, { kind: 'managed' }>;

/**
 * Finds and reads the managed patch `name` in the text of a Nix file.
 *
 * `absent`: no marker of that name. `damaged`: markers doubled, nested, crossed or single, or something
 * between them that is not one patch. `syntax`: the file does not parse. Positions are UTF-16 offsets.
 */
export function readManaged(text: string, name: string): ManagedReading {
  const location = locateManaged(text, name);
  return location.kind === 'located' ? { kind: 'managed', block: location.located.block } : location;
}

/** `readManaged` with the nodes of the tree. */
export function locateManaged(text: string, name: string): Location {
  const parsed = parseNix(text);
  if (parsed.kind === 'syntax') {
    return { kind: 'syntax', problem: { message: parsed.message, line: parsed.line, column: parsed.column } };
  }
  const marked = findMarked(text, parsed.tree, name);
  if (marked.kind === 'absent') return marked;
  const damaged = (message: string, offset: number): Location => ({
    kind: 'damaged',
    problem: {
      message: `the managed patch '${name}' is damaged: ${message}`,
      ...placeOf(text, offset),
      hint: `Between '${markerLine('begin', name)}' and '${markerLine('end', name)}' one patch must stand and nothing else. Repair it, or run 'falloutd init --remove' and 'falloutd init'.`,
    },
  });
  if (marked.kind === 'damaged') return damaged(marked.message, marked.offset);
  try {
    return { kind: 'located', located: readBlock(text, parsed.tree, name, marked.begin, marked.end) };
  } catch (error) {
    if (error instanceof Damage) return damaged(error.message, error.offset);
    throw error;
  }
}

function readBlock(text: string, tree: Tree, name: string, begin: Marker, end: Marker): Located {
  const patch = findPatch(nodesBetween(tree, begin, end), begin);
  let settingsBinding: SyntaxNode | null = null;
  let attribute: Attribute | null = null;
  let legacyBinding: SyntaxNode | null = null;
  for (const binding of patch.getChildren('Binding')) {
    const path = binding.getChild('AttrPath');
    const names = path === null ? [] : attributes(path).map((node) => attributeText(text, node));
    const key = names[0] ?? '';
    const isSettings = (ATTRIBUTES as readonly string[]).includes(key);
    if (!isSettings && key !== 'extraConfig') continue;
    if (names.length > 1) throw new Damage(`'${key}' must be one attribute set of its own`, binding.from);
    if (isSettings) {
      if (attribute !== null) throw new Damage(`it has both '${attribute}' and '${key}'`, binding.from);
      settingsBinding = binding;
      attribute = key as Attribute;
    } else {
      legacyBinding = binding;
    }
  }
  if (settingsBinding === null || attribute === null) throw new Damage(`it has no '${ATTRIBUTES[0]}'`, patch.from);
  const settings = attributeSet(valueOf(settingsBinding));
  if (settings === null) throw new Damage(`its '${attribute}' is not an attribute set`, settingsBinding.from);
  const { lines, unread } = legacyBinding === null ? { lines: [], unread: [] } : readLegacy(text, legacyBinding);
  return {
    block: {
      name,
      begin: rangeOf(begin),
      end: rangeOf(end),
      attribute,
      patch: rangeOf(patch),
      settings: rangeOf(settings),
      bindings: readBindings(text, settings),
      legacyRange: legacyBinding === null ? null : rangeOf(legacyBinding),
      legacy: lines,
      unreadLegacy: unread,
    },
    patch,
    settings,
    settingsBinding,
  };
}

/** One attribute set, one binding to it, or `++ [ { … } ]`. */
function findPatch(nodes: SyntaxNode[], begin: Marker): SyntaxNode {
  const [first, second, ...more] = nodes;
  if (first === undefined) throw new Damage('nothing stands between its markers', begin.from);
  let expression: SyntaxNode | null | undefined = first;
  if (first.name === '++' && second?.name === 'List' && more.length === 0) {
    const elements = children(second).slice(1, -1);
    expression = elements.length === 1 ? elements[0] : null;
  } else if (second !== undefined) {
    throw new Damage('more than one thing stands between its markers', second.from);
  } else if (first.name === 'Binding') {
    expression = valueOf(first);
  }
  const patch = attributeSet(expression ?? null);
  if (patch === null)
    throw new Damage('what stands between its markers is not the attribute set of a patch', first.from);
  return patch;
}

/** The attribute set inside parentheses, `with …;` and `let … in`. */
function attributeSet(expression: SyntaxNode | null): SyntaxNode | null {
  let node = expression;
  while (node !== null) {
    node = bare(node);
    if (node.name === 'AttrSet') return node;
    if (node.name !== 'With' && node.name !== 'Let') return null;
    node = children(node).at(-1) ?? null;
  }
  return null;
}

function readBindings(text: string, settings: SyntaxNode): ManagedBinding[] {
  const source = sourceOf(text);
  return children(settings).flatMap((node) => {
    if (node.name === 'Inherit')
      throw new Damage("'inherit' among the settings has no value that could be read", node.from);
    if (node.name !== 'Binding') return [];
    const path = node.getChild('AttrPath');
    const [first, ...more] = path === null ? [] : attributes(path);
    const symbol = first === undefined ? null : attributeText(text, first);
    const value = valueOf(node);
    if (symbol === null || value === null)
      throw new Damage('a computed name among the settings cannot be read', node.from);
    const { ask, override } = more.length > 0 ? { ask: null, override: null } : readAsk(source, value);
    return [
      {
        symbol,
        expression: text.slice(value.from, value.to),
        ask,
        override,
        comment: trailingComment(text, node)?.text ?? null,
        range: rangeOf(node),
      },
    ];
  });
}

/** The comments behind a binding on the line where it ends. */
export function trailingComment(text: string, binding: SyntaxNode): (Range & { text: string }) | null {
  const words: string[] = [];
  let from = -1;
  let to = binding.to;
  for (let node = binding.nextSibling; node !== null && isComment(node); node = node.nextSibling) {
    if (/[\r\n]/.test(text.slice(to, node.to))) break;
    const raw = text.slice(node.from, node.to);
    words.push((node.name === 'LineComment' ? raw.slice(1) : raw.slice(2, -2)).trim());
    if (from === -1) from = node.from;
    to = node.to;
  }
  return from === -1 ? null : { from, to, text: words.join(' ') };
}

function readLegacy(text: string, binding: SyntaxNode): { lines: ManagedLegacyLine[]; unread: string[] } {
  const value = valueOf(binding);
  const content = value === null ? null : stringText(text, bare(value));
  if (content === null) throw new Damage("its 'extraConfig' is not a plain string", binding.from);
  const lines: ManagedLegacyLine[] = [];
  const unread: string[] = [];
  for (const line of content.split('\n')) {
    const match = /^\s*([A-Za-z0-9_]+)(\?)?\s+(.*?)\s*$/.exec(line);
    // A carriage return would become part of the answer that the config script gives.
    if (line.includes('\r')) unread.push(line);
    else if (match?.[1] !== undefined && match[3] !== undefined) {
      lines.push({ symbol: match[1], value: match[3], optional: match[2] !== undefined });
    } else if (line.trim() !== '') {
      unread.push(line);
    }
  }
  return { lines, unread };
}

function valueOf(binding: SyntaxNode): SyntaxNode | null {
  return children(binding)[2] ?? null;
}

function rangeOf(node: Range): Range {
  return { from: node.from, to: node.to };
}
