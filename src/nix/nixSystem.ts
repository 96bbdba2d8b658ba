const CPU: Partial<Record<NodeJS.Architecture, string>> = {
  x64: 'x86_64',
  arm64: 'aarch64',
  ia32: 'i686',
  arm: 'armv7l',
  ppc64: 'powerpc64le',
};

/** This machine's system as Nix calls it. */
export const nixSystem = (): string => `${CPU[process.arch] ?? process.arch}-${process.platform}`;

/** Whether programs for a system run on this machine. */
export const runsHere = (system: string): boolean =>
  system === nixSystem() || (system === 'i686-linux' && nixSystem() === 'x86_64-linux');
