import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

const HOOKS = new URL('typescript-hooks.mjs', import.meta.url).href;

/**
 * Runs a program on a terminal of its own and types `keys`, one after each `answer` that it prints.
 * @param program an ES module, which may import TypeScript sources.
 */
export async function onTerminal(
  program: string,
  { keys, answer }: { keys: readonly string[]; answer: RegExp },
): Promise<{ exitCode: number | undefined; screen: string }> {
  const dir = mkdtempSync(join(tmpdir(), 'falloutd-terminal-'));
  try {
    writeFileSync(join(dir, 'program.mjs'), program);
    // With exec no shell stays in the foreground: dash would meet a Ctrl-C too and end with 130.
    const command = `exec ${process.execPath} --import ${HOOKS} ${join(dir, 'program.mjs')}`;
    const running = execa('script', ['-qefc', command, join(dir, 'typescript')], { reject: false });
    let screen = '';
    let typed = 0;
    running.stdout.on('data', (chunk: Buffer) => {
      screen += chunk.toString();
      const answers = screen.match(answer)?.length ?? 0;
      while (typed < Math.min(answers, keys.length)) running.stdin.write(keys[typed++] ?? '');
    });
    const { exitCode } = await running;
    return { exitCode, screen: screen.replaceAll('\r', '') };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
