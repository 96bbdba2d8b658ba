/** `npm run test:tidy -- [options]`: files with settings that change nothing, by the engine alone. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { intentsBySymbol } from '../../src/fallout/intents.ts';
import { loadEngine, type KernelEngine } from '../../src/kernel/kernelEngine.ts';
import { readFacts, type KernelFacts } from '../../src/kernel/kernelFacts.ts';
import { definedNames } from '../../src/kernel/kernelNames.ts';
import { kconfigOf } from '../../src/kernel/kernelTree.ts';
import { wholeRequest } from '../../src/kernel/predictedRequest.ts';
import type { PredictionInput } from '../../src/kernel/prediction.ts';
import { withoutIntents } from '../../src/kernel/removedWishes.ts';
import type { FoundNeedless } from '../../src/kernel/tidy.ts';
import { bindingFinder } from '../../src/managed/ownBindings.ts';
import { takenOut } from '../../src/managed/takeOut.ts';
import type { Intent } from '../../src/model/intent.ts';
import { spelled, valueOf } from '../../src/model/value.ts';
import type { NixFile } from '../../src/nixfile/nixFile.ts';
import { honours, parseDotConfig } from '../../src/script/dotConfig.ts';
import { countForCi } from '../helpers/countForCi.ts';
import { factsBytes } from '../helpers/facts.ts';
import { linuxTree } from '../helpers/linuxTree.ts';
import { generator } from '../helpers/plannedFiles.ts';
import { treeFacts } from '../helpers/treeFacts.ts';
import { Wishables } from '../predict/wishes.ts';
import { fileIntents, parsed } from './fileIntents.ts';
import { plantedFile, type Planted } from './plantedFile.ts';

const HELP = `npm run test:tidy -- [options]
  --small N        so many files for the small tree of the demo (100)
  --linux N        and for Linux 6.12 (5)
  --first-seed S   their seeds begin with S (1)
  --alone N        so many settings that stay are taken out alone, for each file (5)
  --ci             the share that CI runs, in at most a minute
`;

const { values } = parseArgs({
  options: {
    small: { type: 'string', default: '100' },
    linux: { type: 'string', default: '5' },
    'first-seed': { type: 'string', default: '1' },
    alone: { type: 'string', default: '5' },
    ci: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const NIXPKGS = fileURLToPath(new URL('../../src/setup/demo/nixpkgs', import.meta.url));

type Editing = { how: 'comment' | 'remove'; withImplied: boolean };

type Kernel = { name: string; facts: KernelFacts; defaults: Intent[] };

async function main(): Promise<number> {
  const [small, linux] = values.ci ? [40, 1] : [Number(values.small), Number(values.linux)];
  const counts = [check(smallTree(), small), ...(linux === 0 ? [] : [check(await linux612(), linux)])];
  const [passed, failed] = [0, 1].map((i) => counts.reduce((sum, count) => sum + (count[i] ?? 0), 0));
  say(`${passed} passed, ${failed} failed`);
  countForCi('tidy', passed ?? 0, failed ?? 0);
  return failed === 0 ? 0 : 1;
}

/** Checks so many files of a kernel: how many are right, and how many are not. */
function check({ name, facts, defaults }: Kernel, count: number): [number, number] {
  const loaded = loadEngine(facts);
  if (loaded.kind !== 'engine') throw new Error(loaded.kind);
  const kconfig = kconfigOf(facts);
  const wishables = new Wishables(kconfig);
  const defined = new Set(definedNames(kconfig));
  const free = kconfig.symbols.flatMap(({ name: symbol, type, menus }) =>
    symbol !== null && type === 'tristate' && menus.some(({ prompt }) => prompt !== null) ? symbol : [],
  );
  const members = new Set(kconfig.choices.flatMap((choice) => choice.members.map(({ name: member }) => member ?? '')));
  const asked = defaults.flatMap(({ symbol, ask: { value } }) =>
    value.kind === 'tristate' ? { symbol, value: { y: 'yes', m: 'module', n: 'no' }[value.tristate] } : [],
  );
  let [passed, failed] = [0, 0];
  const first = Number(values['first-seed']);
  for (let seed = first; seed < first + count; seed++) {
    const file = plantedFile(seed, { drawn: wishables.draw(seed).wishes, defined, free, asked, members });
    const started = performance.now();
    const { problems, what } = new Checking(loaded.engine, defaults, file.text).problems(file.planted, seed);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    say(
      `${name}  seed ${seed}  ${file.wishes} wishes, ${file.planted.length} planted, ${what}, ${seconds} s  ${problems.length === 0 ? 'right' : 'WRONG'}`,
    );
    for (const problem of problems) say(`    ${problem}`);
    if (problems.length === 0) passed++;
    else failed++;
  }
  return [passed, failed];
}

