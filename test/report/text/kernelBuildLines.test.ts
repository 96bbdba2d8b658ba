import { describe, expect, test } from 'vitest';
import { classifyKernelFailure } from '../../../src/build/kernelFailure.ts';
import { isObjectLine, remainingMs } from '../../../src/build/kbuildLines.ts';
import { sizesIn } from '../../../src/build/kernelSizes.ts';
import { howToUse } from '../../../src/build/howToUse.ts';
import { BuildLogCollector } from '../../../src/nix/buildLog.ts';
import { finishedLines, progressText } from '../../../src/report/text/kernelBuildLines.ts';
import { size } from '../../../src/system/byteSize.ts';
import { PLAIN } from '../../../src/report/text/style.ts';

const DRV = '/nix/store/00000000000000000000000000000000-linux-6.12.117.drv';

describe('progress', () => {
  test.each([
    '  CC      init/main.o',
    '  CC [M]  drivers/net/dummy.o',
    '  LD [M]  fs/ext4/ext4.ko',
    '  AS      arch/x86/entry/entry_64.o',
    '  AR      built-in.a',
    '  RUSTC L rust/core.o',
  ])('counts %s', (line) => {
    expect(isObjectLine(line)).toBe(true);
  });

  test.each([
    '  HOSTCC  scripts/basic/fixdep',
    '  GEN     Makefile',
    '  INSTALL /x',
    'CC = gcc',
    '  CCACHE is on',
    ' CC      a.o',
    'Running phase: buildPhase',
  ])('does not count %s', (line) => {
    expect(isObjectLine(line)).toBe(false);
  });

  test("what is left goes from the last build's speed to this one's own", () => {
    const expected = { objects: 100, durationMs: 1000 };
    expect(remainingMs(0, 100, expected)).toBe(900);
    expect(remainingMs(0, 2000, expected)).toBe(0);
    expect(remainingMs(50, 500, expected)).toBe(500);
    // Half is done in a quarter of the time: between the old half and the new quarter.
    expect(remainingMs(50, 250, expected)).toBe(375);
    expect(remainingMs(120, 800, expected)).toBe(0);
    expect(remainingMs(50, 500, null)).toBeNull();
  });

  test('in words', () => {
    const progress = {
      kind: 'build-progress',
      build: 1,
      target: 't',
      step: 'buildPhase',
      objects: 50,
      elapsedMs: 0,
      expected: null,
    } as const;
    expect(progressText(progress, 60_000)).toBe('buildPhase, 1 m 00 s, 50 objects');
    expect(progressText({ ...progress, expected: { objects: 200, durationMs: 400_000 } }, 100_000)).toBe(
      'buildPhase, 1 m 40 s, 50 of 200 objects, about 5 m 00 s left',
    );
    expect(
      progressText(
        { ...progress, objects: 0, step: 'unpackPhase', expected: { objects: 200, durationMs: 4_000 } },
        5_000,
      ),
    ).toBe('unpackPhase, 5 s, longer than last time');
  });
});

describe('a failed build', () => {
  const failed = (
    lines: readonly string[],
    errors: readonly string[] = [],
  ): ReturnType<typeof classifyKernelFailure> => {
    const log = new BuildLogCollector();
    const json = (record: object): void => log.push(`@nix ${JSON.stringify(record)}\n`);
    json({ action: 'start', id: 1, level: 3, type: 105, text: 'building', fields: [DRV, '', 1, 1] });
    for (const line of lines) json({ action: 'result', id: 1, type: 101, fields: [line] });
    json({ action: 'stop', id: 1 });
    for (const msg of [...errors, `error: builder for '${DRV}' failed with exit code 2`])
      json({ action: 'msg', level: 0, msg });
    return classifyKernelFailure(log.result(), DRV);
  };

  test("names the compiler's first errors", () => {
    const { kind, problem } = failed([
      '  CC      drivers/a.o',
      'drivers/a.c:3:1: warning: unused variable',
      "drivers/a.c:9:5: error: unknown type name 'foo'",
      '  CC      drivers/b.o',
      'make[3]: *** [scripts/Makefile.build:229: drivers/a.o] Error 1',
      'make: *** [Makefile:224: __sub-make] Error 2',
    ]);
    expect(kind).toBe('failed');
    expect(problem.message).toBe("the kernel does not compile\ndrivers/a.c:9:5: error: unknown type name 'foo'");
  });

  test("else make's, else the last lines", () => {
    expect(
      failed(['  CC      a.o', "make[1]: *** No rule to make target 'x.o'.  Stop.", 'bye']).problem.message,
    ).toMatch(/\nmake\[1\]: \*\*\* No rule/);
    expect(failed(['  CC      a.o', 'hello', '  CC      b.o', 'bye']).problem.message).toBe(
      'the kernel does not compile\nhello\nbye',
    );
  });

  test.each([
    ['/tmp/cc.s: fatal error: error writing to /tmp/cc.s: No space left on device', /No space left/],
    ['gcc: fatal error: Killed signal terminated program cc1', /Killed/],
    ['cc1: out of memory allocating 65536 bytes', /out of memory/],
  ])('%s is infrastructure', (line, message) => {
    const { kind, problem } = failed(['  CC      a.o', line, 'make: *** [a.o] Error 1']);
    expect(kind).toBe('infrastructure');
    expect(problem.message).toMatch(message);
  });

  test('names of objects are no sign of trouble', () => {
    expect(failed(['  CC      mm/out of memory.o', 'a.c:1:1: error: x']).kind).toBe('failed');
  });

  test('names the derivation that failed, where that is another one', () => {
    const log = new BuildLogCollector();
    log.push(
      `@nix ${JSON.stringify({ action: 'msg', level: 0, msg: "error: builder for '/nix/store/00000000000000000000000000000000-pahole-1.27.drv' failed with exit code 1;\n       last 1 log lines:\n       > tests are red" })}\n`,
    );
    log.push(
      `@nix ${JSON.stringify({ action: 'msg', level: 0, msg: `error: 1 dependencies of derivation '${DRV}' failed to build` })}\n`,
    );
    expect(classifyKernelFailure(log.result(), DRV).problem.message).toBe('pahole-1.27 failed to build\ntests are red');
  });
});

