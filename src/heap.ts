import v8 from 'node:v8';

/** What the room for new objects may grow to, in bytes: both of its halves. */
const YOUNG_BYTES = 8 << 20;
/** Each object here is some fifty bytes; so many fill that room several times over. */
const MOST_OBJECTS = 1_000_000;

/**
 * Keeps the room for new objects at 8 MB, for a process that runs for weeks. Otherwise it grows to what suits a server under load, 33 MB
 * in Node 20 and 22 and 134 MB in 24, and what dies in it is noticed that much later. V8 takes its size as a flag only at the start
 * of a process, but the factor of its growth at any time: so it is made to grow once, and not again. What it has grown
 * to before the call stays: call it before the modules of a command are loaded.
 * Source: `v8.setFlagsFromString` of Node, flag-definitions.h of V8.
 */
export function keepHeapSmall(): void {
  const kept: object[] = [];
  while (youngBytes() < YOUNG_BYTES && kept.length < MOST_OBJECTS) {
    for (let i = 0; i < 1000; i++) kept.push({ i });
  }
  v8.setFlagsFromString('--semi-space-growth-factor=1');
}

function youngBytes(): number {
  return v8.getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? YOUNG_BYTES;
}
