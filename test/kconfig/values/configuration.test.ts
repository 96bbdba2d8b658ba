import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  buildKconfig,
  Configuration,
  parseText,
  readConfig,
  writeConfig,
  type KSymbol,
} from '../../../src/kconfig/index.ts';
import { smallTree } from '../smallTree.ts';

describe.each(['ranked', 'symbol'] as const)('choices: %s', (choices) => {
  const kconfig = smallTree(choices);
  const named = kconfig.symbols.filter((symbol) => symbol.name !== null && symbol.menus.length > 0);
  const steps = fc.array(
    fc.tuple(fc.constantFrom(...named), fc.constantFrom('y', 'm', 'n', '3', '17', '0x10', 'text')),
    { minLength: 1, maxLength: 60 },
  );

  /** All values and offers, computed afresh. */
  const all = (configuration: Configuration): string[] =>
    named.map(
      (symbol) =>
        `${symbol.name ?? ''}=${configuration.value(symbol)} ${String(configuration.isWritten(symbol))} ${String(configuration.isChangeable(symbol))}`,
    );

  test('after each change the values are those of a computation from nothing', () => {
    fc.assert(
      fc.property(steps, (changes) => {
        const configuration = new Configuration(kconfig);
        all(configuration);
        for (const [symbol, text] of changes) {
          configuration.set(symbol, text);
          const incremental = all(configuration);
          configuration.clear();
          expect(incremental).toEqual(all(configuration));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a value is taken exactly when it is offered', () => {
    fc.assert(
      fc.property(steps, (changes) => {
        const configuration = new Configuration(kconfig);
        for (const [symbol, text] of changes) {
          const before = all(configuration);
          const allowed = configuration.allowsText(symbol, text);
          const isSame = text === configuration.value(symbol);
          const taken = configuration.set(symbol, text);
          if (!isSame) expect(taken).toBe(allowed);
          if (!taken) expect(all(configuration)).toEqual(before);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a snapshot gives everything back', () => {
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        const configuration = new Configuration(kconfig);
        for (const [symbol, text] of before) configuration.set(symbol, text);
        const values = all(configuration);
        const snapshot = configuration.snapshot();
        for (const [symbol, text] of after) configuration.set(symbol, text);
        configuration.restore(snapshot);
        expect(all(configuration)).toEqual(values);
        for (const [symbol, text] of after) configuration.set(symbol, text);
        const second = writeConfig(configuration);
        configuration.restore(snapshot);
        for (const [symbol, text] of after) configuration.set(symbol, text);
        expect(writeConfig(configuration)).toBe(second);
      }),
      { numRuns: 40 },
    );
  });

  test('what is written and read again is written the same', () => {
    fc.assert(
      fc.property(steps, (changes) => {
        const configuration = new Configuration(kconfig);
        for (const [symbol, text] of changes) configuration.set(symbol, text);
        const written = writeConfig(configuration);
        const again = new Configuration(kconfig);
        expect(readConfig(again, written)).toEqual([]);
        expect(writeConfig(again)).toBe(written);
      }),
      { numRuns: 60 },
    );
  });

  test('unsetting a symbol brings its default back', () => {
    const configuration = new Configuration(kconfig);
    const values = all(configuration);
    const changeable: KSymbol[] = named.filter(
      (symbol) => symbol.memberOf === null && symbol.type !== 'string' && configuration.isChangeable(symbol),
    );
    for (const symbol of changeable) {
      for (const text of ['y', 'n', '18']) configuration.set(symbol, text);
      configuration.unset(symbol);
      expect(all(configuration), symbol.name ?? '').toEqual(values);
    }
  });
});

test('before 6.11 a default of y where only m is visible counts when it is taken over, and is limited by the next change', () => {
  const kconfig = buildKconfig(
    parseText(`
config MODULES
	def_bool y
	modules

config T
	tristate "T" if m
	default y

config I
	int "I"
	default 0
`),
    { choices: 'symbol' },
  );
  const configuration = new Configuration(kconfig);
  const [t, i] = [configuration.symbol('T'), configuration.symbol('I')];
  if (t === undefined || i === undefined) throw new Error('the tree has both');
  expect(configuration.set(t, 'y')).toBe(true);
  expect(configuration.value(t)).toBe('y');
  expect(configuration.set(i, '5')).toBe(true);
  expect(configuration.value(t)).toBe('m');
});
