/**
 * `npm run test:preflight -- [options]`: what preflight says of seeded hosts on Linux 6.12, beside what their predicted .config has. Each host
 * needs modules by name, by alias, with - for _, and some that no kernel has; its wishes take some away.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { predictTarget } from '../../src/run/predictTarget.ts';
import { preflightTarget } from '../../src/run/preflightTarget.ts';
import { Predictor } from '../../src/run/predictor.ts';
import { parseDotConfig } from '../../src/script/dotConfig.ts';
import { countForCi } from '../helpers/countForCi.ts';
import { engineHere } from '../helpers/engineHere.ts';
import { KernelHost } from '../helpers/kernelHost.ts';
import { linuxTree } from '../helpers/linuxTree.ts';
import { wishing } from '../helpers/patchesText.ts';
import { generator } from '../helpers/plannedFiles.ts';
import { DEFAULTS, MODULES, NOBODYS, OFF, type KnownModule } from './modules.ts';

const HELP = `npm run test:preflight -- [options]
  --seeds N        so many hosts (30)
  --first-seed S   their seeds begin with S (1)
  --ci             the share that CI runs: four hosts, about a minute
`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '30' },
    'first-seed': { type: 'string', default: '1' },
    ci: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const WIRING = `
            { lib, ... }:
            {
              imports = [ ./hardware.nix ];
              boot.kernelPatches = import ./patches.nix { inherit lib; };
            }`;

/** A module that is needed, by the name that is written, and where. */
type Needed = { name: string; module: KnownModule; where: 'initrd' | 'loaded' };
type PlannedHost = {
  needed: Needed[];
  nobodys: string[];
  off: string[];
  hasDefaults: boolean;
  allowsMissing: boolean;
  /** The module that a package of the host also brings. */
  foreign: KnownModule | null;
};

function planned(seed: number): PlannedHost {
  // The first numbers of neighbouring seeds are alike.
  const random = generator(Math.imul(seed, 2_654_435_761));
  const below = (limit: number): number => Math.floor(random() * limit);
  const some = <T>(from: readonly T[], most: number): T[] => {
    const left = [...from];
    return Array.from({ length: 1 + below(most) }, () => left.splice(below(left.length), 1)).flat();
  };
  const needed = some(MODULES, 25).map((module): Needed => {
    const name = module.names[below(module.names.length)] ?? '';
    return { name, module, where: below(2) === 0 ? 'initrd' : 'loaded' };
  });
  const foreign = below(2) === 0 ? (needed[below(needed.length)]?.module ?? null) : null;
  const [hasDefaults, allowsMissing] = [below(3) === 0, below(4) === 0];
  return { needed, nobodys: some(NOBODYS, 3), off: some(OFF, 6), hasDefaults, allowsMissing, foreign };
}

function hardware({ needed, nobodys, hasDefaults, allowsMissing, foreign }: PlannedHost): string {
  const packages = foreign === null ? '[ ]' : `[ { name = "${foreign.names[0] ?? ''}-1.2"; outPath = "/nowhere"; } ]`;
  const list = (names: readonly string[]): string => `[ ${names.map((name) => `"${name}"`).join(' ')} ]`;
  const at = (where: Needed['where']): string[] => needed.flatMap((each) => (each.where === where ? each.name : []));
  return `{ ... }:
{
  boot.initrd.includeDefaultModules = ${hasDefaults};
  boot.initrd.allowMissingModules = ${allowsMissing};
  boot.extraModulePackages = ${packages};
  boot.initrd.availableKernelModules = ${list(at('initrd'))};
  boot.kernelModules = ${list([...at('loaded'), ...nobodys])};
}
`;
}

