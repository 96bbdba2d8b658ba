import { describe, expect, test } from 'vitest';
import { findMarked, pickHost, pickPatches, targetName } from '../../src/setup/choose.ts';
import { newFalloutFile } from '../../src/managed/addPatch.ts';
import { NixFile } from '../../src/nixfile/nixFile.ts';
import type { FoundFile } from '../../src/setup/folder.ts';
import { planInit } from '../helpers/onText.ts';

const LIST = '{ lib, ... }: [ { name = "a"; patch = null; structuredExtraConfig = { }; } ]\n';
const MODULE = '{ config, ... }: let patches = import ./a.nix; in { boot.kernelPatches = patches; }\n';
const ROOM = '{ pkgs, ... }: { boot.kernelPackages = pkgs.linuxPackages; }\n';
const SINGLE = '{ lib, ... }: { name = "a"; patch = null; structuredExtraConfig = { }; }\n';

function marked(how: 'inside' | { importOf: string }, name = 'fallout'): string {
  const plan = planInit(LIST, { name, how, attribute: 'structuredExtraConfig' });
  if (plan.kind !== 'planned') throw new Error(plan.problem.message);
  return plan.text;
}

const files = (all: Record<string, string>): FoundFile[] =>
  Object.entries(all).map(([path, text]) => ({ path, file: NixFile.parseLoosely(text) }));

describe('the host', () => {
  test.each([
    ['this machine', ['attic', 'nixie', 'zoe'], 'nixie', undefined, { kind: 'one', name: 'nixie' }],
    ['the only one, whatever this machine is called', ['attic'], 'nixie', undefined, { kind: 'one', name: 'attic' }],
    [
      'one of several is never guessed',
      ['zoe', 'attic'],
      'nixie',
      undefined,
      { kind: 'ambiguous', names: ['attic', 'zoe'] },
    ],
    ['the one asked for wins', ['attic', 'nixie'], 'nixie', 'attic', { kind: 'one', name: 'attic' }],
    [
      'asked for one that is not there: this machine is listed first',
      ['attic', 'nixie'],
      'nixie',
      'attik',
      { kind: 'unknown', asked: 'attik', names: ['nixie', 'attic'] },
    ],
    ['none', [], 'nixie', undefined, { kind: 'none' }],
  ] as const)('%s', (_, names, hostname, asked, expected) => {
    expect(pickHost(names, hostname, asked)).toEqual(expected);
  });

  test('as the name of a target', () => {
    expect(targetName('my.host/é')).toBe('my-host-');
    expect(targetName('nixie_2')).toBe('nixie_2');
  });
});

describe('the patches file', () => {
  test.each([
    [
      'the file that joins the lists of a patches.nix',
      {
        'patches.nix':
          '{ lib, ... }: rec { base = [ { structuredExtraConfig = { }; } ]; subtract = [ { structuredExtraConfig = { }; } ]; }',
        'kernel.nix':
          '{ lib, ... }: { boot.kernelPatches = with (import ./patches.nix { inherit lib; }); subtract ++ base; }',
      },
      { kind: 'one', name: 'kernel.nix' },
    ],
    [
      'the one with wishes, not a patches.nix without',
      { 'patches.nix': '{ lib, ... }: [ { name = "fix"; patch = ./fix.patch; } ]', 'kernel.nix': LIST },
      { kind: 'one', name: 'kernel.nix' },
    ],
    [
      'a list rather than room for one',
      { 'host.nix': '{ pkgs, ... }: { boot.kernelPackages = pkgs.linuxPackages; }', 'a.nix': MODULE },
      { kind: 'one', name: 'a.nix' },
    ],
    [
      'the one that overrides the kernel, where no list is bound',
      {
        'other.nix': '{ pkgs, ... }: { boot.kernelPackages = pkgs.linuxPackages; }',
        'host.nix':
          '{ pkgs, ... }: { boot.kernelPackages = pkgs.linuxPackagesFor (pkgs.linux.override { structuredExtraConfig = { }; }); }',
      },
      { kind: 'one', name: 'host.nix' },
    ],
    [
      'one of two hosts with room is not guessed',
      { 'a.nix': ROOM, 'b.nix': ROOM },
      { kind: 'ambiguous', names: ['a.nix', 'b.nix'] },
    ],
    [
      'patches.nix in the folder rather than another that would do',
      { 'a.nix': LIST, 'patches.nix': LIST },
      { kind: 'one', name: 'patches.nix' },
    ],
    [
      'the one with settings and a list beside a module that only hands on',
      { 'host.nix': MODULE, 'kernel/mine.nix': LIST },
      { kind: 'one', name: 'kernel/mine.nix' },
    ],
    [
      'the one with a list beside single patches',
      { 'host.nix': MODULE, 'p/one.nix': SINGLE, 'p/two.nix': SINGLE },
      { kind: 'one', name: 'host.nix' },
    ],
    ['two that could be', { 'a.nix': LIST, 'b.nix': LIST }, { kind: 'ambiguous', names: ['a.nix', 'b.nix'] }],
    ['one that only mentions it in a comment is none', { 'a.nix': '# kernelPatches\n{ }' }, { kind: 'none' }],
  ] as const)('%s', (_, all, expected) => {
    expect(pickPatches(files(all))).toEqual(expected);
  });
});

describe('a managed patch that is there already', () => {
  test('in a file of its own, with its import', () => {
    const found = findMarked(
      files({
        'fallout.nix': newFalloutFile('fallout', 'structuredExtraConfig'),
        'mine.nix': marked({ importOf: './fallout.nix' }),
      }),
      undefined,
    );
    expect(found).toEqual({ kind: 'one', marked: { name: 'fallout', managed: 'fallout.nix', patches: 'mine.nix' } });
  });

  test('inside the patches file', () => {
    expect(findMarked(files({ 'mine.nix': marked('inside') }), undefined)).toEqual({
      kind: 'one',
      marked: { name: 'fallout', managed: 'mine.nix', patches: 'mine.nix' },
    });
  });

  test('under another name; of several the usual one, else none is guessed', () => {
    const [a, b] = [marked('inside', 'a'), marked('inside', 'b')];
    expect(findMarked(files({ 'a.nix': a }), undefined)).toMatchObject({ marked: { name: 'a' } });
    expect(findMarked(files({ 'a.nix': a, 'b.nix': b }), undefined)).toEqual({ kind: 'ambiguous', names: ['a', 'b'] });
    expect(findMarked(files({ 'a.nix': a, 'b.nix': b }), 'b')).toMatchObject({ marked: { name: 'b' } });
    expect(findMarked(files({ 'a.nix': a, 'c.nix': marked('inside') }), undefined)).toMatchObject({
      marked: { name: 'fallout' },
    });
    expect(findMarked(files({ 'a.nix': a }), 'c')).toEqual({ kind: 'none' });
  });
});
