import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';

const MODULE = fileURLToPath(new URL('../../src/cli/keyboard.ts', import.meta.url));
const HOOKS = new URL('../helpers/typescript-hooks.mjs', import.meta.url).href;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'falloutd-keyboard-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Runs a process on a terminal that says each key it hears, and types `keys` one by one. */
async function onTerminal(keys: readonly string[]): Promise<string> {
  const program = `import { listenToKeys } from ${JSON.stringify(MODULE)};
    const alive = setInterval(() => undefined, 1000);
    const keyboard = listenToKeys(process.stdin, (key) => console.log('heard <' + key + '>'));
    process.on('SIGINT', () => { keyboard.close(); clearInterval(alive); console.log('ended, raw ' + process.stdin.isRaw); });
    console.log('ready');`;
  writeFileSync(join(dir, 'program.mjs'), program);
  const command = `exec ${process.execPath} --import ${HOOKS} ${join(dir, 'program.mjs')}`;
  const running = execa('script', ['-qefc', command, join(dir, 'typescript')], { reject: false });
  let screen = '';
  const left = [...keys];
  running.stdout.on('data', (chunk: Buffer) => {
    screen += chunk.toString();
    // One answer to each key: they are typed when the one before was heard.
    const answers = screen.match(/ready|heard </g)?.length ?? 0;
    while (keys.length - left.length < answers && left.length > 0) running.stdin.write(left.shift() ?? '');
  });
  await running;
  return screen.replaceAll('\r', '');
}

test('keys are heard one by one without an echo, and Ctrl-C ends, with the terminal as it was', async () => {
  const screen = await onTerminal(['l', '?', '\u0003']);
  expect(screen).toBe('ready\nheard <l>\nheard <?>\nended, raw false\n');
});

test('a cursor key is no letter', async () => {
  const screen = await onTerminal(['\u001b[Ax', '\u0003']);
  expect(screen).toBe('ready\nheard <x>\nended, raw false\n');
});
