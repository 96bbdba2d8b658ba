import { expect, test } from 'vitest';
import { makeFailure } from '../../src/nix/buildFailure.ts';

test("what kconfig says between stars when all is well is no failure of make's", () => {
  expect(
    makeFailure([
      "*** Default configuration is based on 'x86_64_defconfig'",
      '*** End of the configuration.',
      '*** End of Linux kernel configuration.',
      "*** Execute 'make' to start the build or try 'make help'.",
    ]),
  ).toBeNull();
});

test('the reason is the line that says why, not those that repeat that make failed', () => {
  expect(
    makeFailure([
      'make[2]: *** [scripts/kconfig/Makefile:85: foo_defconfig] Error 1',
      '*** Can\'t find default configuration "arch/x86/configs/foo_defconfig"!',
      'make: *** [Makefile:251: __sub-make] Error 2',
    ]),
  ).toMatchObject({ message: expect.stringContaining("Can't find default configuration") as string });
});
