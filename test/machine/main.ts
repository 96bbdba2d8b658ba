/**
 * `npm run test:machine -- [options]`: recorded machines on Debian's own kernel: what from-hardware and from-modules keep of its modules, beside
 * the drivers that the machines have in use, and beside what `make localmodconfig` keeps. On the stand-in, a run with the patches.
 */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { aliasLinesIn } from '../../src/cli/kconfig/aliasLines.ts';
import { loadKernel } from '../../src/cli/kconfig/load.ts';
import { readDevices } from '../../src/generate/givenDevices.ts';
import { readModules } from '../../src/generate/givenModules.ts';
import { modulesFor, moduleTables, type ModuleTables } from '../../src/generate/moduleTables.ts';
import { byMenu, nixText } from '../../src/generate/nixPatches.ts';
import { writeConfig, type Kconfig } from '../../src/kconfig/index.ts';
import { keepModules } from '../../src/kernel/machine/keepModules.ts';
import type { KeptMachine, Machine, MachineModules } from '../../src/kernel/machine/machine.ts';
import { busOf } from '../../src/kernel/modules/deviceBuses.ts';
import { buildIndex, type ModuleIndex } from '../../src/kernel/modules/moduleIndex.ts';
import { objectsUnder } from '../../src/kernel/modules/moduleQueries.ts';
import { moduleSources } from '../../src/kernel/modules/moduleSources.ts';
import { finished, type Finished } from '../../src/kernel/finished.ts';
import { valuesOf, wantedConfig } from '../../src/kernel/wantedConfig.ts';
import { settingsForTarget } from '../../src/run/patchesFor.ts';
import { preflightTarget } from '../../src/run/preflightTarget.ts';
import type { StandInKernel } from '../../src/setup/demo/hostFiles.ts';
import { countForCi } from '../helpers/countForCi.ts';
import { engineInProcess } from '../helpers/engineInProcess.ts';
import { debianKernel, type DebianKernel } from '../helpers/debianKernel.ts';
import { linuxTree } from '../helpers/linuxTree.ts';
import { wishing } from '../helpers/patchesText.ts';
import { outcomeText } from '../predict/comparison.ts';
import { PreparedHost } from '../predict/preparedHost.ts';

const HELP = `npm run test:machine -- [options]
  --machines A,B   those of test/fixtures/machines (all)
  --stand-in A,B   the machines whose patches a run on the stand-in gets (laptop-intel.modalias,laptop.lsmod)
  --additive A,B   the machines whose modules a tinyconfig on the stand-in gets (laptop.lsmod)
  --ci             the share that CI runs: without those of --stand-in
`;

