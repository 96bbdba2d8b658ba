import { describe, expect, it } from 'vitest';
import { locateBinding } from '../../src/managed/locateBinding.ts';

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
