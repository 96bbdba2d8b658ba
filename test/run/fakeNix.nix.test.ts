/** What the tests without Nix rest on: helpers/fakeNix.ts evaluates and builds as Nix does. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { buildConfig } from '../../src/nix/configBuild.ts';
import { evaluate, type Evaluation } from '../../src/nix/evaluate.ts';
import { parseDotConfig } from '../../src/script/dotConfig.ts';
import { smallNix } from '../helpers/fakeNix.ts';
import { test } from '../helpers/hostTest.ts';
import { edited, noWishes, savesOf, wishablesOf, wishesText } from '../helpers/wishEdits.ts';

const nix = smallNix();
/** Of two members of a choice that are asked to be y, the script takes either. */
const SYMBOLS = wishablesOf(nix.kconfig).filter(({ symbol }) => !/^(?:KERNEL_|HZ_|PREEMPT)/.test(symbol));

/** What conf itself prints differs from one version to the next. */
const said = (transcript: string): string[] =>
  transcript
    .split('\n')
    .filter((line) => /^(?:QUESTION|CHOICE|probe|error|warning|repeated question)\b/.test(line))
    .map((line) => line.replace(/ at \S+ line \d+.*$/, ''));

function kernelOf(evaluation: Evaluation) {
  if (evaluation.kind !== 'evaluated') throw new Error(JSON.stringify(evaluation));
  const { settings, unmergeable, build, intents } = evaluation.kernel;
  const asked = intents.map(({ symbol, ask, priority, by, position }) => {
    // The stand-in's kernel has a patch of its own before the user's.
    return by.kind === 'patch'
      ? { symbol, ask, priority, by: by.name, line: position?.line }
      : { symbol, ask, priority, by: by.kind };
  });
  return { asked, settings, unmergeable, build };
}

test('random wishes are merged, answered and judged as by Nix and the scripts', async ({ host }) => {
  const { nixArgs, transcriptLimit } = host.target();
  const sequences = fc.sample(savesOf(SYMBOLS, 8), { numRuns: 8, seed: 7 }).map((saves) => saves.flat());
  for (const sequence of sequences) {
    const wishes = sequence.reduce(edited, noWishes());
    await host.save(wishesText(wishes));
    const [real, fake] = [kernelOf(await evaluate(host.target())), kernelOf(nix.evaluate(host.patchesFile, wishes))];
    const bySymbol = ({ asked }: typeof real): unknown => asked.toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1));
    expect(bySymbol(fake)).toEqual(bySymbol(real));
    expect(fake.unmergeable).toEqual(real.unmergeable);
    if (real.build === null || fake.build === null) {
      expect(fake.build).toBe(real.build);
      continue;
    }
    expect(fake.settings).toEqual(real.settings);
    {
      const built = await buildConfig(real.build.drvPath, real.build.outPath, { nixArgs, transcriptLimit });
      const quick = nix.build(fake.build.drvPath);
      expect(quick.kind).toBe(built.kind);
      if ('transcript' in built && 'transcript' in quick)
        expect(said(quick.transcript.text)).toEqual(said(built.transcript.text));
      if (built.kind === 'built' && quick.kind === 'built')
        expect(new Map([...parseDotConfig(quick.dotConfig)].sort())).toEqual(
          new Map([...parseDotConfig(built.dotConfig)].sort()),
        );
    }
  }
});
