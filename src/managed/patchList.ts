import { ATTRIBUTES } from './managedPatch.ts';
import { readMarkers } from './markers.ts';
import { keysOf } from '../nixfile/attributes.ts';
import { callName, callParts } from '../nixfile/calls.ts';
import type { NixFile } from '../nixfile/nixFile.ts';
import type { SyntaxNode } from '../nixfile/syntaxTree.ts';
import { bare, children, type Range, valueOf } from '../nixfile/tree.ts';

/** Where one more patch can be added to a file. */
export type Place =
  /** At the end of a list of patches (`list`), or as one more list among the parts of a mkMerge (`part`). */
  | { kind: 'list' | 'part'; list: SyntaxNode }
  /** As a binding of its own, because none binds a list yet: `path = given [ … ];` after this binding. */
  | { kind: 'binding'; after: SyntaxNode; path: string; given: string }
  /** As `++ [ … ]` at the offset `at`: after an expression that gives a list, and after an end marker that closes there. */
  | { kind: 'append'; expression: SyntaxNode; at: number };

export type NoPlace = { kind: 'none'; message: string; offset: number };

/** Functions like `mkIf`, which pass on their last argument: a list again. */
const WRAPPERS = /^mk(?:If|After|Before|Force|Default|(?:VM)?Override|Order)$/;
const GIVES_LIST = /^(?:singleton|optionals?|concatLists|flatten|concatMap|map|filter|attrValues|mapAttrsToList)$/;
const SETTINGS: ReadonlySet<string> = new Set(ATTRIBUTES);
const PATCH_KEYS: ReadonlySet<string> = new Set([...ATTRIBUTES, 'extraConfig', 'patch']);

/** A file, and the ranges between its markers: nothing may be added there. */
type Source = { file: NixFile; blocks: readonly Range[] };

function none(message: string, { from }: { from: number }): NoPlace {
  return { kind: 'none', message, offset: from };
}

/**
 * Finds the list that the kernel gets its patches from: the one `kernelPatches = …` of a NixOS module, the `all` or the
 * only list of an attribute set of patches, or the list that the file itself is. There is no place if several lists could
 * be meant. In a file that chooses or overrides a kernel and binds no list, the place is a new binding.
 */
export function findPatchList(file: NixFile): Place | NoPlace {
  const source = { file, blocks: blocksIn(file) };
  const place = placeOfPatches(source);
  return 'list' in place && blockAround(source, place.list.to) !== undefined
    ? none('the list ends between the markers of another managed patch', { from: place.list.to })
    : place;
}

function placeOfPatches(source: Source): Place | NoPlace {
  const { file } = source;
  const bindings = bindingsOf(file, 'kernelPatches');
  const [binding, another] = bindings;
  if (binding !== undefined && another !== undefined) {
    const lines = bindings.map((one) => file.placeOf(one.from).line).join(', ');
    return none(`'kernelPatches' is bound more than once (lines ${lines})`, another);
  }
  if (binding !== undefined) return placeIn(source, valueOf(binding) ?? binding, true);
  const chosen = bindingsOf(file, 'kernelPackages').find((one) => !isDeclaration(file, one));
  if (chosen !== undefined) return { kind: 'binding', after: chosen, path: siblingPath(file, chosen), given: '' };
  const top = children(file.tree.topNode).at(-1);
  const place = top === undefined ? none('the file is empty', { from: 0 }) : placeIn(source, top, false);
  return place.kind === 'none' ? (besideOverride(file) ?? place) : place;
}

/** `kernelPackages = mkOption { … }` declares the option: no kernel is chosen. */
function isDeclaration(file: NixFile, binding: SyntaxNode): boolean {
  const value = valueOf(binding);
  return value?.name === 'Apply' && /^mk\w*Option$/.test(callName(file, value));
}

/** The path of a binding, with `kernelPatches` for its last name. */
function siblingPath(file: NixFile, binding: SyntaxNode): string {
  const path = binding.getChild('AttrPath');
  const last = path === null ? undefined : children(path).at(-1);
  return `${last === undefined ? '' : file.textOf({ from: binding.from, to: last.from })}kernelPatches`;
}

