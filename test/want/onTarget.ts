/** Remedies on a target: each is pasted, and the answering script of a real config build confirms it. */
import type { SymbolValue } from '../../src/kconfig/index.ts';
import { kconfigOf } from '../../src/kernel/kernelTree.ts';
import { evaluate } from '../../src/nix/evaluate.ts';
import { remedyFinder } from '../../src/run/remediesFor.ts';
import { engineInProcess } from '../helpers/engineInProcess.ts';
import { wishing } from '../helpers/patchesText.ts';
import { cellsNamed } from '../predict/cells.ts';
import { outcomeText } from '../predict/comparison.ts';
import { PreparedHost } from '../predict/preparedHost.ts';
import { Cases } from './cases.ts';

/** What became of one case. `searchMs`: how long the search took, confirmed by sessions. */
export type TargetCase = { name: string; ways: number; searchMs: number; wrong: string[] };

/** @param isSo whether a .config has the value. */
export async function casesOnTarget(
  count: number,
  firstSeed: number,
  { say, isSo }: { say: (line: string) => void; isSo: (config: string, wanted: SymbolValue) => boolean },
): Promise<TargetCase[]> {
  const [cell] = cellsNamed(['gcc']);
  if (cell === undefined) throw new Error('there is no cell');
  const prepared = await PreparedHost.create(cell, { say, whole: async () => Promise.resolve() });
  const { host, facts } = prepared;
  try {
    const predictor = await prepared.predictor(engineInProcess(prepared.engine));
    const cases = new Cases(kconfigOf(facts), '', null);
    const evaluated = await evaluate(host.target());
    if (evaluated.kind !== 'evaluated') throw new Error(`the host cannot be evaluated: ${evaluated.kind}`);
    const { intents, legacy } = evaluated.kernel;
    const present = prepared.engine.baseline({ intents, legacy, managedName: host.target().managedName });
    if (present === null) throw new Error('the host comes to nothing');
    const all: TargetCase[] = [];
    for (let seed = firstSeed; all.length < count; seed++) {
      const one = cases.drawFrom(present, seed, 'any');
      if (one === null) continue;
      await host.save(wishing(''));
      host.forget();
      const looking = { predictor, signal: new AbortController().signal, onPhase: quiet, onProgress: quiet };
      const find = await remedyFinder(host.target(), host.history, looking);
      const started = performance.now();
      const found = await find?.({ wanted: [one.wanted], most: 2 });
      const searchMs = performance.now() - started;
      const wrong: string[] = [];
      for (const { nix } of found?.alternatives ?? []) {
        await host.save(wishing(nix.join('\n')));
        host.forget();
        const run = await host.run({ predictor });
        const isGiven = run.outcome?.kind === 'stable' && isSo(host.config(run), one.wanted);
        if (!isGiven) wrong.push(`${nix.join(' ')} (${outcomeText(run.outcome)})`);
      }
      const ways = found?.alternatives.length ?? 0;
      all.push({ name: one.name, ways, searchMs, wrong });
      say(
        `${one.name}  ${ways} ways  ${found?.outcome ?? ''}  ${(searchMs / 1000).toFixed(1)} s  ${wrong.length} wrong`,
      );
    }
    return all;
  } finally {
    await prepared.remove();
  }
}

const quiet = (): void => undefined;
