import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa, type ResultPromise } from 'execa';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = join(ROOT, 'dist/main.js');
const TYPESCRIPT = new URL('./typescript-hooks.mjs', import.meta.url).href;

/** As in the first line of src/main.ts, which cannot find Node on the PATHs that some tests set. */
const NODE_FLAGS = ['--max-semi-space-size=4'];

const OPTIONS = { reject: false, stripFinalNewline: false, stdin: 'ignore' } as const;

export type CommandOptions = {
  cwd?: string;
  env?: Record<string, string>;
  /** The user to run it as, with the group of the same number; only root may choose. */
  uid?: number | undefined;
  /** Another group for it. */
  gid?: number | undefined;
  /** What it reads from standard input, which is empty otherwise. */
  input?: string | undefined;
};

/** Starts `falloutd ARGUMENTS` as one process that signals reach: as it is built, or from sources that are newer. */
export function startFalloutd(args: readonly string[], options: CommandOptions = {}): ResultPromise<typeof OPTIONS> {
  const [, ...words] = falloutdCommand();
  return startNode([...words, ...args], options);
}

function startNode(
  args: readonly string[],
  { cwd = process.cwd(), env = {}, uid, gid = uid, input }: CommandOptions,
): ResultPromise<typeof OPTIONS> {
  const user = uid === undefined || gid === undefined ? {} : { uid, gid };
  const options = input === undefined ? OPTIONS : { ...OPTIONS, stdin: 'pipe' as const, input };
  return execa({ cwd, env: { NO_COLOR: '1', ...env }, ...user })(process.execPath, args, options) as ResultPromise<
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

type Invocation = { args: readonly string[]; cwd: string; env: Record<string, string> };

/** How a command of `inTurn` ended; `thrown`: an error that falloutd did not expect. */
export type Ended = { code: number; ms: number; thrown: string | null; stdout: string; stderr: string };

type InTurnOptions = {
  /** A folder for the list of commands, which `uid` can read. */
  dir: string;
  uid?: number | undefined;
  /** After so many ms a command counts as hanging. */
  patience: number;
};

/**
 * Runs commands one after the other in one process, which is quicker by far than one for each.
 * @returns how each ended; null for one that hangs or ends its process. `code` is that of the last process.
 */
export async function inTurn(
  commands: readonly Invocation[],
  options: InTurnOptions,
): Promise<{ ended: (Ended | null)[]; code: number | null }> {
  const { ended, code } = await oneProcess(commands, options);
  if (ended.length >= commands.length) return { ended, code };
  const rest = await inTurn(commands.slice(ended.length + 1), options);
  return { ended: [...ended, null, ...rest.ended], code: rest.code };
}

async function oneProcess(
  commands: readonly Invocation[],
  { dir, uid, patience }: InTurnOptions,
): Promise<{ ended: Ended[]; code: number | null }> {
  const list = join(dir, 'commands.json');
  const module = join(ROOT, isBuilt() ? 'dist/cli/runCommand.js' : 'src/cli/runCommand.ts');
  writeFileSync(list, JSON.stringify({ module, commands }));
  const hooks = isBuilt() ? [] : ['--import', TYPESCRIPT];
  const running = startNode([...NODE_FLAGS, ...hooks, join(ROOT, 'test/helpers/inTurn.mjs'), list], { cwd: dir, uid });
  const kill = (): boolean => running.kill('SIGKILL');
  let timer = setTimeout(kill, patience);
  running.stdout.on('data', () => {
    clearTimeout(timer);
    timer = setTimeout(kill, patience);
  });
  const { stdout, exitCode = null } = await running;
  clearTimeout(timer);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return { ended: lines.map((line) => JSON.parse(line) as Ended), code: exitCode };
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
