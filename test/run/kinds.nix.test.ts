import { beforeEach, describe, expect } from 'vitest';
import { test } from '../helpers/hostTest.ts';
import { causeText } from '../../src/fallout/causeText.ts';
import type { KernelHost } from '../helpers/kernelHost.ts';
import { listText, MANAGED, outsideMarkers, patchText, wishing } from '../helpers/patchesText.ts';
import type { FalloutKind } from '../../src/model/fallout.ts';
import type { Run } from '../../src/model/run.ts';

let host: KernelHost;
test.beforeAll(({ host: shared }) => {
  host = shared;
});
beforeEach(async () => {
  host.forget();
  await host.kernel({});
});

/** The kinds of fallout that a run met, by symbol. */
function met(run: Run): Record<string, FalloutKind> {
  return Object.fromEntries(run.iterations.flatMap((i) => i.fallout.map((f) => [f.symbol, f.kind] as const)));
}

/** The wishes that a stable run reports as lost: `SYMBOL got`. */
function lost(run: Run): Record<string, string | null> {
  return Object.fromEntries(run.lost.map((w) => [w.symbol, w.got]));
}

type Case = {
  wishes: string;
  /** The fallout that is met on the way, by symbol. */
  kinds: Record<string, FalloutKind>;
  /** The managed patch at the end. */
  entries: Record<string, string>;
  /** What the user does not get, and what there is instead. */
  lost?: Record<string, string | null>;
  /** Names that are off as asked, and that no Kconfig file has. */
  unknown?: string[];
};

