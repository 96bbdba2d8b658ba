/** `npm run test:want -- [options]`: remedies on Linux 6.12, each confirmed by the kernel's own conf. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Configuration, findRemedies, readConfig, type SymbolValue } from '../../src/kconfig/index.ts';
import { withChanges } from '../../src/kernel/wantedConfig.ts';
import { parseDotConfig, sameValue } from '../../src/script/dotConfig.ts';
import { countForCi } from '../helpers/countForCi.ts';
import { Kernel, type Arch } from '../kconfig-oracle/kernel.ts';
import { Cases, debianConfig, type Case, type Kind } from './cases.ts';
import { casesOnTarget } from './onTarget.ts';

const HELP = `npm run test:want -- [options]
  --seeds N        so many cases of any kind on x86, a third of it on arm64, and 2/15 with choices and numbers each (300)
  --first-seed S   their seeds begin with S (1)
  --archs A,B      (x86_64,arm64)
  --alone N        of so many cases each setting is left out alone (50)
  --target N       so many cases on a target (30)
  --ci             the share that CI runs, in at most three minutes
`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '300' },
    'first-seed': { type: 'string', default: '1' },
    archs: { type: 'string', default: 'x86_64,arm64' },
    alone: { type: 'string', default: '50' },
    target: { type: 'string', default: '30' },
    ci: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** At least so many of the cases have a remedy. */
const MOST_WITHOUT = 0.05;

type Tally = { cases: number; found: number; without: string[]; wrong: string[]; confirmed: number; times: number[] };

const tally: Tally = { cases: 0, found: 0, without: [], wrong: [], confirmed: 0, times: [] };

const DEBIAN: Readonly<Record<string, string>> = { x86_64: 'amd64', arm64: 'arm64' };
const DEFCONFIG: Readonly<Record<string, string>> = {
  x86_64: 'arch/x86/configs/x86_64_defconfig',
  arm64: 'arch/arm64/configs/defconfig',
};

async function compareAll(): Promise<number> {
  const seeds = values.ci ? 15 : Number(values.seeds);
  const kernel = await Kernel.open('6.12');
  for (const [at, name] of values.archs.split(',').entries()) {
    const arch = await kernel.arch(name);
    await arch.run([{ mode: 'alldefconfig' }]);
    const share = at === 0 ? seeds : Math.ceil(seeds / 3);
    await compare(arch, { any: share, choice: Math.ceil((share * 2) / 15), number: Math.ceil((share * 2) / 15) });
  }
  const targets = await casesOnTarget(values.ci ? 2 : Number(values.target), Number(values['first-seed']), {
    say,
    isSo,
  });
  for (const one of targets) {
    tally.cases++;
    if (one.ways === 0) tally.without.push(`on a target ${one.name}`);
    else tally.found++;
    for (const way of one.wrong) tally.wrong.push(`on a target ${one.name}: ${way}`);
    tally.confirmed += one.ways - one.wrong.length;
  }
  const { cases, found, without, wrong, confirmed, times } = tally;
  for (const each of without) say(`without a remedy: ${each}`);
  for (const each of wrong) say(`WRONG: ${each}`);
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number): string => `${((sorted[Math.floor((sorted.length - 1) * part)] ?? 0) / 1000).toFixed(2)} s`;
  say(`${found} of ${cases} have a remedy; ${confirmed} alternatives confirmed by conf, ${wrong.length} not`);
  say(`time of a search: median ${at(0.5)}, nine of ten ${at(0.9)}, worst ${at(1)}`);
  const failed = wrong.length + Math.max(0, without.length - Math.floor(cases * MOST_WITHOUT));
  say(`${cases - failed} passed, ${failed} failed`);
  countForCi('want', cases - failed, failed);
  return failed === 0 ? 0 : 1;
}

async function compare(arch: Arch, counts: Record<Kind, number>): Promise<void> {
  const { kconfig } = arch.engine();
  if (kconfig === null) throw new Error(`the tree of ${arch.name} cannot be read`);
  const defconfig = readFileSync(join(arch.kernel.root, DEFCONFIG[arch.name] ?? ''), 'utf8');
  const cases = new Cases(kconfig, defconfig, debianConfig(DEBIAN[arch.name] ?? ''));
  const first = Number(values['first-seed']);
  const drawn: Case[] = [];
  for (const [kind, count] of Object.entries(counts) as [Kind, number][])
    for (let seed = first, left = count; left > 0; seed++) {
      const one = cases.draw(seed, kind);
      if (one === null) continue;
      drawn.push(one);
      left--;
    }
  let alone = Number(values.alone);
  for (const one of drawn) {
    tally.cases++;
    const name = `${arch.name} ${one.name}`;
    const configuration = new Configuration(kconfig);
    readConfig(configuration, one.base);
    const started = performance.now();
    const remedies = findRemedies(configuration, [one.wanted]);
    tally.times.push(performance.now() - started);
    if (remedies.kind !== 'found') {
      tally.without.push(`${name}: ${remedies.kind === 'blocked' ? JSON.stringify(remedies.by) : remedies.kind}`);
      continue;
    }
    tally.found++;
    const withAlone = alone-- > 0;
    for (const { settings } of remedies.alternatives) await confirm(arch, one, settings, withAlone, name);
  }
}

/** The settings give what is wanted, and without any of them it does not come. */
async function confirm(
  arch: Arch,
  { base, wanted }: Case,
  settings: readonly SymbolValue[],
  withAlone: boolean,
  name: string,
): Promise<void> {
  const left = withAlone ? settings.map((one) => settings.filter((each) => each !== one)) : [];
  const outcomes = await arch.run(
    [settings, ...left].map((some) => ({
      mode: 'olddefconfig' as const,
      config: withSettings(arch, base, some),
    })),
  );
  const text = settings.map(({ symbol, value }) => `${symbol}=${value}`).join(' ');
  const [whole, ...without] = outcomes.map(({ config }) => isSo(config ?? '', wanted));
  if (whole !== true) tally.wrong.push(`${name}: ${text} does not give it`);
  else tally.confirmed++;
  for (const [at, holds] of without.entries())
    if (holds) tally.wrong.push(`${name}: ${text}: ${settings[at]?.symbol ?? ''} can be left out`);
}

function isSo(config: string, { symbol, value }: SymbolValue): boolean {
  return sameValue(value, parseDotConfig(config).get(symbol) ?? 'n');
}

/** The .config with further lines at its end. */
function withSettings(arch: Arch, base: string, settings: readonly SymbolValue[]): string {
  const isText = (symbol: string): boolean => arch.engine().kconfig?.byName.get(symbol)?.type === 'string';
  const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
  return withChanges(
    base,
    settings.map(({ symbol, value }) => ({ symbol, to: isText(symbol) ? quoted(value) : value })),
  );
}

if (values.help) say(HELP);
else process.exitCode = await compareAll();
