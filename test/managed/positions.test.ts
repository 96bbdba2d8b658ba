import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { locateBinding, locateSymbol, withPositions } from '../../src/managed/positions.ts';
import { isWish } from '../../src/model/asker.ts';
import type { Asker, Position } from '../../src/model/intent.ts';
import type { Fallout } from '../../src/model/fallout.ts';
import { folder } from '../helpers/target.ts';

const patch = (name: string): Asker => ({ kind: 'patch', name, index: 0 });
const fallout = (symbol: string, by: Asker | null, position: Position | null = null): Fallout => ({
  kind: 'unused',
  symbol,
  wanted: 'y',
  got: null,
  by,
  position,
});

function files(texts: Record<string, string>): string[] {
  const dir = folder();
  return Object.entries(texts).map(([name, text]) => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  });
}

const LIST = `{ lib, ... }:
[
  {
    name = "one";
    structuredExtraConfig = with lib.kernel; { A = yes; };
  }
  {
    name = "two";
    structuredExtraConfig = lib.mapAttrs (_: lib.mkForce) (with lib.kernel; {
      A = no;
      B = yes;
    });
  }
]
`;

describe('withPositions', () => {
  it('finds the line in the patch that asks', () => {
    const [file = ''] = files({ 'patches.nix': LIST });
    const found = withPositions(
      [fallout('A', patch('two')), fallout('B', patch('two')), fallout('A', patch('one'))],
      [file],
    );
    expect(found.map((f) => [f.position?.file, f.position?.line])).toEqual([
      [file, 10],
      [file, 11],
      [file, 5],
    ]);
  });

  it("leaves what has a place, what nobody's patch asks, and what stands nowhere", () => {
    const list = files({ 'patches.nix': LIST, 'notes.txt': 'C = yes;' });
    const known: Position = { file: '/known.nix', line: 1, column: 2 };
    const items = [
      fallout('A', patch('two'), known),
      fallout('A', { kind: 'nixpkgs' }),
      fallout('A', null),
      fallout('C', patch('one')),
    ];
    expect(withPositions(items, [...list, '/gone.nix'])).toEqual(items);
    expect(withPositions([], list)).toEqual([]);
  });

  const ENTRY = `{ lib, ... }: {
  # falloutd: begin fallout
  name = "fallout";
  structuredExtraConfig = with lib.kernel; {
    CRC32 = lib.mkOverride 40 (option no); # wanted n, got y
  };
  # falloutd: end fallout
}
`;
  const MAPPED = (name: string): string => `{ lib, ... }:
{
  boot.kernelPatches = [
    {
      name = "${name}";
      structuredExtraConfig = lib.mapAttrs (_: lib.mkForce) (with lib.kernel; { CRC32 = no; });
    }
  ];
}
`;

  it("finds the line of a second module, and never an entry of falloutd's own", () => {
    const [entry = '', module = ''] = files({ 'fallout.nix': ENTRY, 'second.nix': MAPPED('second') });
    const asked = [fallout('CRC32', patch('second'))];
    expect(withPositions(asked, [entry, module])[0]?.position).toMatchObject({ file: module, line: 6 });
    expect(withPositions(asked, [entry])).toEqual(asked);
  });

  it('prefers the patch that asks, in whichever file, and takes no line of another patch', () => {
    const [first = '', second = ''] = files({ 'first.nix': MAPPED('first'), 'second.nix': MAPPED('second') });
    const asked = [fallout('CRC32', patch('second'))];
    expect(withPositions(asked, [first, second])[0]?.position).toMatchObject({ file: second });
    expect(withPositions(asked, [first])).toEqual(asked);
  });

  it("finds the kernel's own settings, which are wishes only where they stand in the user's files", () => {
    const [flake = ''] = files({
      'flake.nix': 'pkgs.linux.override {\n structuredExtraConfig = lib.mapAttrs (_: lib.mkForce) { CRC32 = no; }; }',
    });
    const [found] = withPositions([fallout('CRC32', { kind: 'kernel' })], [flake]);
    expect(found?.position).toMatchObject({ file: flake, line: 2 });
    expect(isWish({ by: { kind: 'kernel' }, position: found?.position ?? null })).toBe(true);
    expect(isWish({ by: { kind: 'kernel' }, position: null })).toBe(false);
  });

  it('lives with a file that does not parse, and looks into the next', () => {
    const [broken = '', whole = ''] = files({ 'broken.nix': '{ A = ', 'whole.nix': LIST });
    expect(withPositions([fallout('B', patch('two'))], [broken, whole])[0]?.position).toMatchObject({
      file: whole,
      line: 11,
    });
  });
});

describe('locateSymbol', () => {
  it('gives the first line that binds a symbol, in the order of the files', () => {
    const [one = '', two = ''] = files({ 'one.nix': '{ X = 1; }', 'two.nix': '{\n  X = 1;\n  Y = 2;\n}' });
    expect(locateSymbol('X', [one, two])).toMatchObject({ file: one, line: 1 });
    expect(locateSymbol('Y', ['/gone.nix', one, two])).toMatchObject({ file: two, line: 3 });
    expect(locateSymbol('Z', [one, two])).toBeNull();
  });
});

const FILE = `{ lib, ... }:
rec {
  a = {
    name = "first";
    structuredExtraConfig = lib.mapAttrs (_: lib.mkForce) (with lib.kernel; {
      DRM = no; # 🐧
      "9P_FS" = no;
    });
  };
  b = {
    structuredExtraConfig = lib.genAttrs [ "USB" ''SCSI'' "DRM" ] (_: lib.kernel.no);
    name = "second";
  };
  c = { name = "third"; structuredExtraConfig = shared; };
  shared = { WLAN = lib.kernel.no; };
}
`;

describe('locateBinding', () => {
  it.each([
    ['first', 'DRM', { line: 6, column: 7 }],
    ['first', '9P_FS', { line: 7, column: 7 }],
    ['second', 'DRM', { line: 11, column: 59 }],
    ['second', 'SCSI', { line: 11, column: 50 }],
    ['third', 'WLAN', { line: 15, column: 14 }],
    ['unknown', 'USB', { line: 11, column: 44 }],
    [null, 'DRM', { line: 6, column: 7 }],
    ['first', 'NOWHERE', null],
  ])('patch %s, symbol %s', (patch, symbol, place) => {
    expect(locateBinding(FILE, patch, symbol)).toEqual(place);
  });

  it('prefers a key to a string in a list, and looks also where the file is broken', () => {
    expect(locateBinding('[ "A" ({ A = 1; }) ]', null, 'A')).toEqual({ line: 1, column: 10 });
    expect(locateBinding('{ x = ; A = 1; ', null, 'A')).toEqual({ line: 1, column: 9 });
    expect(locateBinding('', null, 'A')).toBeNull();
  });
});
