import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { measure } from '../../src/build/measure.ts';
import type { Measured } from '../../src/model/measurement.ts';
import type { ToolResult } from '../../src/system/tool.ts';

let system: string;
beforeEach(() => {
  system = mkdtempSync(join(tmpdir(), 'falloutd-booted-'));
  writeFileSync(join(system, 'kernel'), 'x'.repeat(100));
  writeFileSync(join(system, 'initrd'), 'x'.repeat(20));
  const net = join(system, 'net');
  mkdirSync(net);
  writeFileSync(join(net, 'dummy.ko.xz'), 'x'.repeat(5));
  writeFileSync(join(net, 'tun.ko'), 'x'.repeat(7));
  const modules = join(system, 'kernel-modules/lib/modules/6.12.117');
  mkdirSync(join(modules, 'build'), { recursive: true });
  writeFileSync(join(modules, 'build/scratch.ko'), 'x'.repeat(1000));
  writeFileSync(join(modules, 'modules.dep'), 'x'.repeat(1000));
  // As NixOS links the folders of several packages together.
  symlinkSync(net, join(modules, 'net'));
});
afterEach(() => rmSync(system, { recursive: true }));

const RUNNING = { release: '6.12.117', storePath: '/nix/store/x-linux' };

const SPEED = (bits: string): string => `    aes-xts        ${bits}b      2273.8 MiB/s      2269.0 MiB/s\n`;
const BOOT = 'Startup finished in 850ms (kernel) + 2.1s (userspace) = 2.950s\n';

const done = (stdout: string): ToolResult => ({ kind: 'done', stdout });

/** A measurement with programs that answer at once, one at a time. */
async function measured(
  answer: (command: string, args: readonly string[]) => ToolResult,
  running: { release: string; storePath: string | null } = RUNNING,
): Promise<{ figures: Measured | null; steps: string[]; called: string[] }> {
  const steps: string[] = [];
  const called: string[] = [];
  let underWay = 0;
  const tool = async (command: string, args: readonly string[]): Promise<ToolResult> => {
    called.push([command, ...args].join(' '));
    underWay++;
    await Promise.resolve();
    expect(underWay--).toBe(1);
    return answer(command, args);
  };
  const figures = await measure(running, { tool, onStep: (step) => steps.push(step), system });
  return { figures, steps, called };
}

const works = (command: string, args: readonly string[]): ToolResult =>
  done(command === 'cryptsetup' ? SPEED(args.at(-1) ?? '') : BOOT);

describe('a measurement', () => {
  it('runs one program after the other and counts the modules behind links, but not the sources', async () => {
    const { figures, steps, called } = await measured(works);
    expect(called).toEqual([
      'cryptsetup benchmark --cipher aes-xts --key-size 256',
      'cryptsetup benchmark --cipher aes-xts --key-size 512',
      'systemd-analyze time',
    ]);
    expect(steps).toHaveLength(4);
    expect(figures).toMatchObject({
      ciphers: [{ keyBits: 256 }, { keyBits: 512, encrypt: 2273.8 }],
      boot: { kernel: 850, total: 2950 },
      kernelBytes: 100,
      modulesBytes: 12,
      initrdBytes: 20,
      skipped: [],
    });
  });

  it('names what is not installed and goes on', async () => {
    const { figures, called } = await measured((command, args) =>
      command === 'cryptsetup' ? { kind: 'not-installed' } : works(command, args),
    );
    expect(called).toHaveLength(2);
    expect(figures).toMatchObject({
      ciphers: [],
      boot: { total: 2950 },
      skipped: [{ kind: 'not-installed', command: 'cryptsetup' }],
    });
  });

  it('names what failed and what printed something else', async () => {
    const { figures } = await measured((command) =>
      command === 'cryptsetup' ? { kind: 'failed', message: 'no such cipher' } : done('Startup took long\n'),
    );
    expect(figures?.skipped).toEqual([
      { kind: 'failed', command: 'cryptsetup', message: 'no such cipher' },
      { kind: 'not-understood', command: 'systemd-analyze', line: 'Startup took long' },
    ]);
  });

  it('gives nothing after an interruption, whenever that comes', async () => {
    for (const at of [0, 1, 2]) {
      let calls = 0;
      const { figures, called } = await measured((command, args) =>
        calls++ === at ? { kind: 'aborted' } : works(command, args),
      );
      expect(figures).toBeNull();
      expect(called).toHaveLength(at + 1);
    }
  });

  it('has no sizes where the system that was booted has another kernel', async () => {
    const { figures } = await measured(works, { release: '6.12.117', storePath: null });
    expect(figures).toMatchObject({ kernelBytes: null, skipped: [{ kind: 'no-file', file: system }] });
  });

  it('names each file that is not there', async () => {
    const { figures } = await measured(works, { ...RUNNING, release: '6.12.118' });
    const file = join(system, 'kernel-modules/lib/modules/6.12.118');
    expect(figures).toMatchObject({ kernelBytes: 100, modulesBytes: null, skipped: [{ kind: 'no-file', file }] });
  });
});
