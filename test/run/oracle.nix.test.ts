import { beforeEach, describe, expect } from 'vitest';
import { test } from '../helpers/hostTest.ts';
import type { KernelHost } from '../helpers/kernelHost.ts';
import { listText, MANAGED, patchText, wishing, withoutManaged } from '../helpers/patchesText.ts';
import type { Run } from '../../src/model/run.ts';

let host: KernelHost;
test.beforeAll(({ host: shared }) => {
  host = shared;
});
beforeEach(async () => {
  host.forget();
  await host.kernel({});
});

async function stable(options: Parameters<KernelHost['run']>[0] = {}): Promise<Run> {
  const run = await host.run(options);
  expect(run.outcome).toEqual({ kind: 'stable' });
  return run;
}

describe('conflicts', () => {
  const DEFAULTS = Array.from({ length: 33 }, (_, i) => `DEFAULT_${i}`);
  const clashing = listText([
    // The first patch stands for nixpkgs' defaults; a host may import any number of them.
    patchText('distribution', DEFAULTS.map((symbol) => `${symbol} = yes;`).join('\n')),
    patchText('mine', DEFAULTS.map((symbol) => `${symbol} = no;`).join('\n')),
    MANAGED,
  ]);

  test('33 unforced conflicts take two evaluations before the first build', async () => {
    await host.save(clashing);
    const nix = await host.loggedNix();
    const before = process.env['PATH'];
    process.env['PATH'] = nix.path;
    try {
      const run = await stable();
      expect(run.iterations[0]?.fallout.filter((f) => f.kind === 'conflict')).toHaveLength(33);
      const calls = await nix.calls();
      const firstBuild = calls.findIndex((call) => /^nix-store --realise .*linux-config/.test(call));
      // That of the host's needs goes on beside the build.
      const evaluations = calls.slice(0, firstBuild).filter((call) => /^nix .*\beval\b.*build\.kernel/.test(call));
      expect(firstBuild).toBeGreaterThan(0);
      expect(evaluations).toHaveLength(2);
    } finally {
      process.env['PATH'] = before;
    }
  });
});

describe('the oracle: the same file without managed patch under ignoreConfigErrors', () => {
  const WISHES: Record<string, string> = {
    'parents off, children wanted':
      'WLAN = no;\nATH9K = module;\nRTL_CARDS = module;\nRTL8192CE = module;\nSOUND = no;\nSND_HDA_INTEL = module;\nSND_SOC = module;',
    'selected symbols unwanted':
      'RTLWIFI = no;\nRTL8192C_COMMON = no;\nRTLWIFI_PCI = no;\nSND_PCM = no;\nDRM_KMS_HELPER = no;\nCRC16 = no;',
    'both, with unknown ones':
      'RTLWIFI = no;\nUSB = no;\nUSB_STORAGE = yes;\nUSB_SERIAL_CONSOLE = yes;\nHID_LOGITECH = module;\nNO_SUCH_SYMBOL = no;\nNEITHER_THIS = yes;',
    'numbers and strings of what is not there':
      'SCSI_LOWLEVEL = lib.mkForce no;\nAIC7XXX_RESET_DELAY_MS = freeform "7000";\nCMDLINE = freeform "quiet";\nRTLWIFI = no;',
  };

  test.each(Object.entries(WISHES))('%s: the .config is the same, byte for byte', async (_, wishes) => {
    const text = wishing(wishes);
    const oracle = await host.plainBuild(withoutManaged(text), { ignoreConfigErrors: true });
    expect(oracle.green).toBe(true);
    await host.save(text);
    const run = await stable();
    const kinds = new Set(run.iterations.flatMap((i) => i.fallout.map((f) => f.kind)));
    expect([...kinds].filter((kind) => !['unused', 'value', 'unknown', 'silent'].includes(kind))).toEqual([]);
    expect(kinds.size).toBeGreaterThan(0);
    expect(host.config(run)).toBe(oracle.dotConfig);
    expect(run.iterations).toHaveLength(1);
  });

  test('every entry, taken out alone, brings fallout back', async () => {
    await host.save(
      wishing(
        'RTLWIFI = no;\nE1000E = yes;\nLOG_BUF_SHIFT = freeform "40";\nWLAN = no;\nATH9K = module;\nHIDRAW = no;\nPREEMPT = yes;',
      ),
    );
    await stable();
    const text = await host.text();
    const symbols = Object.keys(await host.entries());
    expect(symbols.toSorted()).toEqual(['ATH9K', 'E1000E', 'HIDRAW', 'LOG_BUF_SHIFT', 'PREEMPT_VOLUNTARY', 'RTLWIFI']);
    for (const symbol of symbols.filter((s) => s !== 'HIDRAW' && s !== 'PREEMPT_VOLUNTARY')) {
      const without = text
        .split('\n')
        .filter((line) => !new RegExp(`^\\s*${symbol} = lib\\.mkOverride`).test(line))
        .join('\n');
      expect(without).not.toBe(text);
      const built = await host.plainBuild(without, {});
      expect(built.green, symbol).toBe(false);
      expect(built.transcript).toMatch(new RegExp(`${symbol}\\b`));
    }
    const conflicting = text
      .split('\n')
      .filter((line) => !/^\s*HIDRAW = lib\.mkOverride/.test(line))
      .join('\n');
    await expect(host.plainBuild(conflicting, {})).rejects.toThrow(/"unmergeable":\["HIDRAW"\]/);
  });

  test('a stable target is left alone: no write, no build, one evaluation', async () => {
    await host.save(wishing('RTLWIFI = no;\nE1000E = yes;'));
    await stable();
    const text = await host.text();
    const writes: string[] = [];
    const again = await stable({ onWrite: (path) => writes.push(path) });
    expect(writes).toEqual([]);
    expect(again.iterations).toHaveLength(1);
    expect(again.iterations[0]).toMatchObject({ outcome: 'green', buildMs: 0, entries: [] });
    expect(again.lost.map((w) => w.symbol)).toEqual(['E1000E', 'RTLWIFI']);
    expect(await host.text()).toBe(text);
  });

  test('a new database comes to the same fixed point from what stands on disk', async () => {
    await host.save(wishing('RTLWIFI = no;\nE1000E = yes;\nHIDRAW = no;'));
    const first = await stable();
    const [entries, config] = [await host.entries(), host.config(first)];
    host.forget();
    const run = await stable();
    expect(await host.entries()).toEqual(entries);
    expect(host.config(run)).toBe(config);
  });

  test('--fresh: from no entries to the same fixed point', async () => {
    await host.save(wishing('RTLWIFI = no;\nE1000E = yes;\nHIDRAW = no;'));
    const first = await stable();
    const [text, config] = [await host.text(), host.config(first)];
    const run = await stable({ fresh: true });
    // What was released comes back before anything is written.
    expect(run.iterations.flatMap(({ entries }) => entries)).toEqual([]);
    expect(await host.text()).toBe(text);
    expect(host.config(run)).toBe(config);
  });
});

