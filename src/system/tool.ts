import { execa } from 'execa';

/** What a program of the system came to. */
export type ToolResult =
  | { kind: 'done'; stdout: string }
  /** `message`: what it said of that, as one line. */
  | { kind: 'failed'; message: string }
  | { kind: 'not-installed' }
  | { kind: 'aborted' };

/** Runs a program that ends in seconds, and has it speak as scripts expect it. Aborting `signal` ends it. */
export async function runTool(
  command: string,
  args: readonly string[],
  { signal, limitMs }: { signal: AbortSignal; limitMs: number },
): Promise<ToolResult> {
  const result = await execa(command, args, {
    reject: false,
    stdin: 'ignore',
    env: { LC_ALL: 'C' },
    cancelSignal: signal,
    timeout: limitMs,
  });
  if (signal.aborted) return { kind: 'aborted' };
  if (result.exitCode === 0) return { kind: 'done', stdout: result.stdout };
  if (result.code === 'ENOENT') return { kind: 'not-installed' };
  if (result.timedOut) return { kind: 'failed', message: `it did not end within ${limitMs / 1000} s` };
  const said = result.stderr.trim().replace(/\s*\n\s*/g, ' ');
  return { kind: 'failed', message: said === '' ? (result.shortMessage ?? '') : said };
}
