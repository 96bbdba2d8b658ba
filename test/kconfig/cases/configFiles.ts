import { MODULES, reading, type KconfigCase } from './case.ts';

const TREE = `${MODULES}config B
	bool "B"

config T
	tristate "T"

config I
	int "I"
	default 1

config S
	string "S"
	default "s"

config HIDDEN
	bool

config HIDDEN_N
	int
	default 4
`;

/** How a .config is read. */
export const CONFIG_FILES: KconfigCase[] = [
  ['nothing', ''],
  ['no newline at the end', 'CONFIG_B=y'],
  ['DOS line ends', 'CONFIG_B=y\r\nCONFIG_T=m\r\n# CONFIG_MODULES is not set\r\n'],
  ['a lone carriage return within', 'CONFIG_B=y\rCONFIG_T=m\n'],
  ['unknown symbols', 'CONFIG_NOBODY=y\n# CONFIG_NO_ONE is not set\nCONFIG_B=y\n'],
  ['the same symbol again', 'CONFIG_B=y\n# CONFIG_B is not set\nCONFIG_I=2\nCONFIG_I=3\nCONFIG_S="a"\nCONFIG_S="b"\n'],
  ['values that do not fit', 'CONFIG_B=m\nCONFIG_T=x\nCONFIG_I=abc\nCONFIG_S=bare\nCONFIG_MODULES=\n'],
  ['values that begin well', 'CONFIG_B=yes\nCONFIG_T=module\nCONFIG_MODULES=yy\n'],
  ['a string that does not end', 'CONFIG_S="open\nCONFIG_B=y\n'],
  ['text after a string', 'CONFIG_S="a" # remark\n'],
  ['garbage', 'hello\nCONFIG_B\nCONFIG_\nCONFIG_=y\n=y\nconfig_b=y\n'],
  ['blanks', ' CONFIG_B=y\nCONFIG_T =y\nCONFIG_I= 3\n\t\n  \n'],
  [
    'comments that look like settings',
    '#CONFIG_B is not set\n#  CONFIG_B is not set\n# CONFIG_B is not set \n# CONFIG_T is not set, really\n# CONFIG_I is not set\n# CONFIG_S is not set\n# B is not set\n',
  ],
  ['symbols that cannot be set', 'CONFIG_HIDDEN=y\nCONFIG_HIDDEN_N=9\n'],
  ['only one symbol', 'CONFIG_T=y\n'],
  ['modules turned off after modules', 'CONFIG_T=m\n# CONFIG_MODULES is not set\n'],
  ['y, m and n as names', 'CONFIG_y=n\nCONFIG_n=y\nCONFIG_m=y\n'],
  ['a NUL and bytes beyond ASCII', 'CONFIG_S="ä€"\nCONFIG_B=y\n'],
  ['a very long line', `CONFIG_S="${'x'.repeat(5000)}"\nCONFIG_B=y\n`],
].map(([name = '', config = '']): KconfigCase => ({
  name: `a .config with ${name}`,
  kconfig: TREE,
  requests: reading(config),
}));
