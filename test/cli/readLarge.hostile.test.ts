import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { falloutd } from '../helpers/command.ts';
import { documentIn } from '../helpers/documentSchema.ts';
import { folder } from '../helpers/target.ts';

const MB = 1 << 20;
const MOST_MEMORY = 300 * MB;

/** One part of a packed log: gzip files one after the other are one. */
const part = (text: string | Buffer): Buffer => gzipSync(text, { level: 1 });
const times = (count: number, packed: Buffer): Buffer[] => Array<Buffer>(count).fill(packed);

/** Four megabytes of different lines, each after `mark`. */
function noise(mark: string): Buffer {
  const lines: string[] = [];
  for (let bytes = 0, i = 0; bytes < 4 * MB; i++) {
    const line = `${mark}  CC [M]  drivers/net/wireless/part${i % 9973}/file${i}.o\n`;
    lines.push(line);
    bytes += Buffer.byteLength(line);
  }
  return part(lines.join(''));
}

/** Which symbol a script found in the middle and which at the end. */
const verdict = (mark: string, symbol: string): Buffer =>
  part(`${mark}GOT: # configuration written to .config\n${mark}error: unused option: ${symbol}\n`);

const zeros = part(Buffer.alloc(64 * MB));
const letters = part(Buffer.alloc(50 * MB, 'x'));

/** Twice so many megabytes of text. */
function textWith(mark: string, megabytes: number): Buffer[] {
  const some = times(megabytes / 4, noise(mark));
  return [...some, verdict(mark, 'MIDDLE'), ...some, verdict(mark, 'END')];
}

it.each<[string, Buffer[], string[]]>([
  ['one line of 300 MB, and a verdict', [...times(6, letters), part('\n'), verdict('', 'END')], ['END']],
  [
    'a verdict in the middle of 3 GB of zeros',
    [...times(8, zeros), part('\n'), verdict('', 'MIDDLE'), ...times(40, zeros)],
    ['MIDDLE'],
  ],
  ['200 MB of text', textWith('', 100), ['END', 'MIDDLE']],
  ['80 MB of -L', textWith('linux-config> ', 40), ['END', 'MIDDLE']],
  ['80 MB in a journal', textWith('May 01 12:34:56 host nix[12]: linux-config> ', 40), ['END', 'MIDDLE']],
  ['80 MB in a box', textWith('┃ ', 40), ['END', 'MIDDLE']],
])('read takes %s in 300 MB of memory, reads the verdict, and says that the log is cut', async (_, packed, symbols) => {
  const dir = folder();
  const [file, peak, probe] = ['log.gz', 'peak', 'probe.cjs'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(file, Buffer.concat(packed));
  // What the kernel says of this process alone; its `maxRSS` begins with that of the process that started it.
  writeFileSync(
    probe,
    `const { readFileSync, writeFileSync } = require('node:fs');
    process.on('exit', () => writeFileSync(${JSON.stringify(peak)}, readFileSync('/proc/self/status')));`,
  );
  const { code, stdout, stderr } = await falloutd(['read', '--json', file], {
    env: { NODE_OPTIONS: `--require ${probe}` },
  });
  expect([code, stderr]).toEqual([0, '']);
  const reading = documentIn('read', stdout);
  expect(reading.cut).toBe(true);
  expect(reading.fallout.map(({ symbol }) => symbol).sort()).toEqual(symbols);
  const kilobytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(peak, 'utf8'))?.[1]);
  expect(kilobytes * 1024).toBeLessThan(MOST_MEMORY);
});

it('and says it to people too', async () => {
  const file = join(folder(), 'log.gz');
  writeFileSync(file, Buffer.concat([letters, part('\n'), verdict('', 'END')]));
  const { code, stdout } = await falloutd(['read', file]);
  expect(code).toBe(0);
  expect(stdout).toContain('END');
  expect(stdout).toContain('This log is cut: there may be more.');
});
