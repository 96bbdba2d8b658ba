import { expect, test } from 'vitest';
import { readHelp } from '../../../src/kconfig/syntax/helpText.ts';

/** What is help, and what is left after it. */
const read = (source: string): [string, string] => {
  const { text, end } = readHelp(source, 0);
  return [text, source.slice(end)];
};

test.each([
  ['the first line says where the text begins', '  a\n    b\n  c\nrest', ['a\n  b\nc', 'rest']],
  ['tabs reach to the next multiple of 8', '\ta\n\t\tb\n  \tc\n        d\n', ['a\n        b\nc\nd\n', '']],
  ['a line further left ends it; its blanks are passed over', '    a\n  b', ['a\n', 'b']],
  ['empty lines belong to it, whatever blanks are in them', '  a\n\n   \n  b\n', ['a\n\n\nb\n', '']],
  ['those at its end too, but for the last newline', '  a\n\n\nconfig', ['a\n\n', 'config']],
  ['blanks at the ends of lines go', '  a \t\n  b  \n', ['a\nb\n', '']],
  ['the first line may begin at the very left', 'a\nb', ['a', 'b']],
  ['then the next indented one says where the text begins', 'a\n  b\n c', ['a\nb\n', 'c']],
  ['nothing', '', ['', '']],
  ['a file that ends within blanks', '  a\n     ', ['a\n   ', '']],
  ['no newline at the end of the file', '  a', ['a', '']],
])('%s', (_, source, expected) => {
  expect(read(source)).toEqual(expected);
});

test('newlines are counted', () => {
  expect(readHelp('  a\n\n  b\nconfig', 0).lines).toBe(3);
});
