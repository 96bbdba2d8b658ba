import { describe, expect, it } from 'vitest';
import { recordMeasurement } from '../../src/build/recordMeasurement.ts';
import type { Measured } from '../../src/model/measurement.ts';
import type { History } from '../../src/state/historyDatabase.ts';
import { beginBuild, finishBuild } from '../../src/state/kernelBuilds.ts';
import { measurements } from '../../src/state/measurements.ts';
import { opened, recordRun, START } from '../helpers/history.ts';
import { running } from '../helpers/runningKernel.ts';

const KERNEL = '/nix/store/00000000000000000000000000000000-linux-6.12.117';
const CONFIG = '# Linux/x86 6.12.117 Kernel Configuration\nCONFIG_A=y\n';

const FIGURES: Measured = {
  ciphers: [],
  boot: null,
  kernelBytes: 1,
  modulesBytes: null,
  initrdBytes: null,
  skipped: [{ kind: 'not-installed', command: 'cryptsetup' }],
};

/** A history with kernel build 1 of nixhost, of iteration 1. */
function built(): History {
  const db = opened();
  recordRun(db, { iterations: [{ extras: { dotConfig: CONFIG } }] });
  const build = beginBuild(db, { target: 'nixhost', iteration: 1, startedAt: START, drvPath: '/k.drv' });
  const sizes = { kernelBytes: 1, modulesBytes: 2, objects: 3 };
  const end = {
    outcome: 'built',
    durationMs: 4711,
    outPath: KERNEL,
    ...sizes,
    problem: null,
    log: '',
    cut: false,
  } as const;
  finishBuild(db, build, end, { logs: 1 });
  return db;
}

describe('a measurement is recorded', () => {
  it('with the build that runs, and how long that took', () => {
    const db = built();
    expect(recordMeasurement(db, running({ storePath: KERNEL }), FIGURES)).toBe(1);
    expect(measurements(db)).toMatchObject([
      { ...FIGURES, release: '6.12.117', storePath: KERNEL, target: 'nixhost', iteration: 1, build: 1, buildMs: 4711 },
    ]);
  });

  it('with the iteration alone where nixos-rebuild built its configuration', () => {
    const db = built();
    recordMeasurement(db, running({ storePath: '/nix/store/other', config: CONFIG }), FIGURES);
    expect(measurements(db)).toMatchObject([{ target: 'nixhost', iteration: 1, build: null, buildMs: null }]);
  });

  it('with none where only the version is the same', () => {
    const db = built();
    recordMeasurement(db, running({}), FIGURES);
    expect(measurements(db)).toMatchObject([{ release: '6.12.117', target: null, iteration: null, build: null }]);
  });
});
