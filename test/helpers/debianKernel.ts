/** Debian's own build of the Linux whose source it packages: an oracle for what a configuration compiles. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { CACHE, linuxTree } from './linuxTree.ts';

export type DebianArchitecture = 'amd64' | 'arm64';

export type DebianKernel = {
  /** Where the package is unpacked: `boot`, `lib/modules`. */
  folder: string;
  /** The name of the folder in `lib/modules`. */
  release: string;
  /** The `.config` that it was built with. */
  dotConfig: string;
  /** Its modules as paths in the tree, without what they are compressed with. */
  modules: Set<string>;
  /** The modules that it has built in, likewise. */
  builtIn: Set<string>;
};

/**
 * The kernel package of the version of `linuxTree`, which is fetched and unpacked once, and kept. Nothing of it is installed.
 * @throws where Debian has no such package.
 */
export async function debianKernel(architecture: DebianArchitecture): Promise<DebianKernel> {
  const version = await treeVersion();
  const folder = join(CACHE, `linux-image-${version}-${architecture}`);
  if (!existsSync(folder)) {
    await mkdir(CACHE, { recursive: true });
    const fresh = await mkdtemp(`${folder}-`);
    const archive = join(fresh, 'package.deb');
    await fetchPackage(version, architecture, archive);
    await execa('dpkg-deb', ['-x', archive, fresh]);
    await rm(archive);
    await rename(fresh, folder).catch(async (error: unknown) => {
      // Another test has fetched it meanwhile.
      if (!existsSync(folder)) throw error;
      await rm(fresh, { recursive: true });
    });
  }
  const modules = join(folder, 'lib/modules');
  const release = readdirSync(modules)[0] ?? '';
  const inTree = (path: string): string => path.replace(/^kernel\//, '').replace(/\.ko\.\w+$/, '.ko');
  const lines = (name: string): string[] =>
    readFileSync(join(modules, release, name), 'utf8')
      .trim()
      .split('\n');
  return {
    folder,
    release,
    dotConfig: readFileSync(join(folder, 'boot', `config-${release}`), 'utf8'),
    modules: new Set(lines('modules.order').map((line) => inTree(line.replace(/\.o$/, '.ko')))),
    builtIn: new Set(lines('modules.builtin').map(inTree)),
  };
}

async function treeVersion(): Promise<string> {
  const makefile = readFileSync(join(await linuxTree(), 'Makefile'), 'utf8');
  return ['VERSION', 'PATCHLEVEL', 'SUBLEVEL']
    .map((name) => new RegExp(`^${name} = (\\d+)$`, 'm').exec(makefile)?.[1])
    .join('.');
}

async function fetchPackage(version: string, architecture: DebianArchitecture, file: string): Promise<void> {
  const pattern = `^linux-image-${version.replaceAll('.', '\\.')}[^-]*-amd64-unsigned$`;
  const found = await execa('apt-cache', ['search', '--names-only', pattern]);
  const name = found.stdout.split(' ')[0] ?? '';
  if (name === '') throw new Error(`Debian has no kernel package of Linux ${version}: apt-get update may help`);
  const { stdout } = await execa('apt-get', ['download', '--print-uris', name]);
  const url = /^'([^']+)'/.exec(stdout)?.[1] ?? '';
  await execa('/usr/lib/apt/apt-helper', ['download-file', url.replaceAll('amd64', architecture), file]);
}
