import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import type { Target } from '../../src/config/config.ts';
import type { Looking } from '../../src/run/evaluatedUnwritten.ts';
import { findNeedless, type FoundTidy } from '../../src/run/findNeedless.ts';
import { findSharedNeedless } from '../../src/run/findSharedNeedless.ts';
import { Predictor } from '../../src/run/predictor.ts';
import { tidyTarget, type Tidied } from '../../src/run/tidyTarget.ts';
import { undoRun } from '../../src/run/undo.ts';
import { engineHere } from '../helpers/engineHere.ts';
import { falloutd, startFalloutd } from '../helpers/command.ts';
import { documentIn } from '../helpers/documentSchema.ts';
import { test } from '../helpers/hostTest.ts';
import type { KernelHost } from '../helpers/kernelHost.ts';
import { MANAGED, listText, patchText, wishing } from '../helpers/patchesText.ts';

let host: KernelHost;
test.beforeAll(({ host: shared }) => {
  host = shared;
});
beforeEach(() => host.forget());

const run = (...args: string[]): ReturnType<typeof falloutd> =>
  falloutd([...args, '--config', host.host.configFile, '--state', host.stateDir]);

const MINE = `WLAN = no;
ATH9K = no;
RTL8192CEE = yes;
DEBUG_FS = lib.mkForce no;
HIDRAW = no;
HZ_1000 = yes;
NET = lib.mkForce yes;
CMDLINE = freeform "quiet";
SWAP = yes;`;
const FALLOUT = `RTL_CARDS = unset;
FB = lib.mkForce unset;
HIDRAW = lib.mkForce no;
IKCONFIG = lib.mkForce (option yes);
E1000E = unset;`;

const found = (stdout: string): string[] =>
  documentIn('tidy', stdout).needless.map(({ line, symbol, reason }) => `${line} ${symbol}: ${reason.kind}`);

test('tidy finds what never matters, and with --implied what is true anyway; it writes nothing', async () => {
  const text = listText([patchText('mine', MINE), patchText('old-fallout', FALLOUT), MANAGED]);
  await host.save(text);
  const dead = [
    '9 RTL8192CEE: unknown-name',
    '11 HIDRAW: doubled',
    '13 NET: idle-force',
    '22 RTL_CARDS: fallout-line',
    '23 FB: fallout-line',
    '25 IKCONFIG: fallout-line',
    '26 E1000E: fallout-line',
  ];
  const check = await run('tidy', '--json');
  expect([check.code, found(check.stdout)]).toEqual([1, dead]);
  const { code, stdout } = await run('tidy', '--json', '--implied');
  const more = ['8 ATH9K: implied', '12 HZ_1000: default', '13 NET: repeated', '15 SWAP: default'];
  expect([code, found(stdout)]).toEqual([1, [...dead.filter((line) => !line.includes('NET')), ...more].sort(byLine)]);
  expect(await host.text()).toBe(text);
});

const byLine = (a: string, b: string): number => Number.parseInt(a) - Number.parseInt(b);

const lookingHere = (): Looking => ({
  predictor: new Predictor(host.stateDir, engineHere),
  signal: new AbortController().signal,
  onPhase: () => undefined,
  onProgress: () => undefined,
});

/** What it finds in this process. */
async function foundHere({ withImplied = false, how = 'comment' as const } = {}): Promise<FoundTidy> {
  const needless = await findNeedless(host.target(), host.history, { withImplied, how }, lookingHere());
  if (needless === null) throw new Error('interrupted');
  return needless;
}

const tidiedHere = async (needless: FoundTidy, signal = new AbortController().signal): Promise<Tidied> =>
  tidyTarget(host.target(), host.history, needless, {
    signal,
    emit: () => undefined,
    predictor: new Predictor(host.stateDir, engineHere),
  });

