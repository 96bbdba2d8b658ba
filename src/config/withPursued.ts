/** falloutd.toml with one more wish to be pursued. */
import { isDeepStrictEqual } from 'node:util';
import { UsageError } from '../model/errors.ts';
import { readToml } from './configFile.ts';

type Tables = { target?: Record<string, { pursue?: unknown } | undefined> };

/**
 * The text with `symbol` among those that a target pursues; nothing else changes.
 * @throws UsageError where the target pursues all anyway, or its table is written in a way that this does not know.
 */
export function withPursued(text: string, file: string, target: string, symbol: string): string {
  const pursued = (readToml(text, file) as Tables).target?.[target]?.pursue;
  if (pursued === 'unclaimed' || pursued === 'all')
    throw new UsageError({ message: `${target} pursues every lost wish: pursue = "${pursued}"`, file });
  const listed = Array.isArray(pursued) ? pursued.map(String) : [];
  if (listed.includes(symbol)) throw new UsageError({ message: `${target} pursues ${symbol} already`, file });
  const line = `pursue = ${JSON.stringify([...listed, symbol])}`;
  const edited = withLine(text, target, line);
  if (edited !== null && saysOnlyThat(text, edited, { file, target, pursue: [...listed, symbol] })) return edited;
  throw new UsageError({ message: `add this to the table of ${target}: ${line}`, file });
}

/** The line in place of the present one, or at the end of the target's table; null where it has none of its own. */
function withLine(text: string, target: string, line: string): string | null {
  const lines = text.split('\n');
  const isHeader = (each: string): boolean => /^\s*\[/.test(each);
  const begin = lines.findIndex(
    (each) => /^\s*\[\s*target\s*\.\s*["']?([^"'\]]+?)["']?\s*\]/.exec(each)?.[1] === target,
  );
  if (begin < 0) return null;
  const next = lines.findIndex((each, at) => at > begin && isHeader(each));
  const end = next < 0 ? lines.length : next;
  const present = lines.findIndex((each, at) => at > begin && at < end && /^\s*pursue\s*=/.test(each));
  if (present >= 0) return lines.with(present, line).join('\n');
  let last = end;
  while (last > begin + 1 && /^\s*(?:#.*)?$/.test(lines[last - 1] ?? '')) last--;
  return lines.toSpliced(last, 0, line).join('\n');
}

function saysOnlyThat(
  before: string,
  after: string,
  { file, target, pursue }: { file: string; target: string; pursue: string[] },
): boolean {
  const wanted = readToml(before, file) as Tables;
  const table = wanted.target?.[target];
  if (table === undefined) return false;
  table.pursue = pursue;
  try {
    return isDeepStrictEqual(readToml(after, file), wanted);
  } catch {
    return false;
  }
}
