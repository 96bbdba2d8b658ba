import { describe, expect, test } from 'vitest';
import { STAND_IN } from '../../../../src/setup/demo/demoHost.ts';
import { evaluateExpression } from '../../../helpers/standIn.ts';

/** Merges modules of settings (Nix text) and gives the value of `of` over the result `r`. */
async function merged(modules: readonly string[], of: string): Promise<unknown> {
  const list = modules.map(
    (text, i) =>
      `{ file = ${i === 0 ? '"pkgs/os-specific/linux/kernel/common-config.nix"' : 'null'}; settings = ${text}; }`,
  );
  const exit = await evaluateExpression(`let r = settings [ ${list.join(' ')} ]; in ${of}`);
  if (exit.code !== 0) throw new Error(exit.stderr);
  return JSON.parse(exit.stdout);
}

const y = { tristate: 'y', freeform: null, optional: false };
const n = { tristate: 'n', freeform: null, optional: false };

describe('what wins', () => {
  test.each([
    ['the only definition', ['{ A = yes; }'], y],
    ['the smaller override number', ['{ A = yes; }', '{ A = lib.mkForce no; }'], n],
    ['plain over mkDefault', ['{ A = mkDefault yes; }', '{ A = no; }'], n],
    [
      'mkOverride 40 over mkForce',
      ['{ A = mkForce yes; }', '{ A = mkOverride 40 (option no); }'],
      { ...n, optional: true },
    ],
    ['a priority on a field', ['{ A = yes; }', '{ A.tristate = mkForce "n"; }'], n],
    ['mandatory over optional', ['{ A = option yes; }', '{ A = yes; }'], y],
    ['both of tristate and freeform', ['{ A = freeform "8"; }', '{ A = no; }'], { ...n, freeform: '8' }],
    ['a condition that holds', ['{ A = mkIf false yes; }', '{ A = mkIf true no; }'], n],
    ['a condition around the whole patch', ['{ A = yes; }', 'mkIf true { A = mkForce no; }'], n],
    ['a merge of several sets', ['{ }', 'mkMerge [ { A = yes; } { A = mkForce no; } ]'], n],
    ['a priority around the whole patch drops every other module', ['{ A = yes; B = yes; }', 'mkForce { A = no; }'], n],
    ['unset', ['{ A = yes; }', '{ A = mkForce unset; }'], { ...n, tristate: null }],
  ])('%s', async (_, modules, expected) => {
    expect(await merged(modules, 'r.settings.A')).toEqual(expected);
  });

  test('a name whose every definition is off is gone', async () => {
    expect(await merged(['{ A = mkIf false yes; B = yes; }'], 'attrNames r.settings')).toEqual(['B']);
  });

  test('helpers for versions', async () => {
    expect(
      await merged(
        [
          'with whenHelpers "6.12.1"; { A = whenAtLeast "6.12" yes; B = whenOlder "6.12" yes; C = whenBetween "6.1" "6.13" no; }',
        ],
        'attrNames r.settings',
      ),
    ).toEqual(['A', 'C']);
  });

  test('the text for the script: a question mark when optional, nothing when unset', async () => {
    expect(
      await merged(
        ['{ A = yes; B = option module; C = unset; D = freeform ""; E = option (freeform "0x10"); }'],
        'r.intermediateNixConfig',
      ),
    ).toBe('A y\nB? m\nD ""\nE? 0x10\n');
  });

  test('an empty text may be no value at all', async () => {
    const modules = '[ { file = null; settings = { A = freeform ""; B = option (freeform ""); }; } ]';
    const settings = `(import ${STAND_IN}/kernel/settings.nix { inherit lib; quotesEmpty = false; })`;
    const { stdout } = await evaluateExpression(`(${settings} ${modules}).intermediateNixConfig`);
    expect(JSON.parse(stdout)).toBe('A\nB?\n');
  });
});

describe('what fails, in the words of nixpkgs', () => {
  test.each([
    [
      'two that differ',
      ['{ HIDRAW = yes; }', '{ HIDRAW = no; }'],
      "The option `settings.HIDRAW.tristate' has conflicting definition values:",
      '- In `pkgs/os-specific/linux/kernel/common-config.nix\': "y"',
      '- In `<unknown-file>\': "n"',
      'Use `lib.mkForce value` or `lib.mkDefault value` to change the priority on any of these definitions.',
    ],
    [
      'two mkForce that differ',
      ['{ }', '{ HIDRAW = mkForce yes; }', '{ HIDRAW = mkForce no; }'],
      "The option `settings.HIDRAW.tristate' has conflicting definition values:",
      '- In `<unknown-file>\': "y"',
      '- In `<unknown-file>\': "n"',
    ],
    [
      'two texts that differ',
      ['{ HIDRAW = freeform "1"; }', '{ HIDRAW = freeform "2"; }'],
      "The option `settings.HIDRAW.freeform' has conflicting definition values:",
    ],
    [
      'a value of the wrong type',
      ['{ HIDRAW.tristate = true; }'],
      'A definition for option `settings.HIDRAW.tristate\' is not of type `one of "y", "m", "n", <null>\'. Definition values:',
      "- In `pkgs/os-specific/linux/kernel/common-config.nix': true",
    ],
    [
      'no set at all',
      ['{ HIDRAW = "y"; }'],
      "A definition for option `settings.HIDRAW' is not of type `submodule'. Definition values:",
    ],
    [
      'a field nobody knows',
      ['{ HIDRAW.value = "y"; }'],
      "The option `settings.HIDRAW.value' does not exist. Definition values:",
    ],
  ])('%s', async (_, modules, ...lines) => {
    const failure = await merged(modules, 'r.settings.HIDRAW').catch((error: unknown) => String(error));
    for (const line of lines) expect(failure).toContain(line);
  });

  test('all conflicts can be found in one evaluation, and spoil no other symbol', async () => {
    expect(
      await merged(
        ['{ A = yes; B = yes; C = yes; D = freeform "1"; }', '{ A = no; B = yes; C = module; D = freeform "2"; }'],
        'filter (n: !(builtins.tryEval (deepSeq r.settings.${n} true)).success) (attrNames r.settings)',
      ),
    ).toEqual(['A', 'C', 'D']);
  });
});