describe('tidy --yes', () => {
  const TEXT = listText([patchText('mine', MINE), patchText('old-fallout', FALLOUT), MANAGED]);

  test('comments out what never matters; undo brings it back byte for byte', async () => {
    await host.save(TEXT);
    const { code, stdout } = await run('tidy', '--yes');
    expect([code, stdout]).toEqual([0, expect.stringContaining('7 settings tidied up; the .config is the same')]);
    const after = await host.text();
    expect(after.replace(/# falloutd: begin[^]*# falloutd: end/, '')).toMatch(/^ {6}# RTL8192CEE = yes;$/m);
    expect(after).toContain('\n      NET = yes;\n');
    expect((await run('tidy', '--check')).code).toBe(0);
    const undone = await run('undo');
    expect([undone.code, undone.stdout]).toEqual([0, expect.stringContaining('is again as it was before run 1')]);
    expect(await host.text()).toBe(TEXT);
  });

  test('takes out what is true anyway, too', async () => {
    await host.save(TEXT);
    const { code, stdout } = await run('tidy', '--yes', '--implied', '--remove', '--json');
    const { done, needless } = documentIn('tidy', stdout);
    expect([code, done, needless.length]).toEqual([0, { kind: 'tidied', run: 1 }, 10]);
    expect((await host.text()).replace(/ *# falloutd: begin[^]*# falloutd: end fallout\n/, '')).toBe(
      listText([
        patchText('mine', 'WLAN = no;\nDEBUG_FS = lib.mkForce no;\nCMDLINE = freeform "quiet";'),
        patchText('old-fallout', 'HIDRAW = lib.mkForce no;'),
      ]),
    );
    expect((await run('tidy', '--implied')).code).toBe(0);
  });

  test('refuses where there is nobody to ask, and writes nothing', async () => {
    await host.save(TEXT);
    const { code, stderr } = await run('tidy');
    expect([code, stderr]).toEqual([2, expect.stringContaining('no terminal to ask on')]);
    expect(await host.text()).toBe(TEXT);
  });
});

describe('what tidy has written', () => {
  test('is put back where the build gives another .config', async () => {
    await host.save(wishing('WLAN = no;\nRTLWIFIX = yes;'));
    const before = await host.text();
    const needless = await foundHere();
    const done = await tidiedHere({ ...needless, dotConfig: `${needless.dotConfig}CONFIG_OTHER=y\n` });
    expect(done).toMatchObject({
      kind: 'put-back',
      problem: { message: expect.stringContaining('OTHER: y → none') as string },
    });
    expect(await host.text()).toBe(before);
  });

  test('gives way to a newer save, also when it is put back', async () => {
    await host.save(wishing('WLAN = no;\nRTLWIFIX = yes;'));
    const needless = await foundHere();
    const newer = wishing('WLAN = no;');
    await host.save(newer);
    expect(await tidiedHere(needless)).toMatchObject({ kind: 'put-back', run: { outcome: { kind: 'superseded' } } });
    expect(await host.text()).toBe(newer);
  });

  test('is put back after an interruption', async () => {
    await host.save(wishing('WLAN = no;\nRTLWIFIX = yes;'));
    const before = await host.text();
    const needless = await foundHere();
    const interrupted = new AbortController();
    const target = host.target();
    const done = tidyTarget(target, host.history, needless, {
      signal: interrupted.signal,
      emit: (event) => {
        if (event.kind === 'phase' && event.phase === 'build') interrupted.abort('SIGINT');
      },
    });
    expect(await done).toMatchObject({ kind: 'put-back', run: { outcome: { kind: 'interrupted' } } });
    expect(await host.text()).toBe(before);
  });

  test('is not undone over a later save of the same lines', async () => {
    await host.save(wishing('WLAN = no;\nRTLWIFIX = yes;'));
    expect(await tidiedHere(await foundHere())).toMatchObject({ kind: 'tidied' });
    const later = (await host.text()).replace('WLAN = no;', 'WLAN = yes;');
    await host.save(later);
    await expect(undoRun(host.target(), host.history, null)).rejects.toThrow('changed after that run');
    expect(await host.text()).toBe(later);
  });
});

test('a hand-made list of a hundred lines of fallout goes in one step', async () => {
  const unset = Array.from({ length: 100 }, (_, i) => `OLD_DRIVER_${i} = lib.mkForce unset;`);
  await host.save(listText([patchText('mine', 'WLAN = no;'), patchText('fallout-by-hand', unset.join('\n')), MANAGED]));
  expect((await tidiedHere(await foundHere())).kind).toBe('tidied');
  expect((await host.text()).match(/^ {6}# OLD_DRIVER_\d+ = /gm)).toHaveLength(100);
});

test('what functions make is left alone, and so are files outside of the flake', async () => {
  const text = `{ lib, ... }:
with lib.kernel;
let
  off = names: lib.genAttrs names (_: no);
  twice = { name = "a"; patch = null; structuredExtraConfig = { RTLWIFIX = yes; }; };
in
[
  { name = "made"; patch = null; structuredExtraConfig = off [ "RTLWIFIY" ] // { RTLWIFIZ = yes; }; }
  twice
  (twice // { name = "b"; })
${MANAGED}]
`;
  await host.save(text);
  const { needless, changes } = await foundHere();
  expect(needless.map(({ symbol }) => symbol)).toEqual(['RTLWIFIZ']);
  expect(changes.map(({ after }) => after?.toString())).toEqual([
    text.replace('{ RTLWIFIZ = yes; }', '{ /* RTLWIFIZ = yes; */ }'),
  ]);
});

describe('a file that two targets read', () => {
  const SHARED = wishing('NET = lib.mkForce yes;\nRTLWIFIX = yes;\nWLAN = no;\nATH9K = no;');
  const other = (own: string): string => `nixosConfigurations.other = nixpkgs.lib.nixosSystem {
        system = ${JSON.stringify(process.arch === 'arm64' ? 'aarch64-linux' : 'x86_64-linux')};
        modules = [
          ./stand-in.nix
          ({ lib, ... }: {
            boot.kernelPatches = import ./patches.nix { inherit lib; } ++ [
              { name = "own"; patch = null; structuredExtraConfig = with lib.kernel; ${own}; }
            ];
          })
        ];
      };
      nixosConfigurations.demo =`;
  let flake: string;
  beforeEach(async () => {
    flake = await host.flake();
    await host.save(SHARED);
  });
  afterEach(async () => host.file('flake.nix', flake));

  const otherWith = async (own: string): Promise<Target> => {
    await host.file('flake.nix', flake.replace('nixosConfigurations.demo =', other(own)));
    const target = host.target();
    const installable = { ...target.installable, attribute: host.host.attribute.replace('.demo.', '.other.') };
    return { ...target, name: 'other', installable };
  };
  const goes = async (second: Target, withImplied: boolean): Promise<string[] | undefined> => {
    const options = { withImplied, how: 'comment' } as const;
    const found = await findSharedNeedless(host.target(), [second], host.history, options, lookingHere());
    return found?.needless.map(({ symbol }) => symbol);
  };

  test('keeps what is dead for one of them and counts for the other', async () => {
    expect((await foundHere()).needless.map(({ symbol }) => symbol)).toEqual(['NET', 'RTLWIFIX']);
    expect(await goes(await otherWith('{ NET = no; }'), false)).toEqual(['RTLWIFIX']);
  });

  test('keeps what is true anyway for one of them only', async () => {
    expect(await goes(await otherWith('{ WLAN = lib.mkForce yes; }'), true)).not.toContain('ATH9K');
    expect(await goes(await otherWith('{ }'), true)).toContain('ATH9K');
  });

  test('is left alone while the other target is blocked', async () => {
    await expect(goes(await otherWith('{ NET = nobody; }'), false)).rejects.toThrow(
      /^other may need the same settings/,
    );
  });
});

test('while watch runs, it holds the target for the time, and goes on', async () => {
  await host.save(wishing('WLAN = no;\nRTLWIFIX = yes;'));
  const watch = startFalloutd(['watch', '--config', host.host.configFile, '--state', host.stateDir]);
  try {
    const standing = async (): Promise<string> => (await run('status')).stdout;
    while (!/STABLE/.test(await standing())) await sleep(200);
    const { code, stdout, stderr } = await run('tidy', '--yes');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('1 setting tidied up');
    expect(await host.text()).toContain('# RTLWIFIX = yes;');
    while (!/STABLE/.test(await standing())) await sleep(200);
    expect((await run('undo')).code).toBe(0);
    expect(await host.text()).toContain('      RTLWIFIX = yes;');
  } finally {
    watch.kill('SIGINT');
    await watch;
  }
});
