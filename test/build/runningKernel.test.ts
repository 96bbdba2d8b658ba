import { describe, expect, it } from 'vitest';
import { runningKernel } from '../../src/build/runningKernel.ts';
import { machineFiles } from '../helpers/machineFiles.ts';

const KERNEL = '/nix/store/00000000000000000000000000000000-linux-6.12.117';
const OTHER = '/nix/store/22222222222222222222222222222222-linux-6.12.118';
const CONFIG = '#\n# Linux/x86 6.12.117 Kernel Configuration\n#\nCONFIG_A=y\n';
const VERSION = 'Linux version 6.12.117 (nixbld@localhost) (gcc (GCC) 14.2.1) #1-NixOS SMP Thu Jan 1 00:00:00 UTC 1970';

describe('the kernel that a machine runs', () => {
  it('is read with its path in the store and its configuration', () => {
    const root = machineFiles({ release: '6.12.117', version: VERSION, config: CONFIG, booted: KERNEL, next: OTHER });
    expect(runningKernel(root)).toEqual({
      release: '6.12.117',
      version: VERSION,
      config: CONFIG,
      storePath: KERNEL,
      nextPath: OTHER,
      unread: [],
    });
  });

  it('is known by its release alone where the rest is missing, and each thing that is missing is said', () => {
    expect(runningKernel(machineFiles({ release: '6.1.0-13-amd64' }))).toEqual({
      release: '6.1.0-13-amd64',
      version: null,
      config: null,
      storePath: null,
      nextPath: null,
      unread: [{ kind: 'no-booted-system' }, { kind: 'no-config' }],
    });
  });

  it('is not the one that was booted where that has modules for other releases only', () => {
    const root = machineFiles({ release: '6.12.118', booted: KERNEL, releases: ['6.12.117'] });
    const { storePath, unread } = runningKernel(root);
    expect(storePath).toBeNull();
    expect(unread).toContainEqual({ kind: 'other-kernel', releases: ['6.12.117'] });
  });

  it('may have no modules at all', () => {
    expect(runningKernel(machineFiles({ release: '6.12.117', booted: KERNEL, releases: [] })).storePath).toBe(KERNEL);
  });

  it('has no configuration where its file is damaged, and the reason is kept', () => {
    const root = machineFiles({ release: '6.12.117', config: Buffer.from([0x1f, 0x8b, 8, 0, 1]) });
    expect(runningKernel(root).unread).toContainEqual({
      kind: 'bad-config',
      reason: 'cannot be unpacked: the end is missing, or it is damaged',
    });
  });

  it('cannot be told from a folder that is no machine', () => {
    expect(() => runningKernel('/nowhere')).toThrow('has no proc/sys/kernel/osrelease');
    expect(() => runningKernel(machineFiles({ release: '' }))).toThrow('has no proc/sys/kernel/osrelease');
  });
});
