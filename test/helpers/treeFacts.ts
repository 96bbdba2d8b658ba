/** Kernel facts of a whole Linux source, without a build. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  buildKconfig,
  Configuration,
  dialectOf,
  kernelEnvironment,
  readConfig,
  readTree,
  shellProbe,
  writeConfig,
} from '../../src/kconfig/index.ts';
import { readFacts, type KernelFacts } from '../../src/kernel/kernelFacts.ts';
import { factsBytes } from './facts.ts';

/** As a builder for x86 with this machine's compiler would record them, with what `x86_64_defconfig` comes to as the base. */
export async function treeFacts(root: string): Promise<KernelFacts> {
  const environment = await kernelEnvironment(root, { arch: 'x86' });
  const directory = mkdtempSync(join(tmpdir(), 'falloutd-facts-'));
  try {
    const answers: Record<string, string> = {};
    const ask = shellProbe({ directory, environment });
    const tree = readTree({ root, file: 'Kconfig', environment }, (command) => (answers[command] ??= ask(command)));
    const configuration = new Configuration(buildKconfig(tree, dialectOf(root)));
    readConfig(configuration, readFileSync(join(root, 'arch/x86/configs/x86_64_defconfig'), 'utf8'));
    const of = (folder: string): string[] =>
      readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) =>
        entry.isFile() ? `${folder}/${entry.name}` : [],
      );
    const architectures = readdirSync(join(root, 'arch'), { withFileTypes: true }).flatMap((each) =>
      each.isDirectory() ? each.name : [],
    );
    const others = architectures.flatMap((name) => of(`arch/${name}`)).filter((path) => path.includes('/Kconfig'));
    const names = ['Makefile', ...of('scripts/kconfig'), ...others, ...tree.files];
    const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(root, name), 'utf8')]));
    const settings = { AUTO_MODULES: '1', PREFER_BUILTIN: '', ignoreConfigErrors: '' };
    const read = readFacts(
      factsBytes({ files, answers, environment, baseConfig: writeConfig(configuration), settings }),
    );
    if (read.kind !== 'facts') throw new Error(read.kind);
    return read.facts;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