describe('the newest wish', () => {
  const FIRST: Record<string, string> = {
    RTLWIFI: 'no',
    RTLWIFI_PCI: 'no',
    CRC16: 'no',
    SND_PCM: 'no',
    DRM_KMS_HELPER: 'no',
    E1000E: 'yes',
    USB_SERIAL_CONSOLE: 'yes',
    CRYPTO_TEST: 'yes',
    HIDRAW: 'no',
    DEBUG_FS: 'no',
  };
  const OPPOSITE: Record<string, string> = {
    RTLWIFI: 'module',
    RTLWIFI_PCI: 'module',
    CRC16: 'yes',
    SND_PCM: 'module',
    DRM_KMS_HELPER: 'yes',
    E1000E: 'no',
    USB_SERIAL_CONSOLE: 'no',
    CRYPTO_TEST: 'no',
    HIDRAW: 'yes',
    DEBUG_FS: 'yes',
  };
  const lines = (wishes: Record<string, string>): string =>
    Object.entries(wishes)
      .map(([symbol, value]) => `${symbol} = lib.mkForce ${value};`)
      .join('\n');

  test('ten absorbed symbols flipped to the opposite: the .config follows the user wherever plain Nix would', async () => {
    const plain = (text: string): string => text.replaceAll('lib.mkForce ', '');
    await host.save(wishing(plain(lines(FIRST))));
    await stable();
    const entries = Object.keys(await host.entries());
    expect(entries).toEqual(expect.arrayContaining(Object.keys(FIRST)));

    const flipped = (await host.text()).replace(
      plain(lines(FIRST)).replaceAll('\n', '\n      '),
      plain(lines(OPPOSITE)).replaceAll('\n', '\n      '),
    );
    await host.save(flipped);
    const oracle = await host.plainBuild(withoutManaged(wishing(lines(OPPOSITE))), { ignoreConfigErrors: true });
    const run = await stable();
    // Released before the first build: in the first iteration, and no build saw them.
    const released = run.iterations[0]?.entries.filter((e) => e.to === null).map((e) => e.symbol) ?? [];
    const kept = new Set(
      run.iterations[0]?.entries.filter((e) => e.from !== null && e.to !== null).map((e) => e.symbol),
    );
    for (const symbol of Object.keys(FIRST)) expect(released.includes(symbol) || kept.has(symbol), symbol).toBe(true);
    expect(host.config(run)).toBe(oracle.dotConfig);
  });

  test('an entry goes when the wish goes', async () => {
    await host.save(wishing('RTLWIFI = no;\nE1000E = yes;\nSWAP = no;'));
    await stable();
    await host.save((await host.text()).replace('      RTLWIFI = no;\n', ''));
    const run = await stable();
    expect(await host.entries()).toEqual({ E1000E: 'option m' });
    expect(run.absorbed).toBe(-1);
  });

  test('an entry further than rung 1 is tried at rung 1 again, and goes nearer to the wish where it can', async () => {
    await host.save(wishing('PTP_1588_CLOCK = module;\nE1000E = yes;'));
    await stable();
    expect(await host.entries()).toEqual({ E1000E: 'option m' });
    await host.save((await host.text()).replace('PTP_1588_CLOCK = module;', 'PTP_1588_CLOCK = yes;'));
    const run = await stable();
    expect(host.symbols(run).get('E1000E')).toBe('y');
    expect(run.lost).toEqual([]);
  });

  test('what stood by hand between the markers is no fight: it stays until its fallout returns', async () => {
    await host.save(wishing('RTLWIFI = no;\nSWAP = yes;'));
    await stable();
    await host.save(
      (await host.text()).replace(
        '      RTLWIFI = lib.mkOverride',
        '      SWAP = lib.mkOverride 40 (option no);\n      RTLWIFI = lib.mkOverride',
      ),
    );
    expect(await host.entries()).toEqual({ SWAP: 'option n', RTLWIFI: 'option n' });
    await stable();
    expect(await host.entries()).toEqual({ SWAP: 'option n', RTLWIFI: 'option n' });
  });

  test('a stale unset from another tool is seen and does not cost the wish', async () => {
    await host.save(wishing('SWAP = yes;\nHID_LOGITECH = no;'));
    await stable();
    await host.save(
      (await host.text()).replace(
        'structuredExtraConfig = with lib.kernel; { };',
        'structuredExtraConfig = with lib.kernel; {\n      HID_LOGITECH = lib.mkOverride 40 unset;\n    };',
      ),
    );
    const run = await stable();
    // Told, whether it is kept or not.
    const isKept = Object.hasOwn(await host.entries(), 'HID_LOGITECH');
    expect(run.lost.map((w) => w.symbol).includes('HID_LOGITECH')).toBe(
      isKept && host.symbols(run).get('HID_LOGITECH') !== 'n',
    );
  });
});

