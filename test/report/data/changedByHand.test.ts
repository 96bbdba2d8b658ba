import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, it } from 'vitest';
import type { Target } from '../../../src/config/config.ts';
import type { ManagedEntry } from '../../../src/model/entry.ts';
import { changedByHand } from '../../../src/report/data/changedByHand.ts';
import { readPatchFiles, writeEntries } from '../../../src/run/patchWriter.ts';
import { undoRun } from '../../../src/run/undo.ts';
import type { History } from '../../../src/state/historyDatabase.ts';
import { setHold } from '../../../src/state/targets.ts';
import { recordRun, opened, START } from '../../helpers/history.ts';
import { folder, targetIn } from '../../helpers/target.ts';

let target: Target;
let history: History;
let number: number;
beforeEach(() => {
  target = targetIn(folder());
  history = opened();
  number = recordRun(history, { target: 'host', outcome: null }).run;
});

const entry = (symbol: string, more: Partial<ManagedEntry> = {}): ManagedEntry => ({
  symbol,
  ask: { value: { kind: 'tristate', tristate: 'n' }, optional: true },
  override: 40,
  via: 'structured',
  rung: 1,
  reason: 'why',
  origin: { kind: 'wish', intent: null },
  ...more,
});

async function write(...entries: ManagedEntry[]): Promise<void> {
  const to = new Map(entries.map((one) => [one.symbol, one]));
  const options = { history, run: number, onWrite: () => undefined };
  await writeEntries(target, readPatchFiles(target, history), { from: new Map(), to }, options);
}

function edit(from: string | RegExp, to: string): void {
  writeFileSync(target.managedFile, readFileSync(target.managedFile, 'utf8').replace(from, to));
}

it('is nothing where falloutd has written nothing, or what stands there', async () => {
  edit('{ };', '{ A = lib.kernel.no; };');
  expect(changedByHand(history, target)).toEqual([]);
  await write(entry('A'), entry('B', { via: 'legacy' }));
  expect(changedByHand(history, target)).toEqual([]);
  edit(/A = .*why/, 'A =\n lib.mkForce (lib.kernel.option (lib.kernel.no)); # another comment');
  expect(changedByHand(history, target)).toEqual([]);
});

it('is each binding and each line of extraConfig that is another, new or gone, by symbol', async () => {
  await write(entry('A'), entry('B'), entry('L', { via: 'legacy' }));
  edit(/A = .*why/, 'A = import\n ./a.nix;');
  edit(/ *B = .*\n/, '    C = lib.kernel.module;\n');
  edit('L? n', 'L 8');
  expect(changedByHand(history, target)).toEqual([
    'A: option n -> import ./a.nix',
    'B: option n -> none',
    'C: none -> m',
    'L: option n -> freeform "8"',
  ]);
});

it('compares with what an undo put back', async () => {
  await write(entry('A'));
  number = recordRun(history, { target: 'host', outcome: null }).run;
  await write(entry('A'), entry('B'));
  await undoRun(target, history, null);
  setHold(history, 'host', { kind: 'undone', since: START });
  expect(changedByHand(history, target)).toEqual([]);
  edit(/A = .*why/, 'A = lib.kernel.yes;');
  expect(changedByHand(history, target)).toEqual(['A: option n -> y']);
});

it('is nothing where the file cannot be read', async () => {
  await write(entry('A'));
  edit('# falloutd: end', '#');
  expect(changedByHand(history, target)).toEqual([]);
  rmSync(target.managedFile);
  expect(changedByHand(history, target)).toEqual([]);
});
