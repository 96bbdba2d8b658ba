import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { onTerminal } from '../helpers/onTerminal.ts';

const MODULE = fileURLToPath(new URL('../../src/cli/keyboard.ts', import.meta.url));

/** What a program shows that says each key it hears; the keys are typed one by one. */
async function heard(...keys: string[]): Promise<string> {
  const program = `import { listenToKeys } from ${JSON.stringify(MODULE)};
    const alive = setInterval(() => undefined, 1000);
    const keyboard = listenToKeys(process.stdin, (key) => console.log('heard <' + key + '>'));
    process.on('SIGINT', () => { keyboard.close(); clearInterval(alive); console.log('ended, raw ' + process.stdin.isRaw); });
    console.log('ready');`;
  const { screen } = await onTerminal(program, { keys, answer: /ready|heard </g });
  return screen;
}

test('keys are heard one by one without an echo, and Ctrl-C ends, with the terminal as it was', async () => {
  expect(await heard('l', '?', '\u0003')).toBe('ready\nheard <l>\nheard <?>\nended, raw false\n');
});

test('a cursor key is no letter', async () => {
  expect(await heard('\u001b[Ax', '\u0003')).toBe('ready\nheard <x>\nended, raw false\n');
});
