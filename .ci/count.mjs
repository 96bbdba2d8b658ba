// The last line of CI: what the runs counted, from the files that they wrote.
import { readFileSync } from 'node:fs';

const results = ['unit', 'kernel', 'kconfig', 'predict', 'patches', 'preflight', 'tidy', 'rehearse'].map((name) =>
  JSON.parse(readFileSync(`node_modules/.vitest-results/${name}.json`, 'utf8')),
);
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
console.log(
  `${sum('numPassedTests')} passed, ${sum('numFailedTests')} failed, ${sum('numPendingTests') + sum('numTodoTests')} skipped`,
);
