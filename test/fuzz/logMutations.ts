/** What can happen to a transcript, and the forms in which it reaches falloutd. */
import type { Choices } from './choices.ts';
import { DRV, TRANSCRIPTS } from './logCorpus.ts';

const SYMBOLS = [
  'RTLWIFI',
  'PREEMPT',
  'PREEMPT_VOLUNTARY',
  'CRC32',
  'LOG_BUF_SHIFT',
  'X',
  '9P_FS',
  'constructor',
  '__proto__',
  'hasOwnProperty',
  'A'.repeat(200),
  'CONFIG_USB',
] as const;
const VALUES = [
  'y',
  'm',
  'n',
  '',
  '0',
  "it's",
  "') (",
  '0x200000',
  '200000',
  '99999999999999999999',
  '-1',
  '1e309',
  'ä🐧',
  '\u001b[31m',
  '\u009b2J',
  'a b # c',
  '"quoted \\"',
  '\u202e',
  "', got '",
] as const;
const CHARACTERS = [
  '\0',
  '\u0007',
  '\u001b',
  '\u001b[2J',
  '\u001b]0;title\u0007',
  '\u009b31m',
  '\u0085',
  '\u2028',
  '\u202e',
  '\ufeff',
  '\ufffd',
  '🐧',
  'é',
  '\t',
  '\b',
  '\r',
  '"',
  "'",
  '\\',
  '[',
  '(',
  ')',
  '&&',
  '||',
  '!',
  '=',
  ',',
  ':',
  '> ',
  '>',
  '/',
  '?',
] as const;

/** Lines that nobody understands: no script and no Nix prints them. */
export const NOISE = [
  '',
  ' ',
  '  CC      kernel/sched/core.o',
  'make[2]: Entering directory',
  'some words',
  '🐧 ∀',
  '\u001b[31mred\u001b[0m',
  '\0\0',
  'GOT',
  'QUESTION',
  'Errors in reading',
  ' error: unused option: INDENTED',
  'an error: unused option: BEHIND',
  'error:unused option: X',
  'warnings: unused option: X',
  'scripts/kconfig/conf: 12',
  '{"json": true}',
  '\t',
  'x'.repeat(3000),
  'HOSTCC  scripts/basic/fixdep',
  "it's",
  '* * *',
  '#',
  '~',
] as const;

/** One line of the script's verdict, with names and values as they come. */
function verdictLine(c: Choices): string {
  const severity = c.pick(['error', 'error', 'warning']);
  const symbol = c.pick(SYMBOLS);
  return c.oneIn(2)
    ? `${severity}: option not set correctly: ${symbol} (wanted '${c.pick(VALUES)}', got '${c.pick(VALUES)}')`
    : `${severity}: unused option: ${symbol}`;
}

