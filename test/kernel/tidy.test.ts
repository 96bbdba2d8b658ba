import { describe, expect, it } from 'vitest';
import type { PredictionInput } from '../../src/kernel/prediction.ts';
import { askingFor, PREEMPTION, smallKernel, type AskedFor } from '../helpers/smallKernel.ts';

/** A driver that is asked for before its bus, and a choice. */
const TREE = `
config MODULES
	bool "modules"
	modules
	default y
config DRIVER
	tristate "driver"
	depends on BUS
config BUS
	bool "bus"
	default y
${PREEMPTION}	select COUNT
endchoice
config COUNT
	bool
`;

/** What is true anyway of the user's settings. @param given the entries that stand before. */
function needless(asked: readonly AskedFor[], given: Partial<PredictionInput> = {}): string[] {
  const asking = { ...askingFor(asked), ...given };
  const own = asked.flatMap(([, , by = 'user'], intent) => (by === 'user' ? { intent, isForced: false } : []));
  const tidy = smallKernel(TREE).tidy({ asking, own, withImplied: true });
  if (tidy.kind !== 'tidy') throw new Error(tidy.kind);
  return tidy.needless.map(({ intent }) => asked[intent]?.[0] ?? '').sort();
}

describe('what is true anyway', () => {
  it('is found also where the first pass asks for what is gone in the end', () => {
    const asked: AskedFor[] = [
      ['DRIVER', 'n'],
      ['BUS', 'n'],
    ];
    expect(needless(asked)).toEqual(['DRIVER']);
  });

  it('is a member of a choice that an entry turns off anyway, and none that only then would need one', () => {
    const asked: AskedFor[] = [
      ['VOLUNTARY', 'y', 'nixpkgs'],
      ['VOLUNTARY', 'n'],
      ['FULL', 'y'],
    ];
    expect(needless(asked)).toEqual([]);
    const settled = smallKernel(TREE).predict(
      askingFor(asked.filter(([symbol, value]) => symbol + value !== 'VOLUNTARYn')),
    );
    const { entries, settings } = settled;
    expect(entries.map(({ symbol }) => symbol)).toEqual(['VOLUNTARY']);
    expect(needless(asked, { entries, settings })).toEqual(['VOLUNTARY']);
  });

  it('is found beside a wish that decides a choice', () => {
    const asked: AskedFor[] = [
      ['VOLUNTARY', 'y', 'nixpkgs'],
      ['COUNT', 'n'],
      ['FULL', 'y'],
      ['VOLUNTARY', 'y'],
    ];
    expect(needless(asked)).toEqual(['COUNT']);
  });
});
