import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
import {
  askQuestions,
  buildKconfig,
  Configuration,
  explain,
  packTree,
  PACKED_TREE_FORMAT,
  parseText,
  unpackTree,
  writeConfig,
  type Dialect,
  type Kconfig,
} from '../../../src/kconfig/index.ts';
import { smallTree } from '../smallTree.ts';

/** With every kind of statement, option, expression and value. */
const TEXT = `mainmenu "A title"
config MODULES
	bool "Modules"
	modules
	default y

menu "A menu"
	visible if MODULES

config A
	tristate "A"
	select LIB if MODULES
	imply B
	help
	  What A is.

config B
	tristate "B" if A
	depends on A && (LEVEL > 3 || LEVEL <= 2) && !(NAME = "x" && A != m)
	default m if A

comment "only text"
	depends on B

endmenu

config LIB
	tristate


if A
config LEVEL
	int "Level"
	range 1 LIMIT
	default 5
endif

config LIMIT
	hex
	default 0x10

config NAME
	string "Name"
	default "x"

choice
	prompt "Which"
	default TWO

config ONE
	bool "One"

config TWO
	bool "Two"

endchoice
`;

const typed = (choices: Dialect['choices']): Kconfig =>
  buildKconfig(parseText(choices === 'symbol' ? TEXT.replace('\tprompt "Which"', '\tbool "Which"') : TEXT), {
    choices,
  });

/** Every object of a tree with the ids of the others in it: they lead to each other in circles. */
function flat({ symbols, menus, choices, expressions, hashOrder, modules, root, diagnostics }: Kconfig): string[] {
  const id = (key: string, value: unknown): unknown =>
    key !== '' && typeof value === 'object' && value !== null && 'id' in value ? value.id : value;
  const all = [...symbols, ...menus, ...choices, ...expressions, ...hashOrder, modules, root, ...diagnostics];
  return all.map((each) => JSON.stringify(each, id));
}

/** All that comes of a tree: the questions with their help, the .config, and the reasons. */
function outcome(kconfig: Kconfig): unknown {
  const configuration = new Configuration(kconfig);
  const printed: string[] = [];
  const questions = askQuestions(configuration, { ask: 'all', print: (text) => printed.push(text) });
  let asked = 0;
  for (let step = questions.next(); step.done !== true;) step = questions.next(asked++ % 2 === 0 ? '?' : '');
  const reasons = [...kconfig.byName.keys()].map((name) => explain(configuration, name));
  return { printed, config: writeConfig(configuration), reasons, hashOrder: kconfig.hashOrder.map(({ name }) => name) };
}

describe('a packed tree', () => {
  it.each([
    ['every construct', 'ranked', typed],
    ['every construct, before 6.11', 'symbol', typed],
    ['the small tree', 'ranked', smallTree],
    ['the small tree, before 6.11', 'symbol', smallTree],
  ] as const)('gives the same tree again: %s', (_, choices, make) => {
    const whole = make(choices);
    const again = unpackTree(deserialize(serialize(packTree(whole))) as ReturnType<typeof packTree>);
    expect(flat(again)).toEqual(flat(whole));
    expect(outcome(again)).toEqual(outcome(make(choices)));
  });

  it('has another format once the same text gives another one', () => {
    const { texts, numbers } = packTree(typed('ranked'));
    const hash = createHash('sha256')
      .update(JSON.stringify([texts, [...numbers]]))
      .digest('hex');
    // Where this differs, kept trees are no longer what this engine makes: raise PACKED_TREE_FORMAT.
    expect([PACKED_TREE_FORMAT, hash.slice(0, 16)]).toEqual([1, '60296a764a0c4bb9']);
  });
});
