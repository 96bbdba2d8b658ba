import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Target } from '../../src/config/config.ts';

const toRemove: string[] = [];
afterEach(() => {
  for (const dir of toRemove.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** A folder that is gone after the test. */
export function folder(): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'falloutd-unit-')));
  toRemove.push(dir);
  return dir;
}

/** A patches file with an empty managed patch, for tests that need no Nix. */
export const PATCHES =
  '{ lib, ... }:\n[\n  # mine\n  # falloutd: begin fallout\n  {\n    name = "fallout";\n    patch = null;\n    structuredExtraConfig = { };\n  }\n  # falloutd: end fallout\n]\n';

/** A target whose only file is `patches.nix` in a folder of its own. */
export function targetIn(dir: string, text: string | Buffer = PATCHES): Target {
  const patchesFile = join(dir, 'patches.nix');
  writeFileSync(patchesFile, text);
  return {
    name: 'host',
    installable: { kind: 'file', file: join(dir, 'default.nix'), attribute: 'k' },
    patchesFile,
    managedFile: patchesFile,
    managedName: 'fallout',
    policy: 'keep-wish',
    pursue: 'none',
    unknown: 'absorb',
    maxIterations: 30,
    build: 'ask',
    nixArgs: [],
    limits: {},
    transcriptLimit: 1 << 24,
  };
}
