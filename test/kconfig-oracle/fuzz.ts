import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Probe } from '../../src/kconfig/index.ts';
import type { RandomKconfig } from '../helpers/randomKconfig.ts';
import { inMemory, type ConfRequest, type ConfServer, type KconfigSource, type Limits } from '../helpers/kconfRun.ts';
import { Engine, type Kind } from './engine.ts';
import { crashed, difference, verdictOf } from './verdict.ts';

/** A tree on which conf and the engine disagree: the message holds everything to look into it. */
class Disagreement extends Error {}

/** conf has endless loops that print little at a time. */
const SMALL: Limits = { blocks: 400, seconds: 5, nice: 0 };

const NO_PROBES: Probe = (command) => {
  throw new Error(`a random tree runs ${command}`);
};

/** Runs all requests of a random tree through both. @throws Disagreement where they differ. */
export async function compareOnTree(conf: ConfServer, kind: Kind, { kconfig, requests }: RandomKconfig): Promise<void> {
  const directory = mkdtempSync(join(inMemory(), 'falloutd-kconfig-'));
  try {
    writeFileSync(join(directory, 'Kconfig'), kconfig);
    const source = { file: 'Kconfig', environment: { srctree: directory, PATH: process.env['PATH'] ?? '' } };
    const [first] = await differencesOnTree(conf, kind, source, requests, NO_PROBES);
    if (first !== undefined) throw new Disagreement(`${kconfig}\n${first}`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What conf and the engine do differently with a small tree on disk; conf works below the tree's directory. */
export async function differencesOnTree(
  conf: ConfServer,
  kind: Kind,
  source: KconfigSource,
  requests: readonly ConfRequest[],
  probe: Probe,
): Promise<string[]> {
  return (await compareOnDirectory(conf, kind, source, requests, probe)).differences;
}

/** The same, and whether conf read the tree at all. */
export async function compareOnDirectory(
  conf: ConfServer,
  kind: Kind,
  source: KconfigSource,
  requests: readonly ConfRequest[],
  probe: Probe = NO_PROBES,
): Promise<{ differences: string[]; fate: 'accepted' | 'refused' | 'crashed' }> {
  const outcomes = await conf.run(source.environment['srctree'] ?? '', source, requests, SMALL);
  const engine = new Engine(source, kind, probe);
  const differences = requests.flatMap((request, i) => {
    const outcome = outcomes[i];
    const verdict = engine.run(request, SMALL.blocks * 512);
    // What conf crashes on the engine need only survive.
    if (outcome === undefined || crashed(outcome)) return [];
    const found = difference(verdictOf(outcome), verdict);
    return found === null ? [] : [`--- ${JSON.stringify(request)}\n${found}`];
  });
  const [first] = outcomes;
  return {
    differences,
    fate: first === undefined || crashed(first) ? 'crashed' : first.exit === 0 ? 'accepted' : 'refused',
  };
}
