/** A .config that somebody hands over: its text, and which kernel it is of. */
import { gunzipSync } from 'node:zlib';
import { size } from '../system/byteSize.ts';
import { errorCode } from '../system/fileErrors.ts';
import { MOST_BYTES } from '../system/wholeFile.ts';

/** `version` is that of its kernel, by its third line; null where it has none. */
export type GivenConfig =
  { kind: 'config'; text: string; version: string | null } | { kind: 'unreadable'; message: string; hint: string };

export type GivenText = { kind: 'text'; text: string } | Extract<GivenConfig, { kind: 'unreadable' }>;

const HINT = "a kernel's configuration is meant: .config, config.gz or a linux-config of the store";

const unreadable = (message: string, hint = HINT): Extract<GivenConfig, { kind: 'unreadable' }> => ({
  kind: 'unreadable',
  message,
  hint,
});

/** Reads a .config, compressed or not. */
export function readGivenConfig(bytes: Buffer): GivenConfig {
  const given = textOf(bytes);
  if (given.kind === 'unreadable') return given;
  const { text } = given;
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const options = lines.filter((line) => OPTION.test(line)).length;
  if (options === 0) return unreadable('holds no option: it is no .config');
  const others = lines.filter((line) => !line.startsWith('#') && !OPTION.test(line)).length;
  if (others > options) return unreadable('is no .config: most of its lines are none of one');
  return { kind: 'config', text, version: TITLE.exec(text)?.[1] ?? null };
}

const OPTION = /^(?:CONFIG_\w+=|# CONFIG_\w+ is not set)/;
const TITLE = /^# Linux\/\S+ (\S+) Kernel Configuration/m;

/** The text of a file, which gzip may have compressed. */
export function textOf(bytes: Buffer): GivenText {
  const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const plain = isZipped ? unzipped(bytes) : bytes;
  if (!Buffer.isBuffer(plain)) return plain;
  return plain.includes(0) ? unreadable('is binary') : { kind: 'text', text: plain.toString('utf8') };
}

function unzipped(bytes: Buffer): Buffer | Extract<GivenConfig, { kind: 'unreadable' }> {
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch (error) {
    return errorCode(error) === 'ERR_BUFFER_TOO_LARGE'
      ? unreadable(`unpacks to more than ${size(MOST_BYTES)}`)
      : unreadable('cannot be unpacked: the end is missing, or it is damaged');
  }
}
