import { afterAll, beforeAll } from 'vitest';
import { ConfServer } from '../helpers/kconfRun.ts';
import { Kernel } from './kernel.ts';

/** A kernel, and its conf as a server. */
type Opened = { kernel: Kernel; conf: ConfServer };

/**
 * Opens a kernel for the tests of the `describe` it is called in, and stops its conf behind them. `name` is what `Kernel.open` takes.
 * @returns what gives both to a test; it throws before the first test has begun.
 */
export function confOf(name: string): () => Opened {
  let opened: Opened | null = null;
  beforeAll(async () => {
    const kernel = await Kernel.open(name);
    opened = { kernel, conf: new ConfServer(kernel.conf.server) };
  });
  afterAll(() => opened?.conf.stop());
  return () => {
    if (opened === null) throw new Error(`conf of Linux ${name} is not started yet`);
    return opened;
  };
}
