/** What people, editors and accidents do to a Nix file. */
import type { Choices } from './choices.ts';

const TOKENS = [
  '"',
  "''",
  '${',
  '}',
  '{',
  '[',
  ']',
  '(',
  ')',
  ';',
  '=',
  '#',
  '/*',
  '*/',
  '\\',
  '$',
  "'",
  ',',
  ':',
  '.',
  '...',
  '@',
  '?',
  '//',
  '++',
  ' or ',
  ' in ',
  'let ',
  'with ',
  'rec ',
  'inherit ',
  'assert ',
  '->',
  '<',
  '|>',
  '0',
  'a/b',
  '~/',
  '<a>',
  'x:y',
  '\r',
  '\n',
  '\r\n',
  '\t',
  ' ',
  '\0',
  '\ufeff',
  '\u2028',
  '\u0085',
  '\u00a0',
  '\u200b',
  '\udc80',
  '\udce4',
  '🐧',
  'ä',
  '\u001b[31m',
  '\f',
  '\v',
] as const;

const NAMES = ['fallout', 'fallout', 'fallout', 'other', 'import fallout', 'fallout x', ''] as const;

/** A text with some of these done to it: mostly what leaves a file that parses, in one of three cases anything. */
export function mutated(text: string, c: Choices): string {
  const change = c.below(3) === 2 ? damage : restyle;
  let result = text;
  for (let left = 1 + c.below(5); left > 0 && c.more; left--) result = change(result, c);
  return result;
}

