import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { buildConfig, onePatch, savePatches, verdict, withHost } from '../../../helpers/standIn.ts';

describe('generate-config.pl in its other forms', () => {
  test('first-error: the errors of the end, one at a time', async () => {
    await withHost(
      { kernel: { script: 'first-error' }, patches: onePatch('RTLWIFI = no; USB_SERIAL_CONSOLE = yes;') },
      async (host) => {
        const built = await buildConfig(host);
        expect(built.green).toBe(false);
        expect(verdict(built)).toEqual([
          'warning: unused option: ATH9K_AHB',
          "error: option not set correctly: RTLWIFI (wanted 'n', got 'm')",
        ]);
      },
    );
  });

  test('clamping: a refused answer is replaced by the nearest one, and only warned about', async () => {
    await withHost(
      { kernel: { script: 'clamping' }, patches: onePatch('E1000E = yes; CRYPTO_TEST = yes; RTLWIFI = no;') },
      async (host) => {
        const built = await buildConfig(host);
        expect(built.green).toBe(false);
        expect(new Set(verdict(built))).toEqual(
          new Set([
            "clamped CRYPTO_TEST: 'y' is not offered by [N/m/?], using 'm'",
            "clamped CRYPTO_TEST: 'y' is not offered by [M/n/?], using 'm'",
            "clamped E1000E: 'y' is not offered by [M/n/?], using 'm'",
            'warning: unused option: ATH9K_AHB',
            "warning: option not set correctly: CRYPTO_TEST (wanted 'y', got 'm')",
            "warning: option not set correctly: E1000E (wanted 'y', got 'm')",
            "error: option not set correctly: RTLWIFI (wanted 'n', got 'm')",
            'warning: unused option: XEN',
          ]),
        );
      },
    );
  });

  test('emptying: a line without a value empties the option, of whatever type, where the .config has it', async () => {
    const wishes = 'DEFAULT_HOSTNAME = freeform ""; LOG_BUF_SHIFT = freeform ""; NOT_THERE = option (freeform "");';
    await withHost({ kernel: { script: 'emptying' }, patches: onePatch(wishes) }, async (host) => {
      const built = await buildConfig(host);
      expect(built.green).toBe(true);
      expect(built.dotConfig).toMatch(/^CONFIG_DEFAULT_HOSTNAME=""$/m);
      expect(built.dotConfig).toMatch(/^CONFIG_LOG_BUF_SHIFT=""$/m);
      expect(verdict(built)).toContain('warning: unused option: NOT_THERE');
    });
  });

  test('ignoring errors: all are warnings and the build is green, but a question asked again still ends it', async () => {
    await withHost(
      { kernel: { ignoreConfigErrors: true }, patches: onePatch('RTLWIFI = no; USB_SERIAL_CONSOLE = yes;') },
      async (host) => {
        const built = await buildConfig(host);
        expect(built.green).toBe(true);
        expect(verdict(built).every((line) => line.startsWith('warning: '))).toBe(true);
        expect(verdict(built)).toHaveLength(4);
        await savePatches(host, onePatch('E1000E = yes;'));
        expect((await buildConfig(host)).green).toBe(false);
      },
    );
  });
});

describe('a request for the wrong kind of answer', () => {
  const WISHES = 'E1000E = yes; NLS_DEFAULT = lib.mkForce (freeform "n"); PANIC_ON_OOPS_VALUE = freeform "y";';

  test.each([
    ['all', false],
    ['clamping', true],
  ] as const)('%s', async (script, clamps) => {
    await withHost({ kernel: { script }, patches: onePatch(WISHES) }, async (host) => {
      const built = await buildConfig(host);
      expect(built.lines.some((line) => line.startsWith('clamped E1000E'))).toBe(clamps);
      // Where the present value stands in place of letters, nothing is clamped.
      expect(built.lines.some((line) => /^clamped (NLS_DEFAULT|PANIC_ON_OOPS_VALUE)/.test(line))).toBe(false);
    });
  });
});

describe('two members of one choice at y', () => {
  test('which one wins depends on the order of a hash', async () => {
    const winners = new Set<string | undefined>();
    await withHost({ patches: onePatch('PREEMPT = yes;') }, async (host) => {
      for (let seed = 0; seed < 12 && winners.size < 2; seed++) {
        await savePatches(host, onePatch('PREEMPT = yes;'));
        await reseed(host.dir, seed);
        const built = await buildConfig(host);
        const loser = verdict(built)
          .map((line) => /not set correctly: (PREEMPT\w*) /.exec(line)?.[1])
          .find((name) => name !== undefined);
        expect(built.green).toBe(false);
        winners.add(loser);
      }
    });
    expect(winners).toEqual(new Set(['PREEMPT', 'PREEMPT_VOLUNTARY']));
  });

  test('the newest script refuses to guess, and names neither', async () => {
    await withHost({ kernel: { script: 'strict-choice' }, patches: onePatch('PREEMPT = yes;') }, async (host) => {
      const built = await buildConfig(host);
      expect(built.green).toBe(false);
      expect(verdict(built)).toEqual([
        expect.stringMatching(/^conflicting answers! at .*-generate-config\.pl line \d+\.$/),
      ]);
      expect(built.lines).toContain('GOT: > 2. Voluntary Kernel Preemption (Desktop) (PREEMPT_VOLUNTARY)');
    });
  });
});

async function reseed(dir: string, seed: number): Promise<void> {
  const path = `${dir}/stand-in.nix`;
  const text = (await readFile(path, 'utf8')).replace(/ *hashSeed = \d+;\n/, '');
  await writeFile(path, text.replace('kernel = {\n', `kernel = {\n      hashSeed = ${seed};\n`));
}
