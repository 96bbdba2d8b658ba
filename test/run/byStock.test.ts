import { describe, expect, it } from 'vitest';
import type { MachineGoal } from '../../src/kernel/machine/machine.ts';
import type { FoundSettings } from '../../src/kernel/settingsToward.ts';
import type { KeptModule } from '../../src/model/keptModule.ts';
import type { StockModules } from '../../src/nix/stockKernel.ts';
import { settingsByStock, type StockGoal } from '../../src/run/byStock.ts';

const goalIn = (folder: string): MachineGoal => ({
  kind: 'machine',
  machine: { kind: 'modules', modules: [folder], functionality: false, keep: [], needs: [] },
});
const driver = (because: KeptModule['because']): KeptModule => ({ symbol: 'A', module: 'a', role: 'driver', because });

/** What is found where so many of a hundred drivers are not in the tables. */
const found = (lacking: number): FoundSettings => ({
  kind: 'settings',
  settings: [],
  needless: [],
  notAskable: [],
  fresh: [],
  objects: null,
  machine: {
    kept: Array.from({ length: 100 }, (_, i) => driver({ kind: i < lacking ? 'not-in-tables' : 'in-use' })),
    dropped: [],
    unknown: [],
    off: [],
  },
});

/** Where the devices are looked up in the end. */
async function tables(
  goal: Partial<StockGoal>,
  { lacking = 0, stock = { kind: 'here', folder: '/stock' } }: { lacking?: number | null; stock?: StockModules } = {},
): Promise<unknown> {
  const result = await settingsByStock(
    { kind: 'by-stock', running: '/running', by: goalIn, ...goal },
    async () => Promise.resolve(lacking === null ? null : found(lacking)),
    async () => Promise.resolve(stock),
  );
  return result === null ? null : result.tables;
}

describe('settingsByStock', () => {
  const none: StockModules = { kind: 'not-here', reason: 'no cache has it' };

  it('goes by the kernel that runs where it has the drivers', async () => {
    expect(await tables({}, { lacking: 5 })).toEqual({ kind: 'running', folder: '/running' });
  });

  it.each([
    ['it was cut down', {}, 6],
    ['its modules are not there', { running: null }, 0],
    [
      'they are for none of the devices',
      { by: (folder: string) => (folder === '/running' ? null : goalIn(folder)) },
      0,
    ],
  ])('goes by the stock kernel where %s', async (_, goal, lacking) => {
    expect(await tables(goal, { lacking })).toEqual({ kind: 'stock', folder: '/stock' });
  });

  it('keeps what the kernel that runs lacks where no cache has the stock kernel', async () => {
    const small = { kind: 'running-small', folder: '/running', lacking: 50, reason: 'no cache has it' };
    expect(await tables({}, { lacking: 50, stock: none })).toEqual(small);
  });

  it('is refused where no kernel tells the devices', async () => {
    await expect(tables({ running: null }, { stock: none })).rejects.toThrow(/is not here: no cache has it/);
    await expect(tables({ running: null, by: () => null })).rejects.toThrow(/for any of the given devices/);
  });

  it('ends with an interruption', async () => {
    expect(await tables({}, { lacking: null })).toBeNull();
    expect(await tables({ running: null }, { stock: { kind: 'aborted' } })).toBeNull();
  });
});
