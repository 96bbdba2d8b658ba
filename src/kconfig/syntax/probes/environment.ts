import { machine, release } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { readRegularFile } from '../regularFile.ts';
import { readIfThere } from '../treeFiles.ts';
import { ProbeCache } from './probeCache.ts';
import { shellRunner, type Runner } from './shell.ts';
import { findProgram } from './toolchain.ts';

export type EnvironmentOptions = {
  /** Kbuild's ARCH: `x86`, `arm64`, `um`, also `x86_64`, `i386`, `sparc64`, …; by default the machine's own. */
  arch?: string;
  /** The prefix of the tools' names, such as `aarch64-linux-gnu-`. */
  crossCompile?: string;
  /** Variables as given to make: `{ LLVM: '1' }`, `{ CC: 'gcc-14' }`. Unlike the environment, they override the Makefile. */
  variables?: Readonly<Record<string, string>>;
  /** The environment in which make would run; by default the process's own. */
  base?: Base;
  run?: Runner;
  cache?: ProbeCache;
};

type Environment = Record<string, string>;
type Base = Readonly<Record<string, string | undefined>>;
/** Gives what a shell command prints. */
type Ask = (command: string) => Promise<string>;

/**
 * The environment that the kernel's Makefile gives conf in a build directory outside the tree, limited to what Kconfig files, their probes and conf use
 * (Makefile, scripts/subarch.include, scripts/Makefile.clang, arch/…/Makefile, scripts/kconfig/Makefile).
 * @throws Error if the tree has no Makefile.
 */
export async function kernelEnvironment(root: string, options: EnvironmentOptions = {}): Promise<Environment> {
  const { variables = {}, base = process.env } = options;
  const makefile = readRegularFile(join(root, 'Makefile'));
  const inherited = inheritedFrom(base, variables);
  const subarch = variables['SUBARCH'] ?? machineArchitecture(machine());
  const arch = options.arch ?? inherited['ARCH'] ?? subarch;
  const srcarch = sourceArchitecture(makefile, arch);
  const archMakefile = readIfThere(join(root, 'arch', srcarch, 'Makefile')) ?? '';

  // Debian's Makefile has no cross_compiling.
  const foreign = srcarch !== subarch && /^cross_compiling/m.test(makefile);
  const given = options.crossCompile ?? inherited['CROSS_COMPILE'] ?? '';
  const crossCompile = given === '' ? crossPrefix(srcarch, foreign, archMakefile, inherited['PATH'] ?? '') : given;
  const defconfig = defaultConfig(srcarch, arch, subarch, archMakefile);

  const environment: Environment = {
    ...inherited,
    ...versionOf(makefile),
    ...toolNames(inherited['LLVM'] ?? '', crossCompile),
    ARCH: arch,
    SRCARCH: srcarch,
    CROSS_COMPILE: crossCompile,
    srctree: root,
    objtree: '.',
    CONFIG_SHELL: 'sh',
    LC_COLLATE: 'C',
    LC_NUMERIC: 'C',
    KCONFIG_CONFIG: inherited['KCONFIG_CONFIG'] ?? '.config',
    KBUILD_DEFCONFIG: defconfig,
    ...(makefile.includes('RUSTC_BOOTSTRAP := 1') ? { RUSTC_BOOTSTRAP: '1' } : {}),
    ...(srcarch === 'um' ? { SUBARCH: subarch, HEADER_ARCH: /^i386$|^x86/.test(subarch) ? 'x86' : subarch } : {}),
    ...variables,
  };
  const ask = asker(root, environment, options);
  if (variables['NM'] === undefined) environment['NM'] = await nmOf(archMakefile, environment['NM'] ?? '', ask);
  await addCompilerVersions(environment, makefile, ask);
  if (environment['CC_VERSION_TEXT']?.includes('clang') === true)
    environment['CLANG_FLAGS'] = clangFlags(root, srcarch === 'um' ? subarch : srcarch, environment);
  const installed = [`/lib/modules/${release()}/.config`, '/etc/kernel-config', `/boot/config-${release()}`];
  const own = `arch/${srcarch}/configs/${environment['KBUILD_DEFCONFIG'] ?? ''}`;
  environment['KCONFIG_DEFCONFIG_LIST'] = [...(foreign ? [] : installed), own].join(' ');
  return environment;
}

/** The variables that make passes on: all but those that the Makefile removes. */
function inheritedFrom(base: Base, variables: Readonly<Environment>): Environment {
  const removed = ['LC_ALL', 'GREP_OPTIONS', 'CONFIG_'];
  return Object.fromEntries(
    Object.entries({ ...base, ...variables }).flatMap(([name, value]) =>
      value === undefined || removed.includes(name) ? [] : [[name, value]],
    ),
  );
}

