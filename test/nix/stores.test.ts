import { describe, expect, it } from 'vitest';
import { evaluationArguments, hereArguments, sshHost, storesOf, withoutStores } from '../../src/nix/stores.ts';

const REMOTE = 'ssh-ng://me@farm?compress=true';

describe('storesOf', () => {
  it.each<[string, string[], ReturnType<typeof storesOf>]>([
    ['nothing is named', ['-j', '4'], { kind: 'one' }],
    ['a store of this machine', ['--store', '/mnt'], { kind: 'one' }],
    ['a daemon on a socket of its own', ['--store', 'unix:///run/other.sock'], { kind: 'one' }],
    ['builders only', ['--builders', REMOTE, '-j', '0'], { kind: 'one' }],
    ['another machine', ['--store', REMOTE], { kind: 'two', here: 'auto', there: REMOTE }],
    ['another machine as a setting', ['--option', 'store', REMOTE], { kind: 'two', here: 'auto', there: REMOTE }],
    ['both', ['--store', REMOTE, '--eval-store', '/e'], { kind: 'two', here: '/e', there: REMOTE }],
    ['only that of the evaluation', ['--eval-store', '/e'], { kind: 'two', here: '/e', there: 'auto' }],
    ['the same twice', ['--store', REMOTE, '--eval-store', REMOTE], { kind: 'one' }],
    [
      'several, of which the last counts',
      ['--store', '/a', '--eval-store', '/e', '--store', '/b', '--option', 'eval-store', '/f'],
      { kind: 'two', here: '/f', there: '/b' },
    ],
  ])('%s', (_, nixArgs, expected) => {
    expect(storesOf(nixArgs)).toEqual(expected);
  });
});

describe('arguments', () => {
  it('of an evaluation keep it on this machine', () => {
    expect(evaluationArguments(['--store', REMOTE, '-j', '1'])).toEqual([
      '--store',
      REMOTE,
      '-j',
      '1',
      '--eval-store',
      'auto',
    ]);
    expect(evaluationArguments(['--store', REMOTE, '--eval-store', '/e'])).toEqual([
      '--store',
      REMOTE,
      '--eval-store',
      '/e',
    ]);
    expect(evaluationArguments(['--store', '/mnt'])).toEqual(['--store', '/mnt']);
  });

  it("about the evaluation's store name that, and keep all else", () => {
    const nixArgs = [
      '-j',
      '1',
      '--store',
      REMOTE,
      '--option',
      'sandbox',
      'false',
      '--eval-store',
      '/e',
      '--option',
      'store',
      '/x',
      '--impure',
    ];
    expect(hereArguments(nixArgs)).toEqual(['-j', '1', '--option', 'sandbox', 'false', '--impure', '--store', '/e']);
    expect(withoutStores(nixArgs)).toEqual(['-j', '1', '--option', 'sandbox', 'false', '--impure']);
    expect(hereArguments(['--store', '/mnt'])).toEqual(['--store', '/mnt']);
  });

  it('without a value are left to nix', () => {
    expect(storesOf(['--store'])).toEqual({ kind: 'one' });
    expect(withoutStores(['--option', 'store'])).toEqual([]);
  });
});

it.each([
  ['ssh-ng://farm', 'farm'],
  ['ssh://me@farm', 'me@farm'],
  [REMOTE, 'me@farm'],
  ['ssh-ng://farm/path', 'farm'],
  ['daemon', null],
  ['https://cache.nixos.org', null],
  ['local?root=/ssh://x', null],
])('the host of %s', (store, host) => {
  expect(sshHost(store)).toBe(host);
});
