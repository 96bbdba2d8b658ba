import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';

/** Where conf reads: the environment names the tree (`srctree`), `file` its first Kconfig file. */
export type KconfigSource = { file: string; environment: Readonly<Record<string, string>> };

/** One run of conf, and equally one task for an engine that agrees with it. */
export type ConfRequest = {
  mode: ConfMode;
  /** What stands in `.config` before. */
  config?: string;
  /** `defconfig`: the file to start from, as the tree names it, or its text. */
  defconfig?: { path: string } | { text: string };
  /** The contents of the file that KCONFIG_ALLCONFIG names. */
  allConfig?: string;
  seed?: number;
  probability?: string;
  /** Standard input, line by line; it ends after the last. */
  answers?: readonly string[];
};

type ConfMode =
  | 'allnoconfig'
  | 'allyesconfig'
  | 'allmodconfig'
  | 'alldefconfig'
  | 'randconfig'
  | 'defconfig'
  | 'olddefconfig'
  | 'oldconfig'
  | 'oldaskconfig'
  | 'savedefconfig'
  | 'listnewconfig'
  | 'helpnewconfig'
  | 'yes2modconfig'
  | 'mod2yesconfig'
  | 'mod2noconfig';

export type ConfOutcome = {
  /** 128 and more: ended by a signal, as after endless output (SIGXFSZ) or endless work (SIGXCPU). */
  exit: number;
  /** `.config` after the run; null where there is none. */
  config: string | null;
  /** The file that savedefconfig wrote. */
  saved: string | null;
  stdout: string;
  stderr: string;
};

/** Most that one run may print, in blocks of 512 bytes, and the seconds of work it gets: conf has endless loops. */
export type Limits = { blocks: number; seconds: number; nice: number };
const FOR_A_KERNEL: Limits = { blocks: 100_000, seconds: 300, nice: 10 };

/** For many small files that nobody keeps. */
export function inMemory(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}

/** Runs conf once for each request, one after the other, each in a directory of its own, all below one shell. */
export async function runConf(
  program: string,
  source: KconfigSource,
  requests: readonly ConfRequest[],
  limits: Limits = FOR_A_KERNEL,
): Promise<ConfOutcome[]> {
  const base = await mkdtemp(join(inMemory(), 'falloutd-conf-'));
  try {
    const script = [`ulimit -f ${limits.blocks}`, `ulimit -t ${limits.seconds}`, 'ulimit -c 0'];
    requests.forEach((request, i) => {
      const directory = join(base, String(i));
      mkdirSync(directory);
      const { variables, argument } = prepare(request, directory);
      script.push(
        `cd ${quoted(directory)}; env ${variables.map(quoted).join(' ')} ${quoted(program)} -s --${argument} ${quoted(source.file)} <in >out 2>err; echo $? >exit`,
      );
    });
    const file = join(base, 'script');
    writeFileSync(file, script.join('\n'));
    await execa('nice', ['-n', String(limits.nice), 'sh', file], {
      env: { ...source.environment },
      extendEnv: false,
      stdio: ['ignore', 'ignore', 'ignore'],
      reject: false,
    });
    return requests.map((_, i) =>
      outcome(join(base, String(i)), Number(readFileSync(join(base, String(i), 'exit'), 'utf8'))),
    );
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

function prepare(request: ConfRequest, directory: string): { variables: string[]; argument: string } {
  const file = (name: string, text: string) => writeFileSync(join(directory, name), text);
  // Where auto.conf is, conf leaves out the files for make: it and one for each symbol.
  const variables = ['KCONFIG_AUTOCONFIG=in'];
  file('in', (request.answers ?? []).map((answer) => `${answer}\n`).join(''));
  if (request.config !== undefined) file('.config', request.config);
  if (request.allConfig !== undefined) {
    file('given.config', request.allConfig);
    variables.push('KCONFIG_ALLCONFIG=given.config');
  }
  if (request.seed !== undefined) variables.push(`KCONFIG_SEED=${request.seed}`);
  if (request.probability !== undefined) variables.push(`KCONFIG_PROBABILITY=${request.probability}`);
  if (request.mode === 'savedefconfig') return { variables, argument: 'savedefconfig=saved' };
  if (request.mode !== 'defconfig') return { variables, argument: request.mode };
  if (request.defconfig === undefined) throw new Error('defconfig needs a file');
  if ('path' in request.defconfig) return { variables, argument: `defconfig=${request.defconfig.path}` };
  file('given_defconfig', request.defconfig.text);
  return { variables, argument: 'defconfig=given_defconfig' };
}

function outcome(directory: string, exit: number): ConfOutcome {
  const read = (name: string) =>
    existsSync(join(directory, name)) ? readFileSync(join(directory, name), 'utf8') : null;
  return { exit, config: read('.config'), saved: read('saved'), stdout: read('out') ?? '', stderr: read('err') ?? '' };
}

/** conf for many runs on small trees: one process that forks for each. */
export class ConfServer {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(program: string) {
    this.#process = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'], env: {} });
    const { stdout } = this.#process;
    if (stdout === null) throw new Error('no pipe to conf');
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  /** As `runConf`, in `directory`; no path may hold a tab. */
  async run(
    directory: string,
    source: KconfigSource,
    requests: readonly ConfRequest[],
    limits: Limits,
  ): Promise<ConfOutcome[]> {
    const before = this.#turn;
    const outcomes = (async () => {
      await before;
      const directories = requests.map((request, i) => {
        const own = join(directory, String(i));
        mkdirSync(own);
        const { variables, argument } = prepare(request, own);
        const environment = Object.entries({
          ...source.environment,
          LIMIT_BLOCKS: limits.blocks,
          LIMIT_SECONDS: limits.seconds,
          LIMIT_CORE: 0,
        }).map(([name, value]) => `${name}=${value}`);
        this.#process.stdin?.write(
          [own, ...environment, ...variables, '', '-s', `--${argument}`, source.file]
            .map((word) => `${word}\t`)
            .join('') + '\n',
        );
        return own;
      });
      const results: ConfOutcome[] = [];
      for (const own of directories) {
        const line = await this.#lines.next();
        if (line.done === true) throw new Error('the conf server ended');
        results.push(outcome(own, Number(line.value)));
      }
      return results;
    })();
    this.#turn = outcomes.catch(() => undefined);
    return outcomes;
  }

  stop(): void {
    this.#process.stdin?.end();
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
