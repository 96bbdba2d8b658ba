/**
 * Text of a file whose bytes may not all be UTF-8 (a comment in Latin-1). A byte that fits nowhere becomes the
 * lone surrogate U+DC00 + byte, so that `bytesOf(textOf(bytes))` is always the same bytes again.
 */
export function textOf(bytes: Buffer): string {
  const whole = decoded(bytes);
  if (whole !== null) return whole;
  const parts: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes[at] ?? 0);
    const sequence = length === 0 ? null : decoded(bytes.subarray(at, at + length));
    parts.push(sequence ?? String.fromCharCode(0xdc00 + (bytes[at] ?? 0)));
    at += sequence === null ? 1 : length;
  }
  return parts.join('');
}

/** The bytes of a text from `textOf`, or of any other text. */
export function bytesOf(text: string): Buffer {
  const parts = text.split(/([\udc80-\udcff])/u);
  return Buffer.concat(
    parts.map((part, index) => (index % 2 === 1 ? Buffer.from([part.charCodeAt(0) - 0xdc00]) : Buffer.from(part))),
  );
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}
