import { expect, test } from 'vitest';
import { NixFile } from '../../src/nixfile/nixFile.ts';

const messageOf = (text: string): string => {
  const reading = NixFile.parse(text);
  return reading.kind === 'syntax' ? `${reading.problem.message}\n${reading.problem.hint ?? ''}` : 'no error';
};

const MISSING = 'syntax error: a `;` is missing';

test.each([
  [
    'a binding without its `;`',
    '{\n  A = yes # on\n\n  B = no;\n}\n',
    `${MISSING}\n2 |   A = yes # on\n             ^\n`,
  ],
  ['a set without its `;`', '{\n  a = {\n  }\n  b = 1;\n}\n', `${MISSING}\n3 |   }\n       ^\n`],
  ['the last binding without its `;`', '{\n  a = 1;\n  b = 2\n}\n', `${MISSING}\n3 |   b = 2\n           ^\n`],
  ['a hash in a string', '{\n  a = "x#y"\n  b = 1;\n}\n', `${MISSING}\n2 |   a = "x#y"\n`],
  ['a bracket that is not closed', '{\n  a = [ 1 2\n}\n', "syntax error: unexpected '}'\n3 | }\n    ^\n"],
  ['an empty file', '', 'syntax error: the file is empty\ntake it back'],
  ['a file of comments', '# nothing yet\n', 'syntax error: the file is empty\n'],
  [
    "git's conflict markers",
    '[\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> other\n]\n',
    'syntax error: git left a conflict here\n2 | <<<<<<< HEAD\n',
  ],
  [
    'a list that is not closed',
    '{ lib, ... }: [\n  1\n',
    'syntax error: unexpected end of file: something is not closed\n',
  ],
  ['anything else', '{ a = ; }', "syntax error: unexpected ';'\n1 | { a = ; }\n          ^\nlook at this line"],
  ['a comparison in a chain', 'a == b\n== c', "syntax error: unexpected '='\n2 | == c\n    ^\nlook at this line"],
  [
    'tabs, and a line that is too long to be shown',
    `${'x '.repeat(500)}\t; y`,
    /^syntax error: unexpected ';'\n1 \| [x ]{40}; y\n {44}\^\n/,
  ],
])('%s', (_, text, message) => {
  if (typeof message === 'string') expect(messageOf(text).slice(0, message.length)).toBe(message);
  else expect(messageOf(text)).toMatch(message);
});

test('a comment full of hashes takes no time', () => {
  expect(messageOf(`{\n a = 1; ${'# '.repeat(900)}\n c = 2\n b = 2; }`)).toContain(MISSING);
});
