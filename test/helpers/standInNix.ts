import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { whichTool } from '../../src/setup/demo/tools.ts';

type Command = 'nix' | 'nix-store' | 'nix-instantiate';

/** Hangs for good, whatever it is told but SIGKILL; so do its children. */
export const HANGS = `trap '' TERM INT HUP\nwhile :; do sleep 0.2; done`;

/**
 * A PATH on which these commands are sh scripts in `dir`. What a script leaves running falls through to the real
 * command, whose path stands in `$real`.
 */
export function standInNix(dir: string, scripts: Partial<Record<Command, string>>): string {
  mkdirSync(dir, { recursive: true });
  for (const [name, script] of Object.entries(scripts)) {
    const real = whichTool(name);
    writeFileSync(join(dir, name), `#!/bin/sh\nreal='${real}'\n${script}\nexec "$real" "$@"\n`, { mode: 0o755 });
  }
  return `${dir}${delimiter}${process.env['PATH'] ?? ''}`;
}
