import { describe, expect, it } from 'vitest';
import { readKernel, requestedSettings, type EvaluatedKernel } from '../../src/nix/evaluatedKernel.ts';

type Json = Record<string, unknown>;
const at = (line: number, file = '/nix/store/x-source/patches.nix'): Json => ({ file, line, column: 5 });
const binding = (symbol: string, rest: Json = {}): Json => ({
  symbol,
  priority: 100,
  position: at(3),
  tristate: 'y',
  freeform: null,
  optional: false,
  ...rest,
});
const patch = (name: string, rest: Json = {}): Json => ({
  name,
  attributes: ['structuredExtraConfig'],
  bindings: [],
  extraConfig: '',
  position: at(1),
  legacyPosition: null,
  ...rest,
});
const KERNEL: Json = {
  kind: 'kernel',
  unmergeable: [],
  storeDir: '/nix/store',
  version: '6.12',
  patches: [],
  kernelBindings: [],
  commonBindings: [],
  kernelExtraConfig: '\n',
  settings: {},
  kernelConfig: 'A y\n',
  build: {
    drvPath: '/d.drv',
    configPath: '/out',
    kernelDrvPath: '/k.drv',
  },
};
const toLocal = (path: string): string => path.replace('/nix/store/x-source', '/home/me');

function kernel(rest: Json = {}): EvaluatedKernel {
  const answer = readKernel(JSON.stringify({ ...KERNEL, ...rest }), toLocal);
  if (answer.kind !== 'kernel') throw new Error('no kernel was read');
  return answer.kernel;
}

describe('readKernel', () => {
  it('says what will be built', () => {
    expect(kernel()).toMatchObject({
      version: '6.12',
      build: {
        drvPath: '/d.drv',
        outPath: '/out',
        kernelDrvPath: '/k.drv',
      },
      settings: { A: { tristate: 'y', freeform: null, optional: false } },
    });
  });

  it('has nothing to build while definitions conflict', () => {
    expect(kernel({ unmergeable: ['A'], build: null, kernelConfig: null })).toMatchObject({
      build: null,
      unmergeable: ['A'],
      settings: {},
    });
  });

  it('lists the attributes of what is no kernel', () => {
    expect(readKernel('{"kind":"no-kernel","attributes":["a"]}', toLocal)).toEqual({
      kind: 'no-kernel',
      attributes: ['a'],
    });
  });

  it.each(['', 'null', '[]', '{"kind":"other"}', JSON.stringify({ ...KERNEL, version: 6 })])('refuses %s', (json) => {
    expect(() => readKernel(json, toLocal)).toThrow();
  });

  it("gives the definitions in module order, with places in the user's own files", () => {
    const { intents, patches } = kernel({
      commonBindings: [binding('A')],
      settings: { A: {} },
      kernelBindings: [binding('B', { position: null })],
      patches: [
        patch('one', { bindings: [binding('C', { priority: 50, tristate: 'n' })] }),
        patch('', { bindings: [binding('D', { position: at(9) })] }),
      ],
    });
    expect(intents.map((i) => [i.symbol, i.by, i.position?.file, i.priority])).toEqual([
      ['A', { kind: 'nixpkgs' }, '/home/me/patches.nix', 100],
      ['B', { kind: 'kernel' }, undefined, 100],
      ['C', { kind: 'patch', name: 'one', index: 0 }, '/home/me/patches.nix', 50],
      ['D', { kind: 'patch', name: '', index: 1 }, '/home/me/patches.nix', 100],
    ]);
    expect(patches).toEqual([
      {
        name: 'one',
        index: 0,
        attributes: ['structuredExtraConfig'],
        position: { file: '/home/me/patches.nix', line: 1, column: 5 },
      },
      {
        name: '',
        index: 1,
        attributes: ['structuredExtraConfig'],
        position: { file: '/home/me/patches.nix', line: 1, column: 5 },
      },
    ]);
  });

  it("takes no line of the library for the user's", () => {
    expect(
      kernel({ kernelBindings: [binding('A', { position: at(3, '/nix/store/y-nixpkgs/lib/attrsets.nix') })] })
        .intents[0]?.position,
    ).toBeNull();
    expect(
      kernel({ kernelBindings: [binding('A', { position: at(3, '/nix/store/y-nixpkgs/lib/kernel.nix') })] }).intents[0]
        ?.position,
    ).not.toBeNull();
  });

  it('reads values as kernel_config.nix does', () => {
    const ask = (rest: Json): unknown => kernel({ kernelBindings: [binding('A', rest)] }).intents[0]?.ask;
    expect(ask({ tristate: 'm', optional: true })).toEqual({
      value: { kind: 'tristate', tristate: 'm' },
      optional: true,
    });
    expect(ask({ tristate: 'm', freeform: '8' })).toEqual({ value: { kind: 'freeform', text: '8' }, optional: false });
    expect(ask({ tristate: null })).toEqual({ value: { kind: 'unset' }, optional: false });
    expect(ask({ tristate: 'maybe' })).toEqual({ value: { kind: 'unset' }, optional: false });
    expect(
      kernel({
        kernelBindings: [{ symbol: 'A', priority: 100, position: null, malformed: { type: 'string', text: 'n' } }],
      }).intents,
    ).toEqual([]);
  });

  it("leaves nixpkgs' defaults out where the kernel does not use them", () => {
    const common = [binding('A'), binding('B')];
    const who = (rest: Json): string[] =>
      kernel({ commonBindings: common, ...rest }).intents.map((i) => `${i.by.kind} ${i.symbol}`);
    expect(who({ settings: {}, kernelBindings: [binding('A')] })).toEqual(['kernel A']);
    expect(who({ settings: { A: {}, B: {} }, kernelBindings: [binding('A')] })).toEqual([
      'nixpkgs A',
      'nixpkgs B',
      'kernel A',
    ]);
    expect(who({ settings: {}, unmergeable: ['B'], kernelBindings: [binding('A')] })).toContain('nixpkgs B');
  });

  it("reads the strings in the order of the script: the kernel's, then the patches'", () => {
    const { legacy } = kernel({
      kernelExtraConfig: 'A y\n\nB? m # why\n',
      patches: [patch('old', { extraConfig: '  C "a b"  \n# D y\nE\n', legacyPosition: at(12) })],
    });
    expect(legacy).toEqual([
      { symbol: 'A', value: 'y', optional: false, by: { kind: 'kernel' }, position: null },
      { symbol: 'B', value: 'm', optional: true, by: { kind: 'kernel' }, position: null },
      {
        symbol: 'C',
        value: '"a b"',
        optional: false,
        by: { kind: 'patch', name: 'old', index: 0 },
        position: { file: '/home/me/patches.nix', line: 12, column: 5 },
      },
    ]);
  });
});

