import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { whichTool } from '../../src/setup/demo/tools.ts';
import { until, type KernelHost } from './kernelHost.ts';

/** Holds kernel builds of a host back at the compiler, or lets them fail there. */
export type CompilerGate = {
  shut: () => Promise<void>;
  open: () => Promise<void>;
  /** Resolves when a build stands before it. */
  reached: () => Promise<void>;
  /** From now on the compiler says this and fails; null: it compiles. */
  breaks: (message: string | null) => Promise<void>;
};

/** Puts a gate before gcc. The derivations of the host do not change with what it does. */
export async function compilerGate(host: KernelHost): Promise<CompilerGate> {
  const { dir } = await host.gate();
  const [shut, reached, broken] = [join(dir, 'shut-gcc'), join(dir, 'reached-gcc'), join(dir, 'broken-gcc')];
  await writeFile(
    join(dir, 'gcc'),
    `#!/bin/sh
if [ -e '${broken}' ]; then cat '${broken}' >&2; exit 1; fi
if [ -e '${shut}' ]; then : >'${reached}'; while [ -e '${shut}' ]; do sleep 0.02; done; fi
exec '${whichTool('gcc')}' "$@"
`,
    { mode: 0o755 },
  );
  return {
    shut: async () => {
      await rm(reached, { force: true });
      await writeFile(shut, '');
    },
    open: () => rm(shut, { force: true }),
    reached: () => until(() => existsSync(reached)),
    breaks: (message) => (message === null ? rm(broken, { force: true }) : writeFile(broken, `${message}\n`)),
  };
}
