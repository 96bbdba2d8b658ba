const MAX_LINE = 1 << 20;

/**
 * Splits a stream into lines; a chunk may end anywhere. `\n` and `\r\n` end a line. Of a line longer than a mebibyte only the
 * beginning is kept, so that memory stays bounded.
 */
export function createLineSplitter(take: (line: string) => void): {
  push: (chunk: Uint8Array | string) => void;
  end: () => void;
} {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  const push = (chunk: Uint8Array | string): void => {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const [end = '', ...begun] = text.split('\n');
    if (rest.length < MAX_LINE) rest = (rest + end).slice(0, MAX_LINE);
    for (const line of begun) {
      take(rest.endsWith('\r') ? rest.slice(0, -1) : rest);
      rest = line.slice(0, MAX_LINE);
    }
  };
  const end = (): void => {
    push(decoder.decode());
    if (rest !== '') push('\n');
  };
  return { push, end };
}
