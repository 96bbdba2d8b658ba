import type { SyntaxNode } from '@lezer/common';
import type { Ask, Tristate, Value } from '../model/value.ts';
import type { NixFile } from '../nixfile/nixFile.ts';
import { type KernelName, libraryAt, meaningOf, meaningOfName } from '../nixfile/scope.ts';
import { nixString, stringText } from '../nixfile/strings.ts';
import { bare, children } from '../nixfile/tree.ts';

/** The override priorities that `lib` has names for. */
const PRIORITY_NAMES: Record<string, number> = {
  'lib.mkVMOverride': 10,
  'lib.mkForce': 50,
  'lib.mkImageMediaOverride': 60,
  'lib.mkDefault': 1000,
  'lib.mkOptionDefault': 1500,
};

const TRISTATE_NAMES: Record<Tristate, KernelName> = { y: 'yes', m: 'module', n: 'no' };

/** Reads `lib.mkOverride 40 (option no)`: `ask` null when it is not understood, `override` null when there is none. */
export function readAsk(file: NixFile, expression: SyntaxNode): { ask: Ask | null; override: number | null } {
  const [head, ...args] = applied(expression);
  const meaning = meaningOf(file, head);
  const [first, second] = args;
  if (meaning === 'lib.mkOverride' && args.length === 2 && first !== undefined && second !== undefined) {
    const number = bare(first);
    const written = file.textOf(number);
    if (!/^-?\s*\d+$/.test(written)) return { ask: null, override: null };
    return { ask: askOf(file, second), override: Number(written.replace(/\s/g, '')) };
  }
  const named = meaning === null ? undefined : PRIORITY_NAMES[meaning];
  if (named !== undefined && args.length === 1 && first !== undefined) {
    return { ask: askOf(file, first), override: named };
  }
  return { ask: askOf(file, expression), override: null };
}

/** The names that falloutd writes at a place, each in a form that resolves there. */
export type Names = { kernel: (name: KernelName) => string; mkOverride: string };

/** Finds out how the names of `lib` are written inside `place`; null when `lib` cannot be reached from there. */
export function namesAt(file: NixFile, place: SyntaxNode): Names | null {
  const library = libraryAt(file, place);
  const qualified =
    library !== null ? `${library}.kernel` : meaningOfName(file, place, 'kernel') === 'lib.kernel' ? 'kernel' : null;
  const plainOverride = meaningOfName(file, place, 'mkOverride') === 'lib.mkOverride';
  const mkOverride =
    library === 'lib' || (library !== null && !plainOverride)
      ? `${library}.mkOverride`
      : plainOverride
        ? 'mkOverride'
        : null;
  if (qualified === null || mkOverride === null) return null;
  return {
    kernel: (name) => (meaningOfName(file, place, name) === `lib.kernel.${name}` ? name : `${qualified}.${name}`),
    mkOverride,
  };
}

/** The expression of an entry: `lib.mkOverride 40 (option no)`. */
export function writeAsk(names: Names, ask: Ask, override: number): string {
  const value = writeValue(names, ask.value);
  const asked = ask.optional ? `${names.kernel('option')} ${argument(value)}` : value;
  return `${names.mkOverride} ${override < 0 ? `(${override})` : override} ${argument(asked)}`;
}

function askOf(file: NixFile, expression: SyntaxNode): Ask | null {
  const [head, argumentNode, ...more] = applied(expression);
  if (meaningOf(file, head) === 'lib.kernel.option' && argumentNode !== undefined && more.length === 0) {
    const value = valueOf(file, argumentNode);
    return value === null ? null : { value, optional: true };
  }
  const value = valueOf(file, expression);
  return value === null ? null : { value, optional: false };
}

function valueOf(file: NixFile, expression: SyntaxNode): Value | null {
  const [head, argumentNode, ...more] = applied(expression);
  const meaning = meaningOf(file, head);
  if (argumentNode === undefined) {
    if (meaning === 'lib.kernel.unset') return { kind: 'unset' };
    for (const tristate of ['y', 'm', 'n'] as const) {
      if (meaning === `lib.kernel.${TRISTATE_NAMES[tristate]}`) return { kind: 'tristate', tristate };
    }
    return null;
  }
  if (meaning !== 'lib.kernel.freeform' || more.length > 0) return null;
  const freeform = stringText(file, bare(argumentNode));
  return freeform === null ? null : { kind: 'freeform', text: freeform };
}

function writeValue(names: Names, value: Value): string {
  switch (value.kind) {
    case 'tristate':
      return names.kernel(TRISTATE_NAMES[value.tristate]);
    case 'freeform':
      return `${names.kernel('freeform')} ${nixString(value.text)}`;
    case 'unset':
      return names.kernel('unset');
  }
}

function argument(expression: string): string {
  return expression.includes(' ') ? `(${expression})` : expression;
}

/** The function and the arguments of nested applications, without parentheses around the function. */
function applied(expression: SyntaxNode): [SyntaxNode, ...SyntaxNode[]] {
  const args: SyntaxNode[] = [];
  let head = bare(expression);
  while (head.name === 'Apply') {
    const [callee, last] = children(head);
    if (callee === undefined || last === undefined) break;
    args.unshift(last);
    head = bare(callee);
  }
  return [head, ...args];
}
