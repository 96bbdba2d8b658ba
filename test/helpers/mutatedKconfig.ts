/** A Kconfig text that sources `other`, and that one: whole ones, or ones that somebody broke. */
export type KconfigPair = { Kconfig: string; other: string };

/** Statements that stand alone, with every kind of option between them; each is understood by the grammar of 6.12. */
const STATEMENTS = [
  'config MODULES\n\tbool "Modules"\n\tmodules\n\tdefault y\n',
  'FOO = $(BAR) baz\nSIMPLE := $(FOO)x\nFOO += more\nfun = $(1)-$(2)\nmacro = $(fun,$(1),$(empty))\n',
  `menu "A menu"
	depends on A && (B || !C)
	visible if D
config IN_MENU
	bool "In the menu"
endmenu
`,
  `config A
	tristate "Prompt A" if B
	default m if C = "x"
	default y
	select S if T
	imply I
	help
	  A help text
	     with more
	  lines.

	  And an empty one.

`,
  'menuconfig M\n\tbool\n\tprompt "M" if X != y && Y <= 5\n\tdef_bool $(fun,a,b)\n\tdepends on B\n',
  `if A || "$(FOO)" = 'q"u\\'o'\ncomment "A comment"\n\tdepends on B\nendif\n`,
  `choice
	prompt "Choose"
	default C1
	help
	  Choose one
config C1
	bool "C1"
config C2
	bool "C2"
	depends on A
if D
config C3
	bool "C3"
endif
endchoice
`,
  'config S\n\tstring "S \\"quoted\\""\n\tdefault "$(info,hello)text $(warning-if,y,warned)"\n',
  'config I\n\tint "I"\n\trange 5 S\n\tdefault 7 \\\n\t\tif A\n',
  'config H\n\thex\n\tdefault 0xff\n\trange 0x1 "0x20" if Z\n',
  'source "other"\n',
  'config T\n\tdef_tristate y if A > B\n\t# comment\n\thelp\n\tNot indented\n',
  '$(warning-if,y,$(filename):$(lineno))\n',
  'if B\nmenu "Nested"\nconfig N\n\tbool "N"\n\tdepends on M=n || !T\n\thelp\n\t  Last\nendmenu\nendif\n',
];
const OTHER = 'config OTHER\n\tbool "Other"\n\thelp\n\t  x\nif A\nconfig P\n\tbool\nendif\n';

/** What is put in: no `shell`, so that nothing runs. */
const PIECES = [
  'bool',
  'tristate',
  'config',
  'menuconfig',
  'choice',
  'endchoice',
  'if',
  'endif',
  'menu',
  'endmenu',
  'help',
  'depends',
  'on',
  'select',
  'imply',
  'default',
  'def_bool',
  'prompt',
  'range',
  'visible',
  'modules',
  'source',
  '"other"',
  '"missing"',
  'comment',
  'string',
  'int',
  'hex',
  'mainmenu',
  'A',
  'B',
  'y',
  'm',
  'n',
  '"str"',
  "'s'",
  '"unterminated',
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '!',
  '(',
  ')',
  '&&',
  '||',
  ':=',
  '+=',
  '$(FOO)',
  '$(',
  '$(fun,a)',
  '$',
  '#',
  '\\',
  '\\\n',
  '\n',
  '\t',
  '  ',
  '"',
  "'",
  '-',
  'optional',
  'transitional',
  'option',
  'env',
  '---help---',
  '$(error-if,y,stop)',
  '$(error-if,n,go)',
  '$(FOO',
  '$(macro,x)',
  '$(filename)',
  '$(info)',
  '$(lineno,1)',
  '@',
  '|',
  '&',
  ':',
  '+',
  '/',
  '0x1',
  '$(rec)',
  'rec = $(rec)\n',
  'config Q\n\tbool "Q"\n',
  'if Z\n',
  'endif\n',
  'choice\n',
  'endchoice\n',
  'menu "N"\n',
  'help\n',
  '\r',
  'é',
  '\u{1F600}',
  'source "Kconfig"\n',
  'depends on A if B\n',
  'option env="X"\n',
];

const LINES = STATEMENTS.join('').split('\n');

/** A source of whole numbers below a bound. */
export type Draw = (bound: number) => number;

/** The same numbers for the same seed (mulberry32). */
export function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
}

/** Some statements, in which up to three things were changed. */
export function mutatedKconfig(draw: Draw): KconfigPair {
  const statements = Array.from({ length: 1 + draw(6) }, () => STATEMENTS[draw(STATEMENTS.length)] ?? '');
  const text = (draw(4) === 0 ? 'mainmenu "Main"\n' : '') + (draw(4) === 0 ? STATEMENTS : statements).join('');
  return { Kconfig: mutate(text, draw), other: draw(3) === 0 ? mutate(OTHER, draw) : OTHER };
}

function mutate(whole: string, draw: Draw): string {
  let text = whole;
  for (let times = draw(4); times > 0; times--) text = change(text, draw);
  return text;
}

function change(text: string, draw: Draw): string {
  const lines = text.split('\n');
  const line = draw(lines.length),
    at = draw(text.length + 1);
  const piece = (): string => PIECES[draw(PIECES.length)] ?? '';
  switch (draw(9)) {
    case 0:
      return lines.toSpliced(line, 1).join('\n');
    case 1:
      return lines.toSpliced(line, 0, LINES[draw(LINES.length)] ?? '').join('\n');
    case 2: {
      const other = draw(lines.length);
      return lines
        .with(line, lines[other] ?? '')
        .with(other, lines[line] ?? '')
        .join('\n');
    }
    case 3:
      return text.slice(0, at) + piece() + text.slice(at);
    case 4:
      return `${text.slice(0, at)} ${piece()} ${text.slice(at)}`;
    case 5:
      return text.slice(0, at) + text.slice(at + 1 + draw(5));
    case 6: {
      const words = text.split(/(\s+)/);
      return words.with(draw(words.length), piece()).join('');
    }
    case 7:
      return text.slice(0, at);
    default:
      return [...lines.slice(0, line), ...lines.slice(line, line + 1 + draw(6)), ...lines.slice(line)].join('\n');
  }
}
