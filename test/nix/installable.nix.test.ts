import { execa } from 'execa';
import { expect, it } from 'vitest';
import { realiseArguments } from '../../src/nix/installable.ts';
import { EVALUATION } from './nixArguments.ts';

it('the arguments of a build are known to nix-store, all of them', async () => {
  const { stderr } = await execa(
    'nix-store',
    realiseArguments('/no-store-path', [...EVALUATION, '--option', 'substitute', 'false', '-j', '1', '--keep-going']),
    { reject: false },
  );
  expect(stderr).toContain('no-store-path');
  expect(stderr).not.toMatch(/unknown flag|unrecognised/);
});
