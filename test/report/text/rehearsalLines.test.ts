import { expect, it } from 'vitest';
import type { Rehearsal } from '../../../src/model/rehearsal.ts';
import { rehearsalLines } from '../../../src/report/text/rehearsalLines.ts';
import { PLAIN } from '../../../src/report/text/style.ts';

const by = { kind: 'patch' as const, name: 'small', index: 0 };
const at = (line: number) => ({ file: '/etc/nixos/patches.nix', line, column: 5 });

const NOTHING: Rehearsal = {
  target: 'demo',
  now: { kernel: '6.1.192', outcome: { kind: 'stable' } },
  next: { kernel: '6.12.117', outcome: { kind: 'stable' } },
  lost: [],
  gained: [],
  entries: { needed: [], noLonger: [] },
  gone: [],
  questions: [],
  changed: [],
  preflight: null,
  verified: null,
};

const lines = (rehearsal: Partial<Rehearsal>, { all = false, width = 78 } = {}): string =>
  `\n${rehearsalLines({ ...NOTHING, ...rehearsal }, { all }, { ...PLAIN, width }).join('\n')}\n`;

it('says in a sentence that nothing is lost', () => {
  expect(lines({})).toBe('\ndemo: kernel 6.1.192 -> 6.12.117: every wish that holds now would hold\n');
});

it('puts first what hurts most, and tells in plain words', () => {
  const found: Partial<Rehearsal> = {
    lost: [
      {
        kind: 'value',
        symbol: 'RTLWIFI',
        wanted: 'n',
        got: 'm',
        by,
        position: at(10),
        cause: { kind: 'selected', by: [{ symbol: 'RTL8192CE', level: 'm' }] },
      },
      { kind: 'unused', symbol: 'PARIDE', wanted: 'm', got: null, by, position: at(15) },
    ],
    gone: [
      { symbol: 'PARIDE', wanted: 'm', by, position: at(15), replacedBy: { kind: 'prompt', names: ['PATA_PARPORT'] } },
      {
        symbol: 'USB_ONBOARD_HUB',
        wanted: null,
        by,
        position: at(18),
        replacedBy: { kind: 'near', names: ['USB_ONBOARD_DEV'] },
      },
      { symbol: 'FB_INTEL', wanted: 'n', by, position: null, replacedBy: null },
    ],
    entries: {
      needed: [
        { symbol: 'PARIDE', from: null, to: 'option m', rung: 1, reason: 'wanted m, no option' },
        { symbol: 'RTLWIFI', from: null, to: 'option n', rung: 1, reason: 'wanted n, got m: selected by RTL8192CE' },
      ],
      noLonger: [{ symbol: 'HIDRAW', setting: 'option n' }],
    },
    changed: [
      {
        symbol: 'DRM_DW_HDMI',
        before: 'm',
        after: null,
        change: 'off',
        hurts: 'driver',
        menu: 'Device Drivers › Graphics support › Bridges',
      },
    ],
    questions: [
      { symbol: 'DRM_ACCEL', prompt: 'Compute Acceleration Framework', menu: 'Device Drivers', value: 'y' },
      { symbol: 'PATA_PARPORT', prompt: 'Parallel port IDE device support', menu: 'Device Drivers', value: 'm' },
    ],
    gained: [{ kind: 'value', symbol: 'SND_SOC', wanted: 'n', got: 'm', by, position: at(11) }],
    preflight: {
      misses: [
        {
          need: { kind: 'initrd', module: 'hid_logitech_dj', file: null, from: 'host' },
          severity: 'error',
          symbols: [{ symbol: 'HID_LOGITECH_DJ', value: 'n' }],
          roots: [],
        },
      ],
      unknown: [],
      met: 40,
    },
    verified: { kind: 'as-predicted' },
  };
  expect(lines(found)).toBe(`
demo: kernel 6.1.192 -> 6.12.117: 2 of your wishes would be lost, 3 options
you name are gone
  a config build gives the .config that was predicted
  what the host needs and the other kernel lacks
    ✗ initrd needs hid_logitech_dj (HID_LOGITECH_DJ), which is n
  wishes that would be lost
    /etc/nixos/patches.nix:10  RTLWIFI  wanted n, got m  selected by RTL8192CE
  options you name that are gone
    /etc/nixos/patches.nix:15  PARIDE = module
        now PATA_PARPORT (the same prompt)
    /etc/nixos/patches.nix:18  USB_ONBOARD_HUB = unset
        perhaps USB_ONBOARD_DEV (a name like it)
    FB_INTEL = no  nothing is known in its place
  2 entries of the managed patch would come or change; 1 entry no longer
  needed
    + RTLWIFI = option n  # wanted n, got m: selected by RTL8192CE
    + PARIDE = option m  # wanted m, no option
    - HIDRAW = option n
  1 other value would change
    -DRM_DW_HDMI m  Graphics support › Bridges
  2 new questions that nobody answers
    Device Drivers
      DRM_ACCEL     y  Compute Acceleration Framework
      PATA_PARPORT  m  Parallel port IDE device support
  wishes that are not honoured now and would be
    /etc/nixos/patches.nix:11  SND_SOC  now wanted n, got m
`);
});

