import { expect, it } from 'vitest';
import { readModules } from '../../src/generate/givenModules.ts';

it.each([
  ['lsmod', 'Module                  Size  Used by\nsnd_hda_intel          61440  5\nkvm  1421312 1 kvm_intel\n'],
  [
    '/proc/modules',
    'snd_hda_intel 61440 5 - Live 0x0000000000000000\nkvm 1421312 1 kvm_intel, Live 0xffffffffc0a4d000\n',
  ],
  ["modprobed-db's list", '# mine\nsnd-hda-intel\nkvm\n\nkvm\n'],
  ['lines of another system', 'snd_hda_intel\r\nkvm\r\n'],
])('%s names modules', (_, text) => {
  expect(readModules(text)).toEqual({ kind: 'modules', modules: ['snd_hda_intel', 'kvm'] });
});

it.each([
  ['', null, 'names no module'],
  ['Module                  Size  Used by\n', null, 'names no module'],
  ['kvm\nthis is prose, not a list\n', 2, 'is no line of lsmod, and no name of a module'],
])('%j names none', (text, line, message) => {
  expect(readModules(text)).toEqual({ kind: 'unreadable', line, message });
});
