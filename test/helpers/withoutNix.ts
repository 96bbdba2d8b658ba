/** For the unit tests: a Nix on PATH that always fails, so that a test which needs Nix is noticed on every machine. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const dir = mkdtempSync(join(tmpdir(), 'falloutd-without-nix-'));
for (const name of ['nix', 'nix-store', 'nix-instantiate'])
  writeFileSync(
    join(dir, name),
    '#!/bin/sh\necho "a unit test called $0: name its file *.nix.test.ts" >&2\nexit 127\n',
    {
      mode: 0o755,
    },
  );
const path = process.env['PATH'] ?? '';
process.env['PATH'] = `${dir}:${path}`;
afterAll(() => {
  process.env['PATH'] = path;
  rmSync(dir, { recursive: true });
});
