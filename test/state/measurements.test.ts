import { expect, it } from 'vitest';
import { beginBuild, finishBuild } from '../../src/state/kernelBuilds.ts';
import { keepMeasurement, measurements } from '../../src/state/measurements.ts';
import { opened, recordRun, START } from '../helpers/history.ts';

const figures = {
  measuredAt: START,
  release: '6.12.117',
  storePath: '/nix/store/x-linux-6.12.117',
  ciphers: [{ cipher: 'aes-xts', keyBits: 512, encrypt: 2273.8, decrypt: 2269 }],
  boot: { firmware: null, loader: 1, kernel: 850, initrd: 2, userspace: 2100, total: 2953 },
  kernelBytes: 1,
  modulesBytes: null,
  initrdBytes: 3,
  skipped: [{ kind: 'no-file', file: '/run/booted-system/kernel-modules' } as const],
};

it('measurements are read as they were kept, the newest first, with how long their builds took', () => {
  const db = opened();
  recordRun(db, { iterations: [{}] });
  const build = beginBuild(db, { target: 'nixhost', iteration: 1, startedAt: START, drvPath: '/k.drv' });
  const sizes = { kernelBytes: 9, modulesBytes: 9, objects: 9 };
  const end = { outcome: 'built', durationMs: 4711, outPath: null, ...sizes, problem: null, log: '', cut: false } as const;
  finishBuild(db, build, end, { logs: 1 });
  const ofNone = { ...figures, boot: null, target: null, iteration: null, build: null };
  const ofBuild = { ...figures, target: 'nixhost', iteration: 1, build };
  expect(keepMeasurement(db, ofNone)).toBe(1);
  expect(keepMeasurement(db, ofBuild)).toBe(2);
  expect(measurements(db)).toEqual([
    { measurement: 2, ...ofBuild, buildMs: 4711 },
    { measurement: 1, ...ofNone, buildMs: null },
  ]);
});
