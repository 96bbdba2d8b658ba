import type { ConfRequest } from '../../helpers/kconfRun.ts';
import { EVERY_MODE, MODULES, reading, type KconfigCase } from './case.ts';

const OPERATORS = ['=', '!=', '<', '<=', '>', '>='] as const;
const OPERANDS = [
  'n',
  'm',
  'y',
  'B',
  'T',
  'I',
  'H',
  'S',
  'EMPTY',
  'NOBODY',
  '"text"',
  '"5"',
  '"0x5"',
  '5',
  '0x5',
  '-5',
  '"-5"',
  '05',
  '""',
  '"y"',
  '0x7fffffffffffffff',
  '99999999999999999999',
  '0xffffffffffffffff',
  '"5 "',
  '" 5"',
  '1e3',
] as const;

/** Values, numbers and comparisons of every pair of types. */
export const VALUES: KconfigCase[] = [
  ...OPERATORS.map((operator): KconfigCase => ({
    name: `every pair of operands compared with ${operator}`,
    kconfig: `${MODULES}config B\n\tbool "B"\n\nconfig T\n\ttristate "T"\n\nconfig I\n\tint "I"\n\tdefault 5\n\nconfig H\n\thex "H"\n\tdefault 0x5\n\nconfig S\n\tstring "S"\n\tdefault "5"\n\nconfig EMPTY\n\tstring "Empty"\n\n${OPERANDS.flatMap(
      (left, i) =>
        OPERANDS.flatMap((right, j) =>
          isUndefined(operator, left, right)
            ? []
            : [`config R${i}_${j}\n\tdef_tristate ${left} ${operator} ${right}\n`],
        ),
    ).join('\n')}`,
    requests: [
      ...EVERY_MODE.filter(({ mode }) => mode !== 'oldaskconfig'),
      ...reading('CONFIG_B=y\nCONFIG_T=m\nCONFIG_I=-5\nCONFIG_H=0x10\nCONFIG_S="text"\n').filter(
        ({ mode }) => mode === 'olddefconfig' || mode === 'savedefconfig',
      ),
      { mode: 'olddefconfig', config: 'CONFIG_T=y\nCONFIG_I=10\nCONFIG_H=A\nCONFIG_S="0xa"\nCONFIG_EMPTY="m"\n' },
    ],
  })),
  {
    name: 'ranges: below, above, by condition, with symbols',
    kconfig: `${MODULES}config LOW\n\tint "Low"\n\tdefault 3\n\nconfig HIGH\n\tint "High"\n\trange LOW 30\n\tdefault 20\n\nconfig I\n\tint "I"\n\trange LOW HIGH if MODULES\n\trange 100 200\n\tdefault 50\n\nconfig NEGATIVE\n\tint "Negative"\n\trange -10 -5\n\tdefault 0\n\nconfig H\n\thex "H"\n\trange 0x10 0xff\n\tdefault 0x5\n\nconfig MIXED\n\thex "Mixed"\n\trange LOW 0x40\n\tdefault 0xFFFF\n`,
    requests: [
      ...EVERY_MODE,
      ...reading('CONFIG_LOW=25\nCONFIG_HIGH=2\nCONFIG_I=7\nCONFIG_H=ff\nCONFIG_NEGATIVE=-7\n'),
      ...reading('# CONFIG_MODULES is not set\nCONFIG_I=150\nCONFIG_H=0x100\n'),
      { mode: 'oldaskconfig', answers: ['y', '5', '4', '31', '10', '50', '8', '-4', '-6', '5', '0xAB', 'xyz', '0x20'] },
    ],
  },
  {
    name: 'numbers as people write them',
    kconfig: 'config I\n\tint "I"\n\nconfig H\n\thex "H"\n',
    requests: [
      '0',
      '-0',
      '-1',
      '--1',
      '+1',
      '007',
      '08',
      '1a',
      '',
      ' ',
      '0x',
      '0x0',
      '0X1F',
      '1F',
      'g',
      '0xg',
      '4294967296',
      '-',
      '12 ',
    ].flatMap((value) => [
      ...reading(`CONFIG_I=${value}\nCONFIG_H=${value}\n`).slice(0, 3),
      { mode: 'oldaskconfig' as const, answers: [value, '1', value, '1'] },
    ]),
  },
  {
    name: 'numbers and strings without a default',
    kconfig:
      'config I\n\tint\n\nconfig J\n\tint "J"\n\nconfig H\n\thex\n\nconfig S\n\tstring\n\nconfig R\n\tint\n\trange 5 9\n\nconfig Q\n\thex "Q"\n\trange 0x5 0x9\n\nconfig I_FROM\n\tint\n\tdefault I\n\nconfig B_FROM\n\tstring\n\tdefault B\n\nconfig B\n\tbool "B"\n\nconfig FIVE\n\tdef_bool I < 5 && H < 5\n',
  },
  {
    name: 'strings with quotes and backslashes',
    kconfig: String.raw`config A
	string "A"
	default "say \"hi\""

config B
	string "B"
	default 'it is "quoted"'

config C
	string "C \"quoted\" and 'single' \\ backslash"
	default "back\\slash \x \n"

config D
	string "D"
	default A

config E
	string "E"
	default UNDEFINED_WORD

config F
	string "F"
	default y
`,
    requests: [
      ...EVERY_MODE,
      ...['"x', 'x"', '"a\\"b"', '"a\\\\"', '"a\\"', '"a"b"', '""', '"é ü"', 'bare', '"tab\there"'].flatMap((value) =>
        reading(`CONFIG_A=${value}\n`).slice(0, 3),
      ),
      { mode: 'oldaskconfig', answers: ['plain', 'with "quotes"', 'back\\slash', ' blanks ', '?', ''] },
    ],
  },
  {
    name: 'bool and tristate: m where only y and n are',
    kconfig: `${MODULES}config B\n\tbool "B"\n\tdefault m\n\nconfig T\n\ttristate "T"\n\nconfig FROM_T\n\tbool "From T"\n\tdepends on T\n\tdefault T\n\nconfig NOT_T\n\ttristate "Not T"\n\tdepends on !T\n\nconfig BOTH\n\ttristate\n\tdefault T && MODULES\n\nconfig EITHER\n\tdef_tristate T || n\n`,
    requests: [...EVERY_MODE, ...reading('CONFIG_B=m\nCONFIG_T=m\nCONFIG_NOT_T=y\n')],
  },
  {
    name: 'the first default whose condition holds',
    kconfig: `${MODULES}config A\n\tbool "A"\n\nconfig X\n\ttristate\n\tdefault n if A\n\tdefault m if MODULES\n\tdefault y\n\nconfig N\n\tint "N"\n\tdefault 1 if A\n\tdefault 2 if MODULES\n\tdefault 3\n\nconfig E\n\tstring\n\tdefault "" if A\n\tdefault "later"\n`,
  },
  {
    name: 'a default that is an expression where a symbol is needed',
    kconfig:
      'config A\n\tbool "A"\n\nconfig I\n\tint "I"\n\tdefault A && 5\n\nconfig S\n\tstring "S"\n\tdefault A = y\n\nconfig B\n\tint "B"\n\tdefault abc\n\nconfig R\n\tint "R"\n\trange x y\n\nconfig RB\n\tbool "RB"\n\trange 1 2\n',
  },
  {
    name: 'symbols without a type',
    kconfig:
      'config A\n\tprompt "A"\n\nconfig B\n\tdefault y\n\nconfig C\n\tbool "C"\n\tdepends on A || B\n\tdefault B\n\nconfig D\n\tdef_bool A = A && B != y\n',
  },
  {
    name: 'probabilities of random configurations',
    kconfig: `${MODULES}${Array.from({ length: 30 }, (_, i) => `config ${i % 2 === 0 ? 'B' : 'T'}${i}\n\t${i % 2 === 0 ? 'bool' : 'tristate'} "Symbol ${i}"\n`).join('\n')}`,
    requests: ['', '50', '0', '100', '30:40', '0:0', '100:0', '0:100', '10:20:30', '90:5:5', '7'].flatMap(
      (probability) =>
        [0, 1, 0x7fffffff].map((seed) => ({
          mode: 'randconfig' as const,
          seed,
          ...(probability === '' ? {} : { probability }),
        })),
    ),
  },
  {
    name: 'of two prompts of a symbol the first is invisible, and something visible stands below it',
    kconfig: `${MODULES}config A\n\tbool "A" if UNDEFINED\n\tdefault y\n\nconfig B\n\tbool "B"\n\tdepends on A\n\nconfig I\n\tint "I"\n\tdefault 10\n\nconfig A\n\tbool "A again"\n\nconfig C\n\tbool "C"\n`,
    requests: [
      ...EVERY_MODE,
      ...[[], ['n'], ['', '11'], ['', '11', '', '', 'y'], ['y', '?', '', '']].flatMap((answers): ConfRequest[] => [
        { mode: 'oldconfig', config: 'CONFIG_MODULES=y\n', answers },
        { mode: 'oldaskconfig', answers },
      ]),
    ],
  },
  {
    name: 'a default of y where only m is visible, taken over by an empty answer',
    kconfig: `${MODULES}config BUS\n\ttristate "Bus"\n\nconfig T\n\ttristate "T" if BUS\n\tdefault y\n\nconfig I\n\tint "I"\n\tdefault 0\n\nconfig B\n\tbool "B"\n\tdepends on T=y\n`,
    requests: [
      ...EVERY_MODE,
      ...[[], ['', ''], ['', '5', 'y'], ['y', '5'], ['m', '5'], ['', '', 'y', '7']].flatMap(
        (answers): ConfRequest[] => [
          { mode: 'oldconfig', config: 'CONFIG_MODULES=y\nCONFIG_BUS=m\n', answers },
          { mode: 'oldaskconfig', answers: ['y', 'm', ...answers] },
        ],
      ),
    ],
  },
];

/** conf of 6.12 makes of `BOOL != y` an expression that points to something else. */
function isUndefined(operator: string, left: string, right: string): boolean {
  return operator === '!=' && left === 'B' && /^"?y"?$/.test(right);
}
