import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { whichTool } from '../../src/setup/demo/tools.ts';

/** One call of a Nix command; times are milliseconds since the epoch. `end` is null while it runs, or when it was killed. */
export type NixCall = { command: string; subcommand: string; start: number; end: number | null };

/** Commands in front of the real ones on PATH that write down when each call began and ended. */
export class NixCalls {
  /** PATH with the stand-ins first. */
  readonly path: string;
  readonly #log: string;

  private constructor(path: string, log: string) {
    this.path = path;
    this.#log = log;
  }

  static async install(dir: string): Promise<NixCalls> {
    await mkdir(dir, { recursive: true });
    const log = join(dir, 'calls');
    await writeFile(log, '');
    const bash = whichTool('bash');
    for (const name of ['nix', 'nix-store', 'nix-instantiate']) {
      const script = `#!${bash}
call="$$ ${name} \${1#--}"
if [[ $1 = --extra-experimental-features ]]; then call="$$ ${name} $3"; fi
echo "start $call \${EPOCHREALTIME/,/.}" >>'${log}'
'${whichTool(name)}' "$@"
code=$?
echo "end $call \${EPOCHREALTIME/,/.}" >>'${log}'
exit $code
`;
      await writeFile(join(dir, name), script, { mode: 0o755 });
    }
    return new NixCalls(`${dir}:${process.env['PATH'] ?? ''}`, log);
  }

  async all(): Promise<NixCall[]> {
    const calls = new Map<string, NixCall>();
    for (const line of (await readFile(this.#log, 'utf8')).split('\n')) {
      const [kind, pid = '', command = '', subcommand = '', time] = line.split(' ');
      const at = Number(time) * 1000;
      if (kind === 'start') calls.set(pid, { command, subcommand, start: at, end: null });
      const call = calls.get(pid);
      if (kind === 'end' && call !== undefined) call.end = at;
    }
    return [...calls.values()];
  }
}

/** How much of the time from `from` to `to` at least one call was running. */
export function coveredMs(calls: readonly NixCall[], from: number, to: number): number {
  let covered = 0;
  let until = from;
  for (const { start, end } of calls.toSorted((a, b) => a.start - b.start)) {
    const begin = Math.max(start, until);
    const stop = Math.min(end ?? to, to);
    if (stop <= begin) continue;
    covered += stop - begin;
    until = stop;
  }
  return covered;
}
