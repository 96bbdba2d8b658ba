import type { RunningKernel } from '../model/booted.ts';
import type { Measured } from '../model/measurement.ts';
import type { History } from '../state/historyDatabase.ts';
import { keepMeasurement } from '../state/measurements.ts';
import { recordedKernelIn, recordedMatch } from './booted.ts';

/** Records what the running kernel was measured at, with the recorded kernel that it is; returns the number of the measurement. */
export function recordMeasurement(history: History, running: RunningKernel, measured: Measured): number {
  const { release, storePath } = running;
  const recorded = recordedKernelIn(recordedMatch(history, running, undefined));
  const { target = null, iteration = null, build = null } = recorded ?? {};
  const kernel = { release, storePath, target, iteration, build: build?.build ?? null };
  return keepMeasurement(history, { measuredAt: new Date().toISOString(), ...kernel, ...measured });
}
