import { createInterface } from 'node:readline/promises';
import { Interrupted, UsageError } from '../model/errors.ts';

/**
 * Asks on the terminal whether files of the user's shall be changed.
 * @param options.without the command that does it without asking.
 * @throws UsageError where there is no terminal to ask on; Interrupted.
 */
export async function consent(
  question: string,
  { without, signal }: { without: string; signal: AbortSignal },
): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new UsageError({
      message: 'nothing was written: there is no terminal to ask on',
      hint: `${without} does it without asking`,
    });
  }
  // Not as a terminal: readline would keep Ctrl-C to itself.
  const lines = createInterface({ input: process.stdin, output: process.stdout, terminal: false });
  try {
    const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    const answer = await Promise.race([lines.question(`${question} [y/N] `, { signal }), ended]);
    return /^(?:y|yes)$/i.test(answer.trim());
  } catch (error) {
    if (signal.aborted) throw new Interrupted();
    throw error;
  } finally {
    lines.close();
  }
}
