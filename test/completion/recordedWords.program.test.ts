import { execa } from 'execa';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { recordedWords } from '../../src/completion/recordedWords.ts';
import { falloutd } from '../helpers/command.ts';
import { symbolsBeside } from '../../src/kernel/keptFacts.ts';
import { opened, recordRun, stateDir } from '../helpers/history.ts';
import { sample } from '../helpers/sampleHistory.ts';

let dir: string;
beforeEach(() => {
  dir = stateDir();
  mkdirSync(join(dir, 'state'));
  writeFileSync(join(dir, 'falloutd.toml'), `state = "state"\n[target.laptop]\n[target.rack]\n`);
});

/** What the shells' scripts read, for words that stand before the cursor in the folder of the configuration. */
async function complete(...words: string[]): Promise<string[]> {
  const env = { HOME: dir, XDG_CONFIG_HOME: dir, XDG_STATE_HOME: join(dir, 'state-home') };
  const { code, stdout, stderr } = await falloutd(['__complete', ...words], { cwd: dir, env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trimEnd().split('\n');
}

test('targets are those configured and those that ran', async () => {
  sample(opened(join(dir, 'state')));
  expect(await complete('--target', '')).toEqual([
    'words',
    'laptop\tconfigured',
    'rack\tconfigured',
    'nixhost\tin the history',
  ]);
});

test('runs, iterations and builds are the newest first, of the target that is named', async () => {
  sample(opened(join(dir, 'state')));
  expect(await complete('undo', '')).toEqual([
    'words',
    '3\tnixhost: stalled',
    '2\tlaptop: blocked',
    '1\tnixhost: stable',
  ]);
  expect(await complete('--target', 'laptop', 'undo', '')).toEqual(['words', '2\tlaptop: blocked']);
  expect(await complete('show', '5')).toEqual(['words', '5\tnixhost: green']);
  expect(await complete('show', '--build', '')).toEqual(['words']);
  expect(await complete('show', 'five')).toEqual(['words']);
});

const SETTING = { tristate: 'y', freeform: null, optional: false } as const;

test('symbols are those of the last .config, of what was asked, and of those beside kernel facts', async () => {
  const history = opened(join(dir, 'state'));
  const dotConfig = 'CONFIG_USB=y\n# CONFIG_USB_STORAGE is not set\nCONFIG_USB_NAME="a CONFIG_USB_NO=y"\n';
  recordRun(history, { iterations: [{ extras: { dotConfig, settings: { USB: SETTING, USB_WANTED: SETTING } } }] });
  mkdirSync(join(dir, 'state/facts'));
  writeFileSync(symbolsBeside(join(dir, 'state/facts/0123.facts')), 'USB_DECLARED\nNO_USB_NEVER\n');
  const all = ['USB', 'USB_DECLARED', 'USB_NAME', 'USB_STORAGE', 'USB_WANTED'];
  expect(await complete('kconfig', 'explain', 'USB')).toEqual(['words', ...all]);
  expect(await complete('kconfig', 'explain', 'CONFIG_USB_S')).toEqual(['words', 'CONFIG_USB_STORAGE']);
  expect(await complete('kconfig', 'explain', 'U.B')).toEqual(['words']);
});

test('a setting is a symbol, and after = a value that it can take', async () => {
  const state = join(dir, 'state');
  const dotConfig = 'CONFIG_USB=m\nCONFIG_NR_CPUS=64\n';
  recordRun(opened(state), { iterations: [{ extras: { dotConfig, settings: { SOUND: SETTING } } }] });
  const words = async (typed: string): Promise<string[]> =>
    (await recordedWords('setting', typed, { command: 'want', state })).map(({ word }) => word);
  expect(await words('')).toEqual(['NR_CPUS=', 'SOUND=', 'USB=']);
  expect(await words('USB=')).toEqual(['USB=y', 'USB=m', 'USB=n']);
  expect(await words('SOUND=')).toEqual(['SOUND=y', 'SOUND=m', 'SOUND=n']);
  expect(await words('CONFIG_NR_CPUS=')).toEqual(['CONFIG_NR_CPUS=64']);
});

test('where kconfig is given a .config, the symbols are its own', async () => {
  sample(opened(join(dir, 'state')));
  writeFileSync(join(dir, '.config'), 'CONFIG_NET=y\n');
  expect(await complete('kconfig', 'explain', '--config', '~/.config', 'NE')).toEqual(['words', 'NET']);
});

test('--state and --config name another place, from home too', async () => {
  sample(opened(join(dir, 'other')));
  expect(await complete('--state', '~/other', 'undo', '2')).toEqual(['words', '2\tlaptop: blocked']);
  writeFileSync(join(dir, 'named.toml'), 'state = "~/other"\n');
  expect(await complete('--config=named.toml', 'undo', '2')).toEqual(['words', '2\tlaptop: blocked']);
});

test('whatever is missing or broken gives no word, no error and no file', async () => {
  const asked = [['undo', ''], ['--target', ''], ['kconfig', 'explain', ''], []];
  await execa('mkfifo', [join(dir, 'fifo')]);
  for (const text of ['state = ', 'state = "state"', 'state = 7', 'target = 7', 'state = "fifo"', '']) {
    writeFileSync(join(dir, 'falloutd.toml'), text);
    const before = readdirSync(dir, { recursive: true });
    for (const words of asked) expect((await complete(...words))[0]).toBe('words');
    expect(readdirSync(dir, { recursive: true })).toEqual(before);
  }
  writeFileSync(join(dir, 'state/falloutd.db'), 'no database');
  writeFileSync(join(dir, 'falloutd.toml'), 'state = "state"');
  expect(await complete('undo', '')).toEqual(['words']);
  expect(await complete('--config', 'fifo', 'undo', '')).toEqual(['words']);
});

test('the history of an earlier falloutd stays as it is', async () => {
  const history = opened(join(dir, 'state'));
  sample(history);
  history.db.exec('PRAGMA user_version = 2');
  expect(await complete('undo', '3')).toEqual(['words', '3\tnixhost: stalled']);
  expect(history.get('PRAGMA user_version')).toEqual({ userVersion: 2 });
});

test('a kernel with tens of thousands of symbols is answered', async () => {
  const lines = Array.from({ length: 30_000 }, (_, i) => `CONFIG_SYMBOL_${i}=y\n`);
  recordRun(opened(join(dir, 'state')), { iterations: [{ extras: { dotConfig: lines.join('') } }] });
  expect(await complete('kconfig', 'explain', '')).toHaveLength(30_001);
  expect(await complete('kconfig', 'explain', 'SYMBOL_2999')).toHaveLength(12);
});
