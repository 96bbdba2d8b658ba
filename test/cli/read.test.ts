import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { read } from '../../src/cli/read.ts';
import { readLog } from '../../src/report/data/readLog.ts';
import { logReadingLines } from '../../src/report/text/logReadingLines.ts';
import { PLAIN } from '../../src/report/text/style.ts';
import { log, logFile, LOGS } from '../helpers/recordedLogs.ts';
import { factsBytes } from '../helpers/facts.ts';
import { keepFacts } from '../../src/kernel/keptFacts.ts';
import { documentIn } from '../helpers/documentSchema.ts';

afterEach(() => vi.restoreAllMocks());

async function run(
  file: string,
  json: boolean,
  stateDir = '/nowhere',
): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => (out += String(text)) !== '');
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => (err += String(text)) !== '');
  return { code: await read(file, { json, stateDir }), out, err };
}

describe('falloutd read', () => {
  it('reads a packed and an unpacked file alike', async () => {
    const name = 'h-repeated-question.nix2.8.json';
    const plain = join(mkdtempSync(join(tmpdir(), 'falloutd-')), 'log');
    writeFileSync(plain, log(name));
    const packed = await run(logFile(name), true);
    expect(packed).toMatchObject({ code: 0, err: '' });
    expect((await run(plain, true)).out).toBe(packed.out);
    expect(documentIn('read', packed.out)).toMatchObject({
      outcome: 'fallout',
      cut: false,
      warnings: [],
      fallout: [{ kind: 'repeated', symbol: 'X86_AMD_FREQ_SENSITIVITY' }],
    });
  });

  it('names the symbol of a module that an initrd lacks, where a kernel is known', async () => {
    const name = logFile('m1-module-not-found.nix2.8.nixlog');
    const stateDir = mkdtempSync(join(tmpdir(), 'falloutd-'));
    expect(documentIn('read', (await run(name, true, stateDir)).out)).toMatchObject({
      outcome: 'blocked',
      missingModule: { module: 'ahci', symbols: [] },
    });
    const files = {
      Kconfig: 'config SATA_AHCI\n\ttristate "AHCI"\n',
      Kbuild: 'obj-y += drivers/\n',
      'drivers/Makefile': 'obj-$(CONFIG_SATA_AHCI) += ahci.o\n',
    };
    keepFacts(join(stateDir, 'facts'), '/nix/store/00000000000000000000000000000000-facts.drv', factsBytes({ files }));
    const found = { module: 'ahci', symbols: ['SATA_AHCI'] };
    expect(documentIn('read', (await run(name, true, stateDir)).out)).toMatchObject({ missingModule: found });
    expect((await run(name, false, stateDir)).out).toContain('ahci is made by SATA_AHCI');
  });

  it('gives 2 for what cannot be read', async () => {
    expect(await run('/nowhere/log', false)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('/nowhere/log cannot be read') as string,
    });
    const broken = join(mkdtempSync(join(tmpdir(), 'falloutd-')), 'log.gz');
    writeFileSync(broken, Buffer.from([0x1f, 0x8b, 1, 2, 3]));
    expect((await run(broken, true)).code).toBe(2);
  });

  it('tells people where the whole log is', () => {
    const lines = logReadingLines(readLog(log('h-repeated-question.nix2.26.plain')), PLAIN).join('\n');
    expect(lines).toContain('nix log');
    expect(lines).toContain('This log is cut');
    expect(logReadingLines(readLog(log('h-repeated-question.nix2.26.L')), PLAIN).join('\n')).toMatch(
      /asked again +X86_AMD_FREQ_SENSITIVITY +wanted y, got n\n +offered: n, m; needs CPU_FREQ_GOV_ONDEMAND=y, it is m/,
    );
    expect(logReadingLines(readLog(log('f1-syntax-missing-semicolon.nix2.26.json')), PLAIN).join('\n')).toContain(
      'at patches.nix:119:29',
    );
  });

  it.each(LOGS)('%s fits 80 columns, but for store paths', (name) => {
    const output = readLog(log(name));
    for (const line of logReadingLines(output, PLAIN))
      if (!line.includes('/nix/store/')) expect(line.length).toBeLessThanOrEqual(80);
  });
});