/** Runs what the Makefile asks a shell for, or takes the answer from the cache. */
function asker(
  root: string,
  environment: Environment,
  { run = shellRunner({ directory: '/', environment }), cache = new ProbeCache() }: EnvironmentOptions,
): Ask {
  const kept = cache.under(root, environment);
  return async (command) => {
    const answer = kept.get(command) ?? (await run(command));
    kept.set(command, answer);
    return answer.output;
  };
}

async function addCompilerVersions(environment: Environment, makefile: string, ask: Ask): Promise<void> {
  const version = await ask(`LC_ALL=C ${environment['CC'] ?? ''} --version 2>/dev/null | head -n 1`);
  environment['CC_VERSION_TEXT'] = version.replaceAll('#', '');
  if (!makefile.includes('RUSTC_VERSION_TEXT')) return;
  const rustVersion = await ask(`${environment['RUSTC'] ?? ''} --version 2>/dev/null`);
  environment['RUSTC_VERSION_TEXT'] = rustVersion.replaceAll('#', '');
}

/** SUBARCH: the kernel's name for `uname -m` (scripts/subarch.include). */
export function machineArchitecture(name: string): string {
  if (/^(i.86|x86_64)$/.test(name)) return 'x86';
  if (name === 'sun4u') return 'sparc64';
  if (name === 's390x') return 's390';
  if (name === 'sa110') return 'arm';
  if (name === 'arm64') return name;
  return name
    .replace(/^(arm|mips|riscv|loongarch).*/, '$1')
    .replace(/^ppc.*/, 'powerpc')
    .replace(/^sh[234].*/, 'sh')
    .replace(/^aarch64.*/, 'arm64');
}

/** SRCARCH: the directory below `arch/`. Some directories have several names. */
function sourceArchitecture(makefile: string, arch: string): string {
  for (const [, name, directory] of makefile.matchAll(/^ifeq \(\$\(ARCH\),(\w+)\)\n\s*SRCARCH\s*:=\s*(\w+)/gm))
    if (name === arch && directory !== undefined) return directory;
  return arch;
}

function versionOf(makefile: string): Environment {
  const part = (name: string): string =>
    new RegExp(`^${name}[ \\t]*=[ \\t]*(.*?)[ \\t]*$`, 'm').exec(makefile)?.[1] ?? '';
  const [VERSION, PATCHLEVEL, SUBLEVEL] = [part('VERSION'), part('PATCHLEVEL'), part('SUBLEVEL')];
  const numbers = PATCHLEVEL === '' ? VERSION : `${VERSION}.${PATCHLEVEL}${SUBLEVEL === '' ? '' : `.${SUBLEVEL}`}`;
  return { VERSION, PATCHLEVEL, SUBLEVEL, KERNELVERSION: numbers + part('EXTRAVERSION'), KERNELRELEASE: '' };
}

/** The tools that have the same name in every toolchain. */
const SAME_TOOLS = ['rustc', 'bindgen', 'pahole', 'python3', 'perl', 'awk', 'bash'];
const BINARY_TOOLS = ['ar', 'nm', 'objcopy', 'objdump', 'readelf', 'strip'];

/** The names of the tools: GNU's with the prefix, or LLVM's, whose directory (`/opt/llvm/`) or suffix (`-18`) the variable LLVM may give. */
function toolNames(llvm: string, prefix: string): Environment {
  const named = (tool: string): string => {
    if (llvm === '') return prefix + tool;
    return llvm.endsWith('/') ? llvm + tool : llvm.startsWith('-') ? tool + llvm : tool;
  };
  const [cc, cxx, ld, before] = llvm === '' ? ['gcc', 'g++', 'ld', ''] : ['clang', 'clang++', 'ld.lld', 'llvm-'];
  return {
    ...Object.fromEntries(SAME_TOOLS.map((tool) => [tool.toUpperCase(), tool])),
    HOSTRUSTC: 'rustc',
    HOSTCC: llvm === '' ? cc : named(cc),
    HOSTCXX: llvm === '' ? cxx : named(cxx),
    CC: named(cc),
    LD: named(ld),
    ...Object.fromEntries(BINARY_TOOLS.map((tool) => [tool.toUpperCase(), named(before + tool)])),
  };
}

