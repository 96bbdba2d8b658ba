import { beforeEach, describe, expect } from 'vitest';
import { test } from '../helpers/hostTest.ts';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { endingWith, type KernelHost } from '../helpers/kernelHost.ts';
import { listText, MANAGED, patchText, wishing } from '../helpers/patchesText.ts';
import type { Problem } from '../../src/model/problem.ts';
import type { Run } from '../../src/model/run.ts';

let host: KernelHost;
test.beforeAll(({ host: shared }) => {
  host = shared;
});
beforeEach(async () => {
  host.forget();
  await host.kernel({});
});

const GOOD = wishing('RTLWIFI = no;');

function problemOf(run: Run): Problem {
  if (run.outcome?.kind !== 'blocked') throw new Error(`not blocked but ${JSON.stringify(run.outcome)}`);
  return run.outcome.problem;
}

type Mistake = { text: string; line: number; column: number | null; message: RegExp; hint: RegExp };

const MISTAKES: Record<string, Mistake> = {
  'a missing semicolon': {
    text: wishing('RTLWIFI = no\nSWAP = no;'),
    line: 7,
    column: 19,
    message: /syntax error: a `;` is missing\n7 \| +RTLWIFI = no\n {22}\^$/,
    hint: /at the end of this line/,
  },
  'an undefined variable': {
    text: wishing('SWAP = no;\nRTLWIFI = non;'),
    line: 8,
    column: 17,
    message: /undefined variable 'non'/,
    hint: /with lib\.kernel/,
  },
  'a missing attribute': {
    text: wishing('RTLWIFI = lib.kernel.nope;'),
    line: 7,
    column: null,
    message: /attribute 'nope' missing/,
    hint: /spelling/,
  },
  'a value of the wrong type': {
    text: wishing('RTLWIFI = "n";'),
    line: 7,
    column: null,
    message: /RTLWIFI/,
    hint: /yes, no, module/,
  },
  'a symbol set twice': {
    text: wishing('RTLWIFI = no;\nSWAP = no;\nRTLWIFI = yes;'),
    line: 9,
    column: 7,
    message: /attribute 'RTLWIFI' already defined/,
    hint: /set twice/,
  },
  'an infinite recursion': {
    text: `{ lib, ... }:\nlet\n  loop = loop ++ [ ];\nin\nloop ++ [\n${MANAGED}]\n`,
    line: 3,
    column: null,
    message: /infinite recursion/,
    hint: /depends on itself/,
  },
};

describe('an evaluation error of the user blocks the run', () => {
  test.each(Object.entries(MISTAKES))(
    '%s: file, line and column of their own file, and the next run after repair is stable',
    async (_, mistake) => {
      await host.save(mistake.text);
      const run = await host.run();
      const problem = problemOf(run);
      expect(problem.file).toBe(host.patchesFile);
      expect(problem.line).toBe(mistake.line);
      if (mistake.column !== null) expect(problem.column).toBe(mistake.column);
      expect(problem.message).toMatch(mistake.message);
      expect(problem.message).not.toMatch(/\/nix\/store|while evaluating|while calling/);
      expect(problem.hint ?? '').toMatch(mistake.hint);
      expect(await host.text()).toBe(mistake.text);

      await host.save(GOOD);
      const repaired = await host.run();
      expect(repaired.outcome).toEqual({ kind: 'stable' });
      expect(await host.entries()).toEqual({ RTLWIFI: 'option n' });
    },
  );

  test('a file that git does not track: named as the user knows it, with what to type', async () => {
    const text = `{ lib, ... }:\n(import ./mine.nix { inherit lib; }) ++ [\n${MANAGED}]\n`;
    await host.save(text);
    await host.file('mine.nix', listText([patchText('mine', 'RTLWIFI = no;')]), { tracked: false });
    const problem = problemOf(await host.run());
    expect(problem.message).toMatch(/mine\.nix/);
    expect(problem.message).not.toContain('/nix/store/');
    expect(problem.hint).toMatch(/git add -N .*mine\.nix/);
    expect(problem.hint).not.toContain('/nix/');
    expect(problem.file).toBe(host.patchesFile);
    expect(problem.line).toBe(2);
    expect(await host.text()).toBe(text);

    await execa('git', ['add', '-N', 'mine.nix'], { cwd: host.dir });
    const repaired = await host.run();
    expect(repaired.outcome).toEqual({ kind: 'stable' });
    expect(repaired.lost).toMatchObject([
      { symbol: 'RTLWIFI', position: { file: join(host.dir, 'mine.nix'), line: 7 } },
    ]);
  });

  test('an error in a file that the patches import is told there', async () => {
    await host.file('deep/mine.nix', listText([patchText('mine', 'RTLWIFI = non;')]));
    await host.save(`{ lib, ... }:\n(import ./deep/mine.nix { inherit lib; }) ++ [\n${MANAGED}]\n`);
    expect(problemOf(await host.run())).toMatchObject({ file: join(host.dir, 'deep/mine.nix'), line: 7, column: 17 });
  });

  test('extraStructuredConfig where this nixpkgs does not support it any more', async () => {
    const text = GOOD.replace('structuredExtraConfig', 'extraStructuredConfig');
    await host.kernel({ attributeMode: 'throws' });
    await host.save(text);
    const problem = problemOf(await host.run());
    expect(problem.message).toMatch(/extraStructuredConfig.*not supported anymore/s);
    expect(problem.hint).toMatch(/rename extraStructuredConfig to structuredExtraConfig/);
    expect(await host.text()).toBe(text);
    await host.save(GOOD);
    expect((await host.run()).outcome).toEqual({ kind: 'stable' });
  });
});

