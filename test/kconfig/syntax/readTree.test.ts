import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildKconfig } from '../../../src/kconfig/tree/buildKconfig.ts';
import { printExpr } from '../../../src/kconfig/tree/expressions.ts';
import { formatDiagnostic, KconfigError } from '../../../src/kconfig/syntax/diagnostics.ts';
import { grammarOf, UNION, type Grammar } from '../../../src/kconfig/syntax/grammar.ts';
import { parseText, readTree } from '../../../src/kconfig/syntax/readTree.ts';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'kconfig-read-'));
  const files = {
    Kconfig: 'source "arch/$(SRCARCH)/Kconfig"\nsource "drivers/*/Kconfig"\nsource "odd[1]"\n',
    'arch/x86/Kconfig': 'config X86\n\tbool\n',
    'drivers/b/Kconfig': 'config B\n\tbool\n',
    'drivers/a/Kconfig': 'config A\n\tbool\n',
    'drivers/.c/Kconfig': 'config HIDDEN\n\tbool\n',
    'odd[1]': 'config ODD\n\tbool\n',
    odd1: 'config WRONG\n\tbool\n',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
});
afterAll(() => rmSync(root, { recursive: true }));

test('source takes variables, and patterns where no file has that very name', () => {
  const tree = readTree({ root, file: 'Kconfig', environment: { SRCARCH: 'x86' } }, () => '');
  expect(tree.statements.map((statement) => statement.kind === 'config' && statement.symbol)).toEqual([
    'X86',
    'A',
    'B',
    'ODD',
  ]);
  expect(tree.files).toEqual(['Kconfig', 'arch/x86/Kconfig', 'drivers/a/Kconfig', 'drivers/b/Kconfig', 'odd[1]']);
  expect(tree.statements[1]?.at).toEqual({ file: 'drivers/a/Kconfig', line: 1 });
});

test('a first file that is not there', () => {
  expect(() => readTree({ root, file: 'none', environment: {} }, () => '')).toThrow("can't find file none");
});

test('an error says where, with everything that was told', () => {
  try {
    parseText('config A\n\tbool "A" B\n\tbool\nfoo\n');
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(KconfigError);
    expect(error).toMatchObject({ message: 'Kconfig:2: syntax error', file: 'Kconfig', line: 2 });
    expect((error as KconfigError).diagnostics.map(formatDiagnostic)).toEqual([
      'Kconfig:2: syntax error',
      'Kconfig:2: invalid statement',
      'Kconfig:3: invalid statement',
      'Kconfig:4: unknown statement "foo"',
    ]);
  }
});

test('nested deeper than any tree is an error', () => {
  expect(() => parseText(`config A\n\tdef_bool ${'('.repeat(200_000)}B${')'.repeat(200_000)}\n`)).toThrow(
    /^Kconfig:2: more than 6600 parentheses, negations and operators in each other$/,
  );
});

