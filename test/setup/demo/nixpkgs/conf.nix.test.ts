import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeHost, type Host } from '../../../../src/setup/demo/demoHost.ts';
import { findTool } from '../../../../src/setup/prerequisites.mjs';
import {
  buildConfig,
  onePatch,
  savePatches,
  temporaryHost,
  verdict,
  type ConfigBuild,
} from '../../../helpers/standIn.ts';

const source = process.env['FALLOUTD_LINUX_TREE'] ?? '/usr/src/linux-source-6.12';
const canBuild = existsSync(join(source, 'scripts/kconfig')) && findTool('flex') !== null && findTool('bison') !== null;

/** The conf of a kernel source, built without the source's own Makefile. */
async function buildConf(tree: string, into: string): Promise<string> {
  const kconfig = join(tree, 'scripts/kconfig');
  await execa('flex', ['-o', join(into, 'lexer.lex.c'), '-L', join(kconfig, 'lexer.l')]);
  await execa('bison', [
    '-o',
    join(into, 'parser.tab.c'),
    `--defines=${join(into, 'parser.tab.h')}`,
    '-t',
    '-l',
    join(kconfig, 'parser.y'),
  ]);
  const sources = ['conf', 'confdata', 'expr', 'menu', 'preprocess', 'symbol', 'util'].map((name) =>
    join(kconfig, `${name}.c`),
  );
  await execa('gcc', [
    '-O2',
    '-w',
    `-I${kconfig}`,
    `-I${join(tree, 'scripts/include')}`,
    `-I${into}`,
    '-o',
    join(into, 'conf'),
    ...sources,
    join(into, 'lexer.lex.c'),
    join(into, 'parser.tab.c'),
  ]);
  return join(into, 'conf');
}

describe.runIf(canBuild)('the small tree under the conf of Linux 6.12', () => {
  let base: string;
  let host: Host;
  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), 'falloutd-conf-'));
    host = await temporaryHost({ kernel: { conf: await buildConf(source, base) } });
  });
  afterAll(async () => {
    await removeHost(host);
    await rm(base, { recursive: true, force: true });
  });

  async function build(settings: string): Promise<ConfigBuild> {
    await savePatches(host, onePatch(settings));
    return buildConfig(host);
  }

  test('is green without a wish', async () => {
    expect(verdict(await build(''))).toEqual(['warning: unused option: ATH9K_AHB', 'warning: unused option: XEN']);
  });

  test('misses what 4.11 misses', async () => {
    const built = await build(
      'RTLWIFI = no; USB_SERIAL_CONSOLE = yes; PANIC_ON_OOPS_VALUE = freeform "1"; PHYSICAL_ALIGN = freeform "400000";',
    );
    expect(verdict(built).filter((line) => line.startsWith('error'))).toEqual([
      "error: option not set correctly: PHYSICAL_ALIGN (wanted '400000', got '0x400000')",
      "error: option not set correctly: RTLWIFI (wanted 'n', got 'm')",
      'error: unused option: USB_SERIAL_CONSOLE',
    ]);
  });

  test('lists who selects, one by one, when it asks again', async () => {
    const { lines } = await build('CRC32 = no;');
    const at = lines.indexOf('GOT: Selected by [m]:');
    expect(lines.slice(at + 1, at + 3)).toEqual([
      'GOT:   - R8169 [=m] && NET [=y] && PCI [=y]',
      'GOT:   - BTRFS_FS [=m]',
    ]);
    expect(lines.find((line) => line.startsWith('repeated question'))).toContain('CRC32/CRC32c functions');
  });
});
