import { describe, expect, it } from 'vitest';
import type { ExplainedSymbols } from '../../src/kernel/explainSymbols.ts';
import { loadEngine } from '../../src/kernel/kernelEngine.ts';
import { readFacts } from '../../src/kernel/kernelFacts.ts';
import type { Intent } from '../../src/model/intent.ts';
import { valueOf } from '../../src/model/value.ts';
import type { ExplainedSymbol } from '../../src/model/why.ts';
import { requested, type Settings } from '../../src/script/settings.ts';
import { factsBytes } from '../helpers/facts.ts';
import { QUESTIONS } from './questionsTree.ts';

const read = readFacts(
  factsBytes({
    files: {
      Kconfig: `${QUESTIONS}
config UPPER
	bool
	default y if DEVICE
config NETWORK
	tristate "Network"
	select LIBRARY
	help
	  Talks to others.
`,
      Makefile: 'obj-$(CONFIG_DRIVER) += driver.o\nobj-$(CONFIG_DEVICE) += dev-one.o dev-two.o\n',
    },
    baseConfig: 'CONFIG_MODULES=y\n',
  }),
);

function explained(wishes: Record<string, string>, ...symbols: string[]): ExplainedSymbols {
  if (read.kind !== 'facts') throw new Error(read.kind);
  const loaded = loadEngine(read.facts);
  if (loaded.kind !== 'engine') throw new Error(loaded.kind);
  const settings: Settings = {};
  const intents = Object.entries(wishes).map(([symbol, text], i): Intent => {
    const value = valueOf(text);
    settings[symbol] = { tristate: value.kind === 'tristate' ? value.tristate : null, freeform: null, optional: false };
    expect(requested(settings[symbol])).toBe(text);
    const [by, position] = [
      { kind: 'patch' as const, name: 'mine', index: 0 },
      { file: '/p.nix', line: i + 1, column: 1 },
    ];
    return { symbol, ask: { value, optional: false }, priority: 100, by, position };
  });
  const asking = { settings, intents, legacy: [], managedName: 'fallout', managedIndex: 1, entries: [] };
  return loaded.engine.explainSymbols({ asking: { ...asking, policy: 'keep-wish' }, symbols });
}

function symbolOf(wishes: Record<string, string>, symbol: string): ExplainedSymbol {
  const found = explained(wishes, symbol);
  const [first] = found.kind === 'explained' ? found.symbols : [];
  if (first === undefined) throw new Error(found.kind);
  return first;
}

describe('explainSymbols', () => {
  it('says what keeps a wish from coming true, and the wish behind that', () => {
    expect(symbolOf({ BUS: 'n', DEVICE: 'm' }, 'DEVICE')).toMatchObject({
      predicted: null,
      cause: { kind: 'needs', condition: { symbol: 'BUS' } },
      roots: [{ symbol: 'BUS', value: 'n', position: { line: 1 } }],
    });
    expect(symbolOf({ BUS: 'm', DEVICE: 'm' }, 'DEVICE')).toMatchObject({ predicted: 'm', cause: null, roots: [] });
  });

  it('says of what nobody asks for what keeps it on, or off', () => {
    expect(symbolOf({ NETWORK: 'y' }, 'LIBRARY').cause).toEqual({
      kind: 'selected',
      by: [
        { symbol: 'NETWORK', level: 'y', isWish: true },
        { symbol: 'DRIVER', level: 'm' },
      ],
    });
    expect(symbolOf({ BUS: 'n' }, 'DEVICE').cause).toMatchObject({ kind: 'needs' });
    expect(symbolOf({}, 'NETWORK').cause).toBeNull();
  });

  it('names who selects it and what depends on it, and counts who is off', () => {
    expect(symbolOf({ DRIVER: 'n', NETWORK: 'y' }, 'LIBRARY')).toMatchObject({
      selectedBy: { on: [{ symbol: 'NETWORK', level: 'y', isWish: true }], off: 1 },
      couldBe: [],
    });
    expect(symbolOf({ BUS: 'm' }, 'BUS').dependents).toEqual({ on: ['DEVICE'], off: 0 });
    expect(symbolOf({ BUS: 'm', DEVICE: 'n' }, 'DEVICE').dependents).toEqual({ on: [], off: 1 });
  });

  it('has the help, the definitions, what a number could be, and the modules', () => {
    expect(symbolOf({}, 'NETWORK')).toMatchObject({
      type: 'tristate',
      help: expect.stringContaining('Talks to others.') as string,
    });
    expect(symbolOf({}, 'SIZE')).toMatchObject({
      type: 'int',
      predicted: '17',
      couldBe: ['12..25'],
      modules: [],
      role: null,
    });
    expect(symbolOf({}, 'DEVICE')).toMatchObject({
      definitions: [{ file: 'Kconfig', prompt: 'Device' }],
      modules: ['dev_one', 'dev_two'],
      role: 'functionality',
    });
  });

  it('knows the nearest names of one that is not defined, beside those that are', () => {
    expect(explained({}, 'BUS', 'LIBRARI')).toMatchObject({
      symbols: [{ symbol: 'BUS' }],
      unknown: [{ symbol: 'LIBRARI', cause: { near: ['LIBRARY'] } }],
    });
    expect(explained({}, 'LIBRARI')).toMatchObject({ symbols: [], unknown: [{ symbol: 'LIBRARI' }] });
  });
});
