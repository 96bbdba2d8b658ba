import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runNix, type NixExit } from '../../src/nix/command.ts';
import { HANGS, standInNix } from '../helpers/standInNix.ts';
import { until } from '../helpers/kernelHost.ts';

const COMMAND = new URL('../../src/nix/command.ts', import.meta.url).href;
const TYPESCRIPT = new URL('../helpers/typescript-hooks.mjs', import.meta.url).href;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'falloutd-command-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

/** Runs a `nix` that is this script. */
async function running(script: string, options: Partial<Parameters<typeof runNix>[0]> = {}): Promise<NixExit> {
  vi.stubEnv('PATH', standInNix(dir, { nix: script }));
  return runNix({ command: 'nix', args: ['eval', 'x'], graceMs: 200, ...options });
}

const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
const pidIn = (file: string): number => Number(readFileSync(join(dir, file), 'utf8'));

describe('runNix', () => {
  it('gives code and standard output, and passes standard error and input on', async () => {
    const said: Buffer[] = [];
    expect(
      await running('cat; echo loud >&2; exit 3', {
        input: Buffer.from('in\n'),
        onStderr: (chunk) => said.push(chunk),
      }),
    ).toEqual({ kind: 'exited', code: 3, stdout: 'in\n' });
    expect(Buffer.concat(said).toString()).toBe('loud\n');
  });

  it('says what ended it', async () => {
    expect(await running('kill -9 $$')).toEqual({
      kind: 'broken',
      problem: { message: 'nix eval was ended by SIGKILL' },
    });
  });

  it('ends a nix that hangs at its limit, with its children, also where they ignore SIGTERM', async () => {
    const exit = await running(`sh -c 'echo $$ >${dir}/child; ${HANGS}' &\necho $$ >${dir}/self\n${HANGS}`, {
      limit: { key: 'evaluation', ms: 300 },
    });
    expect(exit).toMatchObject({
      kind: 'broken',
      problem: {
        message: 'nix eval did not end within 0.3 s, the limit of `evaluation`',
        hint: expect.stringContaining('[limits]') as string,
      },
    });
    await until(() => !isAlive(pidIn('self')) && !isAlive(pidIn('child')));
  });

  it('does not wait for a process that left the group and holds the pipes', async () => {
    const exit = await running(`setsid sh -c 'echo $$ >${dir}/far; sleep 1000' &\n${HANGS}`, {
      limit: { key: 'evaluation', ms: 300 },
    });
    expect(exit.kind).toBe('broken');
    const far = pidIn('far');
    expect(isAlive(far)).toBe(true);
    process.kill(-far, 'SIGKILL');
  });

  it('is done with a nix that ends within its limit', async () => {
    expect(await running('exit 0', { limit: { key: 'evaluation', ms: 60_000 } })).toEqual({
      kind: 'exited',
      code: 0,
      stdout: '',
    });
  });

  it('an abort counts before the limit', async () => {
    const abort = new AbortController();
    const exit = running(HANGS, { signal: abort.signal, limit: { key: 'evaluation', ms: 60_000 } });
    abort.abort();
    expect(await exit).toEqual({ kind: 'aborted' });
  });

  it('ends a nix that prints without end on standard output', async () => {
    expect(await running('yes')).toMatchObject({
      kind: 'broken',
      problem: {
        message: expect.stringContaining('prints without end on standard output (more than 64 MiB)') as string,
      },
    });
  });

  it('throws where there is no nix', async () => {
    vi.stubEnv('PATH', dir);
    await expect(runNix({ command: 'nix', args: [] })).rejects.toMatchObject({
      exitCode: 5,
      message: 'nix was not found on PATH',
    });
  });

  it('gives the arguments as they are', async () => {
    const args = ['a b', '$HOME', "'", '', '-c'];
    expect(await running('for each; do echo "<$each>"; done; exit 0', { args })).toEqual({
      kind: 'exited',
      code: 0,
      stdout: "<a b>\n<$HOME>\n<'>\n<>\n<-c>\n",
    });
  });

  it('throws where nix may not be executed', async () => {
    writeFileSync(join(dir, 'nix'), '#!/bin/sh\n', { mode: 0o644 });
    vi.stubEnv('PATH', dir);
    await expect(runNix({ command: 'nix', args: [] })).rejects.toMatchObject({
      exitCode: 5,
      message: expect.stringContaining('nix could not be started') as string,
    });
  });

  it('runs nothing that cannot be recorded', async () => {
    let pid = 0;
    const processes = {
      started: (of: number) => {
        pid = of;
        throw new Error('the disk is full');
      },
      ended: () => undefined,
    };
    await expect(running(`: >${dir}/ran`, { processes })).rejects.toThrow('the disk is full');
    await until(() => !isAlive(pid));
    expect(existsSync(join(dir, 'ran'))).toBe(false);
  });

  it('a falloutd that is killed before it has recorded its child leaves none behind', async () => {
    vi.stubEnv('PATH', standInNix(dir, { nix: `: >${dir}/ran\nsleep 600` }));
    const program = `
      import { writeSync } from 'node:fs';
      const { runNix } = await import(${JSON.stringify(COMMAND)});
      const started = (pid) => { writeSync(1, String(pid)); process.kill(process.pid, 'SIGKILL'); };
      await runNix({ command: 'nix', args: [], processes: { started, ended: () => undefined } });`;
    const { stdout, signal } = await execa(
      process.execPath,
      ['--import', TYPESCRIPT, '--input-type=module', '-e', program],
      { reject: false },
    );
    expect(signal).toBe('SIGKILL');
    await until(() => !isAlive(Number(stdout)));
    expect(existsSync(join(dir, 'ran'))).toBe(false);
  });
});
