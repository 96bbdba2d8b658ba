import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Baseline, baselineOf, wishesOf, type Asking } from '../../src/kernel/baseline.ts';
import type { Prediction, PredictionInput } from '../../src/kernel/prediction.ts';
import type { Asker, Intent, Position } from '../../src/model/intent.ts';
import { valueOf } from '../../src/model/value.ts';

const HERE: Position = { file: '/p.nix', line: 1, column: 1 };

const intent = (symbol: string, text: string, by: Asker, position: Position | null = HERE): Intent => ({
  symbol,
  ask: { value: valueOf(text), optional: false },
  priority: 100,
  by,
  position,
});
const line = (symbol: string, value: string, by: Asker, position: Position | null) =>
  ({ symbol, value, optional: false, by, position }) as const;

const PATCH: Asker = { kind: 'patch', name: 'mine', index: 0 };
const KERNEL: Asker = { kind: 'kernel' };
const ASKING: Asking = {
  intents: [
    intent('DEFAULT', 'y', { kind: 'nixpkgs' }, null),
    intent('BOTH', 'y', { kind: 'nixpkgs' }, null),
    intent('VENDOR', 'y', KERNEL, null),
    intent('OVERRIDE', 'y', KERNEL),
    intent('WITH_IT', 'y', KERNEL, { ...HERE, file: `/nix/store/${'a'.repeat(32)}-source/linux-rt.nix` }),
    intent('BOTH', 'n', PATCH),
    intent('ENTRY', 'n', { kind: 'patch', name: 'fallout', index: 1 }),
  ],
  legacy: [line('STRING', 'y', PATCH, HERE), line('PLATFORM', 'y', KERNEL, null)],
  managedName: 'fallout',
};

describe('the baseline', () => {
  it('asks for what remains without the settings that stand in files of the user', () => {
    const asked = baselineOf(ASKING).settings;
    expect(Object.entries(asked).map(([symbol, { tristate }]) => `${symbol} ${tristate ?? ''}`)).toEqual([
      'DEFAULT y',
      'BOTH y',
      'VENDOR y',
      'WITH_IT y',
      'PLATFORM y',
    ]);
  });

  it('knows the wishes by what has the last word', () => {
    expect([...wishesOf(ASKING)].map(([symbol, { wanted }]) => `${symbol} ${wanted ?? ''}`)).toEqual([
      'BOTH n',
      'OVERRIDE y',
      'STRING y',
    ]);
  });
});

describe('a baseline that is kept', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'falloutd-baseline-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  let predicted = 0;
  const predict = ({ settings }: PredictionInput): Prediction => {
    predicted++;
    const dotConfig = Object.keys(settings).join('\n');
    return {
      entries: [],
      settings,
      fallout: [],
      outcome: { kind: 'stable' },
      lost: { lost: [] },
      unknown: [],
      dotConfig,
      sessions: 1,
    };
  };
  const fresh = () => new Baseline(predict, join(folder, 'kernel.baseline'));
  const times = (run: () => unknown): number => {
    predicted = 0;
    run();
    return predicted;
  };

  it('is predicted once for the same defaults, whatever is wished', () => {
    const one = fresh();
    expect(times(() => one.dotConfig(ASKING))).toBe(1);
    const fewer = { ...ASKING, intents: ASKING.intents.filter(({ by }) => by.kind !== 'patch') };
    expect(times(() => one.dotConfig(fewer))).toBe(0);
    const another = fresh();
    expect(times(() => another.dotConfig(ASKING))).toBe(0);
    expect(another.dotConfig(ASKING)).toBe(one.dotConfig(ASKING));
  });

  it('is predicted anew for other defaults, and where the file is damaged', () => {
    fresh().dotConfig(ASKING);
    const more = { ...ASKING, intents: [...ASKING.intents, intent('MORE', 'y', { kind: 'nixpkgs' }, null)] };
    expect(times(() => fresh().dotConfig(more))).toBe(1);
    const file = join(folder, 'kernel.baseline');
    writeFileSync(file, readFileSync(file).subarray(0, -1));
    expect(times(() => fresh().dotConfig(more))).toBe(1);
  });

  it('is done without where the defaults come to no kernel, or it cannot be kept', () => {
    const stalled: Prediction['outcome'] = { kind: 'stalled', reason: 'no-rung', symbols: [] };
    const never = new Baseline((input) => ({ ...predict(input), outcome: stalled }), null);
    expect(never.dotConfig(ASKING)).toBeNull();
    expect(new Baseline(predict, join(folder, 'none', 'kernel.baseline')).dotConfig(ASKING)).not.toBeNull();
  });
});
