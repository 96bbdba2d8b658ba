/** The running kernel measured: how fast it encrypts and boots, and how large it is. */
import type { RunningKernel } from '../model/booted.ts';
import type { CipherSpeed, Measured, Skipped } from '../model/measurement.ts';
import type { ToolResult } from '../system/tool.ts';
import { bootedSizes } from './bootedSizes.ts';
import { readBootTimes } from './bootTimes.ts';
import { readCipherSpeed } from './cipherSpeed.ts';
import { BOOTED } from './runningKernel.ts';

/** The keys of AES-128 and AES-256: XTS takes two of them. */
const KEYS = [256, 512] as const;

export type Measuring = {
  /** Runs a program of the system. */
  tool: (command: string, args: readonly string[]) => Promise<ToolResult>;
  /** Called before each step. */
  onStep: (step: string) => void;
  /** Where the system that was booted stands. */
  system?: string;
};

/** Measures one thing after the other, so that none disturbs another. @returns null when it was aborted. */
export async function measure(
  running: Pick<RunningKernel, 'release' | 'storePath'>,
  { tool, onStep, system = BOOTED }: Measuring,
): Promise<Measured | null> {
  const ciphers: CipherSpeed[] = [];
  const skipped: Skipped[] = [];
  for (const bits of KEYS) {
    onStep(`AES-XTS with a key of ${bits} bits`);
    const args = ['benchmark', '--cipher', 'aes-xts', '--key-size', String(bits)];
    const read = understood('cryptsetup', await tool('cryptsetup', args), readCipherSpeed);
    if (read.kind === 'aborted') return null;
    if (read.kind !== 'read') {
      // What the other key came to would be the same.
      skipped.push(read);
      break;
    }
    ciphers.push(read.value);
  }
  onStep('boot');
  const boot = understood('systemd-analyze', await tool('systemd-analyze', ['time']), readBootTimes);
  if (boot.kind === 'aborted') return null;
  if (boot.kind !== 'read') skipped.push(boot);
  onStep('sizes');
  const sizes = bootedSizes(running, system);
  skipped.push(...sizes.missing.map((file) => ({ kind: 'no-file', file }) as const));
  return { ciphers, boot: boot.kind === 'read' ? boot.value : null, ...sizes.bytes, skipped };
}

type Understood<T> = { kind: 'read'; value: T } | Skipped | { kind: 'aborted' };

function understood<T extends object>(
  command: string,
  result: ToolResult,
  read: (text: string) => T | string,
): Understood<T> {
  switch (result.kind) {
    case 'done': {
      const value = read(result.stdout);
      return typeof value === 'string' ? { kind: 'not-understood', command, line: value } : { kind: 'read', value };
    }
    case 'failed':
      return { kind: 'failed', command, message: result.message };
    case 'not-installed':
      return { kind: 'not-installed', command };
    case 'aborted':
      return result;
  }
}
