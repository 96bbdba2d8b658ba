import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import { expect, test } from 'vitest';
import { booted } from '../../../src/cli/booted.ts';
import { builds } from '../../../src/cli/builds.ts';
import { history } from '../../../src/cli/history.ts';
import { lost } from '../../../src/cli/lost.ts';
import { measured } from '../../../src/cli/measure.ts';
import { show, showBuild } from '../../../src/cli/show.ts';
import { status } from '../../../src/cli/status.ts';
import { PLAIN, type Style } from '../../../src/report/text/style.ts';
import { beginBuild, finishBuild } from '../../../src/state/kernelBuilds.ts';
import { keepMeasurement } from '../../../src/state/measurements.ts';
import { opened, START } from '../../helpers/history.ts';
import { NOW, sample } from '../../helpers/sampleHistory.ts';

const RUNNING = { release: '6.12.117', version: null, config: null, storePath: null, nextPath: null, unread: [] };
const MEASURED = {
  target: null,
  iteration: null,
  build: null,
  ciphers: [{ cipher: 'aes-xts', keyBits: 512, encrypt: 2273.8, decrypt: 2269 }],
  boot: null,
  kernelBytes: 12_345_678,
  modulesBytes: null,
  initrdBytes: null,
  skipped: [{ kind: 'not-installed', command: 'systemd-analyze' } as const],
};

test('colours add to a screen and change nothing else in it', () => {
  const db = opened();
  sample(db);
  const build = beginBuild(db, {
    target: 'nixhost',
    iteration: 2,
    drvPath: '/nix/store/x-linux.drv',
    startedAt: START,
  });
  finishBuild(
    db,
    build,
    {
      problem: null,
      outPath: null,
      log: '',
      cut: false,
      outcome: 'built',
      durationMs: 1,
      objects: 2,
      kernelBytes: 3,
      modulesBytes: 4,
    },
    { logs: 1 },
  );
  keepMeasurement(db, { ...MEASURED, measuredAt: START, release: RUNNING.release, storePath: null });
  const screens: Record<string, (style: Style) => string> = {
    status: (style) => status(db, { style, now: NOW, live: {} }),
    history: (style) => history(db, { style, now: NOW }),
    lost: (style) => lost(db, { style, now: NOW }),
    builds: (style) => builds(db, { style, now: NOW, limit: 9 }),
    show: (style) => [1, 2, 3, 4, 5].map((n) => show(db, n, { style, now: NOW })).join(''),
    'show --build': (style) => showBuild(db, 1, { style, now: NOW }),
    booted: (style) => booted(db, RUNNING, { style, now: NOW }),
    measure: (style) => measured(db, 1, { style, now: NOW }),
  };
  for (const [name, screen] of Object.entries(screens))
    for (const width of [40, 80, 120]) {
      const plain = screen({ ...PLAIN, width });
      const painted = screen({ ...PLAIN, width, colors: pc.createColors(true) });
      expect(painted, name).not.toBe(plain);
      expect(stripVTControlCharacters(painted), name).toBe(plain);
    }
});
