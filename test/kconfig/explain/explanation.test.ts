import { expect, test } from 'vitest';
import {
  buildKconfig,
  compareConfigurations,
  Configuration,
  explain,
  explainLine,
  parseText,
  readConfig,
} from '../../../src/kconfig/index.ts';

const kconfig = buildKconfig(
  parseText(`
config MODULES
	bool "modules"
	modules
	default y
config BUS
	tristate "bus"
config DRIVER
	tristate "driver"
	depends on BUS
	select LIBRARY
	imply EXTRA
config OTHER
	tristate "other"
	select LIBRARY
config LIBRARY
	tristate "library"
	depends on BUS
config EXTRA
	tristate "extra"
config CONSOLE
	bool "console"
	depends on DRIVER = y
config HIDDEN
	int
	range 1 9
	default 12
choice
	prompt "model"
config SLOW
	bool "slow"
config FAST
	bool "fast"
endchoice
`),
  { choices: 'ranked' },
);

function line(name: string, config: string): string {
  const configuration = new Configuration(kconfig);
  readConfig(configuration, config);
  return explainLine(explain(configuration, name));
}

test.each([
  ['LIBRARY', 'CONFIG_BUS=y\nCONFIG_DRIVER=m\n', 'LIBRARY=m: selected by DRIVER (m); could be m, y'],
  ['LIBRARY', 'CONFIG_OTHER=y\n', 'LIBRARY=y: selected by OTHER (y); needs BUS; although it needs BUS'],
  [
    'LIBRARY',
    'CONFIG_BUS=y\nCONFIG_DRIVER=m\nCONFIG_LIBRARY=y\n',
    'LIBRARY=y: as the user set it; also selected by DRIVER (m); could be m, y',
  ],
  [
    'LIBRARY',
    'CONFIG_BUS=y\nCONFIG_DRIVER=y\n# CONFIG_LIBRARY is not set\n',
    "LIBRARY=y: selected by DRIVER (y); the user's n does not hold",
  ],
  ['EXTRA', 'CONFIG_BUS=y\nCONFIG_DRIVER=m\n', 'EXTRA=m: implied by DRIVER (m); could be n, m, y'],
  [
    'DRIVER',
    'CONFIG_BUS=m\nCONFIG_DRIVER=y\n',
    "DRIVER=m: as the user set it; the user's y does not hold; needs BUS=y, it is m; could be n, m",
  ],
  ['CONSOLE', 'CONFIG_BUS=y\nCONFIG_DRIVER=m\n', 'CONSOLE=n: no default applies; needs DRIVER=y, it is m'],
  ['HIDDEN', '', 'HIDDEN=9: kept between 1 and 9; it has no prompt'],
  ['SLOW', 'CONFIG_FAST=y\n', 'SLOW=n: its choice has FAST; could be n, y'],
  ['FAST', 'CONFIG_FAST=y\n', 'FAST=y: the member of its choice that the user set; could be n, y'],
  ['NONE', '', 'NONE=n: no Kconfig file of this tree defines it'],
])('%s under %j', (name, config, explanation) => {
  expect(line(name, config)).toBe(explanation);
});

test('two configurations are compared by what each writes', () => {
  const [before, after] = ['CONFIG_BUS=y\nCONFIG_DRIVER=m\n', 'CONFIG_BUS=m\n# CONFIG_DRIVER is not set\n'].map(
    (text) => {
      const configuration = new Configuration(kconfig);
      readConfig(configuration, text);
      return configuration;
    },
  );
  if (before === undefined || after === undefined) throw new Error('two configurations');
  expect(compareConfigurations(before, after)).toEqual([
    { symbol: 'BUS', before: 'y', after: 'm' },
    { symbol: 'DRIVER', before: 'm', after: 'n' },
    { symbol: 'LIBRARY', before: 'm', after: 'n' },
    { symbol: 'EXTRA', before: 'm', after: 'n' },
  ]);
});
