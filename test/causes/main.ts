/**
 * `npm run test:causes -- [options]`: on Linux 6.12, by the engine alone. Whatever is absorbed or lost has a cause, and a cause has its consequence:
 * where what it says is missing is there, or what it says forces is gone, the symbol is no longer kept from what was wanted for that reason.
 */
import { parseArgs } from 'node:util';
import { causeNow } from '../../src/fallout/causeNow.ts';
import { causeText } from '../../src/fallout/causeText.ts';
import { loadEngine, type KernelEngine } from '../../src/kernel/kernelEngine.ts';
import { kconfigOf } from '../../src/kernel/kernelTree.ts';
import type { Prediction, PredictionInput } from '../../src/kernel/prediction.ts';
import type { Kconfig } from '../../src/kconfig/index.ts';
import type { Cause } from '../../src/model/cause.ts';
import type { Intent } from '../../src/model/intent.ts';
import { valueOf, type Ask } from '../../src/model/value.ts';
import { parseDotConfig } from '../../src/script/dotConfig.ts';
import { settingFor, type Setting } from '../../src/script/settings.ts';
import { linuxTree } from '../helpers/linuxTree.ts';
import { generator } from '../helpers/plannedFiles.ts';
import { treeFacts } from '../helpers/treeFacts.ts';
import { Wishables } from '../predict/wishes.ts';
import { consequence } from './consequence.ts';

const HELP = `npm run test:causes -- [options]
  --sets N          so many wish sets (40)
  --first-seed S    their seeds begin with S (1)
  --consequences N  so many of their causes are tested by what follows from them (500)
  --symbols A,B     says why these cannot be m, and no, in the base configuration, and ends
`;

