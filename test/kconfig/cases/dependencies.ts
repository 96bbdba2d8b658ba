import { EVERY_MODE, MODULES, reading, type KconfigCase } from './case.ts';

/** Submenus, selects, implies, visibility, and dependencies that lead back to themselves. */
export const DEPENDENCIES: KconfigCase[] = [
  {
    name: 'entries become a submenu of what they depend on',
    kconfig: `${MODULES}config A
	bool "A"
	default y

config A0
	bool "A0"
	depends on A

config A0_0
	bool "A0_0"
	depends on A0

config A1
	bool "A1"
	depends on A
	default y

config A1_0
	bool "A1_0"
	depends on A && A1

config B
	bool "B"

config A2
	bool "A2"
	depends on A

config C
	bool "C" if A
	depends on B || A

if A

config A3
	tristate "A3"

endif

config A4
	bool "A4"
	depends on A != n
`,
  },
  {
    name: 'a superset of the dependencies makes a submenu too',
    kconfig: `${MODULES}config R\n\tbool "R"\n\nconfig Q\n\tbool "Q"\n\nconfig S\n\tbool "S"\n\tdepends on R\n\nconfig T\n\tbool "T"\n\tdepends on (S || Q) && R\n\nconfig U\n\tbool "U"\n\tdepends on S || Q\n`,
  },
  {
    name: 'below a symbol without a prompt entries stand where they stood',
    kconfig: `${MODULES}config P\n\tdef_bool y\n\nconfig P0\n\tbool "P0"\n\tdepends on P\n\nconfig P1\n\tbool "P1"\n\tdepends on P0\n`,
  },
  {
    name: 'menuconfig and its entries',
    kconfig: `${MODULES}menuconfig NET\n\ttristate "Net"\n\nif NET\n\nconfig ETH\n\ttristate "Eth"\n\nmenu "Deeper"\n\tvisible if ETH\n\nconfig FAST\n\tbool "Fast"\n\tdefault y\n\nendmenu\n\nendif\n\nmenuconfig PLAIN\n\tbool\n`,
  },
  {
    name: 'visible if hides a menu but keeps its defaults',
    kconfig: `${MODULES}config SHOW\n\tbool "Show"\n\nmenu "Hidden"\n\tvisible if SHOW\n\nconfig H1\n\tbool "H1"\n\tdefault y\n\nmenu "Deeper"\n\tdepends on H1\n\tvisible if MODULES\n\nconfig H2\n\tint "H2"\n\tdefault 4\n\nendmenu\n\ncomment "A remark"\n\nendmenu\n`,
    requests: [...EVERY_MODE, ...reading('CONFIG_H1=n\nCONFIG_H2=6\n'), ...reading('CONFIG_SHOW=y\nCONFIG_H2=6\n')],
  },
  {
    name: 'a value stays in the file only while its dependency is met',
    kconfig: `${MODULES}config CORE\n\tbool "Core"\n\nconfig DRIVER\n\tbool "Driver"\n\tdepends on CORE\n\tdefault y\n\nconfig NUMBER\n\tint "Number"\n\tdepends on CORE\n\tdefault 1\n\nconfig NAME\n\tstring\n\tdepends on CORE\n\tdefault "x"\n`,
    requests: [
      ...EVERY_MODE,
      ...reading('CONFIG_DRIVER=y\nCONFIG_NUMBER=2\nCONFIG_NAME="z"\n'),
      ...reading('CONFIG_CORE=y\nCONFIG_NUMBER=2\nCONFIG_NAME="z"\n'),
    ],
  },
  {
    name: 'selecting beyond dependencies is told',
    kconfig: `${MODULES}config BUS\n\ttristate "Bus"\n\nconfig CHIP\n\ttristate "Chip"\n\tdepends on BUS\n\nconfig BOARD\n\ttristate "Board"\n\tselect CHIP\n\nconfig OTHER\n\tbool "Other"\n\tselect CHIP if BOARD\n`,
    requests: [
      ...EVERY_MODE,
      ...reading('CONFIG_BOARD=y\n'),
      ...reading('CONFIG_BOARD=m\nCONFIG_BUS=m\n'),
      ...reading('CONFIG_BOARD=y\nCONFIG_BUS=m\n'),
    ],
  },
  {
    name: 'select of m, of a bool by a module, with conditions',
    kconfig: `${MODULES}config A\n\ttristate "A"\n\tselect T\n\tselect B\n\tselect C if m\n\tselect D if A = y\n\nconfig T\n\ttristate "T"\n\nconfig B\n\tbool "B"\n\nconfig C\n\ttristate\n\nconfig D\n\ttristate "D"\n`,
    requests: [
      ...EVERY_MODE,
      ...reading('CONFIG_A=m\n# CONFIG_T is not set\n'),
      ...reading('CONFIG_A=m\nCONFIG_T=y\n'),
    ],
  },
  {
    name: 'imply can be refused',
    kconfig: `${MODULES}config A\n\ttristate "A"\n\timply T\n\timply HIDDEN\n\timply UNMET\n\nconfig T\n\ttristate "T"\n\nconfig HIDDEN\n\ttristate\n\nconfig UNMET\n\ttristate "Unmet"\n\tdepends on NEVER\n\nconfig NEVER\n\tbool\n`,
    requests: [
      ...EVERY_MODE,
      ...reading('CONFIG_A=y\n'),
      ...reading('CONFIG_A=y\n# CONFIG_T is not set\n'),
      ...reading('CONFIG_A=m\nCONFIG_T=y\n'),
    ],
  },
  {
    name: 'select of what is not bool, of what nobody defines, of a constant',
    kconfig: `${MODULES}config A\n\tbool "A"\n\tselect NUMBER\n\tselect NOBODY\n\timply NUMBER\n\nconfig NUMBER\n\tint "Number"\n\tselect A\n`,
  },
  {
    name: 'without modules',
    kconfig: `config MODULES\n\tbool "Modules"\n\tmodules\n\nconfig T\n\ttristate "T"\n\tdefault m\n\nconfig ONLY_M\n\ttristate "Only m"\n\tdepends on m\n\nconfig SEEN\n\tdef_bool T = m\n\nconfig S\n\ttristate\n\tdefault m\n`,
    requests: [
      ...EVERY_MODE,
      ...reading('CONFIG_T=m\nCONFIG_ONLY_M=m\n'),
      ...reading('CONFIG_MODULES=y\nCONFIG_T=m\nCONFIG_ONLY_M=m\n'),
    ],
  },
  {
    name: 'a tree without a modules symbol',
    kconfig: 'config T\n\ttristate "T"\n\tdefault m\n\nconfig U\n\ttristate "U"\n\tdepends on m\n',
  },
  {
    name: 'a symbol defined in two places',
    kconfig: `${MODULES}config A\n\tbool "A"\n\nconfig X\n\ttristate "X here"\n\tdepends on A\n\tdefault y\n\nconfig B\n\tbool "B"\n\nif B\n\nconfig X\n\ttristate "X there"\n\tdefault m\n\tselect Y\n\nendif\n\nconfig Y\n\tbool\n\nconfig X\n\ttristate\n\tdefault y if A && B\n`,
  },
  {
    name: 'automatic submenus of a symbol without type',
    kconfig: `${MODULES}config A\n\tprompt "A"\n\nconfig B\n\tbool "B"\n\tdepends on A\n`,
  },
  // Recursion.
  { name: 'a symbol that depends on itself', kconfig: 'config A\n\tbool "A"\n\tdepends on A\n' },
  {
    name: 'two symbols depend on each other',
    kconfig: 'config A\n\tbool "A"\n\tdepends on B\n\nconfig B\n\tbool "B"\n\tdepends on A\n',
  },
  {
    name: 'a selects what it depends on',
    kconfig: 'config C\n\tbool "C"\n\nconfig A\n\tbool "A"\n\tselect B\n\tdepends on B\n\nconfig B\n\tbool "B"\n',
  },
  {
    name: 'three through select, depends and imply',
    kconfig:
      'config A\n\tbool "A"\n\tdepends on B\n\nconfig B\n\tbool "B"\n\tdepends on C\n\nconfig C\n\tbool "C"\n\nconfig D\n\tbool "D"\n\tdepends on A\n\timply C\n\tselect E\n\nconfig E\n\tbool "E"\n',
  },
  {
    name: 'through a default and a prompt',
    kconfig: 'config A\n\tbool "A" if B\n\nconfig B\n\tbool\n\tdefault C\n\nconfig C\n\tdef_bool !A\n',
  },
  {
    name: 'through a condition of a default',
    kconfig: 'config A\n\tbool "A"\n\tdefault y if B\n\nconfig B\n\tbool "B"\n\tdefault n if A\n',
  },
  {
    name: 'through a choice',
    kconfig:
      'config A\n\tbool "A"\n\tdepends on ONE\n\nchoice\n\tprompt "Choice"\n\tdepends on A\n\nconfig ONE\n\tbool "One"\n\nconfig TWO\n\tbool "Two"\n\nendchoice\n',
  },
  {
    name: 'a member selects what the choice depends on',
    kconfig:
      'config A\n\tbool "A"\n\nchoice\n\tprompt "Choice"\n\tdepends on A\n\nconfig ONE\n\tbool "One"\n\tselect A\n\nconfig TWO\n\tbool "Two"\n\nendchoice\n',
  },
  {
    name: 'a member depends on another',
    kconfig:
      'choice\n\tprompt "Choice"\n\nconfig ONE\n\tbool "One"\n\nconfig TWO\n\tbool "Two"\n\tdepends on ONE\n\nendchoice\n',
  },
  {
    name: 'a range that leads back is no recursion',
    kconfig: 'config A\n\tint "A"\n\trange 0 B\n\tdefault 3\n\nconfig B\n\tint "B"\n\trange A 10\n\tdefault 5\n',
    requests: [...EVERY_MODE, ...reading('CONFIG_A=7\nCONFIG_B=2\n')],
  },
];
