import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect } from 'vitest';
import { test } from '../helpers/hostTest.ts';
import { openDatabase, prepareStatement } from '../../src/state/sqlite.ts';
import { falloutd } from '../helpers/command.ts';
import { endingWith, type KernelHost } from '../helpers/kernelHost.ts';
import { wishing } from '../helpers/patchesText.ts';
import { standInNix } from '../helpers/standInNix.ts';
import type { Run } from '../../src/model/run.ts';
import { documentIn } from '../helpers/documentSchema.ts';

let host: KernelHost;
let peakHook: string;
let flake: string;
test.beforeAll(async ({ host: shared }) => {
  host = shared;
  await host.save(wishing('RTLWIFI = no;\nE1000E = yes;'));
  flake = await host.flake();
  // The peak of the process itself, as the kernel counted it.
  peakHook = join(await host.scratch('peak'), 'peak.mjs');
  writeFileSync(
    peakHook,
    "import { readFileSync, writeFileSync } from 'node:fs';\nprocess.on('exit', () => writeFileSync(process.env.PEAK_FILE, /VmHWM:\\s+(\\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1]));\n",
  );
});
beforeEach(() => host.forget());

let runs = 0;

/** `falloutd once` with these commands in Nix's place: what it said, and the most memory it had, in bytes. */
async function once(
  scripts: Parameters<typeof standInNix>[1],
  config = host.host.configFile,
): Promise<{ code: number | undefined; run: Run; peak: number }> {
  const scratch = await host.scratch(`once-${runs++}`);
  const env = {
    PATH: standInNix(join(scratch, 'bin'), scripts),
    PEAK_FILE: join(scratch, 'peak'),
    NODE_OPTIONS: `--import=${peakHook}`,
  };
  const { code, stdout, stderr } = await falloutd(['once', '--json', '--config', config, '--state', host.stateDir], {
    env,
  });
  if (stdout === '') throw new Error(stderr);
  return { code, run: documentIn('run', stdout), peak: Number(readFileSync(env.PEAK_FILE, 'utf8')) * 1024 };
}

/** Without limits each of these takes 540 MB and more, with them 190 at most; how much garbage V8 lets stand depends on the machine. */
const BOUND = 350e6;
const forever = (line: string, bytes: number): string => `{ yes '${line}' || :; } | head -c ${bytes}`;
const MESSAGE = '@nix {"action":"msg","level":0,"msg":""}';
const LOG_LINE = '@nix {"action":"result","fields":["GOT: what is this about, who knows"],"id":1,"type":101}';
const START = (drv: string): string =>
  `echo '@nix {"action":"start","id":1,"level":3,"type":105,"text":"","fields":["'${drv}'"]}' >&2`;

describe('a nix that prints gigabytes: bounded memory, and no verdict', () => {
  const BABBLE: Record<string, Parameters<typeof standInNix>[1]> = {
    'lines on standard error': { nix: `${forever('what is this about, who knows', 300e6)} >&2; exit 1` },
    'one line without end': { nix: "head -c 700000000 /dev/zero | tr '\\0' x >&2; exit 1" },
    'empty lines': { nix: `${forever('', 60e6)} >&2; exit 1` },
    'messages of nothing': { nix: `${forever(MESSAGE, 100e6)} >&2; exit 1` },
    'standard output': { nix: forever('[', 300e6) },
    'builds that never end': {
      nix: `yes | head -n 200000 | awk '{ print "@nix {\\"action\\":\\"start\\",\\"id\\":" NR ",\\"level\\":3,\\"type\\":105,\\"text\\":\\"\\",\\"fields\\":[\\"/nix/store/" NR ".drv\\"]}" }' >&2; exit 1`,
    },
    'the log of the config build': { 'nix-store': `${START('$2')}; ${forever(LOG_LINE, 300e6)} >&2; exit 1` },
  };
  test.each(Object.entries(BABBLE))('%s', async (name, scripts) => {
    const text = await host.text();
    const { code, run, peak } = await once(scripts);
    expect(peak).toBeLessThan(BOUND);
    // A build that fails without a verdict is not known to be infrastructure; what it printed is told.
    expect(run.outcome?.kind).toBe(name.startsWith('the log of') ? 'blocked' : 'infrastructure');
    expect(code).toBe(name.startsWith('the log of') ? 3 : 5);
    expect(run.iterations.flatMap((i) => [...i.fallout, ...i.entries])).toEqual([]);
    expect(await host.text()).toBe(text);
  });
});

describe('a config build that prints more than `transcript-size`', () => {
  let config: string;
  beforeAll(() => {
    config = join(host.dir, 'short.toml');
    writeFileSync(
      config,
      readFileSync(host.host.configFile, 'utf8').replace('[target', '[history]\ntranscript-size = 1\n\n[target'),
    );
  });

  /** Runs with a kernel whose config step ends with `command`. */
  async function ending(command: string): Promise<Awaited<ReturnType<typeof once>>> {
    await host.file('loud.nix', endingWith(command));
    await host.file('flake.nix', flake.replace('./stand-in.nix', './stand-in.nix\n          ./loud.nix'));
    return once({}, config);
  }

  const cutOf = (iteration: number): unknown => {
    const db = openDatabase(join(host.stateDir, 'falloutd.db'), { readonly: true });
    const row = prepareStatement(db, 'SELECT cut, bytes FROM transcripts WHERE iteration = ?').get(iteration);
    db.close();
    return row;
  };

  test('the verdict is read all the same, and the log is marked as cut', async () => {
    await host.save(wishing('RTLWIFI = no;\nE1000E = yes;'));
    await host.file('flake.nix', flake);
    const quiet = await once({}, config);
    await host.save(wishing('RTLWIFI = no;\nE1000E = yes;'));
    host.forget();
    const { code, run } = await ending(`${forever('what is this about, who knows', 4e6)}; mv $buildRoot/.config $out`);
    expect(code).toBe(0);
    expect(run.outcome).toEqual({ kind: 'stable' });
    expect(run.lost).toEqual(quiet.run.lost);
    const last = run.iterations.at(-1)?.iteration ?? 0;
    expect(cutOf(last)).toMatchObject({ cut: 1 });
    expect((cutOf(last) as { bytes: number }).bytes).toBeLessThan(1.5 * (1 << 20));
    const shown = await falloutd(['show', String(last), '--log', '--state', host.stateDir]);
    expect(shown.stdout).toMatch(/^falloutd: \d+ lines of this log are left out here$/m);
    expect((await falloutd(['show', String(last), '--state', host.stateDir])).stdout).toMatch(/log +cut/);
    // Read again from the database, it comes to the same.
    const again = await once({}, config);
    expect(again.run.outcome).toEqual({ kind: 'stable' });
    expect(again.run.lost).toEqual(run.lost);
  });

  test('where lines of the verdict had to go it is neither stable nor fallout', async () => {
    await host.save(wishing('SWAP = no;'));
    const text = await host.text();
    const { code, run } = await ending(
      `${forever('warning: option not set correctly: SWAP (wanted n, got y)', 4e6)}; mv $buildRoot/.config $out`,
    );
    expect(code).toBe(3);
    expect(run.outcome).toMatchObject({
      kind: 'blocked',
      problem: {
        message: expect.stringContaining('transcript is too long') as string,
        hint: expect.stringContaining('transcript-size') as string,
      },
    });
    expect(run.iterations.flatMap((i) => i.entries)).toEqual([]);
    expect(await host.text()).toBe(text);
    expect(cutOf(run.iterations[0]?.iteration ?? 0)).toMatchObject({ cut: 1 });
  });
});