class Checking {
  readonly #file: NixFile;
  readonly #asking: PredictionInput;

  constructor(
    private readonly engine: KernelEngine,
    private readonly defaults: readonly Intent[],
    text: string,
  ) {
    this.#file = parsed(text);
    this.#asking = this.#askingOf(this.#file);
  }

  #askingOf(file: NixFile): PredictionInput {
    const intents = [...this.defaults, ...fileIntents(file)];
    const asked = { legacy: [], managedName: 'fallout', managedIndex: 3 };
    const settings = wholeRequest(new Map(), { ...asked, intents: intentsBySymbol(intents, 'fallout') });
    return { ...asked, settings, intents, entries: [], policy: 'keep-wish' };
  }

  problems(planted: readonly Planted[], seed: number): { problems: string[]; what: string } {
    const present = this.engine.predict(this.#asking);
    if (present.outcome.kind !== 'stable' || present.dotConfig === null)
      return { problems: [], what: present.outcome.kind };
    const dead = this.#found(false);
    const all = this.#found(true);
    const problems = [
      ...this.#notFound(planted, dead),
      ...this.#edited(dead, present.dotConfig, { how: 'comment', withImplied: false }),
      ...this.#edited(all, present.dotConfig, { how: 'remove', withImplied: true }),
      ...this.#living(
        all,
        { ...this.#asking, settings: present.settings, entries: present.entries },
        present.dotConfig,
        seed,
      ),
    ];
    return { problems, what: `${dead.length} dead, ${all.length} with implied` };
  }

  #found(withImplied: boolean): FoundNeedless[] {
    const find = bindingFinder(this.#file);
    const own = [...this.#asking.intents.entries()].flatMap(([intent, { symbol, ask, position }]) => {
      const binding = position === null ? null : find({ symbol, ask, line: position.line });
      return binding === null ? [] : { intent, isForced: binding.force !== null };
    });
    const tidy = this.engine.tidy({ asking: this.#asking, own, withImplied });
    if (tidy.kind !== 'tidy') throw new Error(tidy.kind);
    return tidy.needless;
  }

  #notFound(planted: readonly Planted[], found: readonly FoundNeedless[]): string[] {
    const told = new Set(
      found.map(({ intent, reason }) => {
        const { symbol, by } = this.#intent(intent);
        return `${symbol} ${by.kind === 'patch' ? by.name : ''} ${reason.kind}`;
      }),
    );
    return planted
      .filter(({ symbol, patch, reason }) => !told.has(`${symbol} ${patch} ${reason}`))
      .map(({ symbol, patch, reason }) => `not found: ${symbol} of ${patch}, ${reason}`);
  }

  #intent(index: number): Intent {
    const intent = this.#asking.intents[index];
    if (intent === undefined) throw new Error(`there is no intent ${index}`);
    return intent;
  }

  /** The edited text comes to the same .config, and has every other line as it was; nothing more is found in it. */
  #edited(found: readonly FoundNeedless[], dotConfig: string, { how, withImplied }: Editing): string[] {
    const find = bindingFinder(this.#file);
    const settings = found.flatMap(({ intent, reason }) => {
      const { symbol, ask, position } = this.#intent(intent);
      const line = position?.line ?? 0;
      const binding = find({ symbol, ask, line });
      return binding === null ? [] : { ...binding, isIdle: reason.kind === 'idle-force', line };
    });
    const bindings = settings.filter(({ isIdle }) => !isIdle).map(({ node }) => node);
    const forces = settings.flatMap(({ isIdle, force }) => (isIdle && force !== null ? force : []));
    const edited = takenOut(this.#file, { bindings, forces, how });
    if (edited.kind !== 'edited') return [edited.problem.message];
    const after = new Checking(this.engine, this.defaults, edited.file.text);
    const more = after.#found(withImplied).map(({ intent }) => after.#intent(intent).symbol);
    const lines = new Set(settings.map(({ line }) => line));
    const others = this.#file.text.split('\n').filter((_, i) => !lines.has(i + 1));
    const left = new Set(edited.file.text.split('\n'));
    return [
      ...(others.every((line) => left.has(line)) ? [] : [`${how}: another line is not as it was`]),
      ...(this.engine.predict(after.#asking).dotConfig === dotConfig ? [] : [`${how}: another .config`]),
      ...(more.length === 0 ? [] : [`${how}: found later ${more.join(' ')}`]),
    ];
  }

  /** A sample of the honoured wishes that stay: the .config needs each of them. */
  #living(found: readonly FoundNeedless[], standing: PredictionInput, dotConfig: string, seed: number): string[] {
    const gone = new Set(
      found.filter(({ reason }) => reason.kind !== 'idle-force').map(({ intent }) => this.#intent(intent)),
    );
    const got = parseDotConfig(dotConfig);
    const staying = this.#asking.intents.filter((intent) => {
      const wanted = spelled(intent.ask.value);
      return (
        intent.by.kind === 'patch' &&
        !gone.has(intent) &&
        wanted !== null &&
        honours(got.get(intent.symbol) ?? null, wanted)
      );
    });
    const random = generator(seed * 15485863);
    const drawn = Array.from({ length: Number(values.alone) }, () => staying[Math.floor(random() * staying.length)]);
    return [...new Set(drawn)].flatMap((intent) => {
      if (intent === undefined) return [];
      const after = this.engine.predict(withoutIntents(standing, new Set([...gone, intent])));
      // What only an entry would make up for is not needless.
      const isNeedless = after.dotConfig === dotConfig && newEntries(standing, after).length === 0;
      return isNeedless ? [`needless, and not found: ${intent.symbol}`] : [];
    });
  }
}

