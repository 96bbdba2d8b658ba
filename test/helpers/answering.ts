import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { STAND_IN } from '../../src/setup/demo/demoHost.ts';

export type Answered = { status: number; transcript: string; dotConfig: string };

/**
 * Answers `make config` of a small tree with the stand-in's own generate-config.pl, without Nix: a config build in a
 * tenth of a second. `request` are lines `NAME VALUE` and `NAME? VALUE`.
 */
export async function answer(
  tree: string,
  request: string,
  { ignoreConfigErrors = false, preferBuiltin = true }: { ignoreConfigErrors?: boolean; preferBuiltin?: boolean } = {},
): Promise<Answered> {
  const dir = await mkdtemp(join(tmpdir(), 'falloutd-answer-'));
  try {
    const buildRoot = join(dir, 'build');
    await cp(tree, buildRoot, { recursive: true });
    await writeFile(join(dir, 'request'), request);
    const make = await execa('make', ['-C', buildRoot, `O=${buildRoot}`, 'defconfig', 'ARCH=x86_64'], {
      reject: false,
    });
    if (make.exitCode !== 0) throw new Error(`make defconfig: ${make.stderr}`);
    await symlink(join(dir, 'request'), join(buildRoot, 'kernel-config'));
    const result = await execa('perl', ['-w', join(STAND_IN, 'kernel/generate-config.pl')], {
      cwd: buildRoot,
      env: {
        DEBUG: '1',
        ARCH: 'x86_64',
        CROSS_COMPILE: '',
        SRC: '.',
        MAKE_FLAGS: '',
        KERNEL_CONFIG: join(dir, 'request'),
        BUILD_ROOT: buildRoot,
        AUTO_MODULES: '1',
        PREFER_BUILTIN: preferBuiltin ? '1' : '',
        ignoreConfigErrors: ignoreConfigErrors ? '1' : '',
        PERL_HASH_SEED: '0',
      },
      reject: false,
      stdin: 'ignore',
    });
    return {
      status: result.exitCode ?? -1,
      transcript: result.stderr,
      dotConfig: await readFile(join(buildRoot, '.config'), 'utf8'),
    };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
