// Runs commands of falloutd one after the other in this process, since most of the time of one is the start of Node. Argument: a JSON
// file with the module that runs a command, and the commands. Prints a line of JSON for each as it ends.
import { Buffer } from 'node:buffer';
import { readFileSync, writeSync } from 'node:fs';

const { module, commands } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const { runCommand } = await import(module);

for (const { args, cwd, env } of commands) {
  process.chdir(cwd);
  Object.assign(process.env, env);
  const said = { stdout: '', stderr: '' };
  for (const name of /** @type {const} */ (['stdout', 'stderr']))
    process[name].write = (/** @type {string | Uint8Array} */ text) => {
      said[name] += Buffer.from(text).toString();
      return true;
    };
  process.exitCode = undefined;
  const started = performance.now();
  /** @type {string | null} */
  let thrown = null;
  await runCommand(args).catch((/** @type {Error} */ error) => (thrown = error.stack ?? error.message));
  const result = { code: process.exitCode ?? 0, ms: Math.round(performance.now() - started), thrown, ...said };
  writeSync(1, `${JSON.stringify(result)}\n`);
}
process.exitCode = 0;
