import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kernelDeclarations } from '../../src/kernel/sourceDeclarations.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'falloutd-symbols-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const FILES = {
  Kconfig: 'source "drivers/Kconfig"\nconfig TOP\n\tbool\n',
  'drivers/Kconfig': 'config DRV\n\ttristate "d"\n',
  'drivers/Kconfig.platform': 'config PLATFORM\n\tbool\n',
  'drivers/gpu/tools/Kconfig': 'config DEEP_TOOLS\n\tbool\n',
  'arch/sparc/Kconfig': 'config SPARC\n\tbool\n',
  'drivers/main.c': 'config C_CODE\n',
  'Documentation/kbuild/Kconfig.recursion-issue-01': 'config CORE\n\tbool\n',
  'scripts/kconfig/tests/choice/Kconfig': 'config BOOL_CHOICE0\n\tbool\n',
  'tools/lib/Kconfig': 'config TOOL\n\tbool\n',
};
const DEFINED = ['DEEP_TOOLS', 'DRV', 'PLATFORM', 'SPARC', 'TOP'];

/** A kernel source as a directory below `at`. */
function tree(at: string): string {
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(at, path)), { recursive: true });
    writeFileSync(join(at, path), text);
  }
  return at;
}

async function defined(src: string, patchFiles: string[] = [], cache = join(dir, 'cache')): Promise<string[] | null> {
  const declarations = await kernelDeclarations({ src, patchFiles }, { cacheDir: cache, nixArgs: [] });
  return declarations === null ? null : [...declarations.keys()].sort();
}

describe('kernelDeclarations', () => {
  it('reads a directory, of all architectures, without what is no part of the kernel', async () => {
    expect(await defined(tree(join(dir, 'linux')))).toEqual(DEFINED);
  });

  it.each([
    ['c', 'linux.tar'],
    ['cz', 'linux.tar.gz'],
    ['cJ', 'linux.tar.xz'],
  ])('reads the same from an archive (tar %s)', async (how, name) => {
    tree(join(dir, 'linux-6.12'));
    await execa('tar', ['-C', dir, `-${how}f`, join(dir, name), 'linux-6.12']);
    expect(await defined(join(dir, name))).toEqual(DEFINED);
  });

  it('adds what patches define; one that cannot be read adds nothing', async () => {
    const file = join(dir, 'a.patch');
    writeFileSync(
      file,
      '--- a/drivers/Kconfig\n+++ b/drivers/Kconfig\n@@ -1,1 +1,2 @@\n config DRV\n+config PATCHED\n',
    );
    expect(await defined(tree(join(dir, 'linux')), [file, join(dir, 'none.patch')])).toEqual(
      [...DEFINED, 'PATCHED'].sort(),
    );
  });

  it('gives nothing for a source that is not here, is no archive, or has no Kconfig', async () => {
    writeFileSync(join(dir, 'file'), 'no archive');
    mkdirSync(join(dir, 'empty'));
    for (const src of ['file', 'empty', 'missing']) expect(await defined(join(dir, src))).toBeNull();
  });
});

describe('what is kept of a store path', () => {
  const store = (): string => tree(join(dir, 'store', '0123456789abcdfghijklmnpqrsvwxyz-linux'));
  const kept = (): string[] => readdirSync(join(dir, 'cache'));

  it('is read again when the source is gone', async () => {
    const src = store();
    expect(await defined(src)).toEqual(DEFINED);
    rmSync(src, { recursive: true });
    expect(await defined(src)).toEqual(DEFINED);
    expect(kept()).toHaveLength(1);
  });

  it('a cut one is made anew', async () => {
    const src = store();
    await defined(src);
    const file = join(dir, 'cache', kept()[0] ?? '');
    const whole = readFileSync(file, 'utf8');
    for (const cut of ['', whole.slice(0, whole.length / 2), 'null', '[]']) {
      writeFileSync(file, cut);
      expect(await defined(src)).toEqual(DEFINED);
      expect(readFileSync(file, 'utf8')).toBe(whole);
    }
  });

  it('one that cannot be kept costs nothing but the next reading', async () => {
    writeFileSync(join(dir, 'file'), '');
    expect(await defined(store(), [], join(dir, 'file', 'cache'))).toEqual(DEFINED);
  });

  it('another patch is another kernel; what is no store path is not kept', async () => {
    const src = store();
    await defined(src);
    await defined(src, ['/p.patch']);
    expect(kept()).toHaveLength(2);
    rmSync(join(dir, 'cache'), { recursive: true });
    await defined(tree(join(dir, 'linux')));
    expect(() => kept()).toThrow();
  });
});
