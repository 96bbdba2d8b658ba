import { mkdirSync, writeFileSync } from 'node:fs';

const FOLDER = 'node_modules/.vitest-results';

/** Counts a comparison for the last line of CI, as vitest counts its tests. Elsewhere it does nothing. */
export function countForCi(name: string, passed: number, failed: number): void {
  if (process.env['CI'] === undefined) return;
  mkdirSync(FOLDER, { recursive: true });
  const counts = { numPassedTests: passed, numFailedTests: failed, numPendingTests: 0, numTodoTests: 0 };
  writeFileSync(`${FOLDER}/${name}.json`, JSON.stringify(counts));
}
