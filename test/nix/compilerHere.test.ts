import { expect, it } from 'vitest';
import { compilerHere } from '../../src/nix/compilerHere.ts';
import { nixSystem } from '../../src/nix/nixSystem.ts';

const COMPILER = {
  drvPath: '/nix/store/x-cc.drv',
  outPath: '/nix/store/x-cc',
  prefix: '',
  system: nixSystem(),
  target: nixSystem(),
  makeFlags: [],
};
const options = (...nixArgs: string[]) => ({ nixArgs, transcriptLimit: 1 << 20 });

it("is not asked where it is another system's, or in another machine's store", async () => {
  expect(await compilerHere({ ...COMPILER, system: 'riscv64-linux' }, options())).toEqual({ kind: 'foreign' });
  const there = ['--store', 'ssh-ng://builder?remote-program=x', '--eval-store', 'ssh-ng://builder'];
  expect(await compilerHere(COMPILER, options(...there))).toEqual({ kind: 'elsewhere', store: 'ssh-ng://builder' });
});
