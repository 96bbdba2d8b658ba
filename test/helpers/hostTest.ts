import { test as base } from 'vitest';
import type { HostOptions } from '../../src/setup/demo/demoHost.ts';
import { KernelHost } from './kernelHost.ts';

/**
 * `test` with hosts that are removed when they are no longer needed. `host` serves a whole file: take it in
 * `test.beforeAll(({ host }) => …)`. `newHost` makes one for a single test, or for `test.beforeEach`.
 */
export const test = base
  .extend('host', { scope: 'file' }, async ({}, { onCleanup }) => {
    const host = await KernelHost.create();
    onCleanup(() => host.remove());
    return host;
  })
  .extend('newHost', ({}, { onCleanup }) => {
    const hosts: KernelHost[] = [];
    onCleanup(async () => {
      for (const host of hosts) await host.remove();
    });
    return async (options: Omit<HostOptions, 'dir'> = {}): Promise<KernelHost> => {
      const host = await KernelHost.create(options);
      hosts.push(host);
      return host;
    };
  });