describe('a failed build that is no verdict of the script blocks the run', () => {
  test('a source patch that does not apply', async () => {
    await host.file(
      'broken.patch',
      '--- a/init/Kconfig\n+++ b/init/Kconfig\n@@ -1,3 +1,3 @@\n menu "Nothing like it"\n-config NEVER_THERE\n+config NOTHING\n config ELSE\n',
    );
    const text = listText([
      patchText('mine', 'RTLWIFI = no;').replace('patch = null;', 'patch = ./broken.patch;'),
      MANAGED,
    ]);
    await host.save(text);
    const problem = problemOf(await host.run());
    expect(problem.message).toMatch(/source patch broken\.patch does not apply to init\/Kconfig/);
    expect(problem.hint).toMatch(/another kernel version/);
    expect(await host.text()).toBe(text);
    await host.save(GOOD);
    expect((await host.run()).outcome).toEqual({ kind: 'stable' });
  });

  test('a toolchain that the config does not recognise', async () => {
    await host.save(GOOD);
    await host.file(
      'toolchain.nix',
      endingWith(`echo "Kernel config didn't recognize the clang compiler?" >&2; exit 1`),
    );
    const flake = join(host.dir, 'flake.nix');
    const { stdout } = await execa('git', ['show', ':flake.nix'], { cwd: host.dir, stripFinalNewline: false });
    await writeFile(flake, stdout.replace('./stand-in.nix', './stand-in.nix\n          ./toolchain.nix'));
    try {
      const run = await host.run();
      const problem = problemOf(run);
      expect(problem.message).toMatch(/didn't recognize the clang compiler/);
      expect(problem.hint).toMatch(/stdenv/);
    } finally {
      await writeFile(flake, stdout);
    }
    const repaired = await host.run();
    expect(repaired.outcome).toEqual({ kind: 'stable' });
  });
});

describe('what stands in the way before any evaluation', () => {
  const STATES: Record<string, { text: string; message: RegExp; hint?: RegExp }> = {
    'no markers': {
      text: listText([patchText('mine', 'RTLWIFI = no;')]),
      message: /has no managed patch `fallout`/,
      hint: /falloutd init/,
    },
    'one marker only': { text: GOOD.replace('# falloutd: end fallout', ''), message: /damaged/, hint: /init --remove/ },
    'markers twice': {
      text: GOOD.replace('# falloutd: begin fallout', '# falloutd: begin fallout\n  # falloutd: begin fallout'),
      message: /second time/,
    },
    'something else between the markers': {
      text: GOOD.replace('    name = "fallout";', '    name = "fallout"; inherit (lib) foo;').replace(
        '{ };',
        '{ RTLWIFI = lib.mkDefault (lib.id no); };',
      ),
      message: /no entry that falloutd understands/,
    },
  };
  test.each(Object.entries(STATES))('%s: blocked, the file untouched', async (_, { text, message, hint }) => {
    await host.save(text);
    const problem = problemOf(await host.run());
    expect(problem.file).toBe(host.patchesFile);
    expect(problem.message).toMatch(message);
    if (hint !== undefined) expect(problem.hint ?? '').toMatch(hint);
    expect(await host.text()).toBe(text);
  });

  test('the managed patch is not in the list of patches', async () => {
    const bound = MANAGED.replace('  {\n', '  fallout = {\n').replace('  }\n', '  };\n');
    const text = `{ lib, ... }:\nrec {\n${bound}  all = [\n${patchText('mine', 'RTLWIFI = no;')}  ];\n}\n`;
    await host.save(text);
    const problem = problemOf(await host.run());
    expect(problem.message).toMatch(/managed patch `fallout` does not reach the kernel/);
    expect(await host.text()).toBe(text);
  });

  test('a locked flake input holds the managed patch: the text on disk is not what is evaluated', async () => {
    await host.save(wishing('RTLWIFI = no;'));
    expect((await host.run()).outcome).toEqual({ kind: 'stable' });
    const target = { nixArgs: host.target().nixArgs };
    // The evaluation is of a copy made before: as with a path input that flake.lock pins.
    const frozen = await host.scratch('frozen');
    await execa('git', ['clone', '--quiet', host.dir, frozen]).catch(() => undefined);
    await execa('cp', ['-r', '--no-target-directory', '--', join(host.dir, 'flake.nix'), join(frozen, 'flake.nix')]);
    for (const name of ['stand-in.nix', 'flake.lock', 'patches.nix'])
      await execa('cp', ['--', join(host.dir, name), join(frozen, name)]);
    await execa('git', ['init', '--quiet'], { cwd: frozen });
    await execa('git', ['add', '--all'], { cwd: frozen });
    await host.save((await host.text()).replace('(option no)', '(option module)'));
    const run = await host.run({
      target: { ...target, installable: { kind: 'flake', dir: frozen, attribute: host.host.attribute } },
    });
    const problem = problemOf(run);
    expect(problem.message).toMatch(/sees another text of the managed patch/);
    expect(problem.hint).toMatch(/--override-input/);
  });
});

describe('a mistake in flake.nix has its place, in plain words, with what is missing', () => {
  const MISTAKES: [name: string, spoil: (flake: string) => string, message: RegExp, hint: RegExp][] = [
    ['a stray word at its end', (flake) => `${flake}foo\n`, /^undefined variable 'foo'$/, /one word too many/],
    ['an empty file', () => '', /^syntax error: the file is empty$/, /take it back from git/],
    [
      'a missing semicolon',
      (flake) => flake.replace('system = "x86_64-linux";', 'system = "x86_64-linux"'),
      /^syntax error: a `;` is missing\n\d+ \| +system = "x86_64-linux"\n +\^$/,
      /at the end of this line/,
    ],
    [
      'a file that is not there',
      (flake) => flake.replace('./patches.nix', './gone.nix'),
      /\/gone\.nix does not exist$/,
      /is its name right/,
    ],
  ];
  test.for(MISTAKES)('%s', async ([, spoil, message, hint]) => {
    await host.save(GOOD);
    const flake = join(host.dir, 'flake.nix');
    const text = await readFile(flake, 'utf8');
    await writeFile(flake, spoil(text));
    try {
      const problem = problemOf(await host.run());
      expect(problem).toMatchObject({ file: flake, line: expect.any(Number) as number });
      expect(problem.message).toMatch(message);
      expect(problem.hint).toMatch(hint);
    } finally {
      await writeFile(flake, text);
    }
  });

  test('a stray list after patches.nix', async () => {
    await host.save(`${GOOD}\n[ ]\n`);
    const problem = problemOf(await host.run());
    expect(problem.file).toBe(host.patchesFile);
    expect(problem.hint).toMatch(/a word too many/);
  });
});
