import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { onTerminal } from '../helpers/onTerminal.ts';

const MODULE = fileURLToPath(new URL('../../src/cli/interruption.ts', import.meta.url));

/** Waits for the interruption and says its reason. */
const PROGRAM = `import { interruption, listenForInterruption } from ${JSON.stringify(MODULE)};
    listenForInterruption();
    const alive = setInterval(() => undefined, 1000);
    interruption.addEventListener('abort', () => { clearInterval(alive); console.log('reason ' + interruption.reason); });
    console.log('ready');`;

test('Ctrl-C is answered at once, on a line of its own', async () => {
  const { exitCode, screen } = await onTerminal(PROGRAM, { keys: ['\u0003'], answer: /ready/g });
  expect(screen).toContain('^C\nstopping … (Ctrl-C again ends it at once)\nreason SIGINT\n');
  expect(exitCode).toBe(0);
});
