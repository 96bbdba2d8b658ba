import { describe, expect, it } from 'vitest';
import { readManaged } from '../../src/managed/managedPatch.ts';
import { locateBinding } from '../../src/managed/positions.ts';
import { restoreManaged } from '../../src/managed/edit.ts';
import type { Entry } from '../../src/model/entry.ts';
import { NixFile } from '../../src/nixfile/nixFile.ts';
import { parseLoosely, parseNix } from '../../src/nixfile/parse.ts';
import { findObstacle } from '../../src/setup/obstacle.ts';
import { DEEP } from '../helpers/deepNix.ts';
import { editManaged, planInit, removeInit } from '../helpers/onText.ts';

/** More than Nix 2.8 takes of anything, and more calls than fit on a stack. */
const DEPTH = 12_000;
const SHAPES = Object.entries(DEEP);

describe('parseNix', () => {
  it.each(SHAPES)('takes %s', (_, deep) => {
    expect(parseNix(deep(DEPTH)).kind).toBe('parsed');
  });

  it.each(['else if', 'sets', 'concatenation', 'lambdas'] as const)('says where %s are nested too deeply', (name) => {
    const reading = parseNix(`{\n  a = ${DEEP[name](60_000)};\n}\n`);
    expect(reading).toMatchObject({ kind: 'too-deep', problem: { line: 2 } });
    if (reading.kind === 'parsed') return;
    expect(reading.problem.message).toMatch(/^nested too deeply for falloutd\n2 \| /);
    expect(reading.problem.column).toBeGreaterThan(100_000);
  });

  it('takes a chain of operators of any length', () => {
    for (const name of ['addition', 'conjunction', 'arguments', 'selection'] as const)
      expect(parseNix(DEEP[name](30_000)).kind).toBe('parsed');
  });

  it('says that a text is too large, and how far it was read', () => {
    const text = `{\n${Array.from({ length: 60_000 }, (_, n) => `  S${n} = lib.mkOverride 40 (option no); # was y\n`).join('')}}`;
    const reading = parseNix(text);
    expect(reading).toMatchObject({ kind: 'too-large' });
    if (reading.kind === 'parsed') return;
    expect(reading.problem.message).toMatch(/^too large for falloutd/);
    expect(reading.problem.line).toBeGreaterThan(40_000);
    expect(parseLoosely(text).topNode.getChild('AttrSet')?.getChildren('Binding').length).toBeGreaterThan(40_000);
  });

  it('sees the error in a deep text', () => {
    for (const name of ['addition', 'else if', 'parentheses'] as const) {
      const text = `${DEEP[name](DEPTH)} ;`;
      expect(parseNix(text), name).toMatchObject({ kind: 'syntax', problem: { column: text.length } });
    }
  });
});

const entry: Entry = {
  symbol: 'DRM_AMDGPU',
  rung: 1,
  ask: { value: { kind: 'tristate', tristate: 'n' }, optional: true },
  override: 40,
  via: 'structured',
  reason: 'wanted y',
};

const MANAGED = `
  # falloutd: begin fallout
  { name = "fallout"; patch = null; structuredExtraConfig = with lib.kernel; { A = lib.mkForce no; }; }
  # falloutd: end fallout
`;

const INIT = { name: 'mine', how: 'inside', attribute: 'structuredExtraConfig' } as const;

describe('what reads and edits a file', () => {
  it('takes all of them in another patch', () => {
    const patches = SHAPES.map(([, deep]) => `{ structuredExtraConfig.RTLWIFI = ${deep(DEPTH / 30)}; }\n`);
    const text = `{ lib, a, f, ... }: [\n${patches.join('')}${MANAGED}]`;
    expect(editManaged(text, 'fallout', [entry]).kind).toBe('edited');
    expect(planInit(text, INIT).kind).toBe('planned');
    expect(removeInit(text, 'fallout').kind).toBe('removed');
    expect(restoreManaged(text, text, 'fallout').kind).toBe('unchanged');
    expect(locateBinding(text, null, 'RTLWIFI')).toEqual({ line: 2, column: 3 });
  });

  it.each(['arguments', 'calls', 'parentheses', 'selection', 'with', 'let'] as const)(
    'takes %s among the managed settings',
    (name) => {
      const text = `{ lib, a, f, ... }: [${MANAGED.replace('lib.mkForce no;', `${DEEP[name](DEPTH)};`)}]`;
      expect(readManaged(text, 'fallout')).toMatchObject({ patch: { bindings: [{ symbol: 'A', ask: null }] } });
    },
  );

  it.each(['concatenation', 'calls', 'parentheses', 'with', 'let', 'lambdas', 'sets', 'arguments'] as const)(
    'takes %s in the place of the list of patches',
    (name) => {
      const kind = name === 'concatenation' || name === 'arguments' || name === 'calls' ? 'planned' : 'refused';
      expect(planInit(`{ lib, a, f, ... }: { boot.kernelPatches = ${DEEP[name](DEPTH)}; }`, INIT).kind).toBe(kind);
    },
  );

  it.each([
    ['parentheses', '(', ')'],
    ['functions', 'x: ', ''],
    ['with', 'with lib; ', ''],
    ['unknown sets', 'with a; ', ''],
    ['let', 'let x = 1; in ', ''],
    ['mkIf', 'lib.mkIf a (', ')'],
    ['concatenations', '[ ] ++ (', ')'],
    ['concatenations without parentheses', '[ ] ++ ', ''],
    ['sets', '{ all = ', '; }'],
    ['calls', '(x: f (', ')) x'],
  ])('takes a managed patch in %s', (_, open, close) => {
    const text = `{ lib, a, f, ... }: ${open.repeat(DEPTH)}[${MANAGED}]${close.repeat(DEPTH)}`;
    expect(editManaged(text, 'fallout', [entry]).kind).toBe('edited');
    findObstacle([{ path: 'patches.nix', file: NixFile.parseLoosely(text) }], 'patches.nix', 'fallout');
  });
});
