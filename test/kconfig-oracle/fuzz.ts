import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dialect, Probe } from '../../src/kconfig/index.ts';
import type { RandomKconfig } from '../helpers/randomKconfig.ts';
import { inMemory, type ConfServer, type Limits } from '../helpers/kconfRun.ts';
import { Engine } from './engine.ts';
import { crashed, difference, verdictOf } from './verdict.ts';

/** A tree on which conf and the engine disagree: the message holds everything to look into it. */
export class Disagreement extends Error {}

/** conf has endless loops that print little at a time. */
const SMALL: Limits = { blocks: 400, seconds: 5, nice: 0 };

const NO_PROBES: Probe = (command) => {
  throw new Error(`a random tree runs ${command}`);
};

/** Runs all requests of a small tree through both. @throws Disagreement at the first difference. */
export async function compareOnTree(conf: ConfServer, dialect: Dialect, { kconfig, requests }: RandomKconfig): Promise<void> {
  const directory = mkdtempSync(join(inMemory(), 'falloutd-kconfig-'));
  try {
    writeFileSync(join(directory, 'Kconfig'), kconfig);
    const source = { file: 'Kconfig', environment: { srctree: directory, PATH: process.env['PATH'] ?? '' } };
    const outcomes = await conf.run(directory, source, requests, SMALL);
    const engine = new Engine(source, dialect, NO_PROBES);
    requests.forEach((request, i) => {
      const outcome = outcomes[i];
      if (outcome === undefined) throw new Error('conf did not run');
      if (crashed(outcome)) {
        engine.run(request, SMALL.blocks * 512);
        return;
      }
      if (process.env['LOOSE'] && outcome.exit === 1 && engine.kconfig === null) return;
      const found = difference(verdictOf(outcome), engine.run(request, SMALL.blocks * 512));
      if (found !== null) throw new Disagreement(`${kconfig}\n--- ${JSON.stringify(request)}\n${found}`);
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
