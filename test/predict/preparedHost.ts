/**
 * A host whose config builds begin where the answering script does: the tree is unpacked and patched, conf is compiled and the
 * base configuration made, once, by the derivation's own phases. All else of a config build stays Nix's and the script's.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadEngine, type KernelEngine } from '../../src/kernel/kernelEngine.ts';
import { readFacts, type KernelFacts } from '../../src/kernel/kernelFacts.ts';
import { keepFacts } from '../../src/kernel/keptFacts.ts';
import { evaluate } from '../../src/nix/evaluate.ts';
import { Predictor } from '../../src/run/predictor.ts';
import { falloutd } from '../helpers/command.ts';
import { configfileWith, KernelHost } from '../helpers/kernelHost.ts';
import { linuxTree } from '../helpers/linuxTree.ts';
import { wishing } from '../helpers/patchesText.ts';
import { buildConfig } from '../helpers/standIn.ts';
import type { Cell } from './cells.ts';

const UNCHANGED = '{ }\n';

/** Moves the tree away when its base configuration is made. */
const keeping = (tree: string): string => `
            buildPhase = "makeBaseConfig; mv \\"$PWD\\" ${tree}";
            installPhase = "echo > $out";`;

/** Links to the kept tree, with a build folder of its own. conf and its rules see the same relative paths as in the builder. */
const using = (tree: string): string => `
            unpackPhase = "source $kernelRules; mkdir source; ln -s ${tree}/* source; rm source/build; cp -a ${tree}/build source; cd source";
            patchPhase = ":";
            buildPhase = "answerQuestions";`;

const WIRING = `
            { lib, ... }:
            {
              imports = [ ./builder.nix ];
              boot.kernelPatches = import ./patches.nix { inherit lib; };
            }`;

export class PreparedHost {
  private constructor(
    readonly host: KernelHost,
    readonly facts: KernelFacts,
    readonly engine: KernelEngine,
    private readonly factsBytes: Buffer,
  ) {}

  /** @param whole is called between: the host's config builds are whole then. */
  static async create(
    { version, kernel }: Pick<Cell, 'version' | 'kernel'>,
    { say, whole }: { say: (line: string) => void; whole: (host: KernelHost, facts: KernelFacts) => Promise<void> },
  ): Promise<PreparedHost> {
    const tree = { kind: 'linux' as const, path: await linuxTree(version) };
    const files = { 'builder.nix': UNCHANGED };
    const host = await KernelHost.create({ tree, kernel, files, wiring: WIRING, patches: wishing('') });
    try {
      const started = performance.now();
      const bytes = await makeFacts(host);
      const read = readFacts(bytes);
      if (read.kind !== 'facts') throw new Error(`the facts are ${read.kind}`);
      const loaded = loadEngine(read.facts);
      if (loaded.kind !== 'engine') throw new Error(`there is no engine: ${loaded.kind}`);
      const factsEnd = performance.now();
      await whole(host, read.facts);
      const treeBegin = performance.now();
      // This conf writes the same as the kernel's own, and answers five times as fast.
      if (version === '6.12') await host.kernel({ ...kernel, quickKconfig: true });
      await prepare(host);
      const [factsS, treeS] = [factsEnd - started, performance.now() - treeBegin].map((ms) => (ms / 1000).toFixed(0));
      say(`prepared: facts in ${factsS} s, tree in ${treeS} s`);
      return new PreparedHost(host, read.facts, loaded.engine, bytes);
    } catch (error) {
      await host.remove();
      throw error;
    }
  }

  /** A predictor with the facts of the unprepared derivation; nothing is built for it. */
  async predictor(engine: ConstructorParameters<typeof Predictor>[1]): Promise<Predictor> {
    const evaluated = await evaluate(this.host.target());
    if (evaluated.kind !== 'evaluated' || evaluated.kernel.facts === null)
      throw new Error(`the host cannot be evaluated: ${JSON.stringify(evaluated)}`);
    const folder = await this.host.scratch('predictor');
    keepFacts(join(folder, 'facts'), evaluated.kernel.facts.drvPath, this.factsBytes);
    return new Predictor(folder, engine);
  }

  async remove(): Promise<void> {
    await this.host.remove();
  }
}

/** The facts as `falloutd predict` builds and keeps them, of the derivation as it is. */
async function makeFacts(host: KernelHost): Promise<Buffer> {
  const { code, stdout, stderr } = await falloutd(['predict', '--config', host.host.configFile]);
  const folder = join(host.dir, '.demo/state/facts');
  const name = code === 0 ? readdirSync(folder).find((each) => each.endsWith('.facts')) : undefined;
  if (name === undefined) throw new Error(`falloutd predict ended with ${code}: ${stdout}${stderr}`);
  return readFileSync(join(folder, name));
}

async function prepare(host: KernelHost): Promise<void> {
  const tree = join(await host.scratch('kept'), 'source');
  await host.file('builder.nix', configfileWith(keeping(tree)));
  const built = await buildConfig(host.host);
  if (!built.green) throw new Error(`the tree cannot be prepared: ${built.lines.slice(-20).join('\n')}`);
  await host.file('builder.nix', configfileWith(using(tree)));
}
