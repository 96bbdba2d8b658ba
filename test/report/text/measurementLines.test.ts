import { expect, it } from 'vitest';
import type { Measurement } from '../../../src/model/measurement.ts';
import { measurementLines } from '../../../src/report/text/measurementLines.ts';
import { PLAIN } from '../../../src/report/text/style.ts';
import { NOW } from '../../helpers/sampleHistory.ts';

const DAY = 86_400_000;

const measurement = (n: number, changes: Partial<Measurement> = {}): Measurement => ({
  measurement: n,
  measuredAt: new Date(NOW - (10 - n) * DAY).toISOString(),
  release: '6.12.117',
  storePath: null,
  target: 'nixhost',
  iteration: n,
  build: n,
  buildMs: 4_320_000 / n,
  ciphers: [{ cipher: 'aes-xts', keyBits: 512, encrypt: 2273.8 - 100 * n, decrypt: 2269 }],
  boot: { firmware: null, loader: null, kernel: 850, initrd: 1200, userspace: 12_100, total: 14_150 },
  kernelBytes: 12_345_678,
  modulesBytes: 88_000_000 / n,
  initrdBytes: 23_000_000,
  skipped: [],
  ...changes,
});

const lines = (all: Measurement[], width: number): string => measurementLines(all, { ...PLAIN, width }, NOW).join('\n');

it('measurements stand side by side, the newest last, each figure with its bar beside the largest of its row', () => {
  const other = { target: null, iteration: null, build: null, buildMs: null, release: '6.1.0-13-amd64', boot: null };
  expect(`\n${lines([measurement(3), measurement(2), measurement(1, other)], 80)}\n`).toMatchInlineSnapshot(`
    "
    kernel               6.1.0-13-amd64           6.12.117           6.12.117
    target                            -            nixhost            nixhost
    build                             -                  2                  3
    measured                    9 d ago            8 d ago            7 d ago
    aes-xts 512 encrypt      2174 MiB/s  █████  2074 MiB/s  ████▊  1974 MiB/s  ████▌
    aes-xts 512 decrypt      2269 MiB/s  █████  2269 MiB/s  █████  2269 MiB/s  █████
    boot kernel                       -             0.85 s  █████      0.85 s  █████
    boot initrd                       -             1.20 s  █████      1.20 s  █████
    boot userspace                    -            12.10 s  █████     12.10 s  █████
    boot total                        -            14.15 s  █████     14.15 s  █████
    kernel image                12.3 MB  █████     12.3 MB  █████     12.3 MB  █████
    modules                     88.0 MB  █████     44.0 MB  ██▌       29.3 MB  █▋
    initrd                      23.0 MB  █████     23.0 MB  █████     23.0 MB  █████
    build took                        -          36 m 00 s  █████   24 m 00 s  ███▍
    "
  `);
});

it('as many of the newest as fit are shown, and how many are not', () => {
  const all = Array.from({ length: 9 }, (_, i) => measurement(9 - i));
  for (const width of [20, 60, 80, 120, 200]) {
    const text = lines(all, width).split('\n');
    const shown = text.find((line) => line.startsWith('build '))?.match(/\d+/g) ?? [];
    if (width >= 60) expect(Math.max(...text.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(shown.at(-1)).toBe('9');
    expect(text.join(' ').replace(/\s+/g, ' ')).toContain(
      shown.length === 9 ? '' : `${9 - shown.length} earlier ones: --json lists all`,
    );
  }
  expect(lines(all, Infinity)).not.toContain('earlier');
});

it('what was not measured is said for the newest', () => {
  const skipped: Measurement['skipped'] = [
    { kind: 'not-installed', command: 'cryptsetup' },
    { kind: 'failed', command: 'systemd-analyze', message: 'System has not been booted with systemd' },
    { kind: 'not-understood', command: 'cryptsetup', line: '' },
    { kind: 'no-file', file: '/run/booted-system' },
  ];
  const bare = { ciphers: [], boot: null, kernelBytes: null, modulesBytes: null, initrdBytes: null, buildMs: null };
  expect(`\n${lines([measurement(2, { ...bare, skipped }), measurement(1, bare)], 80)}\n`).toMatchInlineSnapshot(`
    "
    kernel    6.12.117    6.12.117
    target     nixhost     nixhost
    build            1           2
    measured   9 d ago     8 d ago
    not measured: cryptsetup is not installed
    not measured: systemd-analyze: System has not been booted with systemd
    not measured: cryptsetup printed nothing
    not measured: there is no /run/booted-system
    "
  `);
});

it('without any, one line says so', () => {
  expect(lines([], 80)).toBe('nothing is measured yet');
});
