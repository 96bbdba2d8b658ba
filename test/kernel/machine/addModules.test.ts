import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addModules } from '../../../src/kernel/machine/addModules.ts';
import type { AddedMachine } from '../../../src/kernel/machine/machine.ts';
import { wantedConfig } from '../../../src/kernel/wantedConfig.ts';
import { moduleKernel, option, type KernelSources } from '../../helpers/moduleKernel.ts';
import { randomTree } from '../../helpers/randomTree.ts';

/** What a kernel in which everything is off gets. */
function kernel(sources: KernelSources) {
  const { kconfig, index, present } = moduleKernel(sources, 'no');
  return (modules: string[], beside: Partial<AddedMachine> = {}) => {
    const machine = { kind: 'added-modules', modules, keep: [], needs: [], ...beside } as const;
    const { modules: found, wanted } = addModules(present, index, machine, () => 1);
    const { values, misses } = wantedConfig(kconfig, wanted, present.dotConfig);
    return {
      ...found,
      because: Object.fromEntries(found.kept.map(({ module, because }) => [module, because.kind])),
      values: Object.fromEntries(values),
      misses,
    };
  };
}

const MODULAR = 'config MODULES\n\tbool "modules"\n\tmodules\n';
const BUS = 'config BUS\n\tbool "bus"\n';

describe('the modules that a kernel lacks', () => {
  const add = kernel({
    kconfig: [
      MODULAR,
      BUS,
      option('NET', 'depends on BUS && CORE'),
      option('CORE', 'select LIB'),
      'config LIB\n\ttristate\n',
      option('OTHER'),
      option('NEVER', 'depends on BUS && !BUS'),
    ].join(''),
    aliases: { NET: 'MODULE_DEVICE_TABLE(pci, ids);' },
  });

  it('are turned on with all that they depend on, and nothing else', () => {
    const { values, because, kept } = add(['NET']);
    expect(values).toEqual({ MODULES: 'y', BUS: 'y', NET: 'm', CORE: 'm', LIB: 'm' });
    expect(because).toEqual({ NET: 'loaded', CORE: 'needed-by', LIB: 'needed-by' });
    expect(kept.map(({ role }) => role)).toEqual(['driver', 'functionality', 'functionality']);
  });

  it('come to the host and to the command line, too', () => {
    const need = { kind: 'loaded', module: 'OTHER', file: null } as const;
    const ofHost = { need, by: 'module', names: ['GONE', 'OTHER'], isFatal: true } as const;
    const option = { need: { kind: 'swap' }, by: 'option', symbol: 'BUS', holds: ['y'], isFatal: false } as const;
    expect(add([], { needs: [{ ...ofHost, names: [...ofHost.names] }], keep: ['CONFIG_CORE'] })).toMatchObject({
      because: { OTHER: 'host' },
      values: { OTHER: 'm', CORE: 'm' },
    });
    expect(add([], { needs: [{ ...option, holds: [...option.holds] }] }).values).toEqual({ BUS: 'y' });
  });

  it('do without what they took from a later one, where there is another way', () => {
    const both = kernel({
      kconfig: [
        MODULAR,
        option('WAY', 'select LIB'),
        'config LIB\n\tbool "lib"\n',
        option('FIRST', 'depends on !LATER'),
        option('SECOND', 'depends on WAY || FIRST=y'),
        option('LATER'),
      ].join(''),
    });
    const { values, misses } = both(['FIRST', 'SECOND', 'LATER']);
    expect([values, misses]).toMatchObject([{ FIRST: 'm', SECOND: 'm', LATER: 'm', WAY: 'm' }, []]);
  });

  it('keep off what would come by default with what they need, and make them built in', () => {
    const selected = kernel({
      kconfig: [MODULAR, BUS, 'config ALL\n\tbool "all"\n\tdepends on BUS\n\tdefault y\n\tselect NET\n']
        .concat(option('NET', 'depends on BUS'))
        .join(''),
    });
    const { values, misses } = selected(['NET']);
    expect([values, misses]).toMatchObject([{ BUS: 'y', NET: 'm' }, []]);
  });

  it('that no settings give are missed, and those that this kernel does not have are told', () => {
    expect(add(['NEVER', 'OTHER', 'nvidia'])).toMatchObject({
      misses: [{ symbol: 'NEVER', wanted: 'm' }],
      because: { OTHER: 'loaded' },
      unknown: ['nvidia'],
    });
  });

  it('come as built in where the kernel is to have no modules', () => {
    const need = { kind: 'swap' } as const;
    const without = { need, by: 'option', symbol: 'MODULES', holds: ['n'], isFatal: true } as const;
    expect(add(['OTHER'], { needs: [{ ...without, holds: [...without.holds] }] }).kept).toHaveLength(1);
  });
});

it('modules that hold in some configuration of a tree are given, alone or with others', () => {
  fc.assert(
    fc.property(randomTree, fc.func(fc.boolean()), ({ kconfig }, isLoaded) => {
      const whole = moduleKernel({ kconfig }, 'mod');
      const there = whole.index.rules.filter(({ module }) => {
        const symbol = whole.present.configuration.symbol(module);
        return symbol !== undefined && whole.present.configuration.value(symbol) !== 'n';
      });
      const wanted = there.map(({ module }) => module).filter((module) => isLoaded(module));
      const { values, misses } = kernel({ kconfig })(wanted);
      const given = wanted.filter((module) => module in values);
      const missed = misses.map(({ symbol }) => symbol).filter((symbol) => !(symbol in values));
      expect([...given, ...missed].sort()).toEqual(wanted.sort());
      if (wanted.length === 1) expect(misses).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
