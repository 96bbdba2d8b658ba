import { expect, it } from 'vitest';
import { loadEngine } from '../../src/kernel/kernelEngine.ts';
import { readFacts } from '../../src/kernel/kernelFacts.ts';
import type { Portrait } from '../../src/kernel/portrait.ts';
import { factsBytes } from '../helpers/facts.ts';

const KCONFIG = `
config MODULES
	bool "Modules"
	modules
	default y
menu "Devices"
menu "Network"
config WIFI
	tristate "Wireless"
config OLD_WIFI
	bool
	transitional
config NEW_WIFI
	bool "New wireless"
	default OLD_WIFI
config BELOW
	bool "Below"
	depends on WIFI
endmenu
endmenu
choice
	prompt "speed"
config SLOW
	bool "Slow"
config FAST
	bool "Fast"
endchoice
config LIB
	tristate
`;

function portrait(dotConfig: string): Portrait {
  const files = {
    Kconfig: KCONFIG,
    'scripts/kconfig/lexer.l': '"transitional"',
    Kbuild: 'obj-$(CONFIG_WIFI) += wifi.o\n',
  };
  const read = readFacts(factsBytes({ files }));
  const loaded = read.kind === 'facts' ? loadEngine(read.facts) : read;
  if (loaded.kind !== 'engine') throw new Error(loaded.kind);
  return loaded.engine.portray(dotConfig);
}

const asked = ({ options }: Portrait): string[] => [...options].flatMap(([name, { isAsked }]) => (isAsked ? name : []));

it('has of each option what it is called, where it stands, and whether it is asked', () => {
  const found = portrait('CONFIG_MODULES=y\nCONFIG_FAST=y\n');
  expect(found.options.get('WIFI')).toEqual({
    prompt: 'Wireless',
    menu: 'Devices › Network',
    isAsked: true,
    hurts: null,
  });
  expect(asked(found)).toEqual(['MODULES', 'WIFI', 'NEW_WIFI', 'FAST']);
  expect(asked(portrait('CONFIG_MODULES=y\nCONFIG_WIFI=m\n'))).toEqual([
    'MODULES',
    'WIFI',
    'NEW_WIFI',
    'BELOW',
    'SLOW',
  ]);
});

it('has apart what the kernel only takes from an old .config, and which module is whose', () => {
  const { options, transitional, modules } = portrait('CONFIG_MODULES=y\n');
  expect(transitional).toEqual(new Map([['OLD_WIFI', ['NEW_WIFI']]]));
  expect(options.has('OLD_WIFI')).toBe(false);
  expect(modules.get('wifi')).toEqual(['WIFI']);
});
