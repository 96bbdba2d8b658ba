import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellWord } from '../../src/system/shellWord.ts';

test.each(['plain', '/etc/nixos#my.host', "it's", 'two words', '$HOME', '*', '', 'a=b'])(
  'a shell reads %j back',
  (word) => {
    expect(execFileSync('sh', ['-c', `printf %s ${shellWord(word)}`], { encoding: 'utf8' })).toBe(word);
  },
);

test('a word that begins with # is no comment', () => {
  expect(execFileSync('sh', ['-c', `printf %s ${shellWord('#host')}`], { encoding: 'utf8' })).toBe('#host');
  expect(shellWord('/etc/nixos#host')).toBe('/etc/nixos#host');
});
