import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readLog } from '../../../../src/report/data/readLog.ts';

/** What each kept record says, as `kind SYMBOL`; an empty list with `blocked` when the script said nothing. */
const SMALL: Record<string, [outcome: string, fallout: string[]]> = {
  green: ['green', []],
  'repeated-int': ['fallout', ['repeated LOG_BUF_SHIFT']],
  'repeated-y': ['fallout', ['repeated E1000E']],
  'repeated-n': ['fallout', ['repeated CRC32']],
  choice: ['fallout', ['choice PREEMPT']],
  'choice-strict': ['fallout', ['choice PREEMPT_VOLUNTARY']],
  value: ['fallout', ['value RTLWIFI', 'value SND_PCM']],
  unused: ['fallout', ['unused RTL8192CEE', 'unused USB_SERIAL_CONSOLE']],
  'first-error': ['fallout', ['value RTLWIFI']],
  hex: ['fallout', ['value PHYSICAL_ALIGN']],
  legacy: ['fallout', ['value RTLWIFI']],
  'patch-does-not-apply': ['blocked', []],
};

const LINUX: Record<string, string> = {
  'repeated-int': 'repeated LOG_BUF_SHIFT',
  repeated: 'repeated NF_LOG_SYSLOG',
  'modules-off': 'repeated IOSCHED_BFQ',
};

function read(nix: string, name: string): { outcome: string; fallout: string[] } {
  const bytes = readFileSync(new URL(`../../../fixtures/standin/nix${nix}/${name}.json.txt.gz`, import.meta.url));
  const { outcome, fallout } = readLog(gunzipSync(bytes).toString('utf8'));
  return { outcome, fallout: fallout.map(({ kind, symbol }) => `${kind} ${symbol}`).sort() };
}

describe.each(['2.8', '2.26'])('records of Nix %s', (nix) => {
  test.each(Object.entries(SMALL))('%s', (name, [outcome, fallout]) => {
    expect(read(nix, `small-${name}`)).toEqual({ outcome, fallout });
  });
});

test.each(Object.entries(LINUX))('a record of Linux 6.12: %s', (name, fallout) => {
  expect(read('2.8', `linux-${name}`)).toEqual({ outcome: 'fallout', fallout: [fallout] });
});