const CASES: Record<string, Case> = {
  'nothing to absorb': { wishes: 'SWAP = no;', kinds: {}, entries: {} },
  'unused: its parent is off': {
    wishes: 'WLAN = no;\nATH9K = module;',
    kinds: { ATH9K: 'unused' },
    entries: { ATH9K: 'option m' },
    lost: { ATH9K: null },
  },
  'value: held up by a selection': {
    wishes: 'RTLWIFI = no;',
    kinds: { RTLWIFI: 'value' },
    entries: { RTLWIFI: 'option n' },
    lost: { RTLWIFI: 'm' },
  },
  'repeated: y where only m is offered': {
    wishes: 'E1000E = yes;',
    kinds: { E1000E: 'repeated' },
    entries: { E1000E: 'option m' },
    lost: { E1000E: 'm' },
  },
  'repeated: n where m is the least': {
    wishes: 'ATA = module;\nSCSI = no;',
    kinds: { SCSI: 'repeated' },
    entries: { SCSI: 'option m' },
    lost: { SCSI: 'm' },
  },
  'repeated: m asked of a bool': {
    wishes: 'WLAN = module;',
    kinds: { WLAN: 'repeated' },
    entries: { WLAN: 'option y' },
    lost: { WLAN: 'y' },
  },
  'repeated: an int out of its range': {
    wishes: 'LOG_BUF_SHIFT = freeform "40";',
    kinds: { LOG_BUF_SHIFT: 'repeated' },
    entries: { LOG_BUF_SHIFT: 'option freeform 25' },
    lost: { LOG_BUF_SHIFT: '25' },
  },
  'repeated: a hex out of its range': {
    wishes: 'PHYSICAL_ALIGN = freeform "0x10";',
    kinds: { PHYSICAL_ALIGN: 'repeated' },
    entries: { PHYSICAL_ALIGN: 'option freeform 0x200000' },
    lost: { PHYSICAL_ALIGN: '0x200000' },
  },
  'repeated: a word asked of a tristate': {
    wishes: 'USB_STORAGE = freeform "maybe";',
    kinds: { USB_STORAGE: 'repeated' },
    entries: { USB_STORAGE: 'unset' },
    lost: { USB_STORAGE: 'y' },
  },
  'repeated: yes asked of a number': {
    wishes: 'LOG_BUF_SHIFT = yes;',
    kinds: { LOG_BUF_SHIFT: 'repeated' },
    entries: { LOG_BUF_SHIFT: 'unset' },
    lost: { LOG_BUF_SHIFT: '17' },
  },
  'choice: against a default of nixpkgs': {
    wishes: 'PREEMPT = yes;',
    kinds: { PREEMPT_VOLUNTARY: 'choice' },
    entries: { PREEMPT_VOLUNTARY: 'option n' },
  },
  'choice: two members in one patch, the later line stays': {
    wishes: 'HZ_100 = yes;\nHZ_1000 = yes;',
    kinds: { HZ_100: 'choice' },
    entries: { HZ_100: 'option n' },
    lost: { HZ_100: 'n' },
  },
  'choice: the later line stays in the other order too': {
    wishes: 'HZ_1000 = yes;\nHZ_100 = yes;',
    kinds: { HZ_1000: 'choice' },
    entries: { HZ_1000: 'option n' },
    lost: { HZ_1000: 'n' },
  },
  'conflict with nixpkgs': { wishes: 'HIDRAW = no;', kinds: { HIDRAW: 'conflict' }, entries: { HIDRAW: 'n' } },
  'conflict with nixpkgs, then a miss': {
    wishes: 'DEBUG_INFO = module;',
    kinds: { DEBUG_INFO: 'repeated' },
    entries: { DEBUG_INFO: 'option y' },
    lost: { DEBUG_INFO: 'y' },
  },
  'conflict of two numbers': {
    wishes: 'NR_CPUS = freeform "8";',
    kinds: { NR_CPUS: 'conflict' },
    entries: { NR_CPUS: 'freeform 8' },
  },
  'unknown: no Kconfig file has it': {
    wishes: 'RTL8192CEE = no;\nHIDDRAW = yes;',
    kinds: { RTL8192CEE: 'unknown', HIDDRAW: 'unknown' },
    entries: { RTL8192CEE: 'option n', HIDDRAW: 'option y' },
    lost: { HIDDRAW: null },
    unknown: ['RTL8192CEE'],
  },
  'a hex in another spelling is no lost wish': {
    wishes: 'PHYSICAL_ALIGN = freeform "400000";',
    kinds: { PHYSICAL_ALIGN: 'value' },
    entries: { PHYSICAL_ALIGN: 'freeform 0x400000' },
  },
  'silent: a 0 that the script passes over': {
    wishes: 'PANIC_ON_OOPS_VALUE = freeform "1";\nPANIC_ON_OOPS = no;',
    kinds: { PANIC_ON_OOPS_VALUE: 'silent' },
    entries: {},
    lost: { PANIC_ON_OOPS_VALUE: '0' },
  },
  'everything at once': {
    wishes:
      'RTLWIFI = no;\nE1000E = yes;\nLOG_BUF_SHIFT = freeform "40";\nPREEMPT = yes;\nHIDRAW = no;\nSND_SOC = no;\nSND_SOC_SOF_TOPLEVEL = yes;\nUSB_SERIAL = module;\nUSB_SERIAL_CONSOLE = yes;',
    kinds: {
      RTLWIFI: 'value',
      E1000E: 'repeated',
      LOG_BUF_SHIFT: 'repeated',
      PREEMPT_VOLUNTARY: 'choice',
      HIDRAW: 'conflict',
      SND_SOC_SOF_TOPLEVEL: 'unused',
      USB_SERIAL_CONSOLE: 'unused',
    },
    entries: {
      RTLWIFI: 'option n',
      E1000E: 'option m',
      LOG_BUF_SHIFT: 'option freeform 25',
      PREEMPT_VOLUNTARY: 'option n',
      HIDRAW: 'n',
      SND_SOC_SOF_TOPLEVEL: 'option y',
      USB_SERIAL_CONSOLE: 'option y',
    },
    lost: { RTLWIFI: 'm', E1000E: 'm', LOG_BUF_SHIFT: '25', SND_SOC_SOF_TOPLEVEL: null, USB_SERIAL_CONSOLE: null },
  },
};

describe('every kind of fallout ends stable, policy keep-wish', () => {
  test.each(Object.entries(CASES))('%s', async (_, { wishes, kinds, entries, lost: gone = {}, unknown }) => {
    await host.save(wishing(wishes));
    const before = outsideMarkers(await host.text());
    const run = await host.run();
    expect(run.outcome).toEqual({ kind: 'stable' });
    expect(met(run)).toEqual(kinds);
    expect(await host.entries()).toEqual(entries);
    expect(lost(run)).toEqual(gone);
    expect(run.unknownNames?.map((wish) => wish.symbol)).toEqual(unknown);
    expect(outsideMarkers(await host.text())).toEqual(before);
    expect(run.absorbed).toBe(Object.keys(entries).length);
    expect(Object.values(await host.reasons()).every((reason) => reason !== null && reason !== '')).toBe(true);
  });
});