const { values } = parseArgs({
  options: {
    sets: { type: 'string', default: '40' },
    'first-seed': { type: 'string', default: '1' },
    consequences: { type: 'string', default: '500' },
    symbols: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** A cause of one set, to be tested in the .config of that set. */
type Found = { seed: number; symbol: string; wanted: string; cause: Cause; dotConfig: string };

async function main(): Promise<number> {
  const facts = await treeFacts(await linuxTree());
  const loaded = loadEngine(facts);
  if (loaded.kind !== 'engine') throw new Error(loaded.kind);
  if (values.symbols !== undefined) return sayWhy(loaded.engine, values.symbols.split(','));
  const kconfig = kconfigOf(facts);
  const [found, missing] = predicted(loaded.engine, kconfig);
  const drawn = sample(found, Number(values.consequences));
  const failed = drawn.flatMap(({ seed, ...each }) => {
    const problem = consequence(kconfig, each) ?? refuted(each);
    return problem === null
      ? []
      : `seed ${seed}: ${each.symbol} wanted ${each.wanted}: ${causeText(each.cause)}: ${problem}`;
  });
  for (const line of [...missing, ...failed]) say(line);
  say(
    `${found.length} causes, ${missing.length} missing; ${drawn.length} tested by their consequence, ${failed.length} wrong`,
  );
  return missing.length + failed.length === 0 ? 0 : 1;
}

/** A run that built what was predicted finds the same causes in its .config: else it would write the managed patch again. */
function refuted({ cause, wanted, dotConfig }: Omit<Found, 'seed'>): string | null {
  const finalValues = parseDotConfig(dotConfig);
  const now = causeNow(cause, wanted, (symbol) => finalValues.get(symbol));
  const text = now === null ? 'nothing' : causeText(now);
  return text === causeText(cause) ? null : `the .config says ${text}`;
}

/** The causes of all sets, and what has none. */
function predicted(engine: KernelEngine, kconfig: Kconfig): [Found[], string[]] {
  const wishables = new Wishables(kconfig);
  const first = Number(values['first-seed']);
  const found: Found[] = [];
  const missing: string[] = [];
  for (let seed = first; seed < first + Number(values.sets); seed++) {
    const { wishes } = wishables.draw(seed);
    const prediction = engine.predict(asking(wishes));
    const { dotConfig } = prediction;
    for (const { symbol, wanted, cause } of explained(prediction)) {
      if (cause === undefined) missing.push(`seed ${seed}: ${symbol} wanted ${wanted ?? 'unset'} has no cause`);
      else if (wanted !== null && dotConfig !== null) found.push({ seed, symbol, wanted, cause, dotConfig });
    }
    say(
      `seed ${seed}  ${wishes.length} wishes  ${prediction.entries.length} entries  ${prediction.lost.lost.length} lost`,
    );
  }
  return [found, missing];
}

/** What was absorbed or lost, each with its cause. A choice is settled for the reason that it is one. */
function explained({
  entries,
  lost,
}: Prediction): { symbol: string; wanted: string | null; cause: Cause | undefined }[] {
  const isSettled = (kind: string): boolean => kind === 'choice';
  return [
    ...entries
      .filter(({ origin }) => !isSettled(origin.kind))
      .map(({ symbol, origin, cause }) => ({ symbol, wanted: wantedOf(origin.intent?.ask), cause })),
    ...lost.lost.map(({ symbol, wanted, cause }) => ({ symbol, wanted, cause })),
  ];
}

function wantedOf(ask: Ask | undefined): string | null {
  if (ask === undefined || ask.value.kind === 'unset') return null;
  return ask.value.kind === 'tristate' ? ask.value.tristate : ask.value.text;
}

/** The wishes as an evaluation gives them; of one symbol the last. */
function asking(wishes: readonly { symbol: string; value: string }[]): PredictionInput {
  const intents = [...new Map(wishes.map((wish) => [wish.symbol, wish])).values()].map(
    ({ symbol, value }, i): Intent => ({
      symbol,
      ask: askIn(value),
      priority: 50,
      by: { kind: 'patch', name: 'mine', index: 0 },
      position: { file: '/patches.nix', line: i + 1, column: 1 },
    }),
  );
  const settings = Object.fromEntries(
    intents.flatMap(({ symbol, ask }): [string, Setting][] => {
      const setting = settingFor(ask);
      return setting === null ? [] : [[symbol, setting]];
    }),
  );
  return { settings, intents, legacy: [], managedName: 'fallout', managedIndex: 1, entries: [], policy: 'keep-wish' };
}

const LETTERS: Readonly<Record<string, string>> = { yes: 'y', no: 'n', module: 'm' };

function askIn(nix: string): Ask {
  const bare = /^option \((.*)\)$/s.exec(nix)?.[1];
  if (bare !== undefined) return { ...askIn(bare), optional: true };
  if (nix === 'unset') return { value: { kind: 'unset' }, optional: false };
  const text = LETTERS[nix] ?? (JSON.parse(nix.replace(/^freeform /, '')) as string);
  return { value: LETTERS[nix] === undefined ? { kind: 'freeform', text } : valueOf(text), optional: false };
}

function sample(all: readonly Found[], count: number): Found[] {
  const random = generator(all.length);
  return all
    .map((each) => ({ each, at: random() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, count)
    .map(({ each }) => each);
}

function sayWhy(engine: KernelEngine, symbols: readonly string[]): number {
  for (const value of ['module', 'no'])
    for (const { symbol, wanted, cause, roots = [] } of lostOf(
      engine.predict(asking(symbols.map((symbol) => ({ symbol, value })))),
    ))
      say(
        `${symbol} wanted ${wanted ?? ''}: ${cause === undefined ? 'NO CAUSE' : causeText(cause)}  ${roots.map((root) => `${root.symbol}=${root.value}`).join(' ')}`,
      );
  return 0;
}

const lostOf = ({ entries, lost }: Prediction) => [
  ...entries.map(({ symbol, origin, cause }) => ({
    symbol,
    wanted: wantedOf(origin.intent?.ask),
    cause,
    roots: undefined,
  })),
  ...lost.lost,
];

if (values.help) process.stdout.write(HELP);
else process.exitCode = await main();
