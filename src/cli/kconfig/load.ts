import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Interrupted, UsageError } from '../../model/errors.ts';
import { givenStream, wholeStream } from '../../system/givenStream.ts';
import { xdgFolder } from '../../system/user.ts';
import { UnreadableFile, wholeFile } from '../../system/wholeFile.ts';
import { endAtOnce, interruption } from '../interruption.ts';
import { cleanLines, printNote } from '../output.ts';
import {
  buildKconfig,
  dialectOf,
  formatDiagnostic,
  kernelEnvironment,
  KconfigError,
  loadTree,
  noShell,
  ProbeCache,
  readConfig,
  type Configuration,
  type Kconfig,
} from '../../kconfig/index.ts';

export type TreeOptions = {
  /** The kernel source. */
  tree: string;
  /** Kbuild's ARCH; default: the machine's. */
  arch?: string | undefined;
  /** False: none of the tree's `$(shell,…)` is run. */
  shell?: boolean | undefined;
};

export type Kernel = {
  kconfig: Kconfig;
  /** The file that `make defconfig` begins with. */
  defconfig: string;
};

/**
 * Reads a kernel source as its own conf would, with its Makefile's environment and this machine's compiler, whose answers are kept in the user's cache directory.
 * What conf would print while it reads goes to standard error. Before the first command of a tree is run, it says once that trees run commands.
 * @throws UsageError where there is no kernel source, or one that conf would refuse, or no such architecture in it.
 */
export async function loadKernel({ tree, arch, shell = true }: TreeOptions): Promise<Kernel> {
  endAtOnce();
  const root = sourceAt(tree);
  const cacheFile = join(xdgFolder('XDG_CACHE_HOME', '.cache'), 'falloutd', 'probes.json');
  const cache = shell ? readCache(cacheFile) : new ProbeCache();
  const probes = shell ? { cache, onCommand: () => tellOnce(root, dirname(cacheFile)) } : { cache, run: noShell };
  try {
    const environment = await kernelEnvironment(root, { ...probes, ...(arch === undefined ? {} : { arch }) });
    assertArchitecture(root, environment['SRCARCH'] ?? '');
    const kconfig = buildKconfig(await loadTree({ root, file: 'Kconfig', environment }, probes), dialectOf(root));
    for (const diagnostic of kconfig.diagnostics)
      if (diagnostic.level !== 'info') process.stderr.write(cleanLines(formatDiagnostic(diagnostic)));
    return {
      kconfig,
      defconfig: join(root, 'arch', environment['SRCARCH'] ?? '', 'configs', environment['KBUILD_DEFCONFIG'] ?? ''),
    };
  } catch (error) {
    throw error instanceof KconfigError ? refusal(error, root, shell) : error;
  } finally {
    if (shell) keepCache(cacheFile, cache);
  }
}

/**
 * The folder of a kernel source, and the one in its `arch` that an architecture is built from. Runs nothing.
 * @throws UsageError where there is no kernel source, or no such architecture in it.
 */
export async function architectureOf({ tree, arch }: TreeOptions): Promise<{ root: string; architecture: string }> {
  endAtOnce();
  const root = sourceAt(tree);
  const environment = await kernelEnvironment(root, { run: noShell, ...(arch === undefined ? {} : { arch }) });
  const architecture = environment['SRCARCH'] ?? '';
  assertArchitecture(root, architecture);
  return { root, architecture };
}

function sourceAt(tree: string): string {
  const root = resolve(tree);
  for (const needed of ['Makefile', 'Kconfig']) assertHas(root, needed);
  return root;
}

/** Says once for each user that a tree runs commands. A cache directory that cannot be written is no error: it is said again. */
function tellOnce(root: string, directory: string): void {
  const told = join(directory, 'told-of-shell');
  if (existsSync(told)) return;
  printNote(
    `${root}: its Kconfig files run shell commands, as with the kernel's own conf; --no-shell runs none of them (said once)`,
  );
  try {
    mkdirSync(directory, { recursive: true });
    writeFileSync(told, '');
  } catch {
    // Read-only home, full disk.
  }
}

/** More than the errors of a file that somebody edits. A ring of symbols is listed with all of them. */
const MOST_LINES = 20;

function refusal(error: KconfigError, root: string, shell: boolean): UsageError {
  const errors = error.diagnostics.filter((diagnostic) => diagnostic.level === 'error');
  const place = errors[0]?.at === null && error.line > 0 ? [`${error.file}:${error.line}:`] : [];
  const lines = [...place, ...errors.flatMap((each) => formatDiagnostic(each).trimEnd().split('\n'))];
  const more = lines.length - MOST_LINES;
  if (more > 0) lines.splice(MOST_LINES, more, `… and ${more} more lines`);
  const problem = { message: `the tree's Kconfig files cannot be read\n${lines.join('\n')}`, file: root };
  const wantsTools = lines.some((line) => /(?:compiler|linker|assembler) .*not (?:found|supported)/.test(line));
  const hint = !shell
    ? 'with --no-shell every $(shell,…) gives nothing, which these files may not allow for'
    : 'its Kconfig files ask the compiler: install it, or name another as for make, with CROSS_COMPILE or LLVM=1';
  return new UsageError(wantsTools || !shell ? { ...problem, hint } : problem, { cause: error });
}

function assertHas(root: string, name: string): void {
  try {
    wholeFile(join(root, name));
  } catch (cause) {
    if (!(cause instanceof UnreadableFile)) throw cause;
    const message = `this is not a kernel source tree: it has no ${name}`;
    const isMissing = cause.fault.kind === 'missing';
    throw new UsageError(isMissing ? { message, file: root, hint: 'name one with --tree' } : cause.problem, { cause });
  }
}

/** `name` is that of a directory below `arch`. */
function assertArchitecture(root: string, name: string): void {
  const hasKconfig = (directory: string): boolean => existsSync(join(root, 'arch', directory, 'Kconfig'));
  // A small tree may do without.
  if (!existsSync(join(root, 'arch')) || hasKconfig(name)) return;
  throw new UsageError({
    message: `this kernel has no architecture ${name}`,
    file: root,
    hint: `--arch is one of ${readdirSync(join(root, 'arch')).filter(hasKconfig).join(', ')}`,
  });
}

function readCache(file: string): ProbeCache {
  try {
    return new ProbeCache(JSON.parse(wholeFile(file).toString('utf8')));
  } catch {
    return new ProbeCache();
  }
}

/** The compiler can be asked again: a cache that cannot be written is no error. */
function keepCache(file: string, cache: ProbeCache): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(cache.data));
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // Read-only home, full disk.
  }
}

/** A .config or defconfig as it was read. */
export type Given = { file: string; text: string };

/**
 * Reads a .config, a defconfig or answers, also from a pipe; do it before the tree is read, which takes seconds.
 * @throws UsageError if it cannot be read, Interrupted.
 */
export async function readGiven(file: string): Promise<Given> {
  try {
    return { file, text: (await wholeStream(givenStream(file, interruption), file)).toString('utf8') };
  } catch (cause) {
    if (interruption.aborted) throw new Interrupted();
    throw cause instanceof UnreadableFile ? new UsageError(cause.problem, { cause }) : cause;
  }
}

/** Sets the values of a .config; conf's own warnings about it go to standard error. */
export function setValues(configuration: Configuration, { file, text }: Given, read = readConfig): void {
  for (const warning of read(configuration, text))
    process.stderr.write(cleanLines(`${file}:${warning.line}:warning: ${warning.text}`));
}
