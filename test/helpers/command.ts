import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa, type ResultPromise } from 'execa';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = join(ROOT, 'dist/main.js');
const TYPESCRIPT = new URL('./typescript-hooks.mjs', import.meta.url).href;

/** As in the first line of src/main.ts, which cannot find Node on the PATHs that some tests set. */
const NODE_FLAGS = ['--max-semi-space-size=4'];

const OPTIONS = { reject: false, stripFinalNewline: false, stdin: 'ignore' } as const;

export type CommandOptions = { cwd?: string; env?: Record<string, string> };

/** Starts `falloutd ARGUMENTS` as one process that signals reach. */
export function startFalloutd(
  args: readonly string[],
  { cwd = process.cwd(), env = {} }: CommandOptions = {},
): ResultPromise<typeof OPTIONS> {
  const [node, ...command] = falloutdCommand();
  return execa({ cwd, env: { NO_COLOR: '1', ...env } })(node, [...command, ...args], OPTIONS) as ResultPromise<
    typeof OPTIONS
  >;
}

/** The words that start falloutd: as it is built, or from sources that are newer. */
export function falloutdCommand(): [node: string, ...string[]] {
  const command = isBuilt() ? [MAIN] : ['--import', TYPESCRIPT, join(ROOT, 'src/main.ts')];
  return [process.execPath, ...NODE_FLAGS, ...command];
}

/** Runs it to its end. */
export async function falloutd(
  args: readonly string[],
  options: CommandOptions = {},
): Promise<{ code: number | undefined; stdout: string; stderr: string }> {
  const { exitCode, stdout, stderr } = await startFalloutd(args, options);
  return { code: exitCode, stdout, stderr };
}

let built: boolean | undefined;

function isBuilt(): boolean {
  built ??= newest('src') <= (statSync(MAIN, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return built;
}

function newest(dir: string): number {
  const files = readdirSync(join(ROOT, dir), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return Math.max(...files.map((name) => statSync(join(ROOT, dir, name)).mtimeMs));
}
