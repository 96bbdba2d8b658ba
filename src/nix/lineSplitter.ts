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
  const emit = (line: string): void => take(line.charCodeAt(line.length - 1) === 13 ? line.slice(0, -1) : line);
  const push = (chunk: Uint8Array | string): void => {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    let from = 0;
    for (let to = text.indexOf('\n'); to !== -1; to = text.indexOf('\n', from)) {
      emit(
        rest === ''
          ? text.slice(from, Math.min(to, from + MAX_LINE))
          : (rest + text.slice(from, to)).slice(0, MAX_LINE),
      );
      rest = '';
      from = to + 1;
    }
    if (from < text.length && rest.length < MAX_LINE) rest = (rest + text.slice(from)).slice(0, MAX_LINE);
  };
  const end = (): void => {
    push(decoder.decode());
    if (rest !== '') emit(rest);
    rest = '';
  };
  return { push, end };
}
