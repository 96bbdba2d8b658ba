import { describe, expect, it } from 'vitest';
import type { SearchedRemedies } from '../../src/kernel/remedies.ts';
import { askingFor, PREEMPTION, smallKernel, type AskedFor } from '../helpers/smallKernel.ts';

/** A choice, and two drivers of which one must be off. */
const TREE = `
config MODULES
	bool "modules"
	modules
	default y
${PREEMPTION}endchoice
config OLD
	bool "old driver"
config LIB
	bool "library"
config USER
	bool "user"
	depends on LIB
config OTHER
	bool "other"
	depends on LIB
config NEW
	bool "new driver"
	depends on !OLD
`;

function found(asked: readonly AskedFor[], ...wanted: [string, string][]): SearchedRemedies {
  const values = wanted.map(([symbol, value]) => ({ symbol, value }));
  const remedies = smallKernel(TREE).remedies({ asking: askingFor(asked), wanted: values, most: 3 });
  if (remedies.kind !== 'searched') throw new Error(remedies.kind);
  return remedies.found;
}

describe('a member of a choice of which the user wishes another', () => {
  const overFull = { symbol: 'FULL', value: 'y', by: { name: 'mine' }, position: { line: 2 } };

  it('that nixpkgs asks for already is given by taking the wish back', () => {
    const asked: AskedFor[] = [
      ['VOLUNTARY', 'y', 'nixpkgs'],
      ['FULL', 'y'],
    ];
    expect(found(asked, ['VOLUNTARY', 'y']).alternatives).toMatchObject([
      { nix: ['FULL = lib.mkForce no;'], overrides: [overFull] },
    ]);
  });

  it('that nobody asks for is asked for in its place', () => {
    const asked: AskedFor[] = [
      ['OLD', 'y'],
      ['FULL', 'y'],
    ];
    expect(found(asked, ['VOLUNTARY', 'y']).alternatives).toMatchObject([
      { nix: ['VOLUNTARY = yes;', 'FULL = lib.mkForce no;'], overrides: [overFull] },
    ]);
  });
});

it('a wish that goes with what is changed is named, and a default that does not matter is not', () => {
  const asked: AskedFor[] = [
    ['USER', 'y'],
    ['LIB', 'y', 'nixpkgs'],
    ['OTHER', 'n'],
  ];
  expect(found(asked, ['LIB', 'n']).alternatives).toMatchObject([
    {
      nix: ['LIB = lib.mkForce no;'],
      overrides: [
        { symbol: 'LIB', by: { kind: 'nixpkgs' } },
        { symbol: 'USER', value: 'y', position: { line: 1 } },
      ],
    },
  ]);
});

describe('several wishes', () => {
  it('that exclude each other are named, and why', () => {
    expect(found([], ['NEW', 'y'], ['OLD', 'y'])).toMatchObject({
      outcome: 'excluded',
      culprits: [{ symbol: 'NEW' }, { symbol: 'OLD' }],
      blockedBy: [{ symbol: 'NEW', cause: { kind: 'needs' }, given: [{ symbol: 'OLD', value: 'y' }] }],
    });
    expect(found([], ['NONE', 'y'], ['FULL', 'y'])).toMatchObject({
      outcome: 'excluded',
      blockedBy: [{ symbol: 'NONE', value: 'y', cause: { kind: 'chosen', has: 'FULL' } }],
    });
  });

  it('of which one is impossible alone: that one is named', () => {
    expect(found([], ['OLD', 'y'], ['NEW', 'm'], ['GONE', 'y'])).toMatchObject({
      outcome: 'blocked',
      culprits: [{ symbol: 'NEW' }, { symbol: 'GONE' }],
      blockedBy: [{ cause: { kind: 'not-tristate' } }, { cause: { kind: 'unknown' } }],
    });
  });
});
