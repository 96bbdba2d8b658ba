import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dialect } from '../syntax/ast.ts';

/**
 * How this kernel's conf works, from VERSION and PATCHLEVEL of its Makefile and from its parser; a tree without one is read as 6.11's.
 * Linux 6.11 replaced the choice's own value by a ranking of its members (`sym_calc_choice` in scripts/kconfig/symbol.c).
 */
export function dialectOf(root: string): Dialect {
  const version = versionIn(root);
  const [major, minor] = version ?? [Infinity, 0];
  const parser = textOf(join(root, 'scripts/kconfig/parser.y')) ?? '';
  return {
    choices: major > 6 || (major === 6 && minor >= 11) ? 'ranked' : 'symbol',
    ...(parser.includes('must not have a prompt in another entry') ? { onePrompt: true } : {}),
  };
}

function versionIn(root: string): [number, number] | null {
  const makefile = textOf(join(root, 'Makefile'));
  if (makefile === null) return null;
  const number = (name: string): number => Number(new RegExp(`^${name} *= *([0-9]+)`, 'm').exec(makefile)?.[1] ?? NaN);
  const version: [number, number] = [number('VERSION'), number('PATCHLEVEL')];
  return version.some(Number.isNaN) ? null : version;
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
