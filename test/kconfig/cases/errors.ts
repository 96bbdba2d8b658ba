import type { KconfigCase } from './case.ts';

function broken(name: string, kconfig: string, more: Partial<KconfigCase> = {}): KconfigCase {
  return { name, kconfig, requests: [{ mode: 'allnoconfig' }, { mode: 'allyesconfig' }], ...more };
}

/** Files that conf refuses, or takes with a warning: the words, the place, and whether it goes on. */
export const ERRORS: KconfigCase[] = [
  broken('an empty file', ''),
  broken('only a remark', '# nothing\n'),
  broken('no newline at the end', 'config A\n\tbool "A"'),
  broken('an unknown statement', 'confg A\n\tbool "A"\n\nconfig B\n\tbool "B"\n'),
  broken('an unknown option', 'config A\n\tbool "A"\n\tdefalt y\n\nconfig B\n\tbool "B"\n'),
  broken('a config without a name', 'config\n\tbool "A"\n'),
  broken('a config with two names', 'config A B\n\tbool "A"\n'),
  broken('a quoted name', 'config "A"\n\tbool "A"\n'),
  broken('a prompt that does not end', 'config A\n\tbool "A\n\nconfig B\n\tbool "B"\n'),
  broken('a string at the very beginning that does not end', '"text\nconfig A\n\tbool "A"\n'),
  broken(
    'a default of a choice that has a prompt elsewhere before',
    'config B\n\tbool "B"\n\nchoice\n\tprompt "C"\n\tdefault B\n\nconfig B\n\tbool "B"\n\nendchoice\n',
  ),
  broken('a prompt without quotes', 'config A\n\tbool A\n'),
  broken('two prompts in a line', 'config A\n\tbool "A" "B"\n'),
  broken('a prompt twice', 'config A\n\tbool "A"\n\tprompt "B"\n'),
  broken('a type twice', 'config A\n\tbool "A"\n\ttristate\n\tbool\n'),
  broken(
    'help twice, and blank help',
    'config A\n\tbool "A"\n\thelp\n\t  One.\n\thelp\n\t  Two.\n\nconfig B\n\tbool "B"\n\thelp\n\nconfig C\n\tbool "C"\n',
  ),
  broken('an expression that does not end', 'config A\n\tbool "A"\n\tdepends on B &&\n'),
  broken('an expression with a hole', 'config A\n\tbool "A"\n\tdepends on && B\n'),
  broken(
    'brackets that do not match',
    'config A\n\tbool "A"\n\tdepends on (B || C\n\nconfig D\n\tbool "D"\n\tdepends on B)\n',
  ),
  broken('comparisons in a row', 'config A\n\tbool "A"\n\tdepends on B = C = D\n'),
  broken(
    'precedence',
    'config B\n\tbool "B"\n\nconfig C\n\tbool "C"\n\nconfig D\n\tbool "D"\n\nconfig A\n\tdef_bool B || C && !D || B = C && !(C || D)\n\nconfig E\n\tdef_bool !!B && !C != D\n',
  ),
  broken('an unknown character', 'config A\n\tbool "A"\n\tdepends on B & C | D\n\tdefault y ; n\n'),
  broken('an unknown character in a statement', '@config A\n\tbool "A"\n%\n'),
  broken('endmenu without menu', 'config A\n\tbool "A"\nendmenu\n'),
  broken('a menu that does not end', 'menu "M"\n\nconfig A\n\tbool "A"\n'),
  broken('an if that does not end', 'if A\n\nconfig A\n\tbool "A"\n'),
  broken('a choice that does not end', 'choice\n\tprompt "C"\n\nconfig A\n\tbool "A"\n'),
  broken('ends that cross', 'menu "M"\nif A\nendmenu\nendif\n\nconfig A\n\tbool "A"\n'),
  broken('a menu that ends in another file', 'menu "M"\nsource "Kconfig.other"\nconfig A\n\tbool "A"\n', {
    files: { 'Kconfig.other': 'endmenu\n' },
  }),
  broken('a menu that begins in another file', 'source "Kconfig.other"\nconfig A\n\tbool "A"\nendmenu\n', {
    files: { 'Kconfig.other': 'menu "M"\n' },
  }),
  broken(
    'a choice within a choice',
    'choice\n\tprompt "C"\n\nchoice\n\tprompt "D"\n\nconfig A\n\tbool "A"\n\nendchoice\n\nendchoice\n',
  ),
  broken(
    'menus and menuconfigs in a choice',
    'choice\n\tprompt "C"\n\nmenuconfig A\n\tbool "A"\n\nmenu "M"\n\nendmenu\n\nendchoice\n',
  ),
  broken('options in a menu', 'menu "M"\n\tdefault y\n\nendmenu\n'),
  broken(
    'depends in a menu after an entry',
    'menu "M"\n\nconfig A\n\tbool "A"\n\tdepends on y\n\nendmenu\n\ndepends on A\n',
  ),
  broken('mainmenu twice, and late', 'config A\n\tbool "A"\n\nmainmenu "Late"\n'),
  broken('mainmenu', 'mainmenu "The $(T) tree"\n\nconfig A\n\tbool "A"\n', { environment: { T: 'tested' } }),
  broken('a prompt with blanks around', 'config A\n\tbool "  A  "\n\nmenu " M"\nendmenu\n\ncomment " C"\n'),
  broken('menuconfig without a prompt', 'menuconfig A\n\tbool\n\nconfig B\n\tbool "B"\n\tdepends on A\n'),
  broken('modules twice', 'config A\n\tbool "A"\n\tmodules\n\nconfig B\n\tbool "B"\n\tmodules\n'),
  broken('a file that is not there', 'config A\n\tbool "A"\n\nsource "Kconfig.nobody"\n\nconfig B\n\tbool "B"\n'),
  broken('a file that sources itself', 'source "Kconfig"\n'),
  broken('files that source each other', 'config A\n\tbool "A"\n\nsource "one"\n', {
    files: {
      one: '\n\nsource "two"\n',
      two: 'config B\n\tbool "B"\nsource "three"\n',
      three: '# remark\nsource "one"\n',
    },
  }),
  broken('the same file twice', 'source "one"\nsource "one"\n', { files: { one: 'config B\n\tbool "B"\n' } }),
  broken('the same file twice, of entries without prompts', 'source "one"\nconfig A\n\tbool "A"\nsource "one"\n', {
    files: { one: 'config B\n\tdef_bool y\n' },
  }),
  broken(
    'source in a menu, an if and of an empty file',
    'menu "M"\nsource "one"\nendmenu\nif A\nsource "empty"\nsource "one"\nendif\n',
    { files: { one: 'config A\n\tbool "A"\n', empty: '' } },
  ),
  broken('a file without a newline at its end', 'source "one"\nconfig C\n\tbool "C"\n', {
    files: { one: 'config B\n\tbool "B"' },
  }),
  broken('help at the end of a sourced file', 'source "one"\nconfig C\n\tbool "C"\n', {
    files: { one: 'config B\n\tbool "B"\n\thelp\n\t  Text without end' },
  }),
  broken('lines continued', 'config A \\\n\n\tbool \\\n\t"A"\n\tdepends on B || \\\n\t\tC\n'),
  broken(
    'tabs, blanks and remarks everywhere',
    '  config   A  # remark\n   bool\t"A"   # another\n\n\n  # own line\n\tdefault y   \n\tdepends on   B||C&&!D # end\n \t\nconfig B\n bool "B"\n',
  ),
  broken('a carriage return', 'config A\r\n\tbool "A"\r\n'),
  broken(
    'names with digits, dashes, dots and lower case',
    'config 8250\n\tbool "8250"\n\nconfig a-b.c/d\n\tbool "odd"\n\nconfig lower\n\tbool "lower"\n\tdepends on 8250\n',
  ),
  broken('keywords as names', 'config config\n\tbool "config"\n\nconfig if\n\tbool "if"\n\nconfig on\n\tbool "on"\n'),
  ...['optional', 'option', 'transitional', '---help---', 'allnoconfig_y', 'defconfig_list', 'modules'].flatMap(
    (word) => [
      broken(`${word} as a name`, `config ${word}\n\tbool "A"\n`),
      broken(`${word} in an expression`, `config A\n\tbool "A"\n\tdepends on ${word} || !${word}\n`),
      broken(`${word} as a variable`, `${word} = x\nconfig A\n\tbool "$(${word})"\n`),
      broken(
        `${word} in front of more`,
        `config A\n\tbool "A"\n\t${word} y\n\nchoice\n\tprompt "C"\n\t${word} y\n\nendchoice\n`,
      ),
    ],
  ),
  broken('keywords in expressions', 'config A\n\tbool "A"\n\tdepends on bool || if\n'),
  broken(
    'help whose indentation varies',
    'config A\n\tbool "A"\n\thelp\n\t  First.\n\t    Deeper.\n\tLess deep ends it.\n\nconfig B\n\tbool "B"\n',
    { requests: [{ mode: 'oldaskconfig', answers: ['?', 'y', '?'] }] },
  ),
  broken(
    'help with blanks in place of tabs',
    'config A\n\tbool "A"\n\thelp\n          Ten blanks.\n\t  Tab and two.\n\n   \n\t  After empty lines.   \n\nconfig B\n\tbool "B"\n\thelp\n\n\n\t  Late.\n',
    { requests: [{ mode: 'oldaskconfig', answers: ['?', 'y', '?'] }] },
  ),
  broken(
    'options of old kernels',
    'config MODULES\n\tbool "Modules"\n\toption modules\n\nconfig A\n\tbool "A"\n\toption allnoconfig_y\n\nconfig D\n\tstring\n\toption defconfig_list\n\tdefault "nobody"\n',
  ),
  broken('help between dashes', 'config A\n\tbool "A"\n\t---help---\n\t  Old.\n'),
  broken('optional', 'choice\n\tprompt "C"\n\toptional\n\nconfig A\n\tbool "A"\n\nendchoice\n'),
  broken(
    'a conditional depends',
    'config C\n\tbool "C"\n\nconfig B\n\tbool "B"\n\nconfig A\n\tbool "A"\n\tdepends on B if C\n',
  ),
  broken(
    'a transitional symbol',
    'config NEW\n\tbool "New"\n\tdefault OLD\n\nconfig OLD\n\tbool\n\ttransitional\n\thelp\n\t  Was the name before.\n',
    {
      requests: [
        { mode: 'allnoconfig' },
        ...[
          'CONFIG_OLD=y\n',
          '# CONFIG_OLD is not set\n',
          'CONFIG_OLD=y\n# CONFIG_NEW is not set\n',
          'CONFIG_OLD=m\n',
        ].flatMap((config) => [
          { mode: 'olddefconfig' as const, config },
          { mode: 'oldconfig' as const, config },
          { mode: 'savedefconfig' as const, config },
          { mode: 'listnewconfig' as const, config },
        ]),
      ],
    },
  ),
  broken(
    'a transitional symbol with more than help',
    'config OLD\n\tbool "Old"\n\ttransitional\n\tdepends on NEW\n\nconfig NEW\n\tbool "New"\n',
  ),
  broken(
    'transitional numbers and strings',
    'config N\n\tint "N"\n\tdefault OLD_N\n\trange 1 9\n\nconfig OLD_N\n\tint\n\ttransitional\n\nconfig S\n\tstring "S"\n\tdefault OLD_S\n\nconfig OLD_S\n\tstring\n\ttransitional\n',
    {
      requests: ['CONFIG_OLD_N=5\nCONFIG_OLD_S="old"\n', 'CONFIG_OLD_N=50\n', ''].flatMap((config) => [
        { mode: 'olddefconfig' as const, config },
        { mode: 'savedefconfig' as const, config },
      ]),
    },
  ),
];
