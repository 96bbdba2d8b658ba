import { beforeEach, describe, expect } from 'vitest';
import { join } from 'node:path';
import { test } from '../helpers/hostTest.ts';
import type { KernelHost } from '../helpers/kernelHost.ts';
import { listText, MANAGED, patchText } from '../helpers/patchesText.ts';
import type { Problem } from '../../src/model/problem.ts';

let host: KernelHost;
test.beforeAll(({ host: shared }) => {
  host = shared;
});
beforeEach(async () => {
  host.forget();
  await host.kernel({});
});

/** What the run of this patches.nix is blocked by; no config build took place. */
async function problemOf(text: string): Promise<Problem> {
  await host.save(text);
  const run = await host.run();
  if (run.outcome?.kind !== 'blocked') throw new Error(`not blocked but ${JSON.stringify(run.outcome)}`);
  expect(run.iterations.map(({ buildMs }) => buildMs)).toEqual([0]);
  expect(await host.text()).toBe(text);
  return run.outcome.problem;
}

/** A file with one patch whose further lines are given; the first of them is line 5. */
const patchWith = (...lines: string[]): string =>
  ['{ lib, ... }:', '[', '  {', '    name = "mine";', ...lines, '    patch = null;', '  }', MANAGED, ']', ''].join(
    '\n',
  );

describe('a definition that is no value of lib.kernel: its place, and what to write', () => {
  test.each([
    ['RTLWIFI = "n"', '    structuredExtraConfig.RTLWIFI = "n";', 5, 'RTLWIFI = no;'],
    [
      'PREEMPT = true',
      '    structuredExtraConfig = with lib.kernel; { RTLWIFI = no; PREEMPT = true; };',
      5,
      'PREEMPT = yes;',
    ],
    ['E1000E = "m"', '    structuredExtraConfig = {\n\n      E1000E = lib.mkForce "m";\n    };', 7, 'E1000E = module;'],
    [
      'LOG_BUF_SHIFT = 16',
      '    structuredExtraConfig = { "LOG_BUF_SHIFT" = 16; };',
      5,
      'LOG_BUF_SHIFT = freeform "16";',
    ],
    ['CMDLINE = "quiet"', '    structuredExtraConfig.CMDLINE = lib.mkForce "quiet";', 5, 'CMDLINE = freeform "quiet";'],
    ['SWAP = null', '    structuredExtraConfig.SWAP = null;', 5, 'SWAP = unset;'],
    [
      'RTLWIFI = "n"',
      '    structuredExtraConfig = lib.mapAttrs (_: v: v) {\n      RTLWIFI = "n";\n    };',
      6,
      'RTLWIFI = no;',
    ],
  ])('%s in %j', async (message, lines, line, advice) => {
    const problem = await problemOf(patchWith(...lines.split('\n')));
    expect(problem).toMatchObject({ file: host.patchesFile, line });
    expect(problem.message).toContain(message);
    expect(problem.hint).toContain(advice);
  });

  test('several are all named', async () => {
    const problem = await problemOf(patchWith('    structuredExtraConfig = { RTLWIFI = "n"; PREEMPT = true; };'));
    expect(problem.message).toMatch(/PREEMPT = true, RTLWIFI = "n"/);
  });
});

describe('a line of extraConfig that is not SYMBOL VALUE: its place, and what to write', () => {
  test.each([
    ['extraConfig = "CRC32=n";', 5, '`CRC32 n`'],
    ['extraConfig = "CONFIG_CRC32=n\\n";', 5, '`CRC32 n`'],
    ["extraConfig = ''\n  RTLWIFI n\n  CRC32=m\n'';", 7, '`CRC32 m`'],
    ["extraConfig = ''\n  RTLWIFI n\n\n  CRC32 = y\n'';", 8, '`CRC32 y`'],
    ["extraConfig = ''\n  # a comment\n  CRC32: n;\n'';", 7, '`CRC32 n`'],
    ["extraConfig = ''\n  CRC32 n;\n'';", 6, '`CRC32 n`'],
    ['extraConfig = "RTLWIFI n\\n" + "CMDLINE=quiet";', 5, '`CMDLINE quiet`'],
    ['extraConfig = "CRC32";', 5, 'a blank and y, m, n'],
  ])('%j', async (lines, line, advice) => {
    const problem = await problemOf(patchWith(...lines.split('\n').map((each) => `    ${each}`)));
    expect(problem).toMatchObject({ file: host.patchesFile, line });
    expect(problem.message).toContain('patch mine');
    expect(problem.hint).toContain(advice);
  });
});

describe('a line inside of an extraConfig string', () => {
  test('has a line number of its own, and a misspelt name with n is listed like any other', async () => {
    const extra = ["    extraConfig = ''", '      RTLWIFFI n', '      # HIDRAW y', '      HIDRAW n', "    '';"];
    await host.save(patchWith(...extra));
    const run = await host.run();
    expect(run.outcome).toEqual({ kind: 'stable' });
    const place = { file: host.patchesFile };
    expect(run.unknownNames).toMatchObject([
      { kind: 'unknown', symbol: 'RTLWIFFI', wanted: 'n', by: { name: 'mine' }, position: { ...place, line: 6 } },
    ]);
    await host.save(patchWith("    extraConfig = ''", '      SWAP n', '      RTLWIFI n', "    '';"));
    const lossy = await host.run();
    expect(lossy.lost).toMatchObject([{ symbol: 'RTLWIFI', wanted: 'n', position: { ...place, line: 7 } }]);
  });
});

describe('the old name of the settings, which nixpkgs no longer reads', () => {
  const old = (name: string): string =>
    patchText(name, 'RTLWIFI = no;').replace('structuredExtraConfig', 'extraStructuredConfig');
  beforeEach(() => host.kernel({ attributeMode: 'throws' }));

  test('the patch that has it, with its place', async () => {
    const problem = await problemOf(listText([patchText('new', 'SWAP = yes;'), old('wlan'), MANAGED]));
    expect(problem).toMatchObject({ file: host.patchesFile, line: 13 });
    expect(problem.message).toMatch(
      /extraStructuredConfig is not supported anymore .*: patch wlan \(.*patches\.nix:13\)/,
    );
    expect(problem.hint).toMatch(/rename extraStructuredConfig to structuredExtraConfig/);
  });

  test('how many they are', async () => {
    await host.file('more.nix', listText([old('b'), old('c')]));
    const text = `{ lib, ... }:\n(import ./more.nix { inherit lib; }) ++ [\n${old('a')}${MANAGED}]\n`;
    const problem = await problemOf(text);
    expect(problem.message).toMatch(/3 patches in 3 places: b \(.*more\.nix:6\), c .*, a \(.*patches\.nix:6\)/);
    expect(problem.file).toBe(join(host.dir, 'more.nix'));
  });
});

test('more settings than a managed patch can answer are refused before a build', async () => {
  const names = 'builtins.genList (n: "S${toString n}") 40001';
  const problem = await problemOf(patchWith(`    structuredExtraConfig = lib.genAttrs (${names}) (_: lib.kernel.no);`));
  expect(problem).toMatchObject({ file: host.patchesFile, hint: expect.stringContaining('20,000 symbols') as string });
  expect(problem.message).toMatch(/^there are 40,\d{3} kernel settings; falloutd takes at most 40,000$/);
});
