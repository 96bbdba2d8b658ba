import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBootTimes } from '../../src/build/bootTimes.ts';

const none = { firmware: null, loader: null, kernel: null, initrd: null, userspace: null };

describe('what systemd-analyze prints', () => {
  it('of a laptop has all parts', () => {
    const text = `Startup finished in 5.235s (firmware) + 1.201s (loader) + 2.103s (kernel) + 4.032s (initrd) + 1min 8.909s (userspace) = 1min 21.482s
graphical.target reached after 1min 8.890s in userspace.
`;
    expect(readBootTimes(text)).toEqual({
      firmware: 5235,
      loader: 1201,
      kernel: 2103,
      initrd: 4032,
      userspace: 68_909,
      total: 81_482,
    });
  });

  it('of a virtual machine lacks those before the kernel', () => {
    const text =
      'Startup finished in 850ms (kernel) + 2.1s (userspace) = 2.950s \nmulti-user.target reached after 2s in userspace\n';
    expect(readBootTimes(text)).toEqual({ ...none, kernel: 850, userspace: 2100, total: 2950 });
  });

  it('has one part, which is the sum, where the kernel tells nothing of itself, by systemd 252', () => {
    const text = 'Startup finished in 35.584s (userspace) \ngraphical.target was never reached.\n';
    expect(readBootTimes(text)).toEqual({ ...none, userspace: 35_584, total: 35_584 });
  });

  it('may have parts that are not known: the sum says what they come to', () => {
    const text = 'Startup finished in 2s (kernel) + 3s (anteroom) = 5s\n';
    expect(readBootTimes(text)).toEqual({ ...none, kernel: 2000, total: 5000 });
  });

  it.each([
    'Bootup is not yet finished. Please try again later.',
    'Startup finished in soon (kernel) + 2.1s (userspace) = 2.950s',
    'Startup finished in 850ms (kernel) + 2.1s (userspace) = 2 parsecs',
    'Startup finished in 850ms + 2.1s',
    'Démarrage terminé en 850ms (noyau)',
    '',
  ])('is not guessed at: %s', (line) => {
    expect(readBootTimes(`${line}\nmore\n`)).toBe(line);
  });

  it('gives the times back that it was made from', () => {
    const time = fc.integer({ min: 1, max: 90_000_000 });
    fc.assert(
      fc.property(time, time, (kernel, userspace) => {
        const text = `Startup finished in ${span(kernel)} (kernel) + ${span(userspace)} (userspace) = ${span(kernel + userspace)}\n`;
        expect(readBootTimes(text)).toEqual({ ...none, kernel, userspace, total: kernel + userspace });
      }),
    );
  });
});

/** A span of time as systemd writes it (format_timespan). */
function span(ms: number): string {
  const whole = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
  ] as const;
  let rest = ms;
  const words = whole.flatMap(([unit, size]) => {
    const n = Math.floor(rest / size);
    rest -= n * size;
    return n === 0 ? [] : [`${n}${unit}`];
  });
  const last = rest === 0 ? [] : rest < 1000 ? [`${rest}ms`] : [`${(rest / 1000).toFixed(3)}s`];
  return [...words, ...last].join(' ');
}
