/** What a daemon that runs for long takes: memory over many iterations, processor time while nothing happens, room on the disk. */
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../src/config/config.ts';
import type { Host } from '../../src/setup/demo/demoHost.ts';
import { median, printFigure, printLine, rounded, seconds } from './figures.ts';
import { patchesText } from './patches.ts';
import { Watching } from './watching.ts';

/** Within a minute of a run V8 collects its garbage once, which takes it 0.1 s: that belongs to the run. */
const SETTLE_SECONDS = 90;
/** The wishes that come and go. */
const DRIVERS = ['RTLWIFI', 'SND_SOC', 'HIDRAW', 'CRC32', 'DEBUG_FS', 'USB_SERIAL'];
/** In so many saves one asks for what was not asked before: only that is built. */
const NEW_EACH = 40;
/** Node takes what it needs in the first iterations. */
const WARM = 100;

/**
 * Saves into the daemon until it has ended `count` iterations on the small tree; every other save asks for the first wishes again. Every one
 * is evaluated, judged, absorbed and recorded; a config build that is already known is not built again.
 */
export async function memory(host: Host, count: number): Promise<void> {
  const resident: number[] = [];
  let [builds, saves] = [0, 0];
  const began = Date.now();
  const watching = new Watching(host);
  const run = async (): Promise<void> =>
    watching.stable(({ buildMs }) => {
      resident.push(watching.residentMb());
      if (buildMs > 0) builds++;
      if (resident.length % 100 === 0)
        printLine(
          `  after ${resident.length} iterations: ${rounded(resident.at(-1) ?? NaN)} MB, ${seconds(Date.now() - began)}`,
        );
    });
  try {
    await run();
    while (resident.length < count) {
      writeFileSync(
        host.patchesFile,
        `# save ${++saves}\n${patchesText(off(saves % 2 === 0 ? 1 : 2 + Math.floor(saves / NEW_EACH)))}`,
      );
      await run();
    }
  } finally {
    await watching.end();
  }
  printLine(
    `${resident.length} iterations on the small tree from ${saves + 1} runs: each one evaluated, judged and recorded, ${builds} of them with a config build, the others with the recorded result of one`,
  );
  printFigure('memory', Math.max(...resident), 'MB', { atMost: 150 }, 'the most that was resident after an iteration');
  if (resident.length >= 3 * WARM) {
    const [early, late] = [resident.slice(WARM, 2 * WARM), resident.slice(-WARM)].map(median) as [number, number];
    printFigure(
      'memory grows',
      late - early,
      'MB',
      { atMost: 5 },
      `median of iterations ${WARM + 1} to ${2 * WARM}: ${rounded(early)} MB, of the last ${WARM}: ${rounded(late)} MB`,
    );
  }
  const file = join(loadConfig(host.configFile, undefined).stateDir, 'falloutd.db');
  printLine(
    `the database: ${rounded(statSync(file).size / resident.length / 1024)} kB per iteration, with its transcript (the newest 200 are kept)`,
  );
}

/** The processor time of a daemon with nothing to do. */
export async function idle(host: Host, forSeconds: number): Promise<void> {
  const watching = new Watching(host);
  try {
    await watching.stable();
    const atEnd = watching.processorSeconds();
    await sleep(SETTLE_SECONDS * 1000);
    const before = watching.processorSeconds();
    await sleep(forSeconds * 1000);
    printFigure(
      'processor time while idle',
      watching.processorSeconds() - before,
      's',
      { atMost: 0.1 },
      `in ${forSeconds} s; in the ${SETTLE_SECONDS} s between the run and these ${rounded(before - atEnd)} s`,
    );
  } finally {
    await watching.end();
  }
}

function off(subset: number): Record<string, 'no'> {
  return Object.fromEntries(DRIVERS.filter((_, bit) => ((subset >> bit) & 1) === 1).map((symbol) => [symbol, 'no']));
}
