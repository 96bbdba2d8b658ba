import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { dialectOf, grammarOf, type Dialect, type Grammar, type Probe } from '../../src/kconfig/index.ts';
import { buildConf, kbuildEnvironment, type Conf } from '../helpers/kconf.ts';
import { runConf, type ConfOutcome, type ConfRequest, type KconfigSource } from '../helpers/kconfRun.ts';
import { LINUX_VERSIONS, linuxTree } from '../helpers/linuxTree.ts';
import { Engine } from './engine.ts';
import { numbersFrom, pick, settings } from './settings.ts';
import { difference, verdictOf } from './verdict.ts';

/** A kernel source with its own conf. */
export class Kernel {
  readonly root: string;
  readonly conf: Conf;
  readonly dialect: Dialect;
  readonly grammar: Grammar;

  private constructor(root: string, conf: Conf) {
    this.root = root;
    this.conf = conf;
    this.dialect = dialectOf(root);
    this.grammar = grammarOf(root);
  }

  /** `root` is a directory, or one of the versions that Debian packages. */
  static async open(root: string): Promise<Kernel> {
    const version = LINUX_VERSIONS.find((each) => each === root);
    const path = version === undefined ? root : await linuxTree(version);
    return new Kernel(path, await buildConf(path));
  }

  /** What Kbuild calls ARCH, as far as directories go. */
  archs(): string[] {
    const { archs } = settings();
    const all = readdirSync(join(this.root, 'arch')).filter((name) =>
      existsSync(join(this.root, 'arch', name, 'Kconfig')),
    );
    return archs === null ? all : all.filter((name) => archs.includes(name));
  }

  async arch(arch: string): Promise<Arch> {
    const { environment, directory } = await kbuildEnvironment(this.conf, arch);
    return new Arch(this, arch, { file: 'Kconfig', environment }, join(directory, `${arch}.probes`));
  }
}

/** One architecture of a kernel, for both sides. */
export class Arch {
  readonly kernel: Kernel;
  readonly name: string;
  readonly source: KconfigSource;
  readonly #probes: string;
  #engine: Engine | null = null;

  constructor(kernel: Kernel, name: string, source: KconfigSource, probes: string) {
    this.kernel = kernel;
    this.name = name;
    this.source = source;
    this.#probes = probes;
  }

  /** The files in the architecture's `configs` and below, as conf is given them. */
  defconfigs(): string[] {
    const directory = `arch/${this.source.environment['SRCARCH'] ?? this.name}/configs`;
    const path = join(this.kernel.root, directory);
    if (!existsSync(path)) return [];
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(directory, relative(path, entry.parentPath), entry.name))
      .toSorted();
  }

  /** conf with its probes remembered between runs. */
  async run(requests: readonly ConfRequest[]): Promise<ConfOutcome[]> {
    return runConf(
      this.kernel.conf.quick,
      { ...this.source, environment: { ...this.source.environment, KCONF_PROBES: this.#probes } },
      requests,
    );
  }

  /** conf as the kernel's Makefile builds it. */
  async runPlain(requests: readonly ConfRequest[]): Promise<ConfOutcome[]> {
    return runConf(this.kernel.conf.plain, this.source, requests);
  }

  /** Reads the tree. conf must have run: the engine's probes are answered with what conf's own commands gave, and it may run no others. */
  engine(): Engine {
    return (this.#engine ??= new Engine(this.source, this.kernel, rememberedProbe(this.#probes)));
  }

  /** What conf and the engine do differently, each with its request. */
  async differences(requests: readonly ConfRequest[]): Promise<string[]> {
    const found: string[] = [];
    // A .config of a kernel is a quarter of a megabyte.
    for (let at = 0; at < requests.length; at += 20) {
      const some = requests.slice(at, at + 20);
      const outcomes = await this.run(some);
      some.forEach((request, i) => {
        const outcome = outcomes[i];
        const difference_ =
          outcome === undefined ? 'conf did not run' : difference(verdictOf(outcome), this.engine().run(request));
        if (difference_ !== null) found.push(`${this.kernel.root} ${this.name} ${described(request)}\n${difference_}`);
      });
    }
    return found;
  }
}

function described(request: ConfRequest): string {
  const parts = Object.entries(request).map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `${name}: ${text.length > 100 ? `${text.length} characters` : text}`;
  });
  return parts.join(', ');
}

/** Answers from the file that kconfProbes.h writes, as `do_shell` hands them on. */
function rememberedProbe(file: string): Probe {
  const outputs = new Map<string, string>();
  const bytes = readFileSync(file);
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf('\n', at);
    const [command = 0, output = 0] = bytes.toString('latin1', at, end).split(' ').map(Number);
    const middle = end + 1 + command;
    outputs.set(
      bytes.toString('utf8', end + 1, middle),
      bytes.toString('utf8', middle, Math.min(middle + 4095, middle + output)),
    );
    at = middle + output;
  }
  return (command) => {
    const output = outputs.get(command);
    if (output === undefined) throw new Error(`${dirname(file)}: conf never ran ${command}`);
    return output.replace(/\n+$/, '').replaceAll('\n', ' ');
  };
}

/** The kernels that this run compares. */
export function kernelNames(): string[] {
  return settings().sources ?? [...LINUX_VERSIONS];
}

/** The comparisons of this run's share: of many a fixed part, and the first of few. */
export function share<T>(all: readonly T[], key: (each: T) => string): T[] {
  const { oneOf } = settings();
  const chosen = all.filter((each) => numbersFrom(key(each))() % oneOf === 0);
  return chosen.length === 0 ? all.slice(0, 1) : chosen;
}

const ANSWERS = [
  'y',
  'n',
  'm',
  'y',
  'n',
  'm',
  'y',
  'n',
  'm',
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  '1',
  '2',
  '3',
  '?',
  '2?',
  '17',
  '0x1f',
  'yes',
  'text',
  '-1',
] as const;

/** Enough lines of standard input for `make config` on a kernel: valid, invalid and empty answers and requests for help. */
export function answers(seed: number, count: number): string[] {
  const next = numbersFrom(seed, 'answers');
  return Array.from({ length: count }, () => pick(next, ANSWERS));
}

/** A .config with a part of its lines changed, taken away or doubled. */
export function mutated(config: string, ...seeds: readonly (number | string)[]): string {
  const next = numbersFrom(...seeds, 'mutated');
  const oneIn = pick(next, [3, 10, 30, 100]);
  return config
    .split('\n')
    .flatMap((line) => {
      if (next() % oneIn !== 0) return [line];
      const name = /CONFIG_\w+/.exec(line)?.[0];
      if (name === undefined) return [line];
      const value = pick(next, [
        'y',
        'm',
        'n',
        null,
        '',
        '5',
        '0x20',
        '"text"',
        '-1',
        '"a\\"b"',
        'garbage',
        '100000',
        'remove',
        'remove',
        'double',
      ] as const);
      if (value === 'remove') return [];
      if (value === 'double') return [line, `${name}=${pick(next, ['y', 'm', '3'])}`];
      return [value === null ? `# ${name} is not set` : `${name}=${value}`];
    })
    .join('\n');
}