describe('policy unset', () => {
  const UNSET: Record<string, { wishes: string; entries: Record<string, string> }> = {
    unused: { wishes: 'WLAN = no;\nATH9K = module;', entries: { ATH9K: 'unset' } },
    value: { wishes: 'RTLWIFI = no;', entries: { RTLWIFI: 'unset' } },
    repeated: { wishes: 'E1000E = yes;', entries: { E1000E: 'unset' } },
    'a choice is still settled for the user': { wishes: 'PREEMPT = yes;', entries: { PREEMPT_VOLUNTARY: 'option n' } },
    'a conflict is still settled for the user': { wishes: 'HIDRAW = no;', entries: { HIDRAW: 'n' } },
  };
  test.each(Object.entries(UNSET))('%s', async (_, { wishes, entries }) => {
    await host.save(wishing(wishes));
    const run = await host.run({ target: { policy: 'unset' } });
    expect(run.outcome).toEqual({ kind: 'stable' });
    expect(await host.entries()).toEqual(entries);
  });
});

test('a default that enableCommonConfig keeps out is no conflict', async () => {
  await host.kernel({ enableCommonConfig: false });
  await host.save(wishing('HIDRAW = no;'));
  const run = await host.run();
  expect(run.outcome).toEqual({ kind: 'stable' });
  expect(await host.entries()).toEqual({});
  expect(host.symbols(run).get('HIDRAW')).toBe('n');
});

describe('between two patches of the user', () => {
  const two = (one: string, other: string): string =>
    listText([patchText('one', one), patchText('other', other), MANAGED]);

  test('of two conflicting wishes the later patch wins, and the other is told', async () => {
    await host.save(two('SWAP = no;', 'SWAP = yes;'));
    const run = await host.run();
    expect(run.outcome).toEqual({ kind: 'stable' });
    expect(await host.entries()).toEqual({ SWAP: 'y' });
    expect(host.symbols(run).get('SWAP')).toBe('y');
    expect(run.lost).toMatchObject([
      { symbol: 'SWAP', wanted: 'n', got: 'y', kind: 'overridden', by: { name: 'one' } },
    ]);

    await host.save(two('SWAP = yes;', 'SWAP = no;'));
    const again = await host.run();
    expect(await host.entries()).toEqual({ SWAP: 'n' });
    expect(host.symbols(again).get('SWAP')).toBe('n');
  });

  test('a forced wish stands over a plain one without an entry, and the plain one is told', async () => {
    await host.save(two('SWAP = lib.mkForce no;', 'SWAP = yes;'));
    const run = await host.run();
    expect(run.outcome).toEqual({ kind: 'stable' });
    expect(await host.entries()).toEqual({});
    expect(run.lost).toMatchObject([
      {
        symbol: 'SWAP',
        wanted: 'y',
        got: 'n',
        kind: 'overridden',
        by: { name: 'other' },
        position: { file: host.patchesFile, line: 14 },
      },
    ]);
    expect(run.lost[0]?.cause && causeText(run.lost[0].cause)).toMatch(/^patch one sets n \(.*patches\.nix:7\)$/);
  });

  test('two forced wishes conflict as well, and the entry wins over both', async () => {
    await host.save(two('SWAP = lib.mkForce yes;', 'SWAP = lib.mkForce no;'));
    const run = await host.run();
    expect(run.outcome).toEqual({ kind: 'stable' });
    expect(await host.entries()).toEqual({ SWAP: 'n' });
  });

  test('an entry wins over an override of any priority', async () => {
    await host.save(wishing('RTLWIFI = lib.mkOverride 10 no;'));
    const run = await host.run();
    expect(run.outcome).toEqual({ kind: 'stable' });
    expect(await host.entries()).toEqual({ RTLWIFI: 'option n' });
    expect(await host.text()).toContain('RTLWIFI = lib.mkOverride 9 (option no);');
  });

  test('of two members of a choice the one of the later patch stays', async () => {
    await host.save(two('HZ_1000 = yes;', 'HZ_100 = yes;'));
    const run = await host.run();
    expect(run.outcome).toEqual({ kind: 'stable' });
    expect(await host.entries()).toEqual({ HZ_1000: 'option n' });
    expect(host.symbols(run).get('HZ_100')).toBe('y');
  });

  test('freeform over tristate: reported with both places, not absorbed', async () => {
    await host.save(wishing('NR_CPUS = no;'));
    const run = await host.run();
    expect(run.outcome).toEqual({ kind: 'stable' });
    expect(await host.entries()).toEqual({});
    expect(run.lost).toMatchObject([
      { symbol: 'NR_CPUS', wanted: 'n', got: '256', kind: 'overridden', position: { line: 7 } },
    ]);
    expect(run.lost[0]?.cause && causeText(run.lost[0].cause)).toMatch(
      /^nixpkgs sets 256 \(.*common-config-small\.nix:\d+\)$/,
    );
  });
});

