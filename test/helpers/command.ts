import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa, type ResultPromise } from 'execa';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TYPESCRIPT = new URL('./typescript-hooks.mjs', import.meta.url).href;

const OPTIONS = { reject: false, stripFinalNewline: false, stdin: 'ignore' } as const;

export type CommandOptions = { cwd?: string; env?: Record<string, string> };

/** Starts `falloutd ARGUMENTS` as one process that signals reach: as it is built, or from sources that are newer. */
export function startFalloutd(
  args: readonly string[],
  { cwd = process.cwd(), env = {} }: CommandOptions = {},
): ResultPromise<typeof OPTIONS> {
  const command = isBuilt() ? [join(ROOT, 'dist/main.js')] : ['--import', TYPESCRIPT, join(ROOT, 'src/main.ts')];
  return execa({ cwd, env: { NO_COLOR: '1', ...env } })(
    process.execPath,
    [...command, ...args],
    OPTIONS,
  ) as ResultPromise<typeof OPTIONS>;
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
  built ??= newest('src') <= (statSync(join(ROOT, 'dist/main.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return built;
}

function newest(dir: string): number {
  const files = readdirSync(join(ROOT, dir), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return Math.max(...files.map((name) => statSync(join(ROOT, dir, name)).mtimeMs));
}
