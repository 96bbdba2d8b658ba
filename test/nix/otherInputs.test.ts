import { expect, it } from 'vitest';
import { otherInput, otherInputArguments } from '../../src/nix/otherInputs.ts';

it.each([
  ['nixpkgs=github:NixOS/nixpkgs/nixos-unstable', 'github:NixOS/nixpkgs/nixos-unstable'],
  ['nixpkgs=github:NixOS/nixpkgs?ref=nixos-unstable', 'github:NixOS/nixpkgs?ref=nixos-unstable'],
  ['nixpkgs=/srv/nixpkgs', '/srv/nixpkgs'],
  ['nixpkgs=./nixpkgs', '/home/me/nixpkgs'],
  ['nixpkgs=../nixpkgs?ref=next', '/home/nixpkgs?ref=next'],
  ['nixpkgs=path:../nixpkgs', 'path:/home/nixpkgs'],
  ['nixpkgs=.', '/home/me'],
])('%s is an input, and a relative path is one from here', (text, reference) => {
  expect(otherInput(text, '/home/me')).toEqual({ input: 'nixpkgs', reference });
});

it.each(['nixpkgs', '=github:NixOS/nixpkgs', 'nixpkgs=', 'nix pkgs=/x', ''])('`%s` is none', (text) => {
  expect(otherInput(text, '/')).toBeNull();
});

it('never writes the lock file', () => {
  const other = { input: 'a/nixpkgs', reference: '/x' };
  expect(otherInputArguments([other])).toEqual(['--override-input', 'a/nixpkgs', '/x', '--no-write-lock-file']);
  expect(otherInputArguments([])).toEqual([]);
});