function odd(c: Choices): string {
  return c.pick([
    verdictLine(c),
    verdictLine(c),
    `unused option: ${c.pick(SYMBOLS)}`,
    `option not set correctly: ${c.pick(SYMBOLS)}`,
    `repeated question: Prompt at /nix/store/x line ${c.below(200)}.`,
    'conflicting answers! at /x line 106.',
    `clamped ${c.pick(SYMBOLS)}: '${c.pick(VALUES)}' is not offered by [N/m/?], using '${c.pick(VALUES)}'`,
    `probe: refused ${c.pick(SYMBOLS)} wanted '${c.pick(VALUES)}' offered [${c.pick(['N/m/?', '64', '', 'y', '//'])}] using '${c.pick(VALUES)}'`,
    `QUESTION: ${c.pick(VALUES)}, NAME: ${c.pick(SYMBOLS)}, ALTS: ${c.pick(['N/m/y/?', 'M/y/?', '64', '', '/', 'n'])}, ANSWER: ${c.pick(VALUES)}`,
    `CHOICE: ${c.pick(['1-3?', '', '1-99999999999999999999?'])}, ANSWER: ${c.pick(['1', '2', '', '99999999999999999999', '-1'])}`,
    `GOT: ${c.pick(['>', ' '])} ${c.pick(['1', '2', '99999999999999999999', '0'])}. ${c.pick(VALUES)} (${c.pick(SYMBOLS)})`,
    `GOT: Symbol: ${c.pick(SYMBOLS)} [=${c.pick(VALUES)}]`,
    `GOT:   Depends on: ${expression(c)}`,
    `GOT:   Selected by [m]: ${expression(c)}`,
    `GOT:   - ${expression(c)}`,
    'GOT: # configuration written to .config',
    'GOT: #',
    'Error in reading or end of file.',
    'invalid config line: X at /x line 3.',
    'Could not read .config',
    "don't know how to answer this question: X",
    "Kernel config didn't recognize the clang compiler?",
    'GOT: make[1]: *** [config] Error 1',
    `error: builder for '${DRV}' failed with exit code 255`,
    'error: interrupted by the user',
    "error: The option `settings.HIDRAW.tristate' has conflicting definition values:",
    'linux-config> error: unused option: PREFIXED',
    `@nix {"action":"start","id":1,"level":3,"text":"","type":105,"fields":["${DRV}"]}`,
    '@nix {"action":"msg","level":0,"msg":"\\u001b[31merror:\\u001b[0m x"}',
    "got build log for 'x'",
    '       > error: unused option: TAIL',
    '       last 10 log lines:',
  ]);
}

function expression(c: Choices): string {
  const atom = (): string =>
    c.pick(['A [=y]', 'B [=m]', 'C [=n]', 'NR [=8]>4', '"x"', 'y', '!D [=n]', 'E [=]', '[=y]', 'F [=y']);
  return c.pick([
    atom(),
    `${atom()} && ${atom()}`,
    `(${atom()} || ${atom()}) && !${atom()}`,
    `${'('.repeat(c.below(500))}A [=y]`,
    `${'!'.repeat(c.below(500))}A [=y]`,
    ' && ',
    '()',
    `${'A [=y] && '.repeat(c.below(300))}B [=n]`,
    `${'(A [=y] || B [=n]) && '.repeat(c.below(100))}C [=m]`,
  ]);
}

/** The lines of a transcript after up to six accidents. */
export function mutatedLines(c: Choices): string[] {
  const lines = [...c.pick(TRANSCRIPTS)];
  for (let left = c.below(7); left > 0 && c.more; left--) mutate(lines, c);
  return lines.flatMap((line) => line.split('\n'));
}

function mutate(lines: string[], c: Choices): void {
  const at = c.below(lines.length + 1);
  const line = lines[at] ?? '';
  switch (c.below(15)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(at, 1 + c.below(100));
      break;
    case 2:
      lines.splice(at, 0, line);
      break;
    case 3:
      lines.splice(at, 0, ...lines.slice(at, at + c.below(60)));
      break;
    case 4:
      lines.splice(c.below(lines.length + 1), 0, ...lines.splice(at, 1 + c.below(20)));
      break;
    case 5: {
      const other = c.pick(TRANSCRIPTS);
      const from = c.below(other.length);
      lines.splice(at, c.below(30), ...other.slice(from, from + c.below(80)));
      break;
    }
    case 6:
      lines.splice(at);
      break;
    case 7:
      lines.splice(0, at);
      break;
    case 8:
      lines[at] = line.slice(0, c.below(line.length + 1));
      break;
    case 9: {
      const position = c.below(line.length + 1);
      lines[at] = line.slice(0, position) + c.pick(CHARACTERS) + line.slice(position + c.below(3));
      break;
    }
    case 10:
      lines[at] = line.replace(/\d+/, c.pick(['0', '-1', '99999999999999999999', '1e309', '00', '1'.repeat(400)]));
      break;
    case 11:
      lines[at] = line.repeat(1 + c.below(40)) + 'x'.repeat(c.below(9000));
      break;
    case 12:
      lines.splice(at, 0, c.pick(NOISE));
      break;
    // The verdict stands at the end.
    case 13:
      lines.splice(Math.max(0, lines.length - c.below(12)), 0, ...c.times(1, 4, () => verdictLine(c)));
      break;
    default:
      lines.splice(at, 0, odd(c));
      break;
  }
}

