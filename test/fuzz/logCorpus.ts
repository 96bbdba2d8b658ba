/** The recorded logs, as they are and as the transcripts in them: read by hand, so that what is tested plays no part. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));

/** Of a log longer than this only pieces are taken: what a mutation meets there is found in a shorter one too. */
const MAX_LINES = 300;

export const DRV = '/nix/store/vyxvj7wzxjdsk07maka33ximrmyn6n4n-linux-config-6.12.117.drv';

/** Whole logs in every form, the largest in pieces. */
export const LOGS: readonly string[] = ['logs', 'standin/nix2.8', 'standin/nix2.26', 'nix2.26'].flatMap((folder) =>
  readdirSync(`${FIXTURES}/${folder}`)
    .filter((name) => name.endsWith('.gz'))
    .map((name) =>
      shortened(
        gunzipSync(readFileSync(`${FIXTURES}/${folder}/${name}`))
          .toString('utf8')
          .split('\n'),
      ).join('\n'),
    ),
);

/** Each different transcript of a linux-config derivation, as lines. */
export const TRANSCRIPTS: readonly (readonly string[])[] = [
  ...new Set(LOGS.map((log) => transcriptOf(log.split('\n')).join('\n'))),
]
  .map((text) => text.split('\n'))
  .filter((lines) => lines.length > 20);

/** The beginning, the end and what stands between them at even distances. */
function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= MAX_LINES) return lines;
  const middle = Array.from({ length: 5 }, (_, i) => Math.floor((lines.length * (i + 1)) / 6)).flatMap((at) =>
    lines.slice(at, at + 20),
  );
  return [...lines.slice(0, 80), ...middle, ...lines.slice(-120)];
}

function transcriptOf(lines: readonly string[]): readonly string[] {
  const said = saidIn(lines);
  // Evaluations and builds of something else have none.
  return said.some((line) => line.startsWith('QUESTION: ')) ? said : [];
}

function saidIn(lines: readonly string[]): readonly string[] {
  if (lines.some((line) => line.startsWith('@nix {"action":"start"'))) {
    return lines.flatMap((line) => {
      if (!line.startsWith('@nix ')) return [];
      const { action, type, fields } = JSON.parse(line.slice(5)) as {
        action: string;
        type: number;
        fields?: unknown[];
      };
      return action === 'result' && type === 101 ? [String(fields?.[0])] : [];
    });
  }
  const prefixed = lines.flatMap((line) =>
    line.startsWith('linux-config>') ? [line.replace(/^linux-config> ?/, '')] : [],
  );
  return prefixed.length > 0 ? prefixed : lines;
}
