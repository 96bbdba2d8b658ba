import type { RunningKernel } from '../../src/model/booted.ts';

/** A running kernel of which nothing is known but its release and `facts`. */
export const running = (facts: Partial<RunningKernel> = {}): RunningKernel => ({
  release: '6.12.117',
  version: null,
  config: null,
  storePath: null,
  nextPath: null,
  unread: [],
  ...facts,
});
