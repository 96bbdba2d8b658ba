/** Reads and writes the values of kernel settings as Nix expressions, like `lib.mkOverride 40 (option no)`. */
import type { Ask, Tristate, Value } from '../model/value.ts';
import { callParts } from '../nixfile/calls.ts';
import type { NixFile } from '../nixfile/nixFile.ts';
import { KERNEL_NAMES, type KernelName, libraryAt, meaningOf, meaningOfName } from '../nixfile/scope.ts';
import { attributeName, nixString, stringText } from '../nixfile/strings.ts';
import type { SyntaxNode } from '../nixfile/syntaxTree.ts';
import { bare } from '../nixfile/tree.ts';

/** The override priorities that `lib` has names for. */
const PRIORITY_NAMES: Record<string, number> = {
  'lib.mkVMOverride': 10,
  'lib.mkForce': 50,
  'lib.mkImageMediaOverride': 60,
  'lib.mkDefault': 1000,
  'lib.mkOptionDefault': 1500,
};

const TRISTATE_NAMES: Record<Tristate, KernelName> = { y: 'yes', m: 'module', n: 'no' };

/** The value and the priority of a setting: `ask` is null if falloutd does not understand it, `override` if it has none. */
export function readAsk(file: NixFile, expression: SyntaxNode): { ask: Ask | null; override: number | null } {
  const [head, first, second, ...more] = callParts(expression);
  const meaning = meaningOf(file, head);
  if (meaning === 'lib.mkOverride' && first !== undefined && second !== undefined && more.length === 0) {
    const written = file.textOf(bare(first));
    if (!/^-?\s*\d+$/.test(written)) return { ask: null, override: null };
    return { ask: askOf(file, second), override: Number(written.replace(/\s/g, '')) };
  }
  const named = PRIORITY_NAMES[meaning ?? ''];
  return named !== undefined && first !== undefined && second === undefined
    ? { ask: askOf(file, first), override: named }
    : { ask: askOf(file, expression), override: null };
}

function askOf(file: NixFile, expression: SyntaxNode): Ask | null {
  const [head, argument, ...more] = callParts(expression);
  const optional = meaningOf(file, head) === 'lib.kernel.option' && argument !== undefined && more.length === 0;
  const value = valueOf(file, optional ? argument : expression);
  return value && { value, optional };
}

function valueOf(file: NixFile, expression: SyntaxNode): Value | null {
  const [head, argument, ...more] = callParts(expression);
  const meaning = meaningOf(file, head);
  if (argument === undefined) {
    if (meaning === 'lib.kernel.unset') return { kind: 'unset' };
    const tristate = (['y', 'm', 'n'] as const).find((one) => meaning === `lib.kernel.${TRISTATE_NAMES[one]}`);
    return tristate === undefined ? null : { kind: 'tristate', tristate };
  }
  if (meaning !== 'lib.kernel.freeform' || more.length > 0) return null;
  const text = stringText(file, bare(argument));
  return text === null ? null : { kind: 'freeform', text };
}

/** How the functions and values of `lib` are written at a place, so that they resolve there. */
export type Names = { kernel: (name: KernelName) => string; mkOverride: string };

/** How to write the names of `lib` inside of `place`; null if `lib` cannot be reached from there. */
export function namesAt(file: NixFile, place: SyntaxNode): Names | null {
  const library = libraryAt(file, place);
  const means = (name: string, meaning: string): boolean => meaningOfName(file, place, name) === meaning;
  const isPlain = means('mkOverride', 'lib.mkOverride');
  if (library === null && !(isPlain && means('kernel', 'lib.kernel'))) return null;
  const qualified = library === null ? 'kernel' : `${library}.kernel`;
  const written = new Map(
    KERNEL_NAMES.map((name) => [name, means(name, `lib.kernel.${name}`) ? name : `${qualified}.${name}`]),
  );
  return {
    kernel: (name) => written.get(name) ?? name,
    mkOverride: library === null || (isPlain && library !== 'lib') ? 'mkOverride' : `${library}.mkOverride`,
  };
}

/** The expression of an entry: `lib.mkOverride 40 (option no)`. */
export function writeAsk(names: Names, { value, optional }: Ask, override: number): string {
  const written = writeValue(names, value);
  const asked = optional ? `${names.kernel('option')} ${inParentheses(written)}` : written;
  return `${names.mkOverride} ${override < 0 ? `(${override})` : override} ${inParentheses(asked)}`;
}

/** The expression of a setting as people write it, at a place where `lib` and the names of `lib.kernel` are known. */
function writeSetting(value: Value, priority: number): string {
  const written = writeValue({ kernel: (name) => name, mkOverride: '' }, value);
  if (priority === 100) return written;
  const override = priority === 50 ? 'lib.mkForce' : `lib.mkOverride ${priority < 0 ? `(${priority})` : priority}`;
  return `${override} ${inParentheses(written)}`;
}

/** The binding of such a setting: `SND_SOC = lib.mkForce no;`. */
export const writeBinding = (symbol: string, value: Value, priority: number): string =>
  `${attributeName(symbol)} = ${writeSetting(value, priority)};`;

function writeValue(names: Names, value: Value): string {
  if (value.kind === 'freeform') return `${names.kernel('freeform')} ${nixString(value.text)}`;
  return names.kernel(value.kind === 'unset' ? 'unset' : TRISTATE_NAMES[value.tristate]);
}

/** An argument of a function needs parentheses if it is a call itself. */
function inParentheses(expression: string): string {
  return expression.includes(' ') ? `(${expression})` : expression;
}