const { values } = parseArgs({
  options: {
    machines: { type: 'string' },
    'stand-in': { type: 'string', default: 'laptop-intel.modalias,laptop.lsmod' },
    additive: { type: 'string', default: 'laptop.lsmod' },
    ci: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const MACHINES = fileURLToPath(new URL('../fixtures/machines/', import.meta.url));
const FIXED_BUSES = ['pci', 'platform', 'acpi', 'i2c', 'spi'];
/** How much of all modules goes at least, with and without what is plugged in later; a server or a machine of which only lspci is known keeps more. */
const LEAST = { laptop: [0.35, 0.45], other: [0.3, 0.3] } as const;
const NO_PATCHES = '{ lib, ... }: [ ]\n';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const share = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

type Kernel = { debian: DebianKernel; kconfig: Kconfig; index: ModuleIndex; tables: ModuleTables; present: Finished };

async function kernelOf(scratch: string): Promise<Kernel> {
  const [root, debian] = [await linuxTree(), await debianKernel('amd64')];
  const aliases = await aliasLinesIn(root);
  const index = buildIndex({ files: moduleSources(root), aliases, architecture: 'x86' });
  const { kconfig } = await loadKernel({ tree: root, arch: 'x86' });
  const modules = await depmod(debian, scratch);
  const text = (name: string): string => readFileSync(join(modules, name), 'utf8');
  const tables = moduleTables({
    alias: text('modules.alias'),
    order: text('modules.order'),
    builtin: text('modules.builtin'),
    builtinModinfo: text('modules.builtin.modinfo'),
  });
  return { debian, kconfig, index, tables, present: finished(kconfig, debian.dotConfig) };
}

/** The folder with what depmod writes of the package's modules. */
async function depmod({ folder, release }: DebianKernel, scratch: string): Promise<string> {
  const [from, to] = [join(folder, 'lib/modules', release), join(scratch, 'lib/modules', release)];
  await mkdir(to, { recursive: true });
  for (const name of readdirSync(from)) await symlink(join(from, name), join(to, name));
  await execa('/sbin/depmod', ['-b', scratch, release]);
  return to;
}

/** What the text of a recorded machine comes to. */
function machineOf(name: string, tables: ModuleTables, onlyPresent: boolean): KeptMachine {
  const text = readFileSync(join(MACHINES, name), 'utf8');
  if (name.endsWith('.lsmod')) {
    const read = readModules(text);
    if (read.kind !== 'modules') throw new Error(`${name}: ${read.message}`);
    return { kind: 'modules', modules: read.modules, functionality: onlyPresent, keep: [], needs: [] };
  }
  const read = readDevices(text);
  if (read.kind !== 'devices') throw new Error(`${name}: ${read.message}`);
  return {
    kind: 'hardware',
    matched: modulesFor(tables, read.aliases),
    inUse: read.drivers,
    recorded: new Set(read.aliases.flatMap((alias) => busOf(alias) ?? [])),
    tables: tables.buses,
    onlyPresent,
    keep: [],
    needs: [],
  };
}

/** The modules that a machine loads, for a kernel that lacks them. */
function addedOf(name: string): Machine {
  const read = readModules(readFileSync(join(MACHINES, name), 'utf8'));
  if (read.kind !== 'modules') throw new Error(`${name}: ${read.message}`);
  return { kind: 'added-modules', modules: read.modules, keep: [], needs: [] };
}

async function compare(kernel: Kernel, name: string, isNarrow: boolean): Promise<string[]> {
  const { debian, index, present, tables, kconfig } = kernel;
  const machine = machineOf(name, tables, isNarrow);
  const started = performance.now();
  const { modules, wanted } = keepModules(present, index, machine);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const { values: after } = wantedConfig(kconfig, wanted, debian.dotConfig);
  const objects = objectsUnder(index, (symbol) => after.get(symbol) ?? null);
  const dropped = new Set(modules.dropped.map(({ module }) => module));
  const of = debian.modules.size;
  say(
    `${name}${isNarrow ? ', narrow' : ''}: ${share(dropped.size, of)} of ${of} modules go, ${objects} objects stay, ${seconds} s`,
  );
  const lost = usedBy(machine).filter((module) => dropped.has(module));
  const problems = lost.map((module) => `${module} is in use, and goes`);
  if (machine.kind === 'hardware') problems.push(...shareProblems(name, isNarrow, dropped, modules, tables));
  else if (isNarrow) problems.push(...(await beyondLocalmodconfig(kernel, machine.modules, objects)));
  return problems;
}

const usedBy = (machine: KeptMachine): readonly string[] =>
  machine.kind === 'modules' ? machine.modules : [...machine.inUse, ...machine.matched.keys()];

function shareProblems(
  name: string,
  isNarrow: boolean,
  dropped: ReadonlySet<string>,
  { kept }: MachineModules,
  tables: ModuleTables,
): string[] {
  const isFixed = (module: string): boolean =>
    tables.buses.get(module)?.some((bus) => FIXED_BUSES.includes(bus)) === true;
  const going = [...dropped].filter(isFixed).length;
  const fixed = going + new Set(kept.map(({ module }) => module).filter(isFixed)).size;
  say(`    of the drivers on ${FIXED_BUSES.join(', ')} ${share(going, fixed)} go`);
  const least = LEAST[name.startsWith('laptop') ? 'laptop' : 'other'][isNarrow ? 1 : 0];
  const all = dropped.size + new Set(kept.map(({ module }) => module)).size;
  return [
    ...(going < 0.75 * fixed ? ['fewer of them than 75 %'] : []),
    ...(dropped.size < least * all ? [`fewer modules than ${share(least, 1)}`] : []),
  ];
}

/** What `make localmodconfig` keeps of the same kernel for the same modules. */
async function beyondLocalmodconfig(
  { debian, kconfig, index }: Kernel,
  modules: readonly string[],
  objects: number,
): Promise<string[]> {
  const root = await linuxTree();
  const folder = await mkdtemp(join(tmpdir(), 'falloutd-localmodconfig-'));
  try {
    await writeFile(join(folder, '.config'), debian.dotConfig);
    await writeFile(join(folder, 'lsmod'), modules.map((module) => `${module} 1 0\n`).join(''));
    const { stdout } = await execa('perl', [join(root, 'scripts/kconfig/streamline_config.pl'), root, 'Kconfig'], {
      cwd: folder,
      env: { LSMOD: join(folder, 'lsmod'), SRCARCH: 'x86', srctree: root },
    });
    const theirs = valuesOf(writeConfig(finished(kconfig, stdout).configuration));
    const count = objectsUnder(index, (symbol) => theirs.get(symbol) ?? null);
    say(`    localmodconfig keeps ${count} objects`);
    return objects <= count ? [] : [`${objects - count} objects more than localmodconfig keeps`];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A run that gets the patches of each machine, on a host whose config builds begin at the script. */
async function onStandIn(
  kernel: StandInKernel,
  names: readonly string[],
  machineNamed: (name: string) => Machine,
): Promise<string[]> {
  const prepared = await PreparedHost.create(
    { version: '6.12', kernel },
    { say, whole: async () => Promise.resolve() },
  );
  const { host, engine } = prepared;
  const problems: string[] = [];
  try {
    const importing = wishing('').replace(/\]\s*$/, '] ++ import ./machine.nix { inherit lib; }\n');
    await host.file('machine.nix', NO_PATCHES);
    await host.save(importing);
    const predictor = await prepared.predictor(engineInProcess(engine));
    const looking = {
      predictor,
      signal: new AbortController().signal,
      onPhase: () => undefined,
      say: () => undefined,
      onProgress: () => undefined,
    };
    for (const name of names) {
      await host.file('machine.nix', NO_PATCHES);
      host.forget();
      await host.save(importing);
      const started = performance.now();
      const wanted = { kind: 'machine', machine: machineNamed(name) } as const;
      const found = await settingsForTarget(host.target(), host.history, { wanted, against: null }, looking);
      if (found === null) throw new Error('interrupted');
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      const origin = { command: 'test:machine', file: 'machine.nix' };
      await host.file('machine.nix', nixText(byMenu(found.settings), found.attribute, origin));
      const run = await host.run({ predictor });
      const builds = run.iterations.length;
      const { objects, settings, needless } = found;
      say(
        `${name} on ${kernel.defconfig ?? 'the stand-in'}: ${settings.length} settings, ${needless.length} needless, ${objects?.before ?? 0} to ${objects?.after ?? 0} objects, ${seconds} s; ${outcomeText(run.outcome)}, ${builds} config build(s)`,
      );
      if (run.outcome?.kind !== 'stable' || builds !== 1) problems.push(`${name}: not stable in one config build`);
      const result = run.outcome?.kind === 'stable' ? valuesOf(host.config(run)) : new Map<string, string>();
      const gone = (found.machine?.kept ?? []).filter(
        ({ symbol, because }) => because.kind !== 'functionality' && !result.has(symbol),
      );
      problems.push(...gone.map(({ symbol }) => `${name}: ${symbol} is kept, and not in the result`));
      const checked = await preflightTarget(host.target(), host.history, looking);
      const lacking = checked?.kind === 'checked' ? checked.found.misses.map(({ need }) => JSON.stringify(need)) : null;
      problems.push(...(lacking ?? ['its host cannot be checked']).map((need) => `${name}: preflight names ${need}`));
    }
  } finally {
    await prepared.remove();
  }
  return problems;
}

async function main(): Promise<number> {
  const scratch = await mkdtemp(join(tmpdir(), 'falloutd-machine-'));
  let [passed, failed] = [0, 0];
  const count = (problems: readonly string[]): void => {
    for (const problem of problems) say(`    ${problem}`);
    if (problems.length === 0) passed++;
    else failed++;
  };
  try {
    const kernel = await kernelOf(scratch);
    const listed = (list: string): string[] => list.split(',').filter((name) => name !== '');
    const names = values.machines === undefined ? readdirSync(MACHINES) : listed(values.machines);
    for (const name of names) for (const isNarrow of [false, true]) count(await compare(kernel, name, isNarrow));
    const onHost = listed(values['stand-in']);
    const kept = (name: string): Machine => machineOf(name, kernel.tables, false);
    if (!values.ci && onHost.length > 0) count(await onStandIn({}, onHost, kept));
    const loaded = listed(values.additive);
    if (loaded.length > 0) count(await onStandIn({ defconfig: 'tinyconfig', autoModules: false }, loaded, addedOf));
  } finally {
    await rm(scratch, { recursive: true });
  }
  say(`${passed} passed, ${failed} failed`);
  countForCi('machine', passed, failed);
  return failed === 0 ? 0 : 1;
}

if (values.help) process.stdout.write(HELP);
else process.exitCode = await main();