export type Form = 'nix-log' | 'prefixed' | 'internal-json' | 'pasted';
export const FORMS: readonly Form[] = ['nix-log', 'prefixed', 'internal-json', 'pasted'];

/** A failed or finished build as `nix` prints it in one of its forms. */
export function logIn(form: Form, lines: readonly string[], failed: boolean): string {
  const error = failed ? [`error: builder for '${DRV}' failed with exit code 255`] : [];
  switch (form) {
    case 'nix-log':
      return [...lines, ...error].join('\n');
    case 'prefixed':
      return [`building '${DRV}'...`, ...lines.map((line) => `linux-config> ${line}`), ...error].join('\n');
    case 'internal-json':
      return [...jsonLog(lines, failed), ''].join('\n');
    case 'pasted':
      return [...lines, ...error]
        .map((line) => `    ${line.replace('error:', '\u001b[31;1merror:\u001b[0m')}`)
        .join('\r\n');
  }
}

/** Nix's records of one build, a dependency's before it. */
export function jsonLog(lines: readonly string[], failed: boolean): string[] {
  const record = (value: unknown): string => `@nix ${JSON.stringify(value)}`;
  const other = { id: 9960029159424, drv: '/nix/store/h1h1h1h1h1h1h1h1h1h1h1h1h1h1h1h1-bison-3.8.drv' };
  return [
    record({ action: 'start', id: other.id, level: 3, parent: 0, text: '', type: 105, fields: [other.drv, '', 1, 1] }),
    record({ action: 'result', fields: ['error: unused option: OF_BISON'], id: other.id, type: 101 }),
    record({ action: 'stop', id: other.id }),
    record({
      action: 'start',
      id: 9960029159429,
      level: 3,
      parent: 0,
      text: `building '${DRV}'`,
      type: 105,
      fields: [DRV, '', 1, 1],
    }),
    record({ action: 'result', fields: ['buildPhase'], id: 9960029159429, type: 104 }),
    ...lines.map((line) => record({ action: 'result', fields: [line], id: 9960029159429, type: 101 })),
    record({ action: 'stop', id: 9960029159429 }),
    ...(failed
      ? [
          record({
            action: 'msg',
            level: 0,
            msg: `\u001b[31;1merror:\u001b[0m builder for '\u001b[35;1m${DRV}\u001b[0m' failed with exit code 255`,
          }),
        ]
      : []),
  ];
}

/** Bytes after accidents that know nothing of lines: flipped, lost, doubled, not UTF-8. */
export function mutatedBytes(text: string, c: Choices): Buffer {
  let bytes = Buffer.from(text);
  for (let left = c.below(5); left > 0 && c.more; left--) {
    const at = c.below(bytes.length + 1);
    switch (c.below(8)) {
      case 0:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + c.below(200))]);
        break;
      case 1:
        bytes = bytes.subarray(0, at);
        break;
      case 2:
        bytes = bytes.subarray(at);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from([c.below(256), c.below(256)]), bytes.subarray(at)]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + c.below(400)), bytes.subarray(at)]);
        break;
      case 5:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(c.pick(CHARACTERS)), bytes.subarray(at)]);
        break;
      case 6:
        bytes = Buffer.from(bytes.toString('latin1').replace(/\n/g, c.pick(['\r\n', '\r', '\n\n'])), 'latin1');
        break;
      default:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(`\n${odd(c)}\n`), bytes.subarray(at)]);
        break;
    }
  }
  return bytes;
}
