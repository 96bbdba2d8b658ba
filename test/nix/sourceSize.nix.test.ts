import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, vi } from 'vitest';
import { iteration } from '../../src/state/recordedRuns.ts';
import { show } from '../../src/cli/show.ts';
import { test } from '../helpers/hostTest.ts';
import { Listener } from '../helpers/listener.ts';
import { wishing } from '../helpers/patchesText.ts';

afterEach(() => vi.unstubAllEnvs());

const MEGABYTES = 120;

test.for([
  ['in git', true, /every file that git tracks/],
  ['outside of git', false, /git init/],
] as const)(
  'how much Nix copies of a flake %s is recorded, and told once in a run where it is much',
  async ([, git, hint], { newHost }) => {
    const host = await newHost({ git });
    await host.save(wishing('RTLWIFI = no;\nE1000E = yes;'));
    const quiet = new Listener();
    const small = await host.run({ emit: quiet.emit });
    const bytes = small.iterations[0]?.sourceBytes ?? 0;
    expect(bytes).toBeGreaterThan(1000);
    expect(bytes).toBeLessThan(1e6);
    expect(quiet.events.filter((event) => event.kind === 'warning')).toEqual([]);

    await host.file('vm.img', '', { tracked: git });
    await truncate(join(host.dir, 'vm.img'), MEGABYTES * 1e6);
    await host.save(wishing('RTLWIFI = no;\nHIDRAW = no;\nE1000E = yes;'));
    const nix = await host.loggedNix();
    vi.stubEnv('PATH', nix.path);
    const listener = new Listener();
    const run = await host.run({ emit: listener.emit });
    expect(run.outcome).toEqual({ kind: 'stable' });
    const warnings = listener.events.flatMap((event) => (event.kind === 'warning' ? [event.problem] : []));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toContain(`120.0 MB into its store at each save: ${host.dir}`);
    expect(warnings[0]?.hint).toMatch(hint);

    const measured = run.iterations.filter((i) => i.evaluateMs > 0);
    expect(measured).not.toEqual([]);
    for (const each of measured) {
      expect(each.sourceBytes).toBeGreaterThan(MEGABYTES * 1e6);
      expect(each.sourceBytes).toBeLessThan((MEGABYTES + 1) * 1e6);
      expect(iteration(host.history, each.iteration)?.sourceBytes).toBe(each.sourceBytes);
    }
    expect(show(host.history, measured[0]?.iteration ?? 0)).toMatch(/copied +120\.0 MB of the flake into the store/);
    expect((await nix.calls()).filter((call) => call.includes('--query --size')).length).toBeLessThanOrEqual(
      measured.length,
    );
  },
);