describe('legacy strings', () => {
  const legacy = patchText('old', 'SWAP = yes;', 'extraConfig = "RTLWIFI n\\n";');

  test('the managed patch stands later: a line SYMBOL? VALUE of its own', async () => {
    await host.save(listText([legacy, MANAGED]));
    const run = await host.run();
    expect(run.outcome).toEqual({ kind: 'stable' });
    expect(await host.entries()).toEqual({ RTLWIFI: 'RTLWIFI? n' });
    expect(lost(run)).toEqual({ RTLWIFI: 'm' });
    const again = await host.run();
    expect(again.outcome).toEqual({ kind: 'stable' });
    expect(again.iterations).toHaveLength(1);
  });

  test('the managed patch stands earlier: blocked, naming patch and line', async () => {
    const text = listText([MANAGED, legacy]);
    await host.save(text);
    const run = await host.run();
    expect(run.outcome).toMatchObject({ kind: 'blocked', problem: { file: host.patchesFile, line: 13 } });
    expect(run.outcome?.kind === 'blocked' && run.outcome.problem.message).toMatch(/patch old .*RTLWIFI n/);
    expect(run.outcome?.kind === 'blocked' && run.outcome.problem.hint).toMatch(
      /move the managed patch `fallout` after it/,
    );
    expect(await host.text()).toBe(text);
  });

  test('a refused answer of a string takes the nearest that is offered', async () => {
    await host.save(listText([patchText('old', 'SWAP = yes;', 'extraConfig = "E1000E y\\n";'), MANAGED]));
    const run = await host.run();
    expect(run.outcome).toEqual({ kind: 'stable' });
    expect(await host.entries()).toEqual({ E1000E: 'E1000E? m' });
  });

  test('a string of the kernel itself', async () => {
    await host.kernel({ extraConfig: 'RTLWIFI n\n' });
    await host.save(wishing('SWAP = no;'));
    const run = await host.run();
    expect(run.outcome).toEqual({ kind: 'stable' });
    expect(await host.entries()).toEqual({ RTLWIFI: 'RTLWIFI? n' });
  });

  test('the entry goes when the line goes', async () => {
    await host.save(listText([legacy, MANAGED]));
    await host.run();
    await host.save((await host.text()).replace('RTLWIFI n\\n', ''));
    const run = await host.run();
    expect(run.outcome).toEqual({ kind: 'stable' });
    expect(await host.entries()).toEqual({});
  });
});

describe('every behaviour of the answering script', () => {
  const ALL = CASES['everything at once'];

  test.each(['all', 'first-error', 'strict-choice'] as const)('%s: the same fixed point', async (script) => {
    await host.kernel({ script });
    await host.save(wishing(ALL?.wishes ?? ''));
    const run = await host.run();
    expect(run.outcome).toEqual({ kind: 'stable' });
    expect(await host.entries()).toEqual(ALL?.entries);
    expect(lost(run)).toEqual(ALL?.lost);
    expect(run.iterations.filter(({ buildMs }) => buildMs > 0)).toHaveLength(1);
  });

  test('under ignoreConfigErrors a warning about a mandatory symbol is fallout too', async () => {
    await host.kernel({ ignoreConfigErrors: true });
    await host.save(wishing('RTLWIFI = no;\nWLAN = no;\nATH9K = module;'));
    const run = await host.run();
    expect(run.outcome).toEqual({ kind: 'stable' });
    expect(met(run)).toMatchObject({ ATH9K: 'unused' });
    expect(Object.keys(await host.entries())).toContain('ATH9K');
  });

  test('clamping: what the script clamps is reported and not absorbed', async () => {
    await host.kernel({ script: 'clamping' });
    await host.save(wishing('E1000E = yes;\nRTLWIFI = no;'));
    const run = await host.run();
    expect(run.outcome).toEqual({ kind: 'stable' });
    expect(await host.entries()).toEqual({ RTLWIFI: 'option n' });
    expect(run.lost).toMatchObject([
      { symbol: 'E1000E', wanted: 'y', got: 'm', kind: 'clamped' },
      { symbol: 'RTLWIFI', kind: 'value' },
    ]);
  });
});

