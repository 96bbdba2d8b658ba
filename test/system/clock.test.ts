import { afterEach, expect, it, vi } from 'vitest';
import { thisMoment } from '../../src/system/clock.ts';

afterEach(() => vi.useRealTimers());

it('is the time it was taken, while the clock goes on as it should', () => {
  const before = Date.now();
  const told = thisMoment()();
  expect(told).toBeGreaterThanOrEqual(before - 1);
  expect(told).toBeLessThanOrEqual(Date.now());
});

it('is no later than what was saved since by a clock that was set back, or on', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const start = Date.now();
  for (const jump of [-86_400_000, 86_400_000, -1]) {
    vi.setSystemTime(start);
    const moment = thisMoment();
    vi.setSystemTime(start + jump);
    const saved = Date.now();
    expect(moment()).toBeLessThanOrEqual(saved);
  }
});
