import { expect, test } from 'vitest';
import { NixFile } from '../../src/nixfile/nixFile.ts';
import { findObstacle } from '../../src/setup/obstacle.ts';
import { planInit } from '../helpers/onText.ts';

function added(text: string): string {
  const plan = planInit(text, {
    name: 'fallout',
    how: { importOf: './fallout.nix' },
    attribute: 'structuredExtraConfig',
  });
  if (plan.kind !== 'planned') throw new Error(plan.problem.message);
  return plan.text;
}

const find = (all: Record<string, string>): unknown =>
  findObstacle(
    Object.entries(all).map(([path, text]) => ({ path, file: NixFile.parseLoosely(text) })),
    'kernel.nix',
    'fallout',
  );

const PLAIN = added('{ lib, ... }: {\n  boot.kernelPatches = [\n  ];\n}\n');

test.each([
  ['mkIf around the list', '{ lib, ... }: {\n  boot.kernelPatches = lib.mkIf false [\n  ];\n}\n', 2, 'false'],
  [
    'mkIf around the module',
    '{ lib, x, ... }: {\n  config = lib.mkIf (x == 1) {\n    boot.kernelPatches = [\n    ];\n  };\n}\n',
    2,
    '(x == 1)',
  ],
  ['optionals', '{ lib, x, ... }: {\n  boot.kernelPatches = [ 1 ] ++ lib.optionals x [\n 1 ];\n}\n', null, null],
  ['an if', '{ lib, x, ... }: {\n  boot =\n    if x then { kernelPatches = [\n    ]; } else { };\n}\n', 3, 'x'],
] as const)('a condition is named: %s', (_, text, line, condition) => {
  expect(find({ 'kernel.nix': added(text) })).toEqual(
    line === null ? null : { kind: 'condition', path: 'kernel.nix', line, text: condition },
  );
});

test('a list that is forced elsewhere is named', () => {
  const forced = '{ lib, ... }:\n{\n  boot.kernelPatches = lib.mkForce [ ];\n}\n';
  expect(find({ 'kernel.nix': PLAIN, 'other.nix': forced })).toMatchObject({
    kind: 'forced',
    path: 'other.nix',
    line: 3,
  });
  expect(find({ 'kernel.nix': added(forced), 'other.nix': PLAIN })).toBeNull();
});

test('where nothing is in the way, nothing is named', () => {
  expect(
    find({ 'kernel.nix': PLAIN, 'other.nix': '{ lib, ... }: { boot.kernelPatches = lib.mkAfter [ ]; }' }),
  ).toBeNull();
  expect(find({})).toBeNull();
});