it('shows the first twelve of many, and new questions by menu, unless all are asked for', () => {
  const question = (i: number): Rehearsal['questions'][number] => ({
    symbol: `OPTION_${i}`,
    prompt: `Option ${i}`,
    menu: i % 5 === 0 ? 'Device Drivers › Few' : 'Device Drivers › Many',
    value: 'm',
  });
  const many: Partial<Rehearsal> = {
    questions: Array.from({ length: 15 }, (_, i) => question(i)),
    changed: Array.from({ length: 14 }, (_, i) => ({
      symbol: `VALUE_${i}`,
      before: '1',
      after: '2',
      change: 'changed',
      hurts: null,
      menu: 'General setup',
    })),
  };
  const short = lines(many);
  expect(short).toContain(
    '  15 new questions that nobody answers\n    12 Device Drivers › Many: OPTION_1, OPTION_2, OPTION_3, …',
  );
  expect(short).toContain('VALUE_11 1 -> 2  General setup\n    and 2 more\n');
  expect(short).toContain('`--all` shows all of them');
  const all = lines(many, { all: true });
  expect(all).toContain('OPTION_14  m  Option 14');
  expect(all).toContain('VALUE_13 1 -> 2');
  expect(all).not.toContain('more');
});

it('says what blocks the other kernel, and where a run would stall', () => {
  const problem = { message: 'attribute `x` missing', file: '/etc/nixos/flake.nix', line: 3 };
  const blocked: Rehearsal['next'] = { kernel: null, outcome: { kind: 'blocked', problem } };
  expect(lines({ next: blocked })).toBe(`
demo: from kernel 6.1.192: a run would be blocked
  /etc/nixos/flake.nix:3: attribute \`x\` missing
`);
  const stalled: Rehearsal['next'] = {
    kernel: '6.12.117',
    outcome: { kind: 'stalled', reason: 'no-rung', symbols: ['A', 'B'] },
  };
  expect(lines({ next: stalled }, { width: 120 })).toContain(
    'a run would end stalled: no entry is left to try for A, B',
  );
});

it('names what a config build shows otherwise', () => {
  const symbols = [{ symbol: 'A', predicted: 'y', built: null }];
  expect(lines({ verified: { kind: 'otherwise', outcome: { kind: 'stable' }, symbols } })).toBe(`
demo: kernel 6.1.192 -> 6.12.117: every wish that holds now would hold
  a config build gives another .config than was predicted
    A: predicted y, built none
`);
});

it.each([80, 120])('fits %i columns', (width) => {
  const menu = `Device Drivers › ${'Graphics support with a long name '.repeat(3)} › Bridges`;
  const questions = Array.from({ length: 20 }, (_, i) => ({
    symbol: `A_RATHER_LONG_NAME_OF_AN_OPTION_${i}`,
    prompt: 'A prompt that goes on and on, as some prompts do, to the end of the line and further',
    menu,
    value: 'm',
  }));
  for (const all of [false, true])
    for (const line of lines({ questions }, { all, width }).split('\n')) expect(line.length).toBeLessThanOrEqual(width);
});
