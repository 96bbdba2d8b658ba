import type { ConfRequest } from '../../helpers/kconfRun.ts';
import { EVERY_MODE, MODULES, reading, type KconfigCase } from './case.ts';

const COLOURS = `choice
	prompt "Colour"
	default GREEN

config RED
	bool "Red"

config GREEN
	bool "Green"

config BLUE
	bool "Blue"

endchoice
`;

/** What the kernel's tests/choice, choice_randomize, choice_randomize2, inter_choice, new_choice_with_dep, rand_nested_choice and choice_value_with_m_dep are about. */
export const CHOICES: KconfigCase[] = [
  { name: 'a choice with a default', kconfig: `${MODULES}${COLOURS}` },
  { name: 'a choice without a default', kconfig: `${MODULES}${COLOURS.replace('\tdefault GREEN\n', '')}` },
  {
    name: 'two members set, one of them last',
    kconfig: `${MODULES}${COLOURS}`,
    requests: reading('CONFIG_BLUE=y\nCONFIG_RED=y\n'),
  },
  {
    name: 'every member set to n',
    kconfig: `${MODULES}${COLOURS}`,
    requests: reading('# CONFIG_RED is not set\n# CONFIG_GREEN is not set\n# CONFIG_BLUE is not set\n'),
  },
  { name: 'the default set to n', kconfig: `${MODULES}${COLOURS}`, requests: reading('# CONFIG_GREEN is not set\n') },
  {
    name: 'all but the last set to n',
    kconfig: `${MODULES}${COLOURS}`,
    requests: reading('# CONFIG_GREEN is not set\n# CONFIG_RED is not set\n'),
  },
  { name: 'a member set to m', kconfig: `${MODULES}${COLOURS}`, requests: reading('CONFIG_RED=m\n') },
  {
    name: 'a choice that appears with a dependency',
    kconfig: `${MODULES}config PAINT
	bool "Paint"

${COLOURS.replace('\tdefault GREEN\n', '\tdefault GREEN\n\tdepends on PAINT\n')}`,
    requests: [...EVERY_MODE, ...reading('CONFIG_PAINT=y\n'), ...reading('CONFIG_PAINT=y\nCONFIG_RED=y\n')],
  },
  {
    name: 'a new member that depends on an old symbol',
    kconfig: `${MODULES}config FINE
	bool "Fine colours"
	default y

choice
	prompt "Colour"

config RED
	bool "Red"

config ROSE
	bool "Rose"
	depends on FINE

endchoice
`,
    requests: [
      ...EVERY_MODE,
      ...reading('CONFIG_RED=y\n# CONFIG_FINE is not set\n'),
      ...reading('CONFIG_FINE=y\nCONFIG_RED=y\n'),
    ],
  },
  {
    name: 'defaults with conditions',
    kconfig: `${MODULES}config WARM
	bool "Warm"

config COLD
	bool "Cold"

choice
	prompt "Colour"
	default RED if WARM
	default BLUE if COLD
	default GREEN

config RED
	bool "Red"

config GREEN
	bool "Green"

config BLUE
	bool "Blue"
	depends on !WARM

endchoice
`,
    requests: [...EVERY_MODE, ...reading('CONFIG_WARM=y\nCONFIG_COLD=y\n'), ...reading('CONFIG_COLD=y\n')],
  },
  {
    name: 'a member that selects, and one that is selected',
    kconfig: `${MODULES}config PIGMENT
	bool

config WANT_BLUE
	bool "Want blue"
	select BLUE

choice
	prompt "Colour"

config RED
	bool "Red"
	select PIGMENT

config BLUE
	bool "Blue"

endchoice

config POT
	bool "Pot"
	depends on PIGMENT
`,
    requests: [...EVERY_MODE, ...reading('CONFIG_WANT_BLUE=y\n'), ...reading('CONFIG_WANT_BLUE=y\nCONFIG_BLUE=y\n')],
  },
  {
    name: 'one choice hangs on another',
    kconfig: `${MODULES}choice
	prompt "Shape"

config ROUND
	bool "Round"

config SQUARE
	bool "Square"

endchoice

choice
	prompt "Wheel"
	default WOOD if SQUARE

config RUBBER
	bool "Rubber"
	depends on ROUND

config WOOD
	bool "Wood"

config STEEL
	bool "Steel"
	depends on ROUND

endchoice
`,
    requests: [...EVERY_MODE, ...reading('CONFIG_SQUARE=y\nCONFIG_RUBBER=y\n'), ...reading('CONFIG_STEEL=y\n')],
  },
  {
    name: 'choices in menus and ifs, in a row of random numbers',
    kconfig: `${MODULES}config A
	tristate "A"

menu "Inside"
	depends on A

choice
	prompt "First"

config F1
	bool "F1"

if A = y

config F2
	bool "F2"

endif

config F3
	bool "F3"

endchoice

config B
	tristate "B"

endmenu

choice
	prompt "Second"
	depends on B || !A

config S1
	bool "S1"

config S2
	bool "S2"

endchoice

config C
	tristate "C"
`,
    requests: [
      ...EVERY_MODE,
      ...Array.from({ length: 30 }, (_, i) => ({ mode: 'randconfig' as const, seed: i + 100 })),
      ...reading('CONFIG_A=m\nCONFIG_F2=y\n'),
      ...reading('CONFIG_A=y\nCONFIG_F2=y\nCONFIG_S2=y\n'),
    ],
  },
  {
    name: 'some members given, the others drawn',
    kconfig: `${MODULES}${COLOURS}`,
    requests: [1, 2, 3, 4, 5, 6].flatMap((seed) =>
      ['# CONFIG_RED is not set\n', '# CONFIG_GREEN is not set\n# CONFIG_BLUE is not set\n', 'CONFIG_BLUE=y\n'].map(
        (allConfig) => ({ mode: 'randconfig' as const, seed, allConfig }),
      ),
    ),
  },
  {
    name: 'a choice with one visible member',
    kconfig: `${MODULES}choice\n\tprompt "Colour"\n\nconfig RED\n\tbool "Red"\n\nconfig BLUE\n\tbool "Blue" if n\n\nendchoice\n`,
  },
  {
    name: 'a comment and help in a choice',
    kconfig: `${MODULES}choice\n\tprompt "Colour"\n\thelp\n\t  Any will do.\n\ncomment "Warm ones"\n\nconfig RED\n\tbool "Red"\n\thelp\n\t  Like blood.\n\nconfig ORANGE\n\tbool "Orange"\n\nendchoice\n`,
    requests: [...EVERY_MODE, { mode: 'oldaskconfig', answers: ['y', '?', '1?', '2?', '3', '0', 'x', '2'] }],
  },
  {
    name: 'a prompt of the choice with a condition',
    kconfig: `${MODULES}config ASK\n\tbool "Ask"\n\nchoice\n\tprompt "Colour" if ASK\n\tdefault BLUE\n\nconfig RED\n\tbool "Red"\n\nconfig BLUE\n\tbool "Blue"\n\nendchoice\n`,
    requests: [...EVERY_MODE, ...reading('CONFIG_RED=y\n'), ...reading('CONFIG_ASK=y\nCONFIG_RED=y\n')],
  },
  {
    name: 'a member defined again outside',
    kconfig: `${MODULES}${COLOURS}\nconfig RED\n\tbool\n\tselect EXTRA\n\nconfig EXTRA\n\tbool "Extra"\n`,
  },
  {
    name: 'symbols after a choice depend on its members',
    kconfig: `${MODULES}${COLOURS}\nconfig DARK\n\tbool "Dark"\n\tdepends on RED || BLUE\n\nconfig SHADE\n\tint "Shade"\n\tdefault 3 if RED\n\tdefault 5 if GREEN\n\tdefault 7\n`,
    requests: [...EVERY_MODE, ...reading('CONFIG_BLUE=y\n')],
  },
  // Before 6.11.
  ...['bool', 'tristate'].flatMap((type): KconfigCase[] =>
    ['', '\toptional\n'].map((optional) => ({
      name: `a ${optional === '' ? '' : 'optional '}${type} choice of tristates`,
      kconfig: `${MODULES}choice\n\t${type}\n\tprompt "Drivers"\n${optional}\tdefault TWO\n\nconfig ONE\n\ttristate "One"\n\nconfig TWO\n\ttristate "Two"\n\nconfig THREE\n\tbool "Three"\n\nendchoice\n\nconfig AFTER\n\ttristate "After"\n\tdepends on ONE\n`,
      requests: [
        ...EVERY_MODE,
        ...reading('CONFIG_ONE=m\nCONFIG_TWO=m\n'),
        ...reading('CONFIG_ONE=y\nCONFIG_TWO=m\n'),
        ...reading('CONFIG_TWO=m\nCONFIG_ONE=y\n'),
        ...reading('# CONFIG_MODULES is not set\nCONFIG_TWO=m\n'),
      ],
      only: ({ dialect }) => dialect.choices === 'symbol',
    })),
  ),
  {
    name: 'a tristate choice that depends on a module',
    kconfig: `${MODULES}config BUS\n\ttristate "Bus"\n\tdefault m\n\nchoice\n\ttristate\n\tprompt "Drivers"\n\tdepends on BUS\n\nconfig ONE\n\ttristate "One"\n\nconfig TWO\n\ttristate "Two"\n\nendchoice\n`,
    requests: [...EVERY_MODE, ...reading('CONFIG_BUS=m\nCONFIG_ONE=y\n'), ...reading('CONFIG_BUS=y\nCONFIG_ONE=m\n')],
    only: ({ dialect }) => dialect.choices === 'symbol',
  },
  {
    name: 'members without a type take it from the choice, and the choice from its first',
    kconfig: `${MODULES}choice\n\tprompt "Drivers"\n\nconfig ONE\n\tprompt "One"\n\nconfig TWO\n\ttristate "Two"\n\nconfig THREE\n\tprompt "Three"\n\nendchoice\n`,
    only: ({ dialect }) => dialect.choices === 'symbol',
  },
  {
    name: 'a choice with a name',
    kconfig: `${MODULES}choice DRIVERS\n\tprompt "Drivers"\n\nconfig ONE\n\tbool "One"\n\nendchoice\n\nconfig OTHER\n\tbool "Other"\n\nchoice DRIVERS\n\tprompt "More drivers"\n\nconfig TWO\n\tbool "Two"\n\nendchoice\n`,
    only: ({ grammar }) => !grammar.namedChoices,
  },
  {
    name: 'an optional choice that is turned off while a member is new',
    kconfig: `${MODULES}choice\n\tbool\n\tprompt "Drivers"\n\toptional\n\nconfig ONE\n\tbool "One"\n\nconfig TWO\n\tbool "Two"\n\nendchoice\n\nconfig AFTER\n\thex "After"\n`,
    requests: [
      ...EVERY_MODE,
      ...['n', 'y', ''].flatMap((answer) =>
        ['ONE', 'TWO'].flatMap((member): ConfRequest[] => [
          { mode: 'oldconfig', config: `CONFIG_MODULES=y\nCONFIG_${member}=y\n`, answers: [answer, '0x1f'] },
          { mode: 'oldaskconfig', config: `CONFIG_MODULES=y\nCONFIG_${member}=y\n`, answers: ['', answer, '0x1f'] },
        ]),
      ),
    ],
    only: ({ dialect }) => dialect.choices === 'symbol',
  },
  {
    name: 'a choice with the type of a member that was a string before',
    kconfig: `${MODULES}config BUS\n\ttristate "Bus"\n\nconfig ONE\n\tstring\n\nchoice\n\tprompt "Drivers"\n\nconfig ONE\n\ttristate "One" if BUS\n\nendchoice\n`,
    requests: [...EVERY_MODE, ...reading('CONFIG_MODULES=y\n')],
    only: ({ dialect }) => dialect.choices === 'symbol',
  },
  {
    name: 'a member that gets its type from the choice, compared with m before the choice has its members',
    kconfig: `${MODULES}if MODULES\n\nchoice\n\tbool\n\tprompt "Drivers"\n\nconfig ONE\n\tprompt "One"\n\nconfig TWO\n\tbool "Two"\n\nendchoice\n\nconfig X\n\ttristate "X"\n\tdepends on ONE=m\n\nendif\n\nconfig Y\n\tbool "Y"\n`,
    only: ({ dialect }) => dialect.choices === 'symbol',
  },
  {
    name: 'a member twice in its choice',
    kconfig: `${MODULES}choice\n\tbool\n\tprompt "Drivers"\n\nconfig ONE\n\tbool "One"\n\nconfig ONE\n\tbool "One again"\n\nendchoice\n\nconfig AFTER\n\tbool "After"\n`,
    requests: [...EVERY_MODE, ...reading('CONFIG_MODULES=y\nCONFIG_ONE=y\n')],
    only: ({ dialect }) => dialect.choices === 'symbol',
  },
  // Since 6.11.
  {
    name: 'members must be bool and have a prompt, a choice too',
    kconfig: `${MODULES}choice\n\nconfig ONE\n\ttristate "One"\n\nconfig TWO\n\tbool\n\nendchoice\n`,
    only: ({ grammar }) => grammar.boolMembers,
  },
  {
    name: 'a default of a member, and a prompt of one elsewhere',
    kconfig: `${MODULES}choice\n\tprompt "Drivers"\n\nconfig ONE\n\tbool "One"\n\tdefault y\n\nconfig TWO\n\tbool "Two"\n\nendchoice\n\nconfig TWO\n\tbool "Two again"\n`,
  },
  {
    name: 'a default that is no member',
    kconfig: `${MODULES}config X\n\tbool "X"\n\n${COLOURS.replace('GREEN', 'X')}`,
  },
  {
    name: 'the same member twice',
    kconfig: `${MODULES}${COLOURS.replace('endchoice', 'config RED\n\tbool "Red again"\n\nendchoice')}`,
  },
  {
    name: 'a member below an if that depends on another member, as the default',
    kconfig: `${MODULES}choice\n\tprompt "Drivers"\n\tdefault TWO\n\nconfig ZERO\n\tbool "Zero"\n\nif MODULES\n\nconfig ONE\n\tbool "One"\n\nconfig TWO\n\tbool "Two"\n\tdepends on ONE\n\nendif\n\nendchoice\n`,
  },
  {
    name: 'a choice that depends on a member below an if that depends on another member',
    kconfig: `${MODULES}config A\n\tbool "A"\n\tdepends on TWO\n\nchoice\n\tprompt "Drivers"\n\nconfig ZERO\n\tbool "Zero"\n\tdepends on A\n\nif MODULES\n\nconfig ONE\n\tbool "One"\n\nconfig TWO\n\tbool "Two"\n\tdepends on ONE\n\nendif\n\nendchoice\n`,
  },
  ...[
    ['before', 'FIRST', ''],
    ['behind', '', 'FIRST'],
  ].map(([side, before = '', behind = '']): KconfigCase => {
    const again =
      'menuconfig RED\n\tbool "Red menu"\n\nconfig BELOW\n\tbool "Below"\n\tdepends on RED\n\nconfig SELECTS\n\tbool "Selects"\n\tselect RED\n\nconfig WANTED\n\tbool "Wanted"\n\timply RED\n';
    return {
      name: `a menuconfig ${side} the choice that it is a member of again`,
      kconfig: `${MODULES}${before.replace('FIRST', `${again}\n`)}${COLOURS}${behind.replace('FIRST', `\n${again}`)}\nconfig LAST\n\tbool "Last"\n\tdepends on RED || BLUE\n`,
      requests: [
        ...EVERY_MODE,
        ...reading('CONFIG_RED=y\n'),
        ...reading('# CONFIG_RED is not set\nCONFIG_BLUE=y\n'),
        ...reading('CONFIG_SELECTS=y\n'),
        ...reading('CONFIG_WANTED=y\nCONFIG_GREEN=y\n'),
        ...[
          ['y', 'y', 'n', 'n', '1', 'y'],
          ['n', 'y', 'y', 'y', '2', 'n'],
          ['', '', '', '', '3', 'y', 'y', 'y', 'y'],
          ['2', 'y', 'n', 'y', '1', '3'],
        ].map((answers): ConfRequest => ({ mode: 'oldaskconfig', answers })),
      ],
    };
  }),
  {
    name: 'a menuconfig that is again the only member of a choice',
    kconfig: `${MODULES}menuconfig RED\n\tbool "Red menu"\n\nchoice\n\tprompt "Colour"\n\nconfig RED\n\tbool "Red"\n\nendchoice\n`,
    requests: [...EVERY_MODE, ...reading('CONFIG_RED=y\n'), ...reading('# CONFIG_RED is not set\n')],
  },
  {
    name: 'a string whose default is a member',
    kconfig: `${MODULES}choice\n\tprompt "Drivers"\n\nconfig ONE\n\tbool "One"\n\nconfig TWO\n\tbool "Two"\n\nendchoice\n\nconfig NAME\n\tstring "Name"\n\tdefault ONE\n\nconfig AFTER\n\tbool "After"\n`,
    requests: [
      ...EVERY_MODE,
      ...[
        [],
        [''],
        ['', ''],
        ['', '', ''],
        ['', '', '?'],
        ['', '', 'text'],
        ['', '2', ''],
        ['', '2', '', '?', 'text', 'y'],
      ].map((answers): ConfRequest => ({ mode: 'oldaskconfig', answers })),
    ],
  },
  {
    name: 'a choice whose default has a condition that an answer changes',
    kconfig: `${MODULES}config PAINT\n\tbool "Paint"\n\nchoice\n\tprompt "Colour"\n\tdefault BLUE if PAINT\n\nconfig RED\n\tbool "Red"\n\nconfig BLUE\n\tbool "Blue"\n\nendchoice\n\nconfig SKY\n\tbool\n\tdefault BLUE\n`,
    requests: [
      ...EVERY_MODE,
      ...['y', 'n'].map((paint): ConfRequest => ({ mode: 'oldaskconfig', answers: ['', paint] })),
    ],
  },
  {
    name: 'a number whose default is a member of a choice',
    kconfig: `choice\n\tprompt "A choice"\n\nconfig S0\n\tbool "A symbol" if MODULES\n\nendchoice\n\nconfig S1\n\tint "A symbol" if S0=n\n\tdefault S0\n\n${MODULES}`,
  },
];