/** The prefixes that an architecture's Makefile looks for if none is given (`cc-cross-prefix`). */
const SUFFIXES = ['linux', 'linux-gnu', 'unknown-linux-gnu'];
const PREFIXES: Readonly<Record<string, readonly string[]>> = {
  arc: ['arc-linux-', 'arceb-linux-', 'arc-linux-gnu-'],
  m68k: ['m68k-linux-gnu-', 'm68k-linux-', 'm68k-unknown-linux-gnu-'],
  parisc: ['hppa', 'hppa2.0', 'hppa1.1'].flatMap((name) =>
    [...SUFFIXES, 'suse-linux'].map((suffix) => `${name}-${suffix}-`),
  ),
  powerpc: ['powerpc', 'powerpc64', 'powerpc64le'].flatMap((name) => SUFFIXES.map((suffix) => `${name}-${suffix}-`)),
  sh: ['sh-linux-', 'sh-linux-gnu-', 'sh-unknown-linux-gnu-'],
};

function crossPrefix(srcarch: string, foreign: boolean, archMakefile: string, path: string): string {
  // arc looks for a prefix even on an arc machine.
  if (!(foreign || srcarch === 'arc') || !/CROSS_COMPILE\s*:=\s*\$\(call cc-cross-prefix/.test(archMakefile)) return '';
  return PREFIXES[srcarch]?.find((prefix) => findProgram(`${prefix}gcc`, path) !== null) ?? '';
}

/** nm with the option that some architectures give it; powerpc only if nm knows the option. */
async function nmOf(archMakefile: string, nm: string, ask: Ask): Promise<string> {
  const option = /^NM\s*:=\s*\$\((?:NM\)|CROSS_COMPILE\)nm) (\S+)/m.exec(archMakefile)?.[1];
  if (option === undefined) return nm;
  if (!archMakefile.includes('new_nm')) return `${nm} ${option}`;
  const known = await ask(`if ${nm} --help 2>&1 | grep -- '${option}' > /dev/null; then echo y; else echo n; fi`);
  return known === 'y' ? `${nm} ${option}` : nm;
}

/** CLANG_FLAGS as scripts/Makefile.clang (since 5.15) composes them. */
function clangFlags(root: string, arch: string, environment: Readonly<Environment>): string {
  const makefile = readIfThere(join(root, 'scripts/Makefile.clang')) ?? '';
  const prefix = environment['CROSS_COMPILE'] ?? '';
  const triple = new RegExp(`^CLANG_TARGET_FLAGS_${arch}[ \\t]*:=[ \\t]*(\\S+)`, 'm').exec(makefile)?.[1];
  // Until 6.5 the prefix named the target.
  const target =
    prefix !== '' && makefile.includes('$(CROSS_COMPILE:%-=%)') ? basename(prefix).replace(/-$/, '') : triple;
  const elfedit = findProgram(`${prefix}elfedit`, environment['PATH'] ?? '');
  const directory = elfedit === null ? './' : `${dirname(elfedit)}/`;
  return [
    ...(target === undefined ? [] : [`--target=${target}`]),
    ...(environment['LLVM_IAS'] === '0'
      ? ['-fno-integrated-as', `--prefix=${directory}${basename(prefix)}`]
      : ['-fintegrated-as']),
    ...[...makefile.matchAll(/^CLANG_FLAGS[ \t]*\+=[ \t]*(-Werror=\S+)/gm)].map(([, flag]) => flag),
  ].join(' ');
}

/** KBUILD_DEFCONFIG: the configuration that `make defconfig` and a missing `.config` start from. */
function defaultConfig(srcarch: string, arch: string, subarch: string, archMakefile: string): string {
  const name = machine();
  const x86 = name === 'x86_64' ? 'x86_64_defconfig' : 'i386_defconfig';
  switch (srcarch) {
    case 'x86':
      return arch === 'x86' ? x86 : `${arch}_defconfig`;
    case 'um':
      return subarch === 'x86' ? x86 : `${subarch}_defconfig`;
    case 'sparc':
      return arch === 'sparc' && name !== 'sparc64' ? 'sparc32_defconfig' : 'sparc64_defconfig';
    case 'parisc':
      return arch === 'parisc64' || name === 'parisc64' ? 'generic-64bit_defconfig' : 'generic-32bit_defconfig';
    case 'powerpc':
      return `${name.startsWith('ppc') ? name : (/\$\(uname\),(\w+)\)_defconfig/.exec(archMakefile)?.[1] ?? 'ppc64')}_defconfig`;
    default:
      return /^KBUILD_DEFCONFIG\s*:?=\s*(\S+)/m.exec(archMakefile)?.[1] ?? 'defconfig';
  }
}
