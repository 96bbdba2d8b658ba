import { TRI_TEXT, type KSymbol } from '../tree/model.ts';
import { parseSigned, parseUnsigned } from '../tree/numbers.ts';

/** A value as text, with the type of its symbol. */
type TypedText = { text: string; type: KSymbol['type'] };

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

function compareBytes(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