describe('the names of the attribute', () => {
  const old = (text: string): string => text.replaceAll('structuredExtraConfig', 'extraStructuredConfig');
  const text = wishing('RTLWIFI = no;');

  test.each([
    ['new', text],
    ['both', text],
    ['throws', text],
    ['old', old(text)],
    ['both', old(text)],
  ] as const)('a nixpkgs that reads the %s one', async (attributeMode, patches) => {
    await host.kernel({ attributeMode });
    await host.save(patches);
    const run = await host.run();
    expect(run.outcome).toEqual({ kind: 'stable' });
    expect(await host.entries()).toEqual({ RTLWIFI: 'option n' });
  });

  test.each([
    ['new', old(text), 'extraStructuredConfig', 'structuredExtraConfig'],
    ['old', text, 'structuredExtraConfig', 'extraStructuredConfig'],
  ] as const)(
    'a nixpkgs that knows only the %s one ignores the other: blocked',
    async (attributeMode, patches, used, right) => {
      await host.kernel({ attributeMode });
      await host.save(patches);
      const run = await host.run();
      expect(run.outcome).toMatchObject({ kind: 'blocked', problem: { file: host.patchesFile, line: 4 } });
      const problem = run.outcome?.kind === 'blocked' ? run.outcome.problem : null;
      expect(problem?.message).toContain(`ignores \`${used}\` of patch mine`);
      expect(problem?.hint).toContain(`\`${right}\``);
      expect(await host.text()).toBe(patches);
    },
  );

  test('a managed patch that this nixpkgs ignores: blocked at the managed patch', async () => {
    await host.kernel({ attributeMode: 'new' });
    const patches = listText([patchText('mine', 'RTLWIFI = no;'), old(MANAGED)]);
    await host.save(patches);
    const run = await host.run();
    expect(run.outcome).toMatchObject({
      kind: 'blocked',
      problem: { file: host.patchesFile, hint: 'rename it to `structuredExtraConfig`' },
    });
    expect(run.outcome?.kind === 'blocked' && run.outcome.problem.message).toContain(
      '`extraStructuredConfig` of the managed patch `fallout`',
    );
  });
});

describe('the layouts people use', () => {
  const LAYOUTS: Record<string, string> = {
    'mapAttrs over a set':
      'structuredExtraConfig = lib.mapAttrs (_: lib.mkForce) (with lib.kernel; { RTLWIFI = no; ATA = module; SCSI = no; HIDRAW = no; });',
    'genAttrs over names':
      'structuredExtraConfig = lib.genAttrs [ "RTLWIFI" "HIDRAW" ] (_: lib.mkForce lib.kernel.no) // { ATA = lib.kernel.module; SCSI = lib.kernel.no; };',
    'quoted names':
      'structuredExtraConfig = with lib.kernel; { "RTLWIFI" = no; "ATA" = module; "SCSI" = no; "HIDRAW" = lib.mkForce no; };',
    'a condition around all':
      'structuredExtraConfig = lib.mkIf true (with lib.kernel; { RTLWIFI = no; ATA = module; SCSI = no; HIDRAW = lib.mkForce no; });',
    'a merge of two':
      'structuredExtraConfig = with lib.kernel; lib.mkMerge [ { RTLWIFI = no; ATA = module; } { SCSI = no; HIDRAW = lib.mkForce no; } ];',
  };

  test.each(Object.entries(LAYOUTS))('%s', async (_, settings) => {
    const patches = `{ lib, ... }:\n[\n  {\n    name = "mine";\n    patch = null;\n    ${settings}\n  }\n${MANAGED}]\n`;
    await host.save(patches);
    const run = await host.run();
    expect(run.outcome).toEqual({ kind: 'stable' });
    expect(await host.entries()).toEqual({ RTLWIFI: 'option n', SCSI: 'option m' });
    expect(lost(run)).toEqual({ RTLWIFI: 'm', SCSI: 'm' });
    expect(run.lost.map((w) => w.by)).toEqual([
      { kind: 'patch', name: 'mine', index: 1 },
      { kind: 'patch', name: 'mine', index: 1 },
    ]);
    expect(run.lost.map((w) => w.position)).toMatchObject([
      { file: host.patchesFile, line: 6 },
      { file: host.patchesFile, line: 6 },
    ]);
  });

  test('a force around all settings shuts every other patch out: blocked, since no entry can win', async () => {
    await host.save(
      `{ lib, ... }:\n[\n  {\n    name = "mine";\n    patch = null;\n    structuredExtraConfig = lib.mkForce (with lib.kernel; { RTLWIFI = no; });\n  }\n${MANAGED}]\n`,
    );
    const run = await host.run();
    expect(run.outcome).toMatchObject({ kind: 'blocked', problem: { file: host.patchesFile } });
    expect(run.outcome?.kind === 'blocked' && run.outcome.problem.message).toContain(
      'the entry RTLWIFI of the managed patch is not what the kernel is asked for',
    );
  });
});
