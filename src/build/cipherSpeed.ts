import type { CipherSpeed } from '../model/measurement.ts';

/**
 * Reads what `cryptsetup benchmark --cipher aes-xts --key-size 512` prints: remarks after `#`, and one line with the cipher, the bits
 * of its key, and how fast it encrypts and decrypts, in MiB/s (2^20 bytes).
 * @returns the line that is not understood, or an empty one where there is none, in place of the speeds.
 */
export function readCipherSpeed(text: string): CipherSpeed | string {
  const line = text.split('\n').find((each) => each.trim() !== '' && !each.startsWith('#')) ?? '';
  const [, cipher, keyBits, encrypt, decrypt] = SPEED.exec(line) ?? [];
  if (cipher === undefined) return line.trim();
  return { cipher, keyBits: Number(keyBits), encrypt: Number(encrypt), decrypt: Number(decrypt) };
}

const SPEED = /^\s*([a-z0-9-]+)\s+(\d+)b\s+(\d+(?:\.\d+)?) MiB\/s\s+(\d+(?:\.\d+)?) MiB\/s\s*$/;