/** What preflight says otherwise than the .config; nothing where they agree. */
async function differences(host: KernelHost, predictor: Predictor, plan: PlannedHost): Promise<string[]> {
  writeFileSync(join(host.dir, 'hardware.nix'), hardware(plan));
  await host.save(wishing(plan.off.map((symbol) => `${symbol} = no;`).join('\n')));
  const looking = {
    predictor,
    signal: new AbortController().signal,
    onPhase: () => undefined,
    onProgress: () => undefined,
  };
  const predicted = await predictTarget(host.target(), host.history, looking);
  const checked = await preflightTarget(host.target(), host.history, looking);
  if (predicted?.dotConfig == null || checked?.kind !== 'checked') return ['there is no prediction'];
  const config = parseDotConfig(predicted.dotConfig);
  // NixOS itself names these.
  const own: Needed[] = MODULES.filter(({ names }) => ['loop', 'atkbd'].includes(names[0] ?? '')).map((module) => {
    return { name: module.names[0] ?? '', module, where: 'loaded' };
  });
  const defaults = plan.hasDefaults ? DEFAULTS : [];
  own.push(...defaults.map((module): Needed => ({ name: module.names[0] ?? '', module, where: 'initrd' })));
  const isOn = (symbol: string): boolean => ['y', 'm'].includes(config.get(symbol) ?? 'n');
  const off = [...plan.needed, ...own].filter(({ module }) => !module.symbols.some(isOn));
  // A package may bring it: nobody can say.
  const isForeign = ({ module }: Needed): boolean => module.names[0] === plan.foreign?.names[0];
  const expected = off.filter((each) => !isForeign(each));
  const named = (needs: readonly { kind: string }[]): string[] =>
    needs.flatMap((need) => ('module' in need ? `${need.kind} ${String(need.module)}` : []));
  const { misses, unknown } = checked.found;
  const outside = [
    ...plan.nobodys.map((name) => `loaded ${name}`),
    ...off.filter(isForeign).map(({ where, name }) => `${where} ${name}`),
  ];
  const fatal = misses.filter(({ need, severity }) => need.kind === 'initrd' && severity === 'error');
  return [
    ...compared(
      'missing',
      spelled(expected.map(({ where, name }) => `${where} ${name}`)),
      spelled(named(misses.map(({ need }) => need))),
    ),
    ...compared('unknown', spelled(outside), spelled(named(unknown))),
    ...(plan.allowsMissing && fatal.length > 0 ? ['errors where the host allows that modules are missing'] : []),
    ...misses
      .filter(({ roots }) => roots.length === 0)
      .map(({ symbols }) => `no root for ${symbols[0]?.symbol ?? '?'}`),
  ];
}

/** Two spellings of a module are one need. */
const spelled = (names: readonly string[]): string[] => [...new Set(names.map((name) => name.replaceAll('-', '_')))];

function compared(what: string, expected: readonly string[], found: readonly string[]): string[] {
  const lacking = expected.filter((each) => !found.includes(each)).map((each) => `${each} is ${what}, and not found`);
  const wrong = [...new Set(found)].filter((each) => !expected.includes(each)).map((each) => `${each} is not ${what}`);
  return [...lacking, ...wrong];
}

async function main(): Promise<number> {
  const tree = { kind: 'linux' as const, path: await linuxTree() };
  const files = { 'hardware.nix': '{ }\n' };
  const host = await KernelHost.create({ tree, files, wiring: WIRING, patches: wishing('') });
  const predictor = new Predictor(host.stateDir, engineHere);
  let [passed, failed] = [0, 0];
  try {
    const first = Number(values['first-seed']);
    const count = values.ci ? 4 : Number(values.seeds);
    for (let seed = first; seed < first + count; seed++) {
      const plan = planned(seed);
      const found = await differences(host, predictor, plan);
      if (found.length === 0) passed++;
      else failed++;
      const off = `${plan.hasDefaults ? "and NixOS' own, " : ''}without ${plan.off.join(', ')}`;
      say(`seed ${seed}: ${plan.needed.length} modules, ${off}: ${found.length === 0 ? 'right' : found.join('; ')}`);
    }
  } finally {
    await predictor.close();
    await host.remove();
  }
  say(`${passed} passed, ${failed} failed`);
  countForCi('preflight', passed, failed);
  return failed === 0 ? 0 : 1;
}

if (values.help) say(HELP);
else process.exitCode = await main();
