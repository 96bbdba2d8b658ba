import { expect, test } from 'vitest';
import { buildKconfig, Configuration, KconfigError, parseText, writeConfig } from '../../../src/kconfig/index.ts';
import { drawFrom, mutatedKconfig, type KconfigPair } from '../../helpers/mutatedKconfig.ts';

const COUNT = Number(process.env['KCONFIG_MUTATIONS'] ?? 10_000);
const SEED = Number(process.env['KCONFIG_MUTATION_SEED'] ?? 20_241_117);

/** What a step makes of its input, or the error that it refuses it with. */
function outcome<T>(step: () => T): T | KconfigError {
  try {
    return step();
  } catch (error) {
    if (error instanceof KconfigError) return error;
    throw error;
  }
}

/** Whether a tree is accepted; every error in reading it has a place, those that conf finds later may be about several. */
function accepts({ Kconfig, other }: KconfigPair, choices: 'ranked' | 'symbol'): boolean {
  const tree = outcome(() => parseText(Kconfig, { others: { other }, environment: { BAR: 'bar' } }));
  if (tree instanceof KconfigError) {
    expect(['Kconfig', 'other']).toContain(tree.file);
    expect(tree.line).toBeGreaterThanOrEqual(1);
    return false;
  }
  const kconfig = outcome(() => buildKconfig(tree, { choices }));
  if (kconfig instanceof KconfigError) return false;
  writeConfig(new Configuration(kconfig));
  return true;
}

test(`${COUNT} mutated trees are read, or refused with a line (KCONFIG_MUTATION_SEED=${SEED})`, () => {
  const draw = drawFrom(SEED);
  let refused = 0;
  for (let i = 0; i < COUNT; i++) {
    const pair = mutatedKconfig(draw);
    try {
      if (!accepts(pair, i % 2 === 0 ? 'ranked' : 'symbol')) refused++;
    } catch (error) {
      throw new Error(`number ${i}:\n${JSON.stringify(pair)}`, { cause: error });
    }
  }
  // Both happen, or the mutations are no test.
  expect(refused).toBeGreaterThan(COUNT / 10);
  expect(refused).toBeLessThan((COUNT * 9) / 10);
}, 600_000);
