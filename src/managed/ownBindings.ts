/** The user's own settings as bindings that may be edited: those that stand there as plain `SYMBOL = value;`. */
import { sameAsk, type Ask } from '../model/value.ts';
import { attributeText, keysOf } from '../nixfile/attributes.ts';
import { callParts } from '../nixfile/calls.ts';
import type { NixFile } from '../nixfile/nixFile.ts';
import type { SyntaxNode } from '../nixfile/syntaxTree.ts';
import { bare, children, valueOf } from '../nixfile/tree.ts';
import { readAsk } from './kernelValues.ts';
import { isIn, managedRanges } from './positions.ts';

/** A setting as an evaluation gave it, with the place of its name. */
export type Evaluated = { symbol: string; ask: Ask; line: number };

/** Where it stands, from the name to the semicolon. */
export type OwnBinding = { node: SyntaxNode; force: Force | null };

/** A `mkForce` and the like around a value, and what remains without it. */
export type Force = { call: SyntaxNode; inner: SyntaxNode };

/**
 * Finds the binding of a setting; null where the file does not show it as one, or where the same name is used elsewhere in the file.
 * Two of a name on one line cannot be told apart.
 */
export function bindingFinder(file: NixFile): (setting: Evaluated) => OwnBinding | null {
  const managed = managedRanges(file);
  const used = namesUsed(file);
  const byPlace = new Map<string, SyntaxNode[]>();
  for (const node of file.tree.topNode.inside('Binding')) {
    const symbol = keysOf(file, node).at(-1);
    if (symbol == null || used.has(symbol) || isIn(managed, node.from)) continue;
    const place = `${file.placeOf(node.from).line} ${symbol}`;
    byPlace.set(place, [...(byPlace.get(place) ?? []), node]);
  }
  return ({ symbol, ask, line }) => {
    const [node, another] = byPlace.get(`${line} ${symbol}`) ?? [];
    const value = node === undefined ? null : valueOf(node);
    if (node === undefined || another !== undefined || value === null) return null;
    const read = readAsk(file, value);
    // The file may have been saved since it was evaluated.
    if (read.ask !== null && !sameAsk(read.ask, ask)) return null;
    const isForced = read.ask !== null && read.override !== null && read.override < 100;
    return { node, force: isForced ? forceAround(value) : null };
  };
}

/** null where a comment would be lost with it. */
function forceAround(value: SyntaxNode): Force | null {
  const call = bare(value);
  const argument = callParts(call).at(-1);
  if (argument === undefined || !call.inside('LineComment', 'BlockComment').next().done) return null;
  return { call, inner: bare(argument) };
}

/** The names that are looked up somewhere: as variables, by selection, or inherited. */
function namesUsed(file: NixFile): Set<string> {
  const names = new Set<string>();
  for (const node of file.tree.topNode.inside('Variable', 'AttrPath', 'Inherit')) {
    if (node.name === 'Variable') names.add(file.textOf(node));
    else if (node.parent?.name !== 'Binding')
      for (const child of children(node)) {
        const name = attributeText(file, child);
        if (name !== null) names.add(name);
      }
  }
  return names;
}
