const second = (i: number): string => String(i % 60).padStart(2, '0');

/** What people have before the line `i` of a log. */
export const FRAMES: Record<string, (i: number) => string> = {
  "nix-output-monitor's box": () => '┃ ',
  'an e-mail': () => '> ',
  'an e-mail without blanks': () => '>',
  'an answer to an e-mail': () => '> > ',
  "a CI's timestamp": (i) => `2024-05-01T12:34:${second(i)}.${1000 + i}Z `,
  "a CI's timestamp and mark": (i) => `2024-05-01T12:34:${second(i)}.${1000 + i}Z ##[error]`,
  'a clock in brackets': (i) => `[12:34:${second(i)}] `,
  'a level in brackets': (i) => `[${['INFO', 'ERROR', 'WARN'][i % 3] ?? ''}] `,
  'a journal': (i) => `May ${String((i % 28) + 1).padStart(2)} 12:34:${second(i)} host nix-daemon[${100 + i * 37}]: `,
  'a kernel ring buffer': (i) => `[${(i * 3.7).toFixed(3).padStart(9)}] `,
  'a builder of images': (i) => `#12 ${(i * 1.7).toFixed(3)} `,
  'a container runtime': (i) => `2024-05-01T12:34:${second(i)}.${1000 + i}Z stderr F `,
  'a host among several': () => '  alpha | ',
  'line numbers': (i) => `${String(i + 95).padStart(5)}  `,
  'grep -n': (i) => `build.log:${i + 1}:`,
  'a diff': () => '+',
  'ts(1)': (i) => `May 01 12:34:${second(i)} `,
  'a monotonic clock and a process': (i) => `[${12000 + i}.${100000 + i}] host nix[${i + 1}]: `,
  'two hosts in turn': (i) => (i % 2 === 0 ? '[alpha] ' : '[beta-2] '),
  'a timestamp in a box': (i) => `2024-05-01T12:34:${second(i)}Z ┃ `,
};

/** A log in a frame. */
export const framed = (lines: readonly string[], frame: (i: number) => string): string =>
  lines.map((line, i) => `${frame(i)}${line}`.trimEnd()).join('\n');
