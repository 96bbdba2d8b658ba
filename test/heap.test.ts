import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import ts from 'typescript';
import { expect, test } from 'vitest';

// As text: a process that loads TypeScript has a large heap before it begins.
const HEAP = ts.transpileModule(readFileSync(new URL('../src/heap.ts', import.meta.url), 'utf8'), {
  compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
}).outputText;

/** Fills the young generation some hundred times with what lives for a while; gives the room that V8 made for it, in bytes. */
async function youngGeneration(call: string): Promise<number> {
  const program = `
    ${HEAP}
    ${call}
    let kept = [];
    for (let i = 0; i < 2_000_000; i++) {
      kept.push({ i });
      if (kept.length > 100_000) kept = [];
    }
    console.log(v8.getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size);
  `;
  const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', program]);
  return Number(stdout);
}

test('the young generation stays at 8 MB, whatever comes', async () => {
  expect(await youngGeneration('')).toBeGreaterThanOrEqual(2 * 8 * 2 ** 20);
  expect(await youngGeneration('keepHeapSmall();')).toBe(8 * 2 ** 20);
});
