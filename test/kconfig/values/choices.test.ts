import { expect, test } from 'vitest';
import {
  buildKconfig,
  Configuration,
  fillNew,
  parseText,
  writeConfig,
  type KSymbol,
} from '../../../src/kconfig/index.ts';

/** RED has its first prompt outside of the choice: since 6.11 it stands in it (`sym_is_choice_value`) but is no member (`sym_get_choice_menu`). */
const kconfig = buildKconfig(
  parseText(`
menuconfig RED
	bool "Red menu"

choice
	prompt "Colour"

config RED
	bool "Red"

config BLUE
	bool "Blue"

endchoice

config SELECTS
	bool "Selects"
	select RED

config OTHER
	bool "Other"
`),
  { choices: 'ranked' },
);

function named(configuration: Configuration, name: string): KSymbol {
  const symbol = configuration.symbol(name);
  if (symbol === undefined) throw new Error(`there is no ${name}`);
  return symbol;
}

test('allyesconfig passes over a menuconfig that is again in a choice below it, and no select reaches it', () => {
  const configuration = new Configuration(kconfig);
  fillNew(configuration, 'yes');
  expect(writeConfig(configuration).split('\n').slice(4)).toEqual([
    '# CONFIG_RED is not set',
    '# CONFIG_BLUE is not set',
    'CONFIG_SELECTS=y',
    'CONFIG_OTHER=y',
    '',
  ]);
});

test('a menuconfig that is again in a choice has the value that was computed last, until something changes', () => {
  const configuration = new Configuration(kconfig);
  const [red, blue, other] = ['RED', 'BLUE', 'OTHER'].map((name) => named(configuration, name)) as [
    KSymbol,
    KSymbol,
    KSymbol,
  ];
  expect(configuration.value(red)).toBe('n');
  expect(configuration.value(blue)).toBe('n');
  expect(configuration.value(red)).toBe('y');
  expect(configuration.set(other, 'y')).toBe(true);
  expect(configuration.value(red)).toBe('n');
});

test.each(['ranked', 'symbol'] as const)('the conditional default of a choice follows its condition: %s', (choices) => {
  const configuration = new Configuration(
    buildKconfig(
      parseText(`
config PAINT
	bool "Paint"

choice
	prompt "Colour"
	default BLUE if PAINT

config RED
	bool "Red"

config BLUE
	bool "Blue"

endchoice

config SKY
	bool
	default BLUE
`),
      { choices },
    ),
  );
  const values = (): string[] => ['RED', 'BLUE', 'SKY'].map((name) => configuration.value(named(configuration, name)));
  expect(values()).toEqual(['y', 'n', 'n']);
  configuration.set(named(configuration, 'PAINT'), 'y');
  expect(values()).toEqual(['n', 'y', 'y']);
  configuration.set(named(configuration, 'PAINT'), 'n');
  expect(values()).toEqual(['y', 'n', 'n']);
});

test('what depends on a choice is not computed again when something else changes', () => {
  const configuration = new Configuration(
    buildKconfig(
      parseText(`
choice
	prompt "Speed"

config SLOW
	bool "Slow"

config FAST
	bool "Fast"

endchoice

config NEEDS_FAST
	bool
	depends on FAST

config SELECTS
	def_bool y
	select NEEDS_FAST

config OTHER
	bool "Other"
`),
      { choices: 'ranked' },
    ),
  );
  const valueOf = (name: string) => configuration.value(named(configuration, name));
  for (const name of ['FAST', 'SLOW']) {
    const member = named(configuration, name);
    configuration.value(member);
    if (member.memberOf !== null) configuration.choose(member.memberOf, member);
  }
  expect(['SLOW', 'FAST', 'NEEDS_FAST'].map(valueOf)).toEqual(['y', 'n', 'y']);
  let computed = 0;
  configuration.onUnmet = () => computed++;
  expect(configuration.set(named(configuration, 'OTHER'), 'y')).toBe(true);
  expect(['SLOW', 'FAST', 'NEEDS_FAST', 'OTHER'].map(valueOf)).toEqual(['y', 'n', 'y', 'y']);
  expect(computed).toBe(0);
});
