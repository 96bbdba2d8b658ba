import { fileURLToPath } from 'node:url';
import { buildKconfig, readTree, type Dialect, type Kconfig } from '../../src/kconfig/index.ts';

const root = fileURLToPath(new URL('../../src/setup/demo/nixpkgs/tree', import.meta.url));

/** The stand-in's kernel tree, whose shell commands all answer nothing. */
export function smallTree(choices: Dialect['choices'] = 'ranked'): Kconfig {
  return buildKconfig(
    readTree({ root, file: 'Kconfig', environment: { SRCARCH: 'x86', ARCH: 'x86', srctree: root } }, () => ''),
    { choices },
  );
}
