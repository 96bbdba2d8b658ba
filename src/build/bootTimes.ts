import type { BootTimes } from '../model/measurement.ts';

/**
 * Reads what `systemd-analyze time` prints: `Startup finished in 4.310s (firmware) + 1min 2.103s (kernel) + 850ms (userspace) = …`. A
 * span of time consists of numbers with `h`, `min`, `s`, `ms` or `us` behind them; here it becomes ms.
 * @returns the line that is not understood in place of the times.
 */
export function readBootTimes(text: string): BootTimes | string {
  const [first = ''] = text.split('\n');
  const [, sum = '', total] = /^Startup finished in (.*?)(?: = (.*?))?\s*$/.exec(first) ?? [];
  const parts = new Map<string, number | null>();
  for (const part of sum.split(' + ')) {
    const [, span = '', name = ''] = /^(.+) \((.+)\)$/.exec(part) ?? [];
    parts.set(name, millisecondsOf(span));
  }
  // A boot of one part has no sum.
  const whole = total === undefined ? [...parts.values()][0] : millisecondsOf(total);
  if (whole == null || [...parts.values()].includes(null)) return first.trim();
  const known = (name: string): number | null => parts.get(name) ?? null;
  return {
    firmware: known('firmware'),
    loader: known('loader'),
    kernel: known('kernel'),
    initrd: known('initrd'),
    userspace: known('userspace'),
    total: whole,
  };
}

const UNITS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, min: 60_000, s: 1000, ms: 1, us: 0.001 };

/** `1min 2.103s` in ms; null for what is no span of time. */
function millisecondsOf(span: string): number | null {
  let sum = 0;
  for (const word of span.split(' ')) {
    const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(word) ?? [];
    const factor = UNITS[unit];
    if (number === undefined || factor === undefined) return null;
    sum += Number(number) * factor;
  }
  return Math.round(sum);
}
