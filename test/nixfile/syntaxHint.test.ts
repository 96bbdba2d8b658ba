import { expect, test } from 'vitest';
import { NixFile } from '../../src/nixfile/nixFile.ts';

const hintOf = (text: string): string => {
  const reading = NixFile.parse(text);
  return reading.kind === 'syntax' ? (reading.problem.hint ?? '') : 'no error';
};

test.each([
  ['a binding without its `;`', '{\n  A = yes # on\n\n  B = no;\n}\n', 'a `;` is missing at the end of line 2'],
  ['a set without its `;`', '{\n  a = {\n  }\n  b = 1;\n}\n', 'a `;` is missing at the end of line 3'],
  ['an empty file', '', /^the file is empty/],
  ['a file of comments', '# nothing yet\n', /^the file is empty/],
  ["git's conflict markers", '[\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> other\n]\n', /^git left a conflict/],
  ['a list that is not closed', '{ lib, ... }: [\n  1\n', /^something is not closed/],
  ['anything else', '{ a = ; }', /^look at this line/],
  ['a comparison in a chain', 'a == b\n== c', /^look at this line/],
])('%s', (_, text, hint) => {
  expect(hintOf(text)).toMatch(hint);
});
