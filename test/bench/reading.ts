import { readTranscript } from '../../src/script/readTranscript.ts';
import { BuildLogCollector } from '../../src/nix/buildLog.ts';
import { median } from './figures.ts';

const CHUNK = 64 * 1024;
const ROUNDS = 20;

/** The median of the readings, and the best: what other load on the machine took is not in that. */
export type Reading = { bytes: number; mbPerSecond: number; best: number };

/** Reads each build's stderr as it comes from Nix, and then the transcript in it, all to facts. */
export function readingSpeed(stderrs: readonly Buffer[]): { records: Reading; transcripts: Reading } {
  const texts = stderrs.map(transcriptOf);
  return {
    records: speed(
      stderrs.map((stderr) => stderr.length),
      () => stderrs.forEach((stderr) => readTranscript(transcriptOf(stderr))),
    ),
    transcripts: speed(
      texts.map((text) => Buffer.byteLength(text)),
      () => texts.forEach((text) => readTranscript(text)),
    ),
  };
}

function transcriptOf(stderr: Buffer): string {
  const collector = new BuildLogCollector();
  for (let at = 0; at < stderr.length; at += CHUNK) collector.push(stderr.subarray(at, at + CHUNK));
  return [...collector.result().builds.values()].flatMap((build) => build.lines).join('\n');
}

function speed(sizes: readonly number[], read: () => void): Reading {
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const seconds = Array.from({ length: ROUNDS }, () => {
    const started = performance.now();
    read();
    return (performance.now() - started) / 1000;
  });
  return { bytes, mbPerSecond: bytes / 1e6 / median(seconds), best: bytes / 1e6 / Math.min(...seconds) };
}