/** After the settings in `KERNEL.override { structuredExtraConfig = …; }`; the list keeps the patches that KERNEL has. */
function besideOverride(file: NixFile): Place | null {
  for (const name of SETTINGS) {
    for (const binding of bindingsOf(file, name)) {
      const call = callAround(binding);
      const [callee] = call === null ? [] : children(call);
      const kernel = callee === undefined ? undefined : /^(.*)\.override$/s.exec(file.textOf(callee))?.[1];
      if (kernel !== undefined && /^[\w.'-]+$/.test(kernel))
        return { kind: 'binding', after: binding, path: 'kernelPatches', given: `${kernel}.kernelPatches ++ ` };
    }
  }
  return null;
}

/** The call whose argument is the attribute set around a binding. */
function callAround(binding: SyntaxNode): SyntaxNode | null {
  let node = binding.parent;
  while (node?.name === 'AttrSet' || node?.name === 'Parens') node = node.parent;
  return node?.name === 'Apply' ? node : null;
}

/** From each begin marker to the next end marker. */
function blocksIn(file: NixFile): Range[] {
  const markers = readMarkers(file);
  return markers.flatMap(({ from, edge }, index) => {
    const next = markers[index + 1];
    return edge === 'begin' && next?.edge === 'end' ? [{ from, to: next.to }] : [];
  });
}

function blockAround({ blocks }: Source, offset: number): Range | undefined {
  return blocks.find(({ from, to }) => offset > from && offset < to);
}

function appendTo(source: Source, expression: SyntaxNode): Place {
  return { kind: 'append', expression, at: blockAround(source, expression.to)?.to ?? expression.to };
}

/**
 * An expression to look into. `known`: only a list can be in its place. `argumentOf`: the call of a function like `mkIf`
 * whose last argument it is, without parentheses.
 */
type Within = { kind: 'within'; expression: SyntaxNode; known: boolean; argumentOf?: SyntaxNode };

const UNCLEAR = 'it is not clear whether this is a list of patches';

/** Goes down, step by step because it can be far, to the list that an expression gives. */
function placeIn(source: Source, expression: SyntaxNode, known: boolean): Place | NoPlace {
  let found: Within | Place | NoPlace = { kind: 'within', expression, known };
  let call: SyntaxNode | undefined;
  while (found.kind === 'within') {
    call = found.argumentOf ?? call;
    found = stepInto(source, found);
  }
  // `mkAfter x ++ [ … ]` would append to what mkAfter gives, which is no list.
  return found.kind === 'append' && call !== undefined
    ? none(`the argument of '${callName(source.file, call)}' is not a list that can be added to`, call)
    : found;
}

function stepInto(source: Source, { expression, known }: Within): Within | Place | NoPlace {
  switch (expression.name) {
    case 'Parens': {
      const inner = bare(expression);
      return inner === expression
        ? none('its parentheses are empty', expression)
        : { kind: 'within', expression: inner, known };
    }
    case 'Lambda':
    case 'With':
    case 'Let':
    case 'Assert': {
      const body = children(expression).at(-1);
      return body === undefined ? none('it has no body', expression) : { kind: 'within', expression: body, known };
    }
    case 'List':
      return { kind: 'list', list: expression };
    case 'Concat': {
      const list = operands(expression).findLast(
        (operand) => operand.name === 'List' && blockAround(source, operand.from) === undefined,
      );
      return list === undefined ? appendTo(source, expression) : { kind: 'list', list };
    }
    case 'Apply':
      return stepIntoCall(source, expression, known);
    case 'AttrSet':
      return stepIntoSet(source, expression);
    case 'Variable':
    case 'Select':
      return known ? appendTo(source, expression) : none(UNCLEAR, expression);
    default:
      return none('no list of kernel patches could be recognised here', expression);
  }
}

function stepIntoCall(source: Source, call: SyntaxNode, known: boolean): Within | Place | NoPlace {
  const name = callName(source.file, call);
  const last = callParts(call).at(-1) ?? call;
  if (WRAPPERS.test(name))
    return { kind: 'within', expression: last, known: true, ...(last.name === 'Parens' ? {} : { argumentOf: call }) };
  const outer = bare(last);
  if (name === 'mkMerge' || name === 'concatLists') {
    const inner = outer.name === 'List' ? children(outer).findLast((element) => element.name === 'List') : undefined;
    if (inner !== undefined) return { kind: 'list', list: inner };
    if (name === 'concatLists') return appendTo(source, call);
    return outer.name === 'List'
      ? { kind: 'part', list: outer }
      : none("the parts of 'mkMerge' are not a plain list", call);
  }
  if (name === 'flatten' && outer.name === 'List') return { kind: 'list', list: outer };
  return GIVES_LIST.test(name) || (known && !name.startsWith('mk')) ? appendTo(source, call) : none(UNCLEAR, call);
}

function stepIntoSet(source: Source, set: SyntaxNode): Within | NoPlace {
  const { file } = source;
  const bindings = set.getChildren('Binding').flatMap((binding) => {
    const [key, ...more] = keysOf(file, binding);
    return more.length === 0 ? [{ key: key ?? '?', value: valueOf(binding) ?? binding }] : [];
  });
  if (bindings.some(({ key }) => SETTINGS.has(key))) return none('the file is a single patch, not a list of them', set);
  const all = bindings.find(({ key }) => key === 'all');
  if (all !== undefined) return { kind: 'within', expression: all.value, known: true };
  const lists = bindings.filter(({ key, value }) => key !== 'imports' && /^(List|Concat)$/.test(bare(value).name));
  const [only, another] = lists;
  if (another !== undefined)
    return none(`any of ${lists.map(({ key }) => `'${key}'`).join(', ')} could be the list of patches`, set);
  // A lone list in a file without a patch can be a list of anything.
  if (only !== undefined && holdsPatch(file, set)) return { kind: 'within', expression: only.value, known: true };
  return none("there is neither 'kernelPatches' nor a list of patches in this file", set);
}

function holdsPatch(file: NixFile, set: SyntaxNode): boolean {
  for (const binding of set.inside('Binding')) if (PATCH_KEYS.has(keysOf(file, binding)[0] ?? '')) return true;
  return false;
}

/** The parts of `a ++ b ++ c`, parentheses taken off. */
function operands(concat: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  const left = [concat];
  for (let node = left.pop(); node !== undefined; node = left.pop())
    if (node.name !== 'Concat') found.push(bare(node));
    else
      left.push(
        ...children(node)
          .filter((child) => child.name !== '++')
          .reverse(),
      );
  return found;
}

/** Every binding whose path ends in `name`, except in a specialisation: its patches are for another kernel. */
export function bindingsOf(file: NixFile, name: string): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  let specialisedTo = 0;
  for (const binding of file.tree.topNode.inside('Binding')) {
    if (binding.from < specialisedTo) continue;
    const names = keysOf(file, binding);
    if (names.includes('specialisation')) specialisedTo = binding.to;
    else if (names.at(-1) === name) found.push(binding);
  }
  return found;
}