describe('the result', () => {
  const file = (bytes: number): object => ({ type: 'regular', size: bytes });
  const dir = (entries: object): object => ({ type: 'directory', entries });

  test('sizes of image and modules, in one output or several', () => {
    const modules = dir({
      modules: dir({
        '6.12.117': dir({
          kernel: dir({ 'a.ko': file(10), 'b.ko.xz': file(5) }),
          'modules.dep': file(99),
          build: { type: 'symlink', target: '/x' },
        }),
      }),
    });
    expect(sizesIn([dir({ bzImage: file(1000), 'System.map': file(7), lib: modules })])).toEqual({
      kernelBytes: 1000,
      modulesBytes: 15,
    });
    expect(sizesIn([dir({ Image: file(1000) }), dir({ vmlinux: file(5000) }), dir({ lib: modules })])).toEqual({
      kernelBytes: 1000,
      modulesBytes: 15,
    });
    expect(sizesIn([dir({ bzImage: file(3) })])).toEqual({ kernelBytes: 3, modulesBytes: null });
  });

  test('how it is used', () => {
    const flake = (attribute: string, nixArgs: string[] = []): string =>
      howToUse({ installable: { kind: 'flake', dir: '/etc/nixos', attribute }, nixArgs }, '/nix/store/k', {
        isHere: true,
      });
    expect(flake('nixosConfigurations.laptop.config.system.build.kernel')).toBe(
      'nixos-rebuild switch --flake /etc/nixos#laptop',
    );
    expect(flake('nixosConfigurations."my.host".config.boot.kernelPackages.kernel')).toBe(
      'nixos-rebuild switch --flake /etc/nixos#my.host',
    );
    expect(
      flake('nixosConfigurations.laptop.config.system.build.kernel', [
        '--keep-going',
        '--override-input',
        'nixpkgs',
        'path:/home/me/my nixpkgs',
      ]),
    ).toBe("nixos-rebuild switch --flake /etc/nixos#laptop --override-input nixpkgs 'path:/home/me/my nixpkgs'");
    expect(flake('packages.x86_64-linux.kernel')).toBe('/nix/store/k');
    const file = (name: string, attribute: string): string =>
      howToUse(
        {
          installable: { kind: 'file', file: name, attribute },
          nixArgs: ['-I', 'nixos-config=/etc/nixos/configuration.nix'],
        },
        '/nix/store/k',
        { isHere: true },
      );
    expect(file('<nixpkgs/nixos>', 'config.system.build.kernel')).toBe(
      'nixos-rebuild switch -I nixos-config=/etc/nixos/configuration.nix',
    );
    expect(file('/home/me/kernel.nix', 'kernel')).toBe('/nix/store/k');
  });

  test('how it is used where another machine builds', () => {
    const use = (nixArgs: string[], isHere: boolean): string =>
      howToUse(
        {
          installable: {
            kind: 'flake',
            dir: '/etc/nixos',
            attribute: 'nixosConfigurations.laptop.config.system.build.kernel',
          },
          nixArgs,
        },
        '/nix/store/k',
        { isHere },
      );
    const builders = ['--builders', 'ssh-ng://farm x86_64-linux; ssh://b', '-j', '0'];
    expect(use(builders, true)).toBe(
      "nixos-rebuild switch --flake /etc/nixos#laptop --builders 'ssh-ng://farm x86_64-linux; ssh://b' -j 0",
    );
    const store = ['--store', 'ssh-ng://me@farm?compress=true', '--cores', '8'];
    expect(use(store, true)).toBe('nixos-rebuild switch --flake /etc/nixos#laptop --cores 8');
    expect(use(store, false)).toBe('nixos-rebuild switch --flake /etc/nixos#laptop --cores 8 --build-host me@farm');
    expect(use(['--store', '/mnt', '--eval-store', 'auto'], false)).toBe('/nix/store/k');
  });

  test('a size for people', () => {
    expect([0, 999, 1000, 12_345_678, 999_960].map(size)).toEqual(['0 B', '999 B', '1.0 kB', '12.3 MB', '1.0 MB']);
  });

  test('the lines of a finished build; what was saved since is said', () => {
    const build = {
      build: 3,
      target: 'laptop',
      iteration: 41,
      startedAt: '2026-03-04T05:06:07.000Z',
      durationMs: 4_000_000,
      outcome: 'built',
      drvPath: DRV,
      outPath: '/nix/store/k',
      kernelBytes: 12_300_000,
      modulesBytes: 98_700_000,
      objects: 6789,
      problem: null,
    } as const;
    expect(
      finishedLines(
        {
          kind: 'build-finished',
          build,
          use: 'nixos-rebuild switch --flake /etc/nixos#laptop',
          changed: ['/etc/nixos/patches.nix'],
        },
        PLAIN,
      ),
    ).toEqual([
      'kernel build 3, laptop: built in 1 h 06 m; 6789 objects, kernel 12.3 MB, modules',
      '98.7 MB',
      '  use it:  nixos-rebuild switch --flake /etc/nixos#laptop',
      '  but /etc/nixos/patches.nix changed since: what is evaluated now is another',
      '  kernel',
    ]);
  });
});