/** What an editor, a formatter or another taste makes of a file. */
function restyle(text: string, c: Choices): string {
  switch (c.below(9)) {
    case 0:
    case 1:
      return onMatch(text, / +/g, c, () =>
        c.pick([
          '  ',
          '\t',
          '\n',
          '\r\n',
          ' \r\n\t',
          '\n\n',
          ' /**/ ',
          ' /* # falloutd: end fallout */ ',
          ' # behind\n',
          '\n# alone\n',
          ' # L\udce4tin-1\n',
          '\n  # falloutd: begin other\n',
          '\n# falloutd: end other\n',
          ' # falloutd: end fallout\n',
          '\n/* a\n# falloutd: begin fallout\n*/\n',
        ]),
      );
    case 2:
      return onMatch(
        text,
        /;/g,
        c,
        () =>
          `;${c.pick([' ', '\n', ''])}z${c.below(50)} = ${c.pick(['1', '"\n# falloutd: begin fallout\n"', "''\n  # falloutd: end fallout\n''", '{ }', '[ lib ]', 'lib.kernel.no', 'x: x', '(let in 1)'])};${c.pick(['', ' # mine', ' /* mine */', '\n'])}`,
      );
    case 3:
      return onMatch(text, /(?<![\w.'"$])[\w"]+ = [^;{}\n]*;(?: *#[^\n]*)?/g, c, (found) =>
        c.pick([
          '',
          `/* ${found} */`,
          `# ${found}\n`,
          `${found}\n`,
          `\n\n${found}`,
          `${found} # falloutd: end fallout\n`,
          found.replace(' = ', '='),
          found.replace(' = ', '\n=\n'),
          found.replace('= ', '= /* \n */ '),
        ]),
      );
    case 4:
      return onMatch(text, /\blib\b(?!.?[,:=])/g, c, () => c.pick(['(lib)', '( lib )', 'lib', '(with lib; lib)']));
    case 5:
      return onMatch(text, /[[{(]|[\]})]/g, c, (found) =>
        c.pick([` ${found} `, `\n${found}`, `${found}\n`, `${found} # brace\n`, `/* brace */${found}`, `${found}\t`]),
      );
    case 6:
      return onMarkers(text, c, (line) =>
        c.pick([
          `${line}\t `,
          `\t${line}`,
          line.trimStart(),
          line.replace('# ', '#'),
          line.replace('falloutd: ', 'falloutd:\t  '),
          `${line}\n`,
          `\n${line}`,
          `${line}\r`,
          `# x\n${line}`,
          `${line}\n# x`,
          `/* x */\n${line}`,
        ]),
      );
    case 7:
      return c.pick([
        text.replace(/\r?\n/g, '\r\n'),
        text.replace(/\r/g, ''),
        text.replace(/^ +/gm, '\t'),
        text.replace(/\s+$/, ''),
        `\ufeff${text}`,
        text.replace(/\n(?=[^#]*$)/g, ' '),
        text.replace(/^(?! *# falloutd)/gm, '  '),
        `# ${'\u{1f427}'.repeat(c.below(40))}\n${text}`,
        text.replace(/(\n *# falloutd: )/g, '\n$1'),
      ]);
    default:
      return onMatch(text, /with lib\.kernel;|structuredExtraConfig|extraStructuredConfig|patch = null;/g, c, (found) =>
        c.pick([
          'with lib; with lib.kernel;',
          'with lib.kernel; with { no = 1; };',
          `${found} `,
          'let no = 2; option = x: x; in',
          'with { kernel = lib.kernel; }; with kernel;',
          'rec',
          found,
        ]),
      );
  }
}

/** What an accident makes of a file. */
function damage(text: string, c: Choices): string {
  const at = c.below(text.length + 1);
  switch (c.below(16)) {
    case 0:
      return text.slice(0, at) + c.pick(TOKENS) + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + c.below(4));
    case 2: {
      const to = Math.min(text.length, at + c.below(60));
      return text.slice(0, at) + text.slice(at, to).repeat(1 + c.below(4)) + text.slice(to);
    }
    case 3:
      return text.slice(0, at) + text.slice(at + c.below(80));
    case 4: {
      const from = c.below(text.length + 1);
      return text.slice(0, at) + text.slice(from, from + c.below(80)) + text.slice(at);
    }
    case 5:
      return onLines(text, (lines) => lines.splice(c.below(lines.length), 1));
    case 6:
      return onLines(text, (lines) => {
        const i = c.below(lines.length);
        lines.splice(c.below(lines.length), 0, lines[i] ?? '');
      });
    case 7:
      return onLines(text, (lines) => {
        const [i, j] = [c.below(lines.length), c.below(lines.length)];
        [lines[i], lines[j]] = [lines[j] ?? '', lines[i] ?? ''];
      });
    case 8:
      return onLines(text, (lines) => lines.splice(c.below(lines.length + 1), 0, marker(c)));
    case 9:
      return onMarkers(text, c, (line) =>
        c.pick([
          '',
          `${line}\n${line}`,
          `${line} x`,
          line.replace('begin', 'end'),
          line.replace('end', 'begin'),
          `x ${line}`,
          `"\n${line}\n"`,
          `''\n${line}\n''`,
          `/*\n${line}\n*/`,
          line.replace('falloutd', 'Falloutd'),
          `${line}\n${marker(c)}`,
          `${marker(c)}\n${line}`,
          line.replace(/ /g, '\u00a0'),
        ]),
      );
    case 10:
      return c.pick([
        text.replace(/\r?\n/g, '\r'),
        text.replace(/\n/g, ' \n'),
        text.replace(/\n[ \t]*(?!#)/g, ' '),
        text.replace(/\n/g, '\u2028'),
      ]);
    case 11:
      return (
        text.slice(0, at) +
        c
          .pick(['(', '[', '{ a = ', '"${', "''${", '!', '-', 'x: ', 'with x; ', '/*', '# ', '<', 'a.', "'"])
          .repeat(1 + c.below(60)) +
        text.slice(at)
      );
    case 12:
      return text.slice(0, at);
    case 13:
      return `${text.slice(0, at)}${c.pick(['# ', '/* ', '"', "''"])}${text.slice(at)}`;
    case 14:
      return text.slice(0, at) + String.fromCharCode(c.below(0x300)) + text.slice(at + 1);
    default:
      return (
        text.slice(0, at) +
        c.pick([
          'lib',
          'lib.kernel',
          'with lib.kernel;',
          'kernel',
          'no',
          'option',
          '{ lib }:',
          'let lib = 1; in ',
          'rec { no = 1; }',
          'inherit lib;',
          ' = ',
          'structuredExtraConfig = { };',
          'extraConfig = "x y";',
          'structuredExtraConfig.A = no;',
        ]) +
        text.slice(at)
      );
  }
}

function marker(c: Choices): string {
  return `${c.pick(['', '  ', '\t'])}# falloutd: ${c.pick(['begin', 'end'])} ${c.pick(NAMES)}`;
}

/** Changes one of the places that match. */
function onMatch(text: string, pattern: RegExp, c: Choices, change: (found: string) => string): string {
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return text;
  const { index, 0: old } = c.pick(found);
  return text.slice(0, index) + change(old) + text.slice(index + old.length);
}

function onLines(text: string, change: (lines: string[]) => void): string {
  const lines = text.split('\n');
  change(lines);
  return lines.join('\n');
}

/** Changes one of the lines that look like a marker. */
function onMarkers(text: string, c: Choices, change: (line: string) => string): string {
  return onLines(text, (lines) => {
    const found = lines.flatMap((line, index) => (line.includes('falloutd:') ? [index] : []));
    if (found.length === 0) return;
    const index = c.pick(found);
    lines[index] = change(lines[index] ?? '');
  });
}
