import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { readGivenConfig } from '../../src/generate/givenConfig.ts';

const CONFIG = `#
# Automatically generated file; DO NOT EDIT.
# Linux/x86 6.12.117 Kernel Configuration
#
CONFIG_A=y
# CONFIG_B is not set
`;

it('takes a .config, compressed or not, and knows the version of its kernel', () => {
  const given = { kind: 'config', text: CONFIG, version: '6.12.117' };
  expect(readGivenConfig(Buffer.from(CONFIG))).toEqual(given);
  expect(readGivenConfig(gzipSync(CONFIG))).toEqual(given);
  expect(readGivenConfig(Buffer.from('CONFIG_A=y\n'))).toMatchObject({ kind: 'config', version: null });
});

it.each([
  ['nothing', Buffer.from(''), 'holds no option: it is no .config'],
  ['prose', Buffer.from('Read this first.\n'), 'holds no option: it is no .config'],
  [
    'a log with an option in it',
    Buffer.from('one\ntwo\nCONFIG_A=y\n'),
    'is no .config: most of its lines are none of one',
  ],
  ['a program', Buffer.from('\x7fELF\0\0CONFIG_A=y\n'), 'is binary'],
  ['a truncated .gz', gzipSync(CONFIG).subarray(0, 60), 'cannot be unpacked: the end is missing, or it is damaged'],
  ['a .gz of gigabytes', gzipSync(Buffer.alloc(65 << 20)), 'unpacks to more than 67.1 MB'],
])('refuses %s', (_, bytes, message) => {
  expect(readGivenConfig(bytes)).toMatchObject({ kind: 'unreadable', message });
});
