const MAX_LINE = 1 << 20;
const NEWLINE = 0x0a;

/**
 * Splits a stream into lines; a chunk may end anywhere. `\n` and `\r\n` end a line. Of a line longer than a mebibyte only the
 * beginning is kept, so that memory stays bounded.
 */
export function createLineSplitter(take: (line: string) => void): {
  push: (chunk: Uint8Array | string) => void;
  end: () => void;
  /** Whether a line was too long. */
  isCut: () => boolean;
} {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  let isCut = false;
  const begins = (line: string): string => {
    isCut ||= line.length > MAX_LINE;
    return line.slice(0, MAX_LINE);
  };
  const textOf = (bytes: Uint8Array): string => {
    // Of a line whose beginning is kept already, only the end is looked for: half a gigabyte of zeros is not decoded.
    const from = rest.length < MAX_LINE ? 0 : bytes.indexOf(NEWLINE);
    isCut ||= from !== 0 && bytes.length > 0;
    return from === -1 ? '' : decoder.decode(bytes.subarray(from), { stream: true });
  };
  const push = (chunk: Uint8Array | string): void => {
    const text = typeof chunk === 'string' ? chunk : textOf(chunk);
    const [end = '', ...begun] = text.split('\n');
    if (rest.length < MAX_LINE) rest = begins(rest + end);
    else isCut ||= end !== '';
    for (const line of begun) {
      take(rest.endsWith('\r') ? rest.slice(0, -1) : rest);
      rest = begins(line);
    }
  };
  const end = (): void => {
    push(decoder.decode());
    if (rest !== '') push('\n');
  };
  return { push, end, isCut: () => isCut };
}
