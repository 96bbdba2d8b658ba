import type { BootTimes, CipherSpeed, Measurement, Skipped } from '../model/measurement.ts';
import type { History } from './historyDatabase.ts';

/** Records a measurement; returns its number. */
export function keepMeasurement(history: History, measured: Omit<Measurement, 'measurement' | 'buildMs'>): number {
  return history.insert('measurements', measured);
}

type Row = Omit<Measurement, 'ciphers' | 'boot' | 'skipped'> & { ciphers: string; boot: string | null; skipped: string };

/** All measurements, the newest first. */
export function measurements(history: History): Measurement[] {
  const sql = `SELECT measurement, measured_at, release, store_path, m.target, m.iteration, m.build,
      b.duration_ms AS build_ms, ciphers, boot, m.kernel_bytes, m.modules_bytes, initrd_bytes, skipped
    FROM measurements m LEFT JOIN kernel_builds b USING (build) ORDER BY measurement DESC`;
  return history.all<Row>(sql).map(({ ciphers, boot, skipped, ...row }) => ({
    ...row,
    ciphers: JSON.parse(ciphers) as CipherSpeed[],
    boot: boot === null ? null : (JSON.parse(boot) as BootTimes),
    skipped: JSON.parse(skipped) as Skipped[],
  }));
}
