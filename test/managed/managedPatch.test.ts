import { describe, expect, it } from 'vitest';
import { newFalloutFile } from '../../src/managed/addPatch.ts';
import { type ManagedPatch, readManaged } from '../../src/managed/managedPatch.ts';

function block(text: string, name = 'fallout'): ManagedPatch {
  const reading = readManaged(text, name);
  if (reading.kind !== 'managed') throw new Error(JSON.stringify(reading));
  return reading.patch;
}

const inList = (settings: string, header = '{ lib, ... }:'): string => `${header}
[
  { name = "mine"; }
  # falloutd: begin fallout
  {
    name = "fallout";
    patch = null;
    structuredExtraConfig = ${settings};
  }
  # falloutd: end fallout
]
`;

const asks = (settings: string, header?: string): unknown[] =>
  block(inList(settings, header)).bindings.map(({ symbol, ask, override }) => [symbol, ask, override]);

const tristate = (value: string, optional = false): unknown => ({
  value: { kind: 'tristate', tristate: value },
  optional,
});

describe('readManaged', () => {
  it('reads every form of a value', () => {
    const settings = `with lib.kernel; {
      A = lib.mkOverride 40 (option no); # wanted n, got m: selected by B
      B = lib.mkForce yes;
      C = module;
      D = lib.mkDefault unset;
      E = lib.mkOverride 40 (option (freeform "a\\"\${""}" )); /* one */ # two
      "9P_FS" = ((lib.mkOverride) 9 ((option) (freeform ''0x1'')));
      G = lib.mkOverride 40 (freeform "\\\${x}");
      H = something other;
      I = { tristate = "y"; };
    }`;
    expect(asks(settings)).toEqual([
      ['A', tristate('n', true), 40],
      ['B', tristate('y'), 50],
      ['C', tristate('m'), null],
      ['D', { value: { kind: 'unset' }, optional: false }, 1000],
      ['E', null, 40],
      ['9P_FS', { value: { kind: 'freeform', text: '0x1' }, optional: true }, 9],
      ['G', { value: { kind: 'freeform', text: '${x}' }, optional: false }, 40],
      ['H', null, null],
      ['I', null, null],
    ]);
    const { bindings } = block(inList(settings));
    expect(bindings.map(({ comment }) => comment)).toEqual([
      'wanted n, got m: selected by B',
      null,
      null,
      null,
      'one two',
      null,
      null,
      null,
      null,
    ]);
  });

  it('gives ranges in UTF-16 offsets', () => {
    const text = `# 🐧\n${inList('{ A = lib.kernel.no; }')}`;
    const found = block(text);
    expect(text.slice(found.begin.from, found.begin.to)).toBe('# falloutd: begin fallout');
    expect(text.slice(found.end.from, found.end.to)).toBe('# falloutd: end fallout');
    expect(text.slice(found.settings.from, found.settings.to)).toBe('{ A = lib.kernel.no; }');
    expect(found.bindings.map(({ node, expression }) => [text.slice(node.from, node.to), expression])).toEqual([
      ['A = lib.kernel.no;', 'lib.kernel.no'],
    ]);
    expect(found.attribute).toBe('structuredExtraConfig');
  });

  it.each([
    ['with lib.kernel', 'with lib.kernel; { A = no; }', '{ lib, ... }:', true],
    ['no with', '{ A = no; }', '{ lib, ... }:', false],
    ['the with of the file', '{ A = no; }', '{ lib, ... }: with lib.kernel;', true],
    ['with pkgs.lib.kernel', '{ A = no; }', '{ pkgs, ... }: with pkgs.lib.kernel;', true],
    ['a let that hides it', '{ A = no; }', '{ lib, ... }: let no = 1; in with lib.kernel;', false],
    ['an argument that hides it', '{ A = no; }', '{ lib, no, ... }: with lib.kernel;', false],
    ['inherited names', '{ A = no; }', '{ lib, ... }: let inherit (lib.kernel) no; in', true],
    ['an alias', 'with k; { A = no; }', '{ lib, ... }: let k = lib.kernel; in', true],
    ['lib from pkgs', 'with lib.kernel; { A = no; }', '{ pkgs, ... }: let inherit (pkgs) lib; in', true],
    ['lib by with pkgs', 'with lib.kernel; { A = no; }', '{ pkgs, ... }: with pkgs;', true],
    ['an unknown with inside', 'with lib.kernel; with x; { A = no; }', '{ lib, x, ... }:', false],
    ['a rec that hides it', 'with lib.kernel; rec { A = no; no = 1; }', '{ lib, ... }:', false],
    ['kernel by with lib', '{ A = kernel.no; }', '{ lib, ... }: with lib;', true],
    ['a flake', '{ A = nixpkgs.lib.kernel.no; }', '{ nixpkgs, ... }:', true],
    ['a lib that is none', '{ A = lib.kernel.no; }', 'let lib = { }; in', false],
  ])('resolves names as Nix does: %s', (_, settings, header, understood) => {
    expect(block(inList(settings, header)).bindings[0]?.ask).toEqual(understood ? tristate('n') : null);
  });

  it('reads the lines of its own extraConfig', () => {
    const text = inList('{ }').replace(
      'patch = null;',
      "patch = null;\n    extraConfig = ''\n      FOO? y\n      BAR  8 \n\n      odd\n    '';",
    );
    expect(block(text)).toMatchObject({
      legacy: [
        { symbol: 'FOO', value: 'y', optional: true },
        { symbol: 'BAR', value: '8', optional: false },
      ],
      unreadLegacy: ['odd'],
    });
  });

  it('reads an extraConfig of two hundred thousand lines', () => {
    const text = inList('{ }').replace(
      'structuredExtraConfig',
      `extraConfig = ''\n${'      A y\n'.repeat(200_000)}    '';\n    structuredExtraConfig`,
    );
    expect(block(text).legacy).toHaveLength(200_000);
  });

  // Each was looked through again from each of its blanks: a minute, which is more than a test gets.
  it('comes to an end with a comment and a line of blanks', () => {
    const blanks = ' '.repeat(1_000_000);
    expect(readManaged(`[ ]\n# falloutd: begin x${blanks}x\n${blanks}1 # falloutd: end fallout`, 'fallout').kind).toBe(
      'absent',
    );
  });

  it('finds the block as a binding, as a function body, behind ++, and in parentheses', () => {
    const patch = '{ structuredExtraConfig = { }; }';
    const mark = (inner: string): string => `\n# falloutd: begin fallout\n${inner}\n# falloutd: end fallout\n`;
    for (const text of [
      `{ lib, ... }: rec {${mark(`fallout = ${patch};`)}}`,
      `{ lib, ... }:${mark(patch)}`,
      `{ lib, ... }: lib.singleton 1${mark(`++ [ ${patch} ]`)}`,
      `{ lib, ... }: [${mark(`(${patch})`)}]`,
      `{ lib, ... }: [${mark(`(with lib; let a = 1; in ${patch})`)}]`,
      `{ lib, ... }: with lib;${mark(patch)}`,
      `let a = 1; in${mark(patch)}`,
      newFalloutFile('fallout', 'structuredExtraConfig'),
    ]) {
      expect(readManaged(text, 'fallout').kind, text).toBe('managed');
    }
  });

  it('takes marker text in strings and behind code for what it is', () => {
    const text = `[ ''\n  # falloutd: begin fallout\n''\n 1 # falloutd: begin fallout\n /* \n# falloutd: begin fallout\n*/ ]`;
    expect(readManaged(text, 'fallout')).toEqual({ kind: 'absent' });
  });

  it('holds several managed patches apart', () => {
    const text = `[
      # falloutd: begin fallout
      { structuredExtraConfig = { A = 1; }; }
      # falloutd: end fallout
      # falloutd: begin fallout-laptop
      { extraStructuredConfig = { B = 1; }; }
      # falloutd: end fallout-laptop
    ]`;
    expect(block(text).bindings.map(({ symbol }) => symbol)).toEqual(['A']);
    expect(block(text, 'fallout-laptop')).toMatchObject({
      attribute: 'extraStructuredConfig',
      bindings: [{ symbol: 'B' }],
    });
    expect(readManaged(text, 'fallout-desktop').kind).toBe('absent');
  });

  const begin = '\n# falloutd: begin fallout\n';
  const end = '\n# falloutd: end fallout\n';
  const patch = '{ structuredExtraConfig = { }; }';
  it.each([
    ['doubled begin', `[${begin}${begin}${patch}${end}]`, /second time/],
    ['doubled end', `[${begin}${patch}${end}${end}]`, /second time/],
    ['two blocks', `[${begin}${patch}${end}${begin}${patch}${end}]`, /second time/],
    ['only begin', `[${begin}${patch}]`, /no '# falloutd: end/],
    ['only end', `[${patch}${end}]`, /no '# falloutd: begin/],
    ['end before begin', `[${end}${patch}${begin}]`, /above/],
    ['nested', `[${begin}\n# falloutd: begin x\n${patch}\n# falloutd: end x\n${end}]`, /between the markers/],
    ['crossed', `[${begin}\n# falloutd: begin x\n${patch}${end}\n# falloutd: end x\n]`, /between the markers/],
    ['inside another', `[\n# falloutd: begin x${begin}${patch}${end}# falloutd: end x\n]`, /between those of 'x'/],
    ['nothing', `[${begin}${end}]`, /nothing/],
    ['two patches', `[${begin}${patch} ${patch}${end}]`, /more than one/],
    ['a function', `[${begin}(x: x)${end}]`, /not the attribute set/],
    ['no settings', `[${begin}{ name = "fallout"; }${end}]`, /no 'structuredExtraConfig'/],
    ['both names', `[${begin}{ structuredExtraConfig = { }; extraStructuredConfig = { }; }${end}]`, /both/],
    ['a dotted path', `[${begin}{ structuredExtraConfig.A = 1; }${end}]`, /attribute set of its own/],
    ['a merge', `[${begin}{ structuredExtraConfig = { } // { }; }${end}]`, /not an attribute set/],
    ['inherit', `[${begin}{ structuredExtraConfig = { inherit (x) A; }; }${end}]`, /inherit/],
    ['a computed name', `[${begin}{ structuredExtraConfig = { \${x} = 1; }; }${end}]`, /computed/],
    ['a computed extraConfig', `[${begin}{ structuredExtraConfig = { }; extraConfig = x; }${end}]`, /plain string/],
    ['code that goes on', `{ a =${begin}${patch}${end}// { }; }`, /crosses/],
    ['code that began before', `[ {${begin} structuredExtraConfig = { }; }${end}]`, /.*/],
  ])('says what is damaged: %s', (_, text, message) => {
    const reading = readManaged(text, 'fallout');
    expect(reading.kind).toBe('damaged');
    if (reading.kind !== 'damaged') return;
    expect(reading.problem.message).toMatch(message);
    expect(reading.problem.line).toBeGreaterThan(0);
    expect(reading.problem.hint).toContain('# falloutd: begin fallout');
  });

  it('says where a file does not parse', () => {
    expect(readManaged('{\n a = ;\n}', 'fallout')).toEqual({
      kind: 'syntax',
      problem: {
        message: "syntax error: unexpected ';'\n2 |  a = ;\n         ^",
        line: 2,
        column: 6,
        hint: expect.any(String) as string,
      },
    });
  });
});
