/** A kernel for one processor, as a NixOS module. */
import type { Compiler, CpuNote } from '../model/cpu.ts';
import type { Attribute } from '../managed/managedPatch.ts';
import { nixString } from '../nixfile/strings.ts';
import { patchListLines, type NamedPatch } from './nixPatches.ts';

/** What make gives the compiler besides. Each of its flags is a word of its own, since make flags are split at blanks. */
const KCFLAGS = /^KCFLAGS\s*[+:]*=\s*/;

/**
 * What make is to be given for a processor. The kernel's Makefile may say `-mtune=generic` before, which `-march` alone would leave.
 * @param present what it is given already.
 */
export function makeFlagsFor(
  cpu: string,
  canTune: boolean,
  present: readonly string[],
): { makeFlags: string[]; notes: CpuNote[] } {
  const given = present.filter((word) => KCFLAGS.test(word));
  const values = given.map((word) => word.replace(KCFLAGS, ''));
  const wanted = [`-march=${cpu}`, ...(canTune ? [`-mtune=${cpu}`] : [])].filter((flag) => !values.includes(flag));
  const makeFlags = wanted.map((flag, i) => (given.length + i === 0 ? `KCFLAGS=${flag}` : `KCFLAGS+=${flag}`));
  const others = given.filter((_, i) => /^-march=/.test(values[i] ?? '') && values[i] !== `-march=${cpu}`);
  return {
    makeFlags,
    notes: [
      ...(given.length > 0 && makeFlags.length > 0 ? [{ kind: 'joined' as const, flags: given }] : []),
      ...(others.length > 0 ? [{ kind: 'replaced' as const, flags: others }] : []),
    ],
  };
}

export type CpuModule = {
  compiler: Compiler;
  cpu: string;
  makeFlags: readonly string[];
  patches: readonly NamedPatch[];
  attribute: Attribute;
  /** The kernel's. */
  version: string;
};

/** The module, as the text of a Nix file. */
export function cpuModuleText({ compiler, cpu, makeFlags, patches, attribute, version }: CpuModule): string {
  const head = [
    `# A kernel for ${cpu}, as ${compiler.kind} ${compiler.version} names it, by \`falloutd patch cpu\`. A NixOS module: put it into \`imports\`.`,
    '# Not -march=native: nixpkgs leaves that out, so that no builder compiles for its own processor.',
  ];
  const flags = makeFlags.length === 0 ? [] : ['', ...kernelLines(makeFlags, version)];
  const settings =
    patches.length === 0
      ? []
      : ['', '  boot.kernelPatches = [', ...patchListLines(patches, attribute).map((line) => `  ${line}`), '  ];'];
  const body = [...flags, ...settings].slice(1);
  if (body.length === 0) return [...head, '# The kernel is compiled so already.', '{ }', ''].join('\n');
  return [...head, '{ lib, pkgs, ... }:', '{', ...body, '}', ''].join('\n');
}

function kernelLines(makeFlags: readonly string[], version: string): string[] {
  const [major = '', minor = ''] = version.split('.');
  return [
    '  # In place of your own line. linuxPackagesFor takes the kernel that it names now.',
    '  boot.kernelPackages = pkgs.linuxPackagesFor (',
    `    pkgs.linux_${major}_${minor}.override (old: {`,
    '      # A flag for the compiler is a word of its own: make flags are split at blanks.',
    `      extraMakeFlags = (old.extraMakeFlags or [ ]) ++ [ ${makeFlags.map(nixString).join(' ')} ];`,
    '    })',
    '  );',
  ];
}