describe('what the grammars differ in', () => {
  const accepted = (text: string, grammar: Partial<Grammar>): boolean => {
    try {
      parseText(text, { grammar: { ...UNION, ...grammar }, others: { other: 'config OTHER\n\tbool\n' } });
      return true;
    } catch (error) {
      if (error instanceof KconfigError) return false;
      throw error;
    }
  };

  test.each<[keyof Grammar, string, string]>([
    ['modulesOption', 'a plain modules', 'config A\n\tbool\n\tmodules\n'],
    ['oldOptions', 'option modules', 'config A\n\tbool\n\toption modules\n'],
    ['oldOptions', 'option defconfig_list', 'config A\n\tstring\n\toption defconfig_list\n'],
    ['oldOptions', 'option allnoconfig_y', 'config A\n\tbool\n\toption allnoconfig_y\n'],
    ['oldOptions', 'option env', 'config A\n\tstring\n\toption env="ARCH"\n'],
    ['dashedHelp', '---help---', 'config A\n\tbool\n\t---help---\n\t  Text.\n'],
    ['transitional', 'transitional', 'config A\n\tbool\n\ttransitional\n'],
    ['conditionalDepends', 'depends on if', 'config A\n\tbool\n\tdepends on B if C\n'],
    ['optionalChoices', 'an optional choice', 'choice\n\tprompt "C"\n\toptional\nendchoice\n'],
    ['namedChoices', 'a named choice', 'choice NAME\n\tprompt "C"\nendchoice\n'],
    ['typedChoices', 'a tristate choice', 'choice\n\ttristate "C"\nendchoice\n'],
    ['boolPrompts', 'bool with a prompt in a choice', 'choice\n\tbool "C"\nendchoice\n'],
    ['openChoices', 'source in a choice', 'choice\n\tprompt "C"\nX = y\nendchoice\n'],
    ['openEnd', 'no newline at the end', 'config A\n\tbool'],
  ])('%s: %s', (feature, _, text) => {
    expect(accepted(text, { [feature]: true })).toBe(true);
    expect(accepted(text, { [feature]: false })).toBe(false);
  });

  test.each<[keyof Grammar, string, string]>([
    ['promptedChoices', 'a choice without a prompt', 'choice\nendchoice\n'],
    ['boolMembers', 'a member without a prompt', 'choice\n\tprompt "C"\nconfig A\n\tbool\nendchoice\n'],
    [
      'boolMembers',
      'a member that is no bool',
      'choice\n\tprompt "C"\nif B\nconfig A\n\ttristate "A"\nendif\nendchoice\n',
    ],
    ['strictEntries', 'a menuconfig without a prompt', 'menuconfig A\n\tbool\n'],
    ['strictEntries', 'help twice', 'config A\n\tbool\n\thelp\n\t  One.\n\thelp\n\t  Two.\n'],
    ['strictEntries', 'blank help', 'config A\n\tbool\n\thelp\n\nconfig B\n\tbool\n'],
    ['singleInclusion', 'the same file twice', 'source "other"\nsource "other"\n'],
  ])('%s refuses %s', (feature, _, text) => {
    expect(accepted(text, { [feature]: false })).toBe(true);
    expect(accepted(text, { [feature]: true })).toBe(false);
  });

  test('words that are options in some versions are names in all', () => {
    const tree = parseText(
      'config optional\n\tbool\n\tdepends on transitional || option\noption = x\nconfig A\n\tbool "$(option)"\n',
    );
    expect(tree.statements).toMatchObject([{ symbol: 'optional' }, { options: [{ text: 'x' }, {}] }]);
  });

  test('in a tree whose lexer knows such a word it is no name', () => {
    const text = 'config optional\n\tbool\n';
    expect(accepted(text, { reserved: new Set(['optional']) })).toBe(false);
    expect(accepted(text, { reserved: new Set(['option']) })).toBe(true);
  });

  test.each([
    ['a prompt', '\tbool "A"\n\ttransitional\n', 2],
    ['a default', '\tbool\n\ttransitional\n\tdefault y\n', 4],
    ['a dependency', '\tbool\n\ttransitional\n\tdepends on B\n', 1],
  ])('a transitional symbol with %s is refused', (_, options, line) => {
    const tree = parseText(`config A\n${options}`);
    expect(() => buildKconfig(tree, { choices: 'ranked' })).toThrow(
      `Kconfig:${line}: error: transitional symbols can only have help sections`,
    );
  });

  test('a transitional symbol with help is none of that', () => {
    expect(() =>
      buildKconfig(parseText('config A\n\tbool\n\ttransitional\n\thelp\n\t  Text.\n'), { choices: 'ranked' }),
    ).not.toThrow();
  });

  test('a member of a choice with another prompt in it: accepted until 7.2', () => {
    const tree = parseText('choice\n\tprompt "C"\nconfig A\n\tbool "A"\nconfig A\n\tbool "A"\nendchoice\n');
    expect(() => buildKconfig(tree, { choices: 'ranked' })).not.toThrow();
    expect(() => buildKconfig(tree, { choices: 'ranked', onePrompt: true })).toThrow(
      'Kconfig:6: error: choice value must not have a prompt in another entry',
    );
  });

  test('depends on A if B is A or B = n', () => {
    const tree = parseText('config A\n\tbool\n\tdepends on X if Y && !Z\n');
    const kconfig = buildKconfig(tree, { choices: 'ranked' });
    expect(printExpr(kconfig.byName.get('A')?.menus[0]?.dependency ?? null)).toBe('X || Y=n || Z!=n');
  });

  test('a tree without a kconfig of its own is read with all of them', () => {
    expect(grammarOf(root)).toBe(UNION);
  });

  test('a tree is read with the grammar of its own kconfig', () => {
    const scripts = join(root, 'scripts/kconfig');
    mkdirSync(scripts, { recursive: true });
    writeFileSync(join(scripts, 'lexer.l'), '"on"  return T_ON;\n"transitional"  return T_TRANSITIONAL;\n');
    writeFileSync(
      join(scripts, 'parser.y'),
      'config_option: T_MODULES T_EOL\ndepends: T_DEPENDS T_ON expr if_expr T_EOL\n',
    );
    expect(grammarOf(root)).toMatchObject({
      modulesOption: true,
      transitional: true,
      conditionalDepends: true,
      oldOptions: false,
      openChoices: false,
      openEnd: false,
      reserved: new Set(['transitional']),
    });
    rmSync(scripts, { recursive: true });
  });
});
