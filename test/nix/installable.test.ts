import { describe, expect, it } from 'vitest';
import {
  evalArguments,
  kernelAttribute,
  realiseArguments,
  rootArguments,
  rootedRealiseArguments,
  storeArguments,
} from '../../src/nix/installable.ts';
import { EVALUATION } from './nixArguments.ts';

const DRV = '/nix/store/00000000000000000000000000000000-linux-config-6.12.drv';

describe('kernelAttribute', () => {
  it.each([
    ['nixosConfigurations.h.config.system.build.kernel', 'nixosConfigurations.h.config.system.build.kernel'],
    ['nixosConfigurations.h.config.system.build.kernel.configfile', 'nixosConfigurations.h.config.system.build.kernel'],
    ['configfile', 'configfile'],
    ['my-configfile', 'my-configfile'],
    ['packages.x86_64-linux."linux.configfile"', 'packages.x86_64-linux."linux.configfile"'],
  ])('%s', (written, expected) => {
    expect(kernelAttribute(written)).toBe(expected);
  });
});

describe('evalArguments', () => {
  it('names an attribute of a flake, or of a file', () => {
    expect(evalArguments({ kind: 'flake', dir: '/etc/nixos', attribute: 'a.b' }, 'f', ['--impure']).join(' ')).toMatch(
      /^--extra-experimental-features nix-command flakes eval --json \/etc\/nixos#a\.b --apply f .*--log-format internal-json --impure$/,
    );
    expect(evalArguments({ kind: 'file', file: '<nixpkgs/nixos>', attribute: 'config.k' }, 'f', ['-I', 'x=y'])).toEqual(
      expect.arrayContaining(['-f', '<nixpkgs/nixos>', 'config.k', '-I', 'x=y']),
    );
  });
});

describe('the arguments of a build of what is evaluated', () => {
  const BUILD = [
    '--builders',
    'ssh://b',
    '--store',
    '/s',
    '-j',
    '4',
    '--option',
    'substitute',
    'false',
    '--max-jobs',
    '0',
    '--keep-going',
    '--show-trace',
  ];

  it('are those that concern it', () => {
    expect(realiseArguments(DRV, [...EVALUATION, ...BUILD])).toEqual([
      '--realise',
      DRV,
      '--log-format',
      'internal-json',
      ...BUILD,
    ]);
    expect(realiseArguments(DRV, [...BUILD, ...EVALUATION])).toEqual([
      '--realise',
      DRV,
      '--log-format',
      'internal-json',
      ...BUILD,
    ]);
    expect(
      realiseArguments(
        DRV,
        BUILD.flatMap((argument, i) =>
          argument.startsWith('-') ? ['--impure', argument] : [argument, ...(i === 8 ? [] : ['--refresh'])],
        ),
      ),
    ).toEqual(['--realise', DRV, '--log-format', 'internal-json', ...BUILD]);
    expect(storeArguments(['store', 'cat', '/p'], [...EVALUATION, ...BUILD]).slice(2)).toEqual([
      'store',
      'cat',
      '/p',
      ...BUILD,
    ]);
  });

  it('a value that is missing takes nothing else along', () => {
    expect(realiseArguments(DRV, ['--builders', 'b', '--override-input', 'only-one'])).toEqual([
      '--realise',
      DRV,
      '--log-format',
      'internal-json',
      '--builders',
      'b',
    ]);
  });

  it('keep the result, or the derivation, at a root', () => {
    expect(rootedRealiseArguments(DRV, '/r', ['--impure']).slice(-3)).toEqual(['--add-root', '/r', '--indirect']);
    const args = rootArguments(DRV, '/r', ['--impure', '-j', '1']);
    expect(args.slice(0, 4)).toEqual(['--add-root', '/r', '--indirect', '-E']);
    expect(args[4]).toContain(`drvPath = "${DRV}"`);
    expect(args.slice(5)).toEqual(['-j', '1']);
  });
});
