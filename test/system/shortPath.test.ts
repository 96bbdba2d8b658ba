import { describe, expect, it } from 'vitest';
import { shortPath } from '../../src/system/shortPath.ts';

describe('shortPath', () => {
  it.each([
    ['/etc/nixos', '/etc/nixos/patches.nix', 'patches.nix'],
    ['/etc', '/home/ada/flake/patches.nix', '~/flake/patches.nix'],
    ['/etc', '/var/lib/falloutd', '/var/lib/falloutd'],
  ])('in %s, %s is shown as %s', (cwd, file, shown) => {
    expect(shortPath(file, { cwd, home: '/home/ada' })).toBe(shown);
  });

  it('in the root directory, where services run, a path keeps its first slash', () => {
    expect(shortPath('/etc/nixos/patches.nix', { cwd: '/', home: '/root' })).toBe('/etc/nixos/patches.nix');
  });
});
