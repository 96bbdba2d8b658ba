import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';

const MODULE = fileURLToPath(new URL('../../src/cli/interruption.ts', import.meta.url));
const HOOKS = new URL('../helpers/typescript-hooks.mjs', import.meta.url).href;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'falloutd-interruption-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Runs a process that waits for the interruption and says its reason, on a terminal; types `keys` once it is ready. */
async function onTerminal(keys: string): Promise<{ exitCode: number | undefined; screen: string }> {
  const program = `import { interruption, listenForInterruption } from ${JSON.stringify(MODULE)};
    listenForInterruption();
    const alive = setInterval(() => undefined, 1000);
    interruption.addEventListener('abort', () => { clearInterval(alive); console.log('reason ' + interruption.reason); });
    console.log('ready');`;
  writeFileSync(join(dir, 'program.mjs'), program);
  // With exec no shell stays in the foreground: dash would meet the Ctrl-C too and end with 130.
  const command = `exec ${process.execPath} --import ${HOOKS} ${join(dir, 'program.mjs')}`;
  const running = execa('script', ['-qefc', command, join(dir, 'typescript')], { reject: false });
  let screen = '';
  let typed = false;
  running.stdout.on('data', (chunk: Buffer) => {
    screen += chunk.toString();
    if (typed || !screen.includes('ready')) return;
    typed = true;
    running.stdin.write(keys);
  });
  const { exitCode } = await running;
  return { exitCode, screen: screen.replaceAll('\r', '') };
}

test('Ctrl-C is answered at once, on a line of its own', async () => {
  const { exitCode, screen } = await onTerminal('\u0003');
  expect(screen).toContain('^C\nstopping … (Ctrl-C again ends it at once)\nreason SIGINT\n');
  expect(exitCode).toBe(0);
});
