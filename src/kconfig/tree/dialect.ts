import { join } from 'node:path';
import type { Dialect } from '../syntax/ast.ts';
import { readIfThere } from '../syntax/treeFiles.ts';

/**
 * How this kernel's conf works, according to VERSION and PATCHLEVEL in its Makefile and to its parser. Without a Makefile it counts as 6.11's.
 * Linux 6.11 replaced the choice's own value by a ranking of its members (`sym_calc_choice` in scripts/kconfig/symbol.c).
 */
export function dialectOf(root: string): Dialect {
  const makefile = readIfThere(join(root, 'Makefile')) ?? '';
  const number = (name: string): number => Number(new RegExp(`^${name} *= *([0-9]+)`, 'm').exec(makefile)?.[1] ?? NaN);
  const [major, minor] = [number('VERSION'), number('PATCHLEVEL')];
  const parser = readIfThere(join(root, 'scripts/kconfig/parser.y')) ?? '';
  return {
    choices: major < 6 || (major === 6 && minor < 11) ? 'symbol' : 'ranked',
    ...(parser.includes('must not have a prompt in another entry') ? { onePrompt: true } : {}),
  };
}
