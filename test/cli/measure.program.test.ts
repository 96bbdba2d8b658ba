import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { falloutd, startFalloutd } from '../helpers/command.ts';
import { documentIn } from '../helpers/documentSchema.ts';
import { opened, recordRun, stateDir } from '../helpers/history.ts';

const SPEED = `printf '# Tests\\n    aes-xts        %sb      2273.8 MiB/s      2269.0 MiB/s\\n' "$5"`;
const BOOT = `echo 'Startup finished in 850ms (kernel) + 2.1s (userspace) = 2.950s'`;

let state: string;
let bin: string;
beforeEach(() => {
  state = stateDir();
  bin = join(state, 'bin');
  mkdirSync(bin);
  program('cryptsetup', SPEED);
  program('systemd-analyze', BOOT);
});

/** Puts a shell script in place of a program. */
function program(name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, name), 0o755);
}

const options = () => ({ env: { PATH: `${bin}:/usr/bin:/bin`, COLUMNS: '80' } });
const call = (...args: string[]) => falloutd(['measure', ...args, '--state', state], options());

describe('falloutd measure', () => {
  it('records what it finds, and shows that beside the earlier ones', async () => {
    const { code, stdout, stderr } = await call();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^aes-xts 512 decrypt +2269 MiB\/s +█{5}$/m);
    expect(stdout).toMatch(/^boot total +2\.95 s +█{5}$/m);
    const { measured, measurements } = documentIn('measure', (await call('--json')).stdout);
    expect(measurements.map(({ measurement }) => measurement)).toEqual([2, 1]);
    expect(measured).toEqual(measurements[0]);
    const listed = documentIn('measure', (await call('--list', '--json')).stdout);
    expect(listed).toEqual({ measured: null, measurements });
  });

  it('knows no measurement in a history without one', async () => {
    recordRun(opened(state));
    expect(await call('--list')).toEqual({ code: 0, stdout: 'nothing is measured yet\n', stderr: '' });
  });

  it('names a program that fails or is not there', async () => {
    program('systemd-analyze', 'echo "System has not been booted with systemd" >&2; exit 1');
    program('cryptsetup', 'exit 0');
    const { code, stdout } = await call();
    expect(code).toBe(0);
    expect(stdout).toContain('not measured: systemd-analyze: System has not been booted with systemd\n');
    expect(stdout).toContain('not measured: cryptsetup printed nothing\n');
    rmSync(join(bin, 'cryptsetup'));
    const without = await falloutd(['measure', '--state', state], { env: { PATH: bin, COLUMNS: '80' } });
    expect(without.stdout).toContain('not measured: cryptsetup is not installed\n');
  });

  it('is ended by Ctrl-C with nothing recorded, and no other one measures meanwhile', async () => {
    const started = join(state, 'started');
    program('cryptsetup', `: >'${started}'; exec sleep 600`);
    const measuring = startFalloutd(['measure', '--state', state], options());
    while (!existsSync(started) && measuring.exitCode === null) await sleep(20);
    expect(existsSync(started)).toBe(true);
    const second = await call();
    expect([second.code, second.stderr]).toEqual([4, expect.stringContaining('another `falloutd measure` is at work')]);
    measuring.kill('SIGINT');
    expect((await measuring).exitCode).toBe(130);
    expect((await call('--list')).stdout).toBe('nothing is measured yet\n');
  });
});
