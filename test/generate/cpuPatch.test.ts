import { describe, expect, it } from 'vitest';
import { cpuModuleText, makeFlagsFor, type CpuModule } from '../../src/generate/cpuPatch.ts';
import { NixFile } from '../../src/nixfile/nixFile.ts';

describe('makeFlagsFor', () => {
  it('says -mtune, too, which a -mtune=generic before it would keep away', () => {
    expect(makeFlagsFor('znver4', true, ['ARCH=x86_64'])).toEqual({
      makeFlags: ['KCFLAGS=-march=znver4', 'KCFLAGS+=-mtune=znver4'],
      notes: [],
    });
    expect(makeFlagsFor('x86-64-v3', false, []).makeFlags).toEqual(['KCFLAGS=-march=x86-64-v3']);
  });

  it('comes after flags that are there, and says which of them no longer counts', () => {
    const flags = ['KCFLAGS=-O3', 'KCFLAGS+=-march=haswell'];
    expect(makeFlagsFor('znver4', true, flags)).toEqual({
      makeFlags: ['KCFLAGS+=-march=znver4', 'KCFLAGS+=-mtune=znver4'],
      notes: [
        { kind: 'joined', flags },
        { kind: 'replaced', flags: ['KCFLAGS+=-march=haswell'] },
      ],
    });
  });

  it('leaves out what is there already', () => {
    const present = makeFlagsFor('znver4', true, []).makeFlags;
    expect(makeFlagsFor('znver4', true, present)).toEqual({ makeFlags: [], notes: [] });
  });
});

const MODULE: CpuModule = {
  compiler: { kind: 'gcc', version: '14.2.1', path: '/nix/store/x/bin/cc' },
  cpu: 'znver4',
  makeFlags: ['KCFLAGS=-march=znver4', 'KCFLAGS+=-mtune=znver4'],
  patches: [],
  attribute: 'structuredExtraConfig',
  version: '6.12.30',
};
const SETTING = {
  symbol: 'MZEN4',
  value: { kind: 'tristate', tristate: 'y' },
  priority: 50,
  prompt: 'AMD Ryzen 4',
  menus: ['Processor type and features'],
  reason: { kind: 'change', from: null },
} as const;

describe('cpuModuleText', () => {
  it.each([
    ['flags', {}],
    ['a setting', { makeFlags: [], patches: [{ name: 'Processor', settings: [{ ...SETTING, menus: [] }] }] }],
    ['both', { patches: [{ name: 'Processor', settings: [{ ...SETTING, menus: [] }] }] }],
    ['nothing', { makeFlags: [] }],
  ])('is Nix with %s', (_, rest) => {
    const text = cpuModuleText({ ...MODULE, ...rest });
    expect(NixFile.parse(text).kind).toBe('file');
    expect(text.split('\n').filter((line) => line.length > 140)).toEqual([]);
  });

  it('names the flags, the kernel of that version, and the option', () => {
    const text = cpuModuleText({ ...MODULE, patches: [{ name: 'Processor', settings: [{ ...SETTING, menus: [] }] }] });
    expect(text).toContain('pkgs.linux_6_12.override');
    expect(text).toContain('[ "KCFLAGS=-march=znver4" "KCFLAGS+=-mtune=znver4" ];');
    expect(text).toContain('MZEN4 = lib.mkForce yes; # AMD Ryzen 4');
  });
});