/** The symbols for which an entry makes up that had none. */
function newEntries(before: Pick<PredictionInput, 'entries'>, after: Pick<PredictionInput, 'entries'>): string[] {
  const known = new Set(before.entries.map(({ symbol }) => symbol));
  return after.entries.map(({ symbol }) => symbol).filter((symbol) => !known.has(symbol));
}

/** The tree of the demo, with what its nixpkgs asks for. */
function smallTree(): Kernel {
  const root = join(NIXPKGS, 'tree');
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /(^|\/)Kconfig/.test(name));
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(root, name), 'utf8')]));
  const settings = { AUTO_MODULES: '1', PREFER_BUILTIN: '', ignoreConfigErrors: '' };
  const baseConfig = readFileSync(join(root, 'arch/x86/x86_64_defconfig'), 'utf8');
  const read = readFacts(factsBytes({ files, baseConfig, settings }));
  if (read.kind !== 'facts') throw new Error(read.kind);
  const common = parsed(readFileSync(join(NIXPKGS, 'kernel/common-config-small.nix'), 'utf8'));
  return { name: 'small', facts: read.facts, defaults: fileIntents(common).map(asDefault) };
}

const asDefault = (intent: Intent): Intent => ({ ...intent, by: { kind: 'nixpkgs' }, position: null });

async function linux612(): Promise<Kernel> {
  const recorded = JSON.parse(readFileSync(join(NIXPKGS, 'kernel/nixos-defaults-6.12.json'), 'utf8')) as {
    name: string;
    value: string;
    optional: boolean;
  }[];
  const defaults = recorded.map(({ name, value, optional }): Intent => ({
    symbol: name,
    ask: { value: valueOf(value), optional },
    priority: 100,
    by: { kind: 'nixpkgs' },
    position: null,
  }));
  return { name: 'linux 6.12', facts: await treeFacts(await linuxTree()), defaults };
}

if (values.help) process.stdout.write(HELP);
else process.exitCode = await main();
