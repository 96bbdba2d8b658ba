import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FACTS_FORMAT, readFacts } from '../../src/kernel/kernelFacts.ts';
import { factsBytes, record } from '../helpers/facts.ts';

describe('readFacts', () => {
  it('reads what the recording script writes', () => {
    const bytes = factsBytes({
      files: { Kconfig: 'mainmenu "A"\n', 'drivers/Kconfig': '# é\n' },
      answers: { 'gcc --version': 'gcc 12' },
      environment: { ARCH: 'x86' },
      settings: { AUTO_MODULES: '1', PREFER_BUILTIN: '', ignoreConfigErrors: '0' },
    });
    const read = readFacts(bytes);
    expect(read).toMatchObject({
      kind: 'facts',
      facts: { autoModules: true, preferBuiltin: false, ignoreConfigErrors: false, environment: { ARCH: 'x86' } },
    });
    if (read.kind !== 'facts') return;
    expect(read.facts.files.get('drivers/Kconfig')).toBe('# é\n');
    expect(read.facts.answers.get('gcc --version')).toBe('gcc 12');
  });

  it('names another format, which is made again', () => {
    const header = `falloutd kernel facts ${FACTS_FORMAT + 1}\n\n`;
    expect(readFacts(Buffer.from(header))).toEqual({ kind: 'other-format', format: FACTS_FORMAT + 1 });
  });

  it('takes no facts that are cut short or damaged anywhere', () => {
    const whole = factsBytes({ files: { Kconfig: 'config A\n\tbool "a"\n'.repeat(50) } });
    fc.assert(
      fc.property(fc.nat(whole.length - 1), (at) => {
        expect(readFacts(whole.subarray(0, at)).kind).not.toBe('facts');
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a .config', Buffer.from('#\n# Linux/x86 6.12\n#\nCONFIG_A=y\n\n')],
    [
      'records without an end',
      Buffer.concat([Buffer.from(`falloutd kernel facts ${FACTS_FORMAT}\n\n`), gzipSync(record('base', '', ''))]),
    ],
    [
      'a record of another length',
      Buffer.concat([
        Buffer.from(`falloutd kernel facts ${FACTS_FORMAT}\n\n`),
        gzipSync(Buffer.from('base 0 400\nabc\n')),
      ]),
    ],
  ])('is not to be had from %s', (_, bytes) => {
    expect(readFacts(bytes)).toEqual({ kind: 'unreadable' });
  });
});
