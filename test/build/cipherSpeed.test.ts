import { describe, expect, it } from 'vitest';
import { readCipherSpeed } from '../../src/build/cipherSpeed.ts';

const REMARK = '# Tests are approximate using memory only (no storage IO).\n';
const HEAD = '# Algorithm |       Key |      Encryption |      Decryption\n';

describe('what cryptsetup benchmark prints', () => {
  it('has the speeds below its remarks', () => {
    const text = `${REMARK}${HEAD}    aes-xts        512b      2273.8 MiB/s      2269.0 MiB/s\n`;
    expect(readCipherSpeed(text)).toEqual({ cipher: 'aes-xts', keyBits: 512, encrypt: 2273.8, decrypt: 2269 });
  });

  it('of a slow machine, by cryptsetup 2.6.1', () => {
    const text = `${REMARK}${HEAD}    aes-xts        256b        12.5 MiB/s        26.4 MiB/s\n`;
    expect(readCipherSpeed(text)).toEqual({ cipher: 'aes-xts', keyBits: 256, encrypt: 12.5, decrypt: 26.4 });
  });

  it.each([
    'aes-xts        512b               N/A               N/A',
    'aes-xts        512b      2273.8 GiB/s      2269.0 GiB/s',
    'aes-xts        512b      2273,8 MiB/s      2269,0 MiB/s',
    'PBKDF2-sha1      1394382 iterations per second for 256-bit key',
  ])('is not guessed at: %s', (line) => {
    expect(readCipherSpeed(`${REMARK}${HEAD}    ${line}\n`)).toBe(line);
  });

  it('may be nothing at all', () => {
    expect(readCipherSpeed(REMARK)).toBe('');
  });
});
