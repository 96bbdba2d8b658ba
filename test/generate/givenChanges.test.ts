import { expect, it } from 'vitest';
import { readChanges } from '../../src/generate/givenChanges.ts';

const changes = (text: string) => {
  const given = readChanges(text);
  if (given.kind !== 'changes') return given;
  return given.changes.map(({ symbol, from, to }) => `${symbol} ${from ?? '-'} ${to ?? '-'}`);
};

it('reads the lines of scripts/diffconfig', () => {
  const text = '-GONE y\n WLAN m -> n\n NAME "a -> b" -> "c \\" d"\nSTRIPPED 1 -> 2\n+NEW m\n+HEX 0x10\n\n';
  expect(changes(text)).toEqual([
    'GONE y -',
    'WLAN m n',
    'NAME "a -> b" "c \\" d"',
    'STRIPPED 1 2',
    'NEW - m',
    'HEX - 0x10',
  ]);
});

it('reads diff -u of two .config files', () => {
  const text = `--- old
+++ new
@@ -1,4 +1,4 @@
 CONFIG_SAME=y
-CONFIG_WLAN=m
+# CONFIG_WLAN is not set
-# CONFIG_BT is not set
+CONFIG_BT=y
-CONFIG_GONE=y
+CONFIG_NAME="a b"
 #
+# Some menu
`;
  expect(changes(text)).toEqual(['WLAN m n', 'BT n y', 'GONE y -', 'NAME - "a b"']);
  expect(changes(text.replaceAll('\n', '\r\n'))).toEqual(changes(text));
});

it.each([
  ['nothing', '', null, 'holds no change'],
  ['only what stays', ' A y -> y\n', null, 'holds no change'],
  ['a diff of nothing', '--- a\n+++ b\n@@ -1 +1 @@\n CONFIG_A=y\n', null, 'holds no change'],
  ['another line', '+A y\nhello\n', 2, 'is no line of scripts/diffconfig or of diff -u'],
])('refuses %s', (_, text, line, message) => {
  expect(readChanges(text)).toEqual({ kind: 'unreadable', line, message });
});
