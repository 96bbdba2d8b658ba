import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FlakeCopy, messageOf, valueOf } from '../helpers/flakeCopy.ts';
import { Workplace } from '../helpers/workplace.ts';

const EXAMPLES = fileURLToPath(new URL('../../config/examples', import.meta.url));
const textOf = (path: string): string => readFileSync(join(EXAMPLES, path), 'utf8');

const copy = new FlakeCopy();
afterAll(() => copy.remove());

/** What a kernel with some examples is, once its configuration evaluates. */
type Kernel = {
  config: string;
  patches: string[];
  mark: string;
  compiler: string;
  makeFlags: string[];
  defconfig: string;
  modules: { name: string; compiler: string; headers: string }[];
};

function systemWith(...examples: string[]): string {
  const modules = examples.map((path) => `./config/examples/${path}`).join(' ');
  return `let
    config = withModules [ ${modules} ];
    inherit (config.boot.kernelPackages) kernel;
  in builtins.seq config.system.build.toplevel {
    config = builtins.unsafeDiscardStringContext kernel.configfile.drvPath;
    patches = map (patch: patch.name) kernel.kernelPatches;
    mark = kernel.modDirVersion;
    compiler = kernel.stdenv.cc.name;
    inherit (kernel) makeFlags defconfig;
    modules = map (module: { inherit (module) name; compiler = module.compiler.name; headers = builtins.unsafeDiscardStringContext module.headers.drvPath; }) config.boot.extraModulePackages;
  }`;
}

const kernelWith = async (...examples: string[]): Promise<Kernel> =>
  valueOf(await copy.evaluate<Kernel>(systemWith(...examples)));

const OWN = 'bridge-stp-helper';

describe('the examples', () => {
  it('are these, each with a comment on what can go wrong', () => {
    const files = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.nix'));
    expect(files.sort()).toEqual([
      'clang-thin-lto.nix',
      'nvidia.nix',
      'one-cpu.nix',
      'patch-lists/configuration.nix',
      'patch-lists/patches.nix',
      'tiny-initrd.nix',
    ]);
    for (const file of files.filter((path) => !path.endsWith('configuration.nix')))
      expect(textOf(file)).toMatch(/^# .*\n(?:#.*\n)*# What can go wrong:\n# - /);
  });

  it('clang-thin-lto: clang with its own linker, and a mark', async () => {
    expect(await kernelWith('clang-thin-lto.nix')).toMatchObject({
      patches: [OWN, 'clang-thin-lto'],
      mark: '6.12.0-lto',
      compiler: 'clang',
      makeFlags: ['LLVM=1'],
      defconfig: 'x86_64_defconfig',
    });
  });

  it('one-cpu: flags of one word each, and a mark', async () => {
    const { makeFlags, ...kernel } = await kernelWith('one-cpu.nix');
    expect(kernel).toMatchObject({ patches: [OWN, 'one-cpu'], mark: '6.12.0-znver4', compiler: 'gcc' });
    expect(makeFlags).toEqual(['KCFLAGS+=-march=znver4', 'KCFLAGS+=-mtune=znver4']);
    expect(makeFlags.join('')).not.toContain(' ');
  });

  it.each(['clang-thin-lto.nix', 'one-cpu.nix'])('%s: the mark is what the kernel calls itself', async (example) => {
    const { mark } = await kernelWith(example);
    const settings = valueOf(
      await copy.evaluate<Record<string, { freeform?: string }>>(
        `builtins.foldl' (all: patch: all // patch.structuredExtraConfig or { }) { } (withModules [ ./config/examples/${example} ]).boot.kernelPatches`,
      ),
    );
    expect(mark).toBe(`6.12.0${settings['LOCALVERSION']?.freeform ?? ''}`);
  });

  it('tiny-initrd', async () => {
    expect(await kernelWith('tiny-initrd.nix')).toMatchObject({ patches: [OWN, 'tiny-initrd'], mark: '6.12.0' });
  });

  it.each([
    ['open', 'nvidia-open'],
    ['closed', 'nvidia-x11-bin'],
  ])('nvidia, %s: built for the tuned kernel by its compiler', async (which, name) => {
    copy.edit('config/examples/nvidia.nix', (text) => text.replace(/isOpen = \w+;/, `isOpen = ${which === 'open'};`));
    const tuned = await kernelWith('clang-thin-lto.nix', 'nvidia.nix');
    expect(tuned.modules).toEqual([{ name: `${name}-6.12.0-lto`, compiler: 'clang', headers: tuned.config }]);
    const stock = await kernelWith('nvidia.nix');
    expect(stock.modules).toEqual([{ name: `${name}-6.12.0`, compiler: 'gcc', headers: stock.config }]);
    expect(stock.config).not.toBe(tuned.config);
  });

  it('patch-lists: all three lists, in this order', async () => {
    const { patches } = await kernelWith('patch-lists/configuration.nix');
    expect(patches).toEqual([OWN, 'base', 'no-usb-storage', 'no-sound', 'console-on-usb']);
  });

  it('would fail with what nixpkgs does not take', async () => {
    const wrong = async (from: string, to: string): Promise<string> => {
      const other = new FlakeCopy();
      other.edit('config/examples/clang-thin-lto.nix', (text) => text.replace(from, to));
      const said = messageOf(await other.evaluate(systemWith('clang-thin-lto.nix')));
      other.remove();
      return said;
    };
    expect(await wrong('argsOverride.modDirVersion', 'modDirVersion')).toContain('has no effect');
    expect(await wrong('extraMakeFlags', 'makeFlags')).toContain("a kernel has no argument `makeFlags'");
    expect(await wrong('boot.kernelPatches', 'boot.kernelPatchs')).toContain("`boot.kernelPatchs' does not exist");
  });
});

describe('falloutd init on the patch lists', () => {
  let place: Workplace;
  beforeAll(async () => {
    place = await Workplace.create();
  });
  afterAll(async () => place.remove());

  it('adds its managed patch, and a run ends stable', async () => {
    const dir = await place.host({
      patches: textOf('patch-lists/patches.nix'),
      files: { 'configuration.nix': textOf('patch-lists/configuration.nix') },
      wiring: 'import ./configuration.nix',
    });
    const said = await place.init(dir, { yes: true });
    expect(said).toMatchObject({ exitCode: 0, problem: null });
    expect(readFileSync(join(dir, 'fallout.nix'), 'utf8')).toContain('# falloutd: begin fallout');
    const { outcome } = await place.once(dir);
    expect(outcome).toMatchObject({ kind: 'stable' });
  });
});
