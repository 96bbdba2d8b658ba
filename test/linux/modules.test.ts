import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filesAbout } from '../../src/kernel/modules/filesAbout.ts';
import { buildIndex, type ModuleIndex } from '../../src/kernel/modules/moduleIndex.ts';
import { moduleList, rulesBy, rulesFor, type ListedModule } from '../../src/kernel/modules/moduleQueries.ts';
import { moduleSources } from '../../src/kernel/modules/moduleSources.ts';
import { parseDotConfig } from '../../src/script/dotConfig.ts';
import { debianKernel, type DebianArchitecture, type DebianKernel } from '../helpers/debianKernel.ts';
import { linuxTree } from '../helpers/linuxTree.ts';

/** Its source gives it only in a kernel without the old ntfs: that stands in an #if above the line. */
const CONDITIONAL_ALIASES = ['fs_ntfs ntfs3'];
const PROBES = 500;

type Kernel = DebianKernel & { index: ModuleIndex; values: Map<string, string>; listed: ListedModule[] };

async function indexed(architecture: DebianArchitecture, aliases: string): Promise<Kernel> {
  const [root, kernel] = [await linuxTree(), await debianKernel(architecture)];
  const directory = architecture === 'amd64' ? 'x86' : architecture;
  const index = buildIndex({ files: moduleSources(root), aliases, architecture: directory });
  const values = parseDotConfig(kernel.dotConfig);
  return { ...kernel, index, values, listed: moduleList(index, (symbol) => values.get(symbol) ?? null) };
}

async function aliasLines(): Promise<string> {
  const pattern = '^[[:space:]]*MODULE_ALIAS[A-Z0-9_]*[[:space:]]*\\(';
  return (await execa('grep', ['-rE', '--include=*.c', pattern, '.'], { cwd: await linuxTree() })).stdout;
}

const aliased = new Map<DebianArchitecture, Promise<Kernel>>();
const kernelOf = async (architecture: DebianArchitecture): Promise<Kernel> => {
  const known = aliased.get(architecture) ?? aliasLines().then(async (lines) => indexed(architecture, lines));
  aliased.set(architecture, known);
  return known;
};

describe.each<DebianArchitecture>(['amd64', 'arm64'])("the modules of Debian's kernel for %s", (architecture) => {
  test('are those that the index derives from its configuration', async () => {
    const { modules, listed } = await kernelOf(architecture);
    expect(modules.size).toBeGreaterThan(4000);
    expect(listed.flatMap(({ file, value }) => (value === 'm' ? [file] : [])).sort()).toEqual([...modules].sort());
  });

  test('each have a symbol that is m', async () => {
    const { modules, listed, values } = await kernelOf(architecture);
    const without = listed.filter(
      ({ file, symbols }) => modules.has(file) && !symbols.some((symbol) => values.get(symbol) === 'm'),
    );
    expect(without).toEqual([]);
  });

  test('that are built in are y in the index', async () => {
    const { builtIn, listed } = await kernelOf(architecture);
    const known = listed.filter(({ file }) => builtIn.has(file));
    expect(known.length).toBeGreaterThan(100);
    expect(known.filter(({ value }) => value !== 'y')).toEqual([]);
  });
});

test('the files about one symbol give the same modules as all of them', async () => {
  const [root, { index }] = [await linuxTree(), await kernelOf('amd64')];
  const files = moduleSources(root);
  const filesOf = (of: ModuleIndex, symbol: string): string[] => rulesBy(of, symbol).map(([, { file }]) => file);
  const symbols = [...new Set(index.rules.flatMap((rule) => rule.symbols))].filter((_, i) => i % 100 === 0);
  const differing = symbols.filter((symbol) => {
    const part = buildIndex({ files: filesAbout(files, [symbol]), aliases: '', architecture: 'x86' });
    return filesOf(part, symbol).sort().join() !== filesOf(index, symbol).sort().join();
  });
  expect(symbols.length).toBeGreaterThan(90);
  expect(differing).toEqual([]);
});

describe('what kmod makes of the same modules', () => {
  let folder: string;
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await kernelOf('amd64');
    folder = await mkdtemp(join(tmpdir(), 'falloutd-kmod-'));
    const [from, to] = [
      join(kernel.folder, 'lib/modules', kernel.release),
      join(folder, 'lib/modules', kernel.release),
    ];
    await mkdir(to, { recursive: true });
    await mkdir(join(folder, 'no-settings'));
    for (const name of readdirSync(from)) await symlink(join(from, name), join(to, name));
    await execa('/sbin/depmod', ['-b', folder, kernel.release]);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  test('depmod gives each module the aliases that its sources do', () => {
    const text = readFileSync(join(folder, 'lib/modules', kernel.release, 'modules.alias'), 'utf8');
    const theirs = new Set(
      Array.from(
        text.matchAll(/^alias (\S+) (\S+)$/gm),
        ([, alias = '', module = '']) => `${alias.replaceAll('-', '_')} ${module}`,
      ),
    );
    const ours = [...kernel.index.aliases].flatMap(([alias, rules]) =>
      rules.flatMap((number) => {
        const rule = kernel.index.rules[number];
        return rule !== undefined && kernel.modules.has(rule.file) ? [`${alias} ${rule.module}`] : [];
      }),
    );
    expect(ours.length).toBeGreaterThan(1000);
    expect(ours.filter((line) => !theirs.has(line))).toEqual(CONDITIONAL_ALIASES);
  });

  test('modprobe finds what the index finds', async () => {
    const seed = Number(process.env['FALLOUTD_SEED'] ?? 1);
    const module = fc.constantFrom(...kernel.listed.map((each) => each.module));
    const known = fc.oneof(
      module,
      fc.constantFrom(...kernel.index.aliases.keys()).map((each) => each.replace('*', '3')),
    );
    const name = fc.tuple(known, fc.constantFrom('', '', '-', 'x')).map(([text, change]) =>
      // Either spelling of a blank, or a name that nobody has.
      change === '-' ? text.replaceAll('_', '-') : `${text}${change}`,
    );
    const different: string[] = [];
    for (const asked of fc.sample(name, { numRuns: PROBES, seed })) {
      const found = rulesFor(kernel.index, asked);
      const files = found.kind === 'unknown' ? [] : [...found.named, ...found.aliased].map(({ file }) => file);
      const ours = files.some((file) => kernel.modules.has(file) || kernel.builtIn.has(file));
      const options = ['--dry-run', '--quiet', '-d', folder, '-C', join(folder, 'no-settings'), '-S', kernel.release];
      const { exitCode } = await execa('/sbin/modprobe', [...options, '--', asked], { reject: false });
      if ((exitCode === 0) !== ours) different.push(asked);
    }
    expect(different).toEqual([]);
  });
});
