import { readFileSync } from 'node:fs';
import { machine, release } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { ProbeCache } from './probeCache.ts';
import { shellRunner, type Runner } from './shell.ts';
import { findProgram } from './toolchain.ts';

export type EnvironmentOptions = {
  /** Kbuild's ARCH: `x86`, `arm64`, `um`, also `x86_64`, `i386`, `sparc64`, …; the machine's own if not given. */
  arch?: string;
  /** What stands before the tools' names, as `aarch64-linux-gnu-`. */
  crossCompile?: string;
  /** Variables as one gives them to make: `{ LLVM: '1' }`, `{ CC: 'gcc-14' }`. They win over the Makefile, which the environment does not. */
  variables?: Readonly<Record<string, string>>;
  /** The environment that make would be called in; the process's own if not given. */
  base?: Readonly<Record<string, string | undefined>>;
  run?: Runner;
  cache?: ProbeCache;
};

/**
 * The environment that the kernel's Makefile gives conf in a build directory outside of the tree, as far as Kconfig files, their probes and conf use
 * it (Makefile, scripts/subarch.include, scripts/Makefile.clang, arch/…/Makefile, scripts/kconfig/Makefile).
 * @throws Error when the tree has no Makefile.
 */
export async function kernelEnvironment(
  root: string,
  options: EnvironmentOptions = {},
): Promise<Record<string, string>> {
  const { variables = {}, base = process.env } = options;
  const makefile = readFileSync(join(root, 'Makefile'), 'utf8');
  const inherited = inheritedFrom(base, variables);
  const subarch = variables['SUBARCH'] ?? machineArchitecture(machine());
  const arch = options.arch ?? inherited['ARCH'] ?? subarch;
  const srcarch = sourceArchitecture(makefile, arch);
  const archMakefile = textOf(join(root, 'arch', srcarch, 'Makefile'));

  // Debian's kernels do not say whether they are compiled for another machine.
  const foreign = srcarch !== subarch && /^cross_compiling/m.test(makefile);
  const given = options.crossCompile ?? inherited['CROSS_COMPILE'] ?? '';
  const crossCompile = given === '' ? crossPrefix(srcarch, foreign, archMakefile, inherited['PATH'] ?? '') : given;

  const environment: Record<string, string> = {
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
    KBUILD_DEFCONFIG: defaultConfig(srcarch, arch, subarch, archMakefile),
    ...(makefile.includes('RUSTC_BOOTSTRAP := 1') ? { RUSTC_BOOTSTRAP: '1' } : {}),
    ...(srcarch === 'um'
      ? { SUBARCH: subarch, HEADER_ARCH: /^(x86|x86_64|i386)$/.test(subarch) ? 'x86' : subarch }
      : {}),
    ...variables,
  };
  const ask = asker(root, environment, options);
  if (variables['NM'] === undefined) environment['NM'] = await nmOf(archMakefile, environment['NM'] ?? '', ask);
  environment['CC_VERSION_TEXT'] = (
    await ask(`LC_ALL=C ${environment['CC'] ?? ''} --version 2>/dev/null | head -n 1`)
  ).replaceAll('#', '');
  if (makefile.includes('RUSTC_VERSION_TEXT')) {
    environment['RUSTC_VERSION_TEXT'] = (await ask(`${environment['RUSTC'] ?? ''} --version 2>/dev/null`)).replaceAll(
      '#',
      '',
    );
  }
  if (environment['CC_VERSION_TEXT'].includes('clang'))
    environment['CLANG_FLAGS'] = clangFlags(root, srcarch, subarch, environment);
  environment['KCONFIG_DEFCONFIG_LIST'] = [
    ...(foreign ? [] : [`/lib/modules/${release()}/.config`, '/etc/kernel-config', `/boot/config-${release()}`]),
    `arch/${srcarch}/configs/${environment['KBUILD_DEFCONFIG'] ?? ''}`,
  ].join(' ');
  return environment;
}

/** What make passes on: without what the Makefile takes away. */
function inheritedFrom(
  base: Readonly<Record<string, string | undefined>>,
  variables: Readonly<Record<string, string>>,
): Record<string, string> {
  const inherited: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...base, ...variables }))
    if (value !== undefined) inherited[name] = value;
  for (const name of ['LC_ALL', 'GREP_OPTIONS', 'CONFIG_']) Reflect.deleteProperty(inherited, name);
  return inherited;
}