describe("the kernel's own legacy strings", () => {
  const given = { structuredConfig: 'A y\n', patches: [patch('mine', { extraConfig: 'C m' })] };
  const read = (rest: object, textOf?: (drvPath: string) => string | null) => {
    const answer = readKernel(JSON.stringify({ ...KERNEL, ...given, ...rest }), toLocal, textOf);
    if (answer.kind !== 'kernel') throw new Error(answer.kind);
    const { legacy, settings } = answer.kernel;
    return [legacy.map(({ symbol, by }) => `${symbol} ${by.kind}`), Object.keys(settings)];
  };
  const ALL = [
    ['B kernel', 'C patch'],
    ['A', 'B', 'C'],
  ];

  it.each([
    ['said by the kernel', { kernelConfig: 'A y\nB n\n\nC m', kernelExtraConfig: 'B n\n' }],
    ['found in the request', { kernelConfig: 'A y\nB n\n\nC m' }],
    ['found in its file', { kernelConfig: null, requestDrv: '/nix/store/x.drv' }],
    ['said by the kernel, where the file cannot be read', { kernelConfig: null, kernelExtraConfig: 'B n\n' }],
  ])('are %s', (_, rest) => {
    expect(read(rest, () => 'A y\nB n\n\nC m')).toEqual(ALL);
  });

  it('are found while definitions conflict, when nothing is known of the whole', () => {
    const conflict = { unmergeable: ['D'], build: null, kernelConfig: null, requestDrv: '/nix/store/x.drv' };
    expect(read(conflict, () => 'A y\nB n\n\n')).toEqual([['B kernel', 'C patch'], []]);
  });
});

describe('requestedSettings', () => {
  it('reads the request as the script does: the last line of a symbol counts', () => {
    expect(requestedSettings('A y\nB? m\nN 8\n\n  S "a b"  \n# C y\nD y # not n\nA? n\n?\n')).toEqual({
      A: { tristate: 'n', freeform: null, optional: true },
      B: { tristate: 'm', freeform: null, optional: true },
      N: { tristate: null, freeform: '8', optional: false },
      S: { tristate: null, freeform: '"a b"', optional: false },
      D: { tristate: 'y', freeform: null, optional: false },
    });
    expect(requestedSettings('')).toEqual({});
  });

  it('knows both lines that nixpkgs has printed for an empty text', () => {
    const empty = { tristate: null, freeform: '""', optional: false };
    expect(requestedSettings('A ""\nB\nC?\nD y\n')).toEqual({
      A: empty,
      B: empty,
      C: { ...empty, optional: true },
      D: { tristate: 'y', freeform: null, optional: false },
    });
  });
});
