import { expect } from 'vitest';
import { falloutd } from '../helpers/command.ts';
import { documentIn } from '../helpers/documentSchema.ts';
import { test } from '../helpers/hostTest.ts';
import type { KernelHost } from '../helpers/kernelHost.ts';
import { MANAGED, listText, patchText } from '../helpers/patchesText.ts';

let host: KernelHost;
test.beforeAll(({ host: shared }) => {
  host = shared;
});

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
  console.log((await run('tidy')).stdout);
  console.log((await run('tidy', '--implied')).stdout);
});

const byLine = (a: string, b: string): number => Number.parseInt(a) - Number.parseInt(b);
