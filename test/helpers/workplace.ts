import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { vi } from 'vitest';
import { init, type InitOptions } from '../../src/cli/init.ts';
import { loadConfig } from '../../src/config/config.ts';
import { findConfigFile } from '../../src/config/findConfig.ts';
import { converge } from '../../src/run/converge.ts';
import { createHost, removeHost, type HostOptions } from '../../src/setup/demo/demoHost.ts';
import { FalloutdError } from '../../src/model/errors.ts';
import { openHistory } from '../../src/state/historyDatabase.ts';
import type { Problem } from '../../src/model/problem.ts';
import type { Run } from '../../src/model/run.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const TYPESCRIPT = new URL('./typescript-hooks.mjs', import.meta.url).href;

/** What `init` said and did; `problem` is what it ended with. */
export type Said = { exitCode: number; stdout: string; problem: Problem | null };

/**
 * Folders as people have them, without any falloutd.toml. Nix gets a private store by its environment, so that no
 * argument is needed.
 */
export class Workplace {
  readonly #base: string;
  #folders = 0;

  private constructor(base: string) {
    this.#base = base;
  }

  /** Nix, git and falloutd find their surroundings in the environment of this process from here on. */
  static async create(): Promise<Workplace> {
    const base = await mkdtemp(join(tmpdir(), 'falloutd-init-'));
    const store = join(base, 'nix');
    vi.stubEnv('NIX_REMOTE', `local?store=${store}/store&state=${store}/var&log=${store}/log`);
    vi.stubEnv(
      'NIX_CONFIG',
      'sandbox = false\nbuild-users-group =\nsubstitute = false\nsubstituters =\nexperimental-features = nix-command flakes',
    );
    vi.stubEnv('XDG_CONFIG_HOME', join(base, 'config'));
    vi.stubEnv('GIT_CONFIG_GLOBAL', '/dev/null');
    vi.stubEnv('NO_COLOR', '1');
    return new Workplace(base);
  }

  async remove(): Promise<void> {
    vi.unstubAllEnvs();
    await removeHost({ dir: this.#base });
    await rm(this.#base, { recursive: true, force: true });
  }

  /** A folder that does not exist yet. */
  folder(): string {
    return join(this.#base, `folder-${this.#folders++}`);
  }

  get stateDir(): string {
    return join(this.#base, 'state');
  }

  /** A host as a user has it: committed, or a plain folder. */
  async host(options: Omit<HostOptions, 'dir'> = {}): Promise<string> {
    const dir = this.folder();
    await createHost({ dir, ...options });
    await removeHost({ dir: join(dir, '.demo') });
    for (const file of ['falloutd.toml', '.gitignore']) await rm(join(dir, file), { force: true });
    if (options.git ?? true) await this.commit(dir);
    return dir;
  }

  async commit(dir: string): Promise<void> {
    await this.git(dir, ['add', '--all']);
    await this.git(dir, [
      '-c',
      'user.name=a',
      '-c',
      'user.email=a@example.org',
      'commit',
      '--quiet',
      '--message',
      'host',
    ]);
  }

  async git(dir: string, args: string[]): Promise<string> {
    return (await execa('git', args, { cwd: dir })).stdout;
  }

  /** `falloutd init` in a folder, in this process. */
  async init(dir: string, options: Partial<InitOptions> = {}): Promise<Said> {
    let stdout = '';
    const writing = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      stdout += String(text);
      return true;
    });
    const quiet = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const before = process.cwd();
    process.chdir(dir);
    try {
      const exitCode = await init({
        yes: false,
        remove: false,
        inside: false,
        configFile: findConfigFile(undefined, dir),
        stateDir: this.stateDir,
        pickTarget: (config) => only(config.targets),
        signal: new AbortController().signal,
        ...options,
      });
      return { exitCode, stdout, problem: null };
    } catch (error) {
      if (!(error instanceof FalloutdError)) throw error;
      return { exitCode: error.exitCode, stdout, problem: error.problem };
    } finally {
      process.chdir(before);
      writing.mockRestore();
      quiet.mockRestore();
    }
  }

  /** One run in a folder, in this process, as `once` does it. */
  async once(dir: string): Promise<Run> {
    const file = findConfigFile(undefined, dir);
    if (file === null) throw new Error(`${dir} has no falloutd.toml`);
    const config = loadConfig(file, this.stateDir);
    const history = openHistory(config.stateDir);
    try {
      return await converge(only(config.targets), history, {
        cause: 'command',
        signal: new AbortController().signal,
        emit: () => undefined,
      });
    } finally {
      history.close();
    }
  }

  /** The command itself in a folder, without a terminal. */
  async falloutd(dir: string, args: readonly string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    const { exitCode, stdout, stderr } = await execa(
      process.execPath,
      ['--import', TYPESCRIPT, MAIN, '--state', this.stateDir, ...args],
      { cwd: dir, reject: false, stdin: 'ignore' },
    );
    return { exitCode: exitCode ?? -1, stdout, stderr };
  }
}

function only<T>(all: readonly T[]): T {
  const [one, another] = all;
  if (one === undefined || another !== undefined) throw new Error(`${all.length} where one was expected`);
  return one;
}
