import { expect, test } from 'vitest';
import type { RunOutcome } from '../../../src/model/run.ts';
import { standingOf, type Known } from '../../../src/report/data/standing.ts';

const problem = { message: 'm' };
const ended = (outcome: RunOutcome): Known => ({ lastRun: { outcome }, hold: null, live: null, hasChanged: false });
const stable = ended({ kind: 'stable' });

test.each<[string, Known]>([
  ['new', { ...stable, lastRun: null }],
  ['running', { ...stable, lastRun: { outcome: null } }],
  ['running', { ...stable, live: { state: 'running' } }],
  ['running', { ...stable, live: { state: 'scheduled' } }],
  ['stable', { ...stable, live: { state: 'idle' } }],
  ['changed', { ...stable, hasChanged: true }],
  ['blocked', ended({ kind: 'blocked', problem })],
  ['blocked', { ...ended({ kind: 'blocked', problem }), hasChanged: true }],
  ['stalled', ended({ kind: 'stalled', reason: 'no-rung', symbols: [] })],
  ['waiting', ended({ kind: 'infrastructure', problem })],
  ['interrupted', ended({ kind: 'superseded' })],
  ['interrupted', ended({ kind: 'interrupted' })],
  // Saves start nothing then, whatever else is true.
  ['held', { ...stable, hold: { kind: 'paused', since: '2026-03-04T05:06:07.000Z' }, live: { state: 'held' } }],
  ['held', { ...stable, hold: { kind: 'undone', since: '2026-03-04T05:06:07.000Z' }, lastRun: null }],
])('a target is %s', (standing, known) => {
  expect(standingOf(known)).toBe(standing);
});
