import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchKernel } from '../../src/build/matchKernel.ts';
import type { KernelBuild } from '../../src/model/kernelBuild.ts';
import type { GreenConfig } from '../../src/state/recordedRuns.ts';
import { running } from '../helpers/runningKernel.ts';

const built = (build: Partial<KernelBuild> & { build: number }): KernelBuild => ({
  target: 'nixhost',
  iteration: 1,
  startedAt: '2026-03-04T05:06:07.000Z',
  durationMs: 1000,
  outcome: 'built',
  drvPath: '/nix/store/x.drv',
  outPath: null,
  kernelBytes: null,
  modulesBytes: null,
  objects: 7,
  problem: null,
  ...build,
});

const config = (lines: string, version = '6.12.117'): string =>
  `#\n# Automatically generated file; DO NOT EDIT.\n# Linux/x86 ${version} Kernel Configuration\n#\n${lines}`;

const recorded = (iteration: number, dotConfig: string): GreenConfig => ({
  target: 'nixhost',
  iterations: [iteration],
  dotConfig,
});

describe('a running kernel', () => {
  it('is the build with its path in the store, whatever the configurations say', () => {
    const path = fc.constantFrom('/nix/store/a', '/nix/store/b', '/nix/store/c');
    const outcome = fc.constantFrom('built', 'failed', null);
    const builds = fc.array(fc.record({ outPath: fc.option(path), outcome }), { maxLength: 6 });
    fc.assert(
      fc.property(builds, path, fc.boolean(), (drafts, storePath, hasConfig) => {
        const all = drafts.map((draft, i) => built({ build: drafts.length - i, ...draft }));
        const facts = running({ storePath, config: hasConfig ? config('CONFIG_A=y\n') : null });
        const match = matchKernel(facts, { builds: all, configs: [recorded(3, config('CONFIG_A=y\n'))] });
        const isThere = all.some((each) => each.outPath === storePath && each.outcome === 'built');
        expect(match.kind === 'built').toBe(isThere);
        if (match.kind === 'built') expect(match.build.outPath).toBe(storePath);
      }),
    );
  });

  it('is the build that compiled it, not a later one that found it built', () => {
    const outPath = '/nix/store/a';
    const builds = [
      built({ build: 3, outPath, objects: null }),
      built({ build: 2, outPath }),
      built({ build: 1, outPath: '/nix/store/b' }),
    ];
    expect(matchKernel(running({ storePath: outPath }), { builds, configs: [] })).toMatchObject({
      build: { build: 2 },
    });
    const [found] = builds;
    expect(matchKernel(running({ storePath: outPath }), { builds: builds.slice(0, 1), configs: [] })).toEqual({
      kind: 'built',
      build: found,
    });
  });

  it('is known by its configuration after the header, and by nothing less', () => {
    const lines = fc
      .record({
        a: fc.constantFrom('CONFIG_A=y', '# CONFIG_A is not set', ''),
        b: fc.constantFrom('CONFIG_B="x y"', 'CONFIG_B="x"', ''),
        remark: fc.constantFrom('# a comment', ''),
      })
      .map(({ a, b, remark }) => `${[remark, a, b].join('\n')}\n`);
    fc.assert(
      fc.property(lines, lines, (present, other) => {
        const options = (text: string): string[] => text.split('\n').filter((each) => /CONFIG_/.test(each));
        const configs = [recorded(9, config(other, '6.12.110')), recorded(4, config(present))];
        const match = matchKernel(running({ config: config(present).replace('DO NOT EDIT', 'made elsewhere') }), {
          builds: [],
          configs,
        });
        const isNewer = options(present).join() === options(other).join();
        expect(match).toEqual({ kind: 'same-config', target: 'nixhost', iteration: isNewer ? 9 : 4, build: null });
        expect(matchKernel(running({ config: config('CONFIG_D=y\n') }), { builds: [], configs }).kind).toBe('none');
      }),
    );
  });

  it('of the same configuration is a build only where no path says that it is another', () => {
    const build = built({ build: 1, iteration: 4, outPath: '/nix/store/a' });
    const found = {
      builds: [build],
      configs: [{ ...recorded(5, config('CONFIG_A=y\n')), iterations: [5, 4] as [number, number] }],
    };
    const facts = running({ config: config('CONFIG_A=y\n') });
    expect(matchKernel(facts, found)).toEqual({ kind: 'same-config', target: 'nixhost', iteration: 5, build });
    expect(matchKernel({ ...facts, storePath: '/nix/store/b' }, found)).toMatchObject({ build: null });
  });

  it.each([
    ['6.12.117', 'CONFIG_LOCALVERSION=""\n', true],
    ['6.12.117-mine', 'CONFIG_LOCALVERSION="-mine"\n', true],
    ['6.12.117-rt5-mine', 'CONFIG_LOCALVERSION="-mine"\n', true],
    ['6.12.117-rt5', '', true],
    ['6.12.117', 'CONFIG_LOCALVERSION="-mine"\n', false],
    ['6.12.1', '', false],
    ['6.12.1170', '', false],
  ])('of which only the release %s is known may be one with %j: %s', (release, lines, isOne) => {
    const configs = [recorded(1, config(lines))];
    const expected = isOne ? { kind: 'same-version', target: 'nixhost', iteration: 1 } : { kind: 'none' };
    expect(matchKernel(running({ release }), { builds: [], configs })).toEqual(expected);
  });

  it('reads no configuration more than it needs', () => {
    function* configs(): Generator<GreenConfig> {
      yield recorded(2, config('CONFIG_A=y\n'));
      throw new Error('read on');
    }
    expect(matchKernel(running({ config: config('CONFIG_A=y\n') }), { builds: [], configs: configs() })).toMatchObject({
      iteration: 2,
    });
  });
});
