import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const CACHE = join(dirname(fileURLToPath(import.meta.url)), '../../node_modules/.cache/kconf');
const OURS = { probes: 'kconfProbes.h', server: 'kconfServer.c' };
const ours = (name: keyof typeof OURS): string => join(dirname(fileURLToPath(import.meta.url)), OURS[name]);

/** The kernel's own configuration programs of one tree. */
export type Conf = {
  tree: string;
  /** `scripts/kconfig/conf` as the tree's own Makefile builds it. */
  plain: string;
  /**
   * The same with three things done faster, for the many runs on a whole kernel: it remembers what `$(shell,…)` gave (in the file that KCONF_PROBES
   * names), spreads its expressions over more of its hash table, and forgets cached values without a walk over all of them. Tests hold it against `plain`.
   */
  quick: string;
  /** The same sources as `plain`, as a server that forks for each run: for many runs on small trees. */
  server: string;
  /** A directory for what belongs to this conf: environments, probes. */
  cache: string;
};

/** Builds conf of a Linux tree, once for each tree and content of its `scripts/kconfig`. Needs gcc, make, flex and bison. */
export async function buildConf(tree: string): Promise<Conf> {
  const cache = join(CACHE, contentHash(tree));
  const conf = {
    tree,
    plain: join(cache, 'conf'),
    quick: join(cache, 'conf-quick'),
    server: join(cache, 'conf-server'),
    cache,
  };
  if (existsSync(cache)) return conf;
  await mkdir(CACHE, { recursive: true });
  const building = await mkdtemp(join(CACHE, 'building-'));
  try {
    await mkdir(join(building, 'objects'));
    await execa('nice', ['make', '-s', '-C', tree, `O=${join(building, 'objects')}`, 'ARCH=x86', 'build_config'], {
      env: { MAKEFLAGS: '', MAKELEVEL: '' },
    });
    await cp(join(building, 'objects/scripts/kconfig/conf'), join(building, 'conf'));
    await buildServer(tree, building);
    await buildQuick(tree, building);
    await rename(building, cache).catch((error: unknown) => {
      // Another process was faster.
      if (!existsSync(cache)) throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return conf;
}

/**
 * The environment in which the kernel's Makefile starts conf for `ARCH=arch`, taken from a run of make in which a script stands in conf's place.
 * `srctree` is the tree's path; what make itself needs (MAKEFLAGS, PWD, …) is left out.
 * `directory` is where things may be kept that hold for this tree and toolchain.
 */
export async function kbuildEnvironment(
  conf: Conf,
  arch: string,
): Promise<{ environment: Record<string, string>; directory: string }> {
  const compiler = await execa('sh', ['-c', 'gcc --version; ld --version; rustc --version; true'], { reject: false });
  const key = createHash('sha256')
    .update(JSON.stringify([conf.tree, compiler.stdout, process.env['PATH']]))
    .digest('hex')
    .slice(0, 16);
  const kept = join(conf.cache, `environment-${key}`);
  const file = join(kept, `${arch}.json`);
  if (existsSync(file))
    return { environment: JSON.parse(await readFile(file, 'utf8')) as Record<string, string>, directory: kept };
  await mkdir(kept, { recursive: true });
  const objects = await mkdtemp(join(kept, 'objects-'));
  try {
    await cp(join(conf.cache, 'objects'), objects, {
      recursive: true,
      preserveTimestamps: true,
      verbatimSymlinks: true,
    });
    const base = {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      LANG: 'C',
      DUMP: join(objects, 'dump'),
    };
    const standIn = join(objects, 'scripts/kconfig/conf');
    await rm(standIn);
    await writeFile(standIn, '#!/bin/sh\nexec env -0 > "$DUMP"\n', { mode: 0o755 });
    await execa('make', ['-s', '-C', conf.tree, `O=${objects}`, `ARCH=${arch}`, 'olddefconfig'], {
      env: base,
      extendEnv: false,
    });
    const environment: Record<string, string> = {};
    for (const entry of (await readFile(base.DUMP, 'utf8')).split('\0')) {
      const at = entry.indexOf('=');
      const name = entry.slice(0, at);
      if (at > 0 && !OF_MAKE.has(name)) environment[name] = entry.slice(at + 1);
    }
    await writeFile(file, JSON.stringify(environment, null, 1));
    return { environment, directory: kept };
  } finally {
    await rm(objects, { recursive: true, force: true });
  }
}

const OF_MAKE = new Set([
  'DUMP',
  'MAKEFLAGS',
  'MAKEOVERRIDES',
  'MAKELEVEL',
  'MFLAGS',
  'MAKE_TERMERR',
  'MAKE_TERMOUT',
  'GNUMAKEFLAGS',
  'PWD',
  'OLDPWD',
  'SHLVL',
  '_',
  'O',
  'obj',
  'sub_make_done',
]);

type Sources = { root: string; kconfig: string };

async function copySources(tree: string, into: string): Promise<Sources> {
  const root = await mkdtemp(join(into, 'sources-'));
  const kconfig = join(root, 'kconfig');
  await cp(join(tree, 'scripts/kconfig'), kconfig, { recursive: true });
  if (existsSync(join(tree, 'scripts/include')))
    await cp(join(tree, 'scripts/include'), join(root, 'include'), { recursive: true });
  return { root, kconfig };
}

/** `flags` go to the compiler for the file they stand at. */
async function compile(
  { root, kconfig }: Sources,
  output: string,
  flags: Readonly<Record<string, string[]>>,
  more: string[] = [],
): Promise<void> {
  const run = async (command: string, ...args: string[]) => execa('nice', [command, ...args], { cwd: kconfig });
  await run('flex', '-o', 'lexer.lex.c', '-L', 'lexer.l');
  await run('bison', '-o', 'parser.tab.c', '--defines=parser.tab.h', '-t', '-l', 'parser.y');
  const common = ['-O2', '-w', '-D_FILE_OFFSET_BITS=64', '-D_GNU_SOURCE', '-I.', '-I../include'];
  const files = ['conf', 'confdata', 'expr', 'menu', 'preprocess', 'symbol', 'util', 'lexer.lex', 'parser.tab'].map(
    (name) => `${name}.c`,
  );
  for (const [file, own] of Object.entries(flags)) await run('gcc', ...common, ...own, '-c', file, '-o', `${file}.o`);
  await run('gcc', ...common, '-o', output, ...files.map((file) => (file in flags ? `${file}.o` : file)), ...more);
  await rm(root, { recursive: true });
}

async function buildServer(tree: string, into: string): Promise<void> {
  await compile(await copySources(tree, into), join(into, 'conf-server'), { 'conf.c': ['-Dmain=conf_main'] }, [
    ours('server'),
  ]);
}

/** Edits of the tree's sources, each of which must find its line. */
async function buildQuick(tree: string, into: string): Promise<void> {
  const sources = await copySources(tree, into);
  const { kconfig, root } = sources;
  if (readFileSync(join(kconfig, 'expr.c'), 'utf8').includes('expr_invalidate_all')) {
    await edit(join(kconfig, 'expr.h'), [/bool val_is_valid;/, 'unsigned int val_is_valid;']);
    await edit(join(kconfig, 'internal.h'), [/(EXPR_HASHSIZE\s+\(1U << )14/, '$118']);
    await edit(
      join(kconfig, 'expr.c'),
      [/e->val_is_valid = false;(?=\n\n)/, 'e->val_is_valid = 0;'],
      [/if \(!e->val_is_valid\)/, 'if (e->val_is_valid != answers_so_far)'],
      [/e->val_is_valid = true;/, 'e->val_is_valid = answers_so_far;'],
      [/^HASHTABLE_DEFINE\(expr_hashtable.*$/m, '$&\nstatic unsigned int answers_so_far = 1;'],
      [/^void expr_invalidate_all[^]*?^\}/m, 'void expr_invalidate_all(void)\n{\n\tanswers_so_far++;\n}'],
    );
    await edit(join(root, 'include/hash.h'), [
      /return hash_32\(\(unsigned int\)\(unsigned long\)ptr\);/,
      'return ((unsigned long)ptr * 0x9E3779B97F4A7C15UL) >> 32;',
    ]);
  }
  await compile(sources, join(into, 'conf-quick'), { 'preprocess.c': ['-include', ours('probes')] });
}

async function edit(file: string, ...changes: [RegExp, string][]): Promise<void> {
  let text = await readFile(file, 'utf8');
  for (const [from, to] of changes) {
    if (!from.test(text)) throw new Error(`${file} has no ${from.source}`);
    text = text.replace(from, to);
  }
  await writeFile(file, text);
}

function contentHash(tree: string): string {
  const hash = createHash('sha256')
    .update(tree)
    .update(readFileSync(ours('probes')))
    .update(readFileSync(ours('server')))
    .update(readFileSync(fileURLToPath(import.meta.url)));
  for (const directory of ['scripts/kconfig', 'scripts/include']) {
    const path = join(tree, directory);
    if (!existsSync(path)) continue;
    for (const name of readdirSync(path).toSorted())
      if (/\.[chyl]$/.test(name)) hash.update(`${name}\0`).update(readFileSync(join(path, name)));
  }
  return hash.digest('hex').slice(0, 16);
}
