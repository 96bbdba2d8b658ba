import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createTwoFilesPatch } from 'diff';
import { expect } from 'vitest';
import { readFacts } from '../../src/kernel/kernelFacts.ts';
import { kconfigOf } from '../../src/kernel/kernelTree.ts';
import { differing, valuesOf } from '../../src/kernel/wantedConfig.ts';
import type { Kconfig } from '../../src/kconfig/index.ts';
import { falloutd } from '../helpers/command.ts';
import { documentIn } from '../helpers/documentSchema.ts';
import { drawnConfig } from '../helpers/drawnConfig.ts';
import { test } from '../helpers/hostTest.ts';
import type { KernelHost } from '../helpers/kernelHost.ts';
import { MANAGED, listText, patchText } from '../helpers/patchesText.ts';

const WISHES = 'WLAN = no;\nHZ_1000 = yes;\nLOG_BUF_SHIFT = freeform "40";';
/** patches.nix with the generated file behind the others. */
const IMPORTING = listText([patchText('mine', WISHES), MANAGED]).replace(
  /\]\n$/,
  '] ++ import ./old.nix { inherit lib; }\n',
);
const EMPTY = '{ lib, ... }: [ ]\n';

let host: KernelHost;
let folder: string;
let kconfig: Kconfig;
let present: string;

const run = (args: string[], input?: string): ReturnType<typeof falloutd> =>
  falloutd([...args, '--config', host.host.configFile, '--state', host.stateDir], { input });

test.beforeAll(async ({ host: shared }) => {
  host = shared;
  folder = await host.scratch('patch');
  await host.file('old.nix', EMPTY);
  await host.save(IMPORTING);
  present = await predicted();
  const facts = readdirSync(join(host.stateDir, 'facts')).find((name) => name.endsWith('.facts')) ?? '';
  const read = readFacts(readFileSync(join(host.stateDir, 'facts', facts)));
  if (read.kind !== 'facts') throw new Error(read.kind);
  kconfig = kconfigOf(read.facts);
});

/** The .config that a run would come to. */
async function predicted(): Promise<string> {
  const output = join(folder, 'predicted');
  expect((await run(['predict', '--output', output])).code).toBe(0);
  return readFileSync(output, 'utf8');
}

function given(name: string, content: string | Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

test.for([1, 2, 3, 4])('a drawn configuration is what its patch comes to (%i)', async (seed) => {
  await host.file('old.nix', EMPTY);
  const wanted = drawnConfig(kconfig, present, { seed, changes: 5 * seed });
  const file = given('wanted.config', wanted);
  const patch = await run(['patch', 'from-config', file, '--output', join(host.dir, 'old.nix')]);
  expect([patch.code, patch.stdout]).toEqual([0, '']);
  expect(patch.stderr).toContain(`${file} (Linux 6.12.0) for demo (Linux 6.12.0): `);
  const result = await predicted();
  expect(differing(valuesOf(result), valuesOf(wanted))).toEqual([]);
});

test('once builds it, and the lines of the diff give the same patch', async () => {
  await host.file('old.nix', EMPTY);
  const wanted = drawnConfig(kconfig, present, { seed: 9, changes: 20 });
  const text = (await run(['patch', 'from-config', given('config.gz', gzipSync(wanted))])).stdout;
  const json = documentIn('patch', (await run(['patch', 'from-config', '--json', given('c', wanted)])).stdout);
  const names = json.patches.map(({ name }) => name);
  expect(text.match(/(?<=name = ").*(?=")/g)).toEqual(names);

  const diff = createTwoFilesPatch('old', 'new', present, wanted);
  const same = await run(['patch', 'from-diff', '-'], diff);
  expect(same.stdout).toBe(text.replace('from-config', 'from-diff'));

  await host.file('old.nix', text);
  expect((await run(['once'])).code).toBe(0);
  expect(differing(valuesOf((await run(['config'])).stdout), valuesOf(wanted))).toEqual([]);
});

test.for([
  ['another architecture', 'CONFIG_ARM64=y\n', 'the given configuration is for arm64; this kernel is for x86_64'],
  ['a truncated .gz', gzipSync('CONFIG_A=y\n').subarray(0, 20), 'cannot be unpacked'],
  ['a binary', Buffer.alloc(100), 'is binary'],
  ['an empty file', '', 'holds no option: it is no .config'],
  ['100 MB', Buffer.alloc(100 << 20, '#'), 'is too large'],
] as const)('%s is refused in a line, and nothing is written', async ([, content, message]) => {
  const output = join(folder, 'none.nix');
  const file = given('bad', typeof content === 'string' ? content : Buffer.from(content));
  const { code, stdout, stderr } = await run(['patch', 'from-config', file, '--output', output]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
  expect(readdirSync(folder)).not.toContain('none.nix');
});

test('a directory, a missing file and an empty diff are refused, too', async () => {
  mkdirSync(join(folder, 'dir'));
  const attempts = [
    ['from-config', join(folder, 'dir')],
    ['from-config', join(folder, 'missing')],
    ['from-diff', given('empty', '')],
    ['from-diff', given('prose', 'hello\n')],
    ['from-config', given('good', present), '--against', join(folder, 'missing')],
  ];
  const said = await Promise.all(attempts.map(async (args) => run(['patch', ...args])));
  expect(said.map(({ code, stdout }) => [code, stdout])).toEqual(attempts.map(() => [2, '']));
  expect(said.map(({ stderr }) => stderr.split('\n')[0])).toEqual([
    `falloutd: ${join(folder, 'dir')}: is a directory, not a regular file`,
    `falloutd: ${join(folder, 'missing')}: does not exist`,
    `falloutd: ${join(folder, 'empty')}: holds no change`,
    `falloutd: ${join(folder, 'prose')}:1: is no line of scripts/diffconfig or of diff -u`,
    `falloutd: ${join(folder, 'missing')}: does not exist`,
  ]);
});