describe('the choice', () => {
  test("PREEMPT beside PREEMPT_VOLUNTARY under 20 hash seeds: always the same .config, the user's", async () => {
    const configs = new Set<string>();
    for (let hashSeed = 0; hashSeed < 20; hashSeed++) {
      host.forget();
      await host.kernel({ hashSeed });
      await host.save(wishing('PREEMPT = yes;'));
      const run = await stable();
      expect(host.symbols(run).get('PREEMPT')).toBe('y');
      expect(await host.entries()).toEqual({ PREEMPT_VOLUNTARY: 'option n' });
      configs.add(host.config(run));
    }
    expect(configs.size).toBe(1);
  });

  test('an unrelated save does not unsettle it: no write, one build', async () => {
    await host.save(wishing('PREEMPT = yes;\nSWAP = yes;'));
    await stable();
    await host.save((await host.text()).replace('SWAP = yes;', 'SWAP = no;'));
    const run = await stable();
    expect(run.iterations).toHaveLength(1);
    expect(run.iterations[0]?.entries).toEqual([]);
    expect(host.symbols(run).get('PREEMPT')).toBe('y');
  });

  test('a save beside a refused answer costs one build, and none that dies first', async () => {
    await host.save(wishing('E1000E = yes;\nSWAP = yes;'));
    await stable();
    await host.save((await host.text()).replace('SWAP = yes;', 'SWAP = no;'));
    const run = await stable();
    expect(run.iterations.map(({ outcome }) => outcome)).toEqual(['green']);
    expect(await host.entries()).toEqual({ E1000E: 'option m' });
  });

  test("the member that gave way comes back when the user's goes", async () => {
    await host.save(wishing('PREEMPT = yes;\nSWAP = yes;'));
    await stable();
    await host.save((await host.text()).replace('      PREEMPT = yes;\n', ''));
    const run = await stable();
    expect(await host.entries()).toEqual({});
    expect(host.symbols(run).get('PREEMPT_VOLUNTARY')).toBe('y');
  });

  test('two optional members are settled although the build is green', async () => {
    await host.save(wishing('HZ_100 = option yes;\nHZ_1000 = option yes;'));
    const run = await stable();
    expect(await host.entries()).toEqual({ HZ_100: 'option n' });
    expect(host.symbols(run).get('HZ_1000')).toBe('y');
  });
});
