import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../../errors.ts';
import { buildKconfig, dialectOf, formatDiagnostic, kernelEnvironment, KconfigError, loadTree, ProbeCache, type Kconfig } from '../../kconfig/index.ts';

export type TreeOptions = {
  /** The kernel source. */
  tree: string;
  /** Kbuild's ARCH; default: the machine's. */
  arch?: string | undefined;
};

/**
 * Reads a kernel source as its own conf would, with its Makefile's environment and this machine's compiler, whose answers are kept in the user's cache directory.
 * What conf would print while it reads goes to standard error.
 * @throws UsageError where there is no kernel source, or one that conf would refuse.
 */
export async function loadKernel({ tree, arch }: TreeOptions): Promise<Kconfig> {
  const root = resolve(tree);
  const cacheFile = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'falloutd', 'probes.json');
  const cache = readCache(cacheFile);
  try {
    const environment = await kernelEnvironment(root, { cache, ...(arch === undefined ? {} : { arch }) });
    const kconfig = buildKconfig(await loadTree({ root, file: 'Kconfig', environment }, { cache }), dialectOf(root));
    for (const diagnostic of kconfig.diagnostics) if (diagnostic.level !== 'info') process.stderr.write(`${formatDiagnostic(diagnostic)}\n`);
    return kconfig;
  } catch (error) {
    if (error instanceof KconfigError) {
      const lines = error.diagnostics.filter((diagnostic) => diagnostic.level === 'error').map(formatDiagnostic);
      throw new UsageError({ message: `the tree's Kconfig files cannot be read\n${lines.join('\n')}`, file: root }, { cause: error });
    }
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new UsageError({ message: 'this is no kernel source: it has no Makefile', file: root, hint: 'name one with --tree' }, { cause: error });
    throw error;
  } finally {
    keepCache(cacheFile, cache);
  }
}

function readCache(file: string): ProbeCache {
  try {
    return new ProbeCache(JSON.parse(readFileSync(file, 'utf8')));
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

/** The text of a .config or defconfig. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError({ message: `cannot be read: ${(error as Error).message}`, file }, { cause: error });
  }
}
