import { beforeAll, describe, expect, test } from 'vitest';
import { KernelHost } from '../helpers/kernelHost.ts';
import { linuxTree } from '../helpers/linuxTree.ts';
import { wishing, withoutManaged } from '../helpers/patchesText.ts';
import type { Run } from '../../src/model/run.ts';

let linux: string;
beforeAll(async () => {
  linux = await linuxTree();
});

/** Runs `body` on a host of its own on the real tree. */
async function withHost(body: (host: KernelHost) => Promise<void>): Promise<void> {
  const host = await KernelHost.create({ tree: { kind: 'linux', path: linux }, kernel: { quickKconfig: true } });
  try {
    await body(host);
  } finally {
    await host.remove();
  }
}

/** The subsystems, and thirty-five drivers below them. */
const OFF = `SCSI DRM SND_SOC USB_SERIAL WLAN
  SCSI_AACRAID SCSI_AIC7XXX MEGARAID_SAS SCSI_MPT3SAS SCSI_LPFC SCSI_HPSA SCSI_QLA_FC
  DRM_I915 DRM_AMDGPU DRM_NOUVEAU DRM_RADEON DRM_VMWGFX DRM_VIRTIO_GPU DRM_UDL DRM_AST DRM_BOCHS
  SND_SOC_AMD_ACP SND_SOC_FSL_SAI SND_SOC_INTEL_CATPT SND_SOC_RT5640 SND_SOC_MAX98090
  USB_SERIAL_FTDI_SIO USB_SERIAL_PL2303 USB_SERIAL_CP210X USB_SERIAL_CH341 USB_SERIAL_OPTION
  ATH9K ATH10K IWLWIFI RTL8192CE RTW88 BRCMFMAC MT7921E B43`.split(/\s+/);

function builds(run: Run): number {
  return run.iterations.filter((i) => i.buildMs > 0).length;
}

describe('Linux 6.12', () => {
  test('SCSI, DRM, SND_SOC, USB_SERIAL, WLAN and the drivers below off: the fixed point in one build, the .config that plain Nix gives under ignoreConfigErrors', async () => {
    await withHost(async (host) => {
      const text = wishing(OFF.map((symbol) => `${symbol} = lib.mkForce no;`).join('\n'));
      await host.save(text);
      const run = await host.run();
      expect(run.outcome).toEqual({ kind: 'stable' });
      const fallout = run.iterations.flatMap((i) => i.fallout);
      const refused = new Set(fallout.filter((f) => f.kind === 'repeated').map((f) => f.symbol));
      expect(fallout.filter((f) => !['unused', 'value', 'silent', 'repeated'].includes(f.kind))).toEqual([]);
      expect(run.iterations.map(({ prediction }) => prediction?.missed)).toEqual([[]]);
      expect(builds(run)).toBe(1);
      const entries = await host.entries();
      expect(Object.keys(entries).filter((symbol) => OFF.includes(symbol)).length).toBeGreaterThan(25);

      // The oracle asks conf as kernel.org ships it. No script survives a refused answer, so it is asked for what was given instead.
      const answerable = text.split('\n').map((line) => {
        const symbol = /^\s*(\w+) = lib\.mkForce no;$/.exec(line)?.[1];
        return symbol !== undefined && refused.has(symbol)
          ? `${symbol} = lib.mkForce ${entries[symbol] === 'option m' ? 'module' : 'yes'};`
          : line;
      });
      const oracle = await host.plainBuild(withoutManaged(answerable.join('\n')), { ignoreConfigErrors: true });
      expect(oracle.green).toBe(true);
      expect(host.config(run)).toBe(oracle.dotConfig);

      const lost = new Map(run.lost.map((w) => [w.symbol, w]));
      const symbols = host.symbols(run);
      for (const symbol of OFF)
        expect(lost.has(symbol), symbol).toBe(symbols.has(symbol) && symbols.get(symbol) !== 'n');
      expect(run.lost.every((w) => w.position?.file === host.patchesFile)).toBe(true);

      const again = await host.run();
      expect(again.iterations).toHaveLength(1);
      expect(builds(again)).toBe(0);
    });
  });

  test('MODULES = no: the fixed point in one config build', async () => {
    await withHost(async (host) => {
      await host.save(wishing('MODULES = no;'));
      const run = await host.run();
      expect(run.outcome).toEqual({ kind: 'stable' });
      expect(builds(run)).toBe(1);
      const symbols = host.symbols(run);
      expect(symbols.get('MODULES')).toBe('n');
      expect([...symbols.values()]).not.toContain('m');
      expect(run.lost).toEqual([]);
    });
  });

  test('SND_SOC = no, then that wish is taken out: no entry stays, and the .config is the one of a fresh database', async () => {
    await withHost(async (host) => {
      await host.save(wishing(''));
      const fresh = host.config(await host.run());
      expect(await host.entries()).toEqual({});
      host.forget();
      await host.save(wishing('SND_SOC = no;'));
      expect((await host.run()).outcome).toEqual({ kind: 'stable' });
      expect(Object.keys(await host.entries())).toContain('SND_SOC_SOF_TOPLEVEL');
      await host.save((await host.text()).replace(/^ *SND_SOC = no;\n/m, ''));
      const run = await host.run();
      expect(run.outcome).toEqual({ kind: 'stable' });
      expect(await host.entries()).toEqual({});
      expect(host.config(run)).toBe(fresh);
    });
  });
});
