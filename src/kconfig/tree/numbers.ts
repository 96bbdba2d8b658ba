import type { SymbolType } from '../syntax/ast.ts';
import { TRI_TEXT } from './model.ts';

const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);

/** What C's strtoll and strtoull read: the value (clamped to its bounds), how many characters it took, and whether it was out of bounds. */
export type ParsedNumber = { value: bigint; length: number; overflow: boolean };

/** strtoll(3). With base 0, `0x` means 16 and another leading `0` means 8. */
export function parseSigned(text: string, base: 0 | 10 | 16): ParsedNumber {
  const parsed = parseDigits(text, base);
  if (parsed.value > MAX) return { ...parsed, value: MAX, overflow: true };
  return parsed.value < MIN ? { ...parsed, value: MIN, overflow: true } : parsed;
}

/** strtoull(3): a minus sign wraps around. */
export function parseUnsigned(text: string, base: 10 | 16): ParsedNumber {
  const parsed = parseDigits(text, base);
  const magnitude = parsed.value < 0n ? -parsed.value : parsed.value;
  if (magnitude > 2n ** 64n - 1n) return { ...parsed, value: 2n ** 64n - 1n, overflow: true };
  return { ...parsed, value: BigInt.asUintN(64, parsed.value) };
}

function parseDigits(text: string, base: 0 | 10 | 16): ParsedNumber {
  const start = /^[ \t\n\v\f\r]*([+-]?)/.exec(text);
  const sign = start?.[1] ?? '';
  const from = start?.[0].length ?? 0;
  const rest = text.slice(from);
  const prefix = base !== 10 && /^0[xX][0-9a-fA-F]/.test(rest) ? 2 : 0;
  const actual = base !== 0 ? base : prefix === 2 ? 16 : rest.startsWith('0') ? 8 : 10;
  const digits =
    (actual === 16 ? /^[0-9a-fA-F]*/ : actual === 10 ? /^[0-9]*/ : /^[0-7]*/).exec(rest.slice(prefix))?.[0] ?? '';
  if (digits === '') return { value: 0n, length: 0, overflow: false };
  const magnitude = BigInt(actual === 16 ? `0x${digits}` : actual === 8 ? `0o${digits}` : digits);
  return { value: sign === '-' ? -magnitude : magnitude, length: from + prefix + digits.length, overflow: false };
}

/** Whether a text can be a value of the type (`sym_string_valid` in symbol.c). */
export function isValidText(type: SymbolType | 'unknown', text: string): boolean {
  switch (type) {
    case 'string':
      return true;
    case 'int':
      return /^-?(0|[1-9][0-9]*)$/.test(text);
    case 'hex':
      return /^(0[xX])?[0-9a-fA-F]+$/.test(text);
    case 'bool':
    case 'tristate':
      return /^[yYmMnN]/.test(text);
    case 'unknown':
      return false;
  }
}

/** A value, and the type of the symbol that has it. */
export type TypedText = { text: string; type: SymbolType | 'unknown' };

/** Negative, 0 or positive: as numbers if both values read as such, else as text (`expr_parse_string` in expr.c). */
export function compareValues(left: TypedText, right: TypedText): number {
  if (left.type === 'string' && right.type === 'string') return compareBytes(left.text, right.text);
  const a = asNumber(left);
  const b = asNumber(right);
  if (a === null || b === null) return compareBytes(left.text, right.text);
  const [x, y] =
    a.unsigned || b.unsigned ? [BigInt.asUintN(64, a.value), BigInt.asUintN(64, b.value)] : [a.value, b.value];
  return x < y ? -1 : x > y ? 1 : 0;
}

function asNumber({ text, type }: TypedText): { value: bigint; unsigned: boolean } | null {
  if (type === 'bool' || type === 'tristate')
    return { value: BigInt(TRI_TEXT.indexOf(text as 'n' | 'm' | 'y')), unsigned: false };
  const parsed = type === 'hex' ? parseUnsigned(text, 16) : parseSigned(text, type === 'int' ? 10 : 0);
  if (parsed.overflow || parsed.length === 0 || parsed.length !== text.length) return null;
  return { value: parsed.value, unsigned: type === 'hex' };
}

const compareBytes = (a: string, b: string): number => (a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b)));