/** Runs what the Makefile asks a shell for, or takes the answer from the cache. */
function asker(
  root: string,
  environment: Record<string, string>,
  { run = shellRunner({ directory: '/', environment }), cache = new ProbeCache() }: EnvironmentOptions,
): (command: string) => Promise<string> {
  const kept = cache.under(root, environment);
  return async (command) => {
    const answer = kept.get(command) ?? (await run(command));
    kept.set(command, answer);
    return answer.output;
  };
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

/** SRCARCH: the directory below `arch/`; some have several names. */
function sourceArchitecture(makefile: string, arch: string): string {
  for (const [, name, directory] of makefile.matchAll(/^ifeq \(\$\(ARCH\),(\w+)\)\n\s*SRCARCH\s*:=\s*(\w+)/gm))
    if (name === arch && directory !== undefined) return directory;
  return arch;
}

function versionOf(makefile: string): Record<string, string> {
  const part = (name: string): string =>
    new RegExp(`^${name}[ \\t]*=[ \\t]*(.*?)[ \\t]*$`, 'm').exec(makefile)?.[1] ?? '';
  const [VERSION, PATCHLEVEL, SUBLEVEL] = [part('VERSION'), part('PATCHLEVEL'), part('SUBLEVEL')];
  const numbers = PATCHLEVEL === '' ? VERSION : `${VERSION}.${PATCHLEVEL}${SUBLEVEL === '' ? '' : `.${SUBLEVEL}`}`;
  return { VERSION, PATCHLEVEL, SUBLEVEL, KERNELVERSION: numbers + part('EXTRAVERSION'), KERNELRELEASE: '' };
}

/** The tools' names: GNU's behind the prefix, or LLVM's, of which LLVM may give the directory (`/opt/llvm/`) or the suffix (`-18`). */
function toolNames(llvm: string, prefix: string): Record<string, string> {
  const others = {
    RUSTC: 'rustc',
    HOSTRUSTC: 'rustc',
    BINDGEN: 'bindgen',
    PAHOLE: 'pahole',
    PYTHON3: 'python3',
    PERL: 'perl',
    AWK: 'awk',
    BASH: 'bash',
  };
  if (llvm === '') {
    const gnu = {
      CC: 'gcc',
      LD: 'ld',
      AR: 'ar',
      NM: 'nm',
      OBJCOPY: 'objcopy',
      OBJDUMP: 'objdump',
      READELF: 'readelf',
      STRIP: 'strip',
    };
    return {
      ...others,
      HOSTCC: 'gcc',
      HOSTCXX: 'g++',
      ...Object.fromEntries(Object.entries(gnu).map(([name, tool]) => [name, prefix + tool])),
    };
  }
  const named = (tool: string): string =>
    llvm.endsWith('/') ? llvm + tool : llvm.startsWith('-') ? tool + llvm : tool;
  const llvms = {
    CC: 'clang',
    LD: 'ld.lld',
    AR: 'llvm-ar',
    NM: 'llvm-nm',
    OBJCOPY: 'llvm-objcopy',
    OBJDUMP: 'llvm-objdump',
    READELF: 'llvm-readelf',
    STRIP: 'llvm-strip',
  };
  return {
    ...others,
    HOSTCC: named('clang'),
    HOSTCXX: named('clang++'),
    ...Object.fromEntries(Object.entries(llvms).map(([name, tool]) => [name, named(tool)])),
  };
}

/** The prefixes that an architecture's Makefile looks for when none is given (`cc-cross-prefix`). */
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
  // arc looks for them on its own machine too.
  if (!(foreign || srcarch === 'arc') || !/CROSS_COMPILE\s*:=\s*\$\(call cc-cross-prefix/.test(archMakefile)) return '';
  return PREFIXES[srcarch]?.find((prefix) => findProgram(`${prefix}gcc`, path) !== null) ?? '';
}

/** Some architectures give nm an option, powerpc only where nm knows it. */
async function nmOf(archMakefile: string, nm: string, ask: (command: string) => Promise<string>): Promise<string> {
  const option = /^NM\s*:=\s*\$\((?:NM\)|CROSS_COMPILE\)nm) (\S+)/m.exec(archMakefile)?.[1];
  if (option === undefined) return nm;
  if (!archMakefile.includes('new_nm')) return `${nm} ${option}`;
  const known = await ask(`if ${nm} --help 2>&1 | grep -- '${option}' > /dev/null; then echo y; else echo n; fi`);
  return known === 'y' ? `${nm} ${option}` : nm;
}

/** CLANG_FLAGS as scripts/Makefile.clang (since 5.15) puts them together. */
function clangFlags(
  root: string,
  srcarch: string,
  subarch: string,
  environment: Readonly<Record<string, string>>,
): string {
  const makefile = textOf(join(root, 'scripts/Makefile.clang'));
  const prefix = environment['CROSS_COMPILE'] ?? '';
  const triple = new RegExp(
    `^CLANG_TARGET_FLAGS_${srcarch === 'um' ? subarch : srcarch}[ \\t]*:=[ \\t]*(\\S+)`,
    'm',
  ).exec(makefile)?.[1];
  // Until 6.5 a prefix said for which machine.
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

/** KBUILD_DEFCONFIG: what `make defconfig` and a missing `.config` are made from. */
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

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
