import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, describe, expect } from 'vitest';
import { test } from '../helpers/hostTest.ts';
import { falloutd, startFalloutd } from '../helpers/command.ts';
import { type KernelHost, until } from '../helpers/kernelHost.ts';
import { listen } from '../helpers/notifyListener.ts';
import { wishing } from '../helpers/patchesText.ts';

const isThere = (tool: string): boolean => existsSync(join('/usr/bin', tool));

describe.skipIf(!isThere('systemd-notify'))('under a service manager', () => {
  let host: KernelHost;
  let folder: string;
  let manager: ReturnType<typeof listen>;
  const told: string[] = [];
  let socket: string;
  test.beforeAll(async ({ host: shared }) => {
    host = shared;
    folder = mkdtempSync(join(tmpdir(), 'falloutd-manager-'));
    socket = join(folder, 'notify.sock');
    manager = listen(socket);
    manager.stdout.on('data', (chunk: Buffer) =>
      told.push(
        ...chunk
          .toString()
          .split('\n')
          .filter((line) => line !== ''),
      ),
    );
    await until(() => told.includes('listening'));
  });
  afterAll(async () => {
    manager.kill();
    await manager;
    rmSync(folder, { recursive: true });
  });

  test('ready means that it answers; told to end, it says so and ends with 0, leaving no process', async () => {
    await host.save(wishing('RTLWIFI = no;'));
    const where = ['--config', host.host.configFile, '--state', host.stateDir];
    const running = startFalloutd(['watch', ...where], { env: { NOTIFY_SOCKET: socket } });
    await until(() => told.includes('READY=1'));
    expect((await falloutd(['pause', ...where])).code).toBe(0);
    expect(told).not.toContain('STOPPING=1');
    running.kill('SIGTERM');
    expect((await running).exitCode).toBe(0);
    await until(() => told.includes('STOPPING=1'));
    expect(host.processes()).toEqual([]);
  });

  test('a manager that is gone is told of in the log, and ends nothing', async () => {
    const where = ['--config', host.host.configFile, '--state', host.stateDir];
    const running = startFalloutd(['watch', ...where], { env: { NOTIFY_SOCKET: join(host.dir, 'gone.sock') } });
    let output = '';
    running.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    await until(() => output.includes('systemd was not told READY=1'));
    expect((await falloutd(['status', ...where])).code).toBe(0);
    running.kill('SIGTERM');
    expect((await running).exitCode).toBe(0);
  });
});

describe.skipIf(!isThere('systemd-analyze'))('the units', () => {
  test.each(['user', 'system'])('%s: systemd finds no fault', async (kind) => {
    const unit = fileURLToPath(new URL(`../../config/systemd/${kind}/falloutd.service`, import.meta.url));
    const { exitCode, stderr } = await execa(
      'systemd-analyze',
      [`--${kind}`, '--man=no', '--generators=no', 'verify', unit],
      { reject: false, env: { XDG_RUNTIME_DIR: '/tmp' } },
    );
    expect(
      stderr
        .split('\n')
        .filter((line) => line.includes('falloutd'))
        .join('\n'),
    ).toBe('');
    expect(exitCode).toBe(0);
  });
});
