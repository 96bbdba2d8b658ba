import { UsageError } from '../../model/errors.ts';
import {
  Configuration,
  fillNew,
  listNew,
  MOD,
  NO,
  parseProbability,
  readConfig,
  readUserValues,
  rewriteTristates,
  writeConfig,
  writeDefconfig,
  YES,
  type Filling,
} from '../../kconfig/index.ts';
import { loadKernel, readGiven, setValues, type TreeOptions } from './load.ts';
import { writeResult } from '../writeResult.ts';

export const MODES = [
  'allnoconfig',
  'allyesconfig',
  'allmodconfig',
  'alldefconfig',
  'randconfig',
  'defconfig',
  'olddefconfig',
  'savedefconfig',
  'listnewconfig',
  'yes2modconfig',
  'mod2yesconfig',
  'mod2noconfig',
] as const;
export type Mode = (typeof MODES)[number];

export type ConfigureOptions = TreeOptions & {
  /** The .config (or defconfig) to begin with; for the mode defconfig, default: the architecture's. */
  config?: string | undefined;
  /** Where the result goes; default: standard output. */
  output?: string | undefined;
  seed?: number | undefined;
  probability?: string | undefined;
  /** Values that an all…config or randconfig has to keep (KCONFIG_ALLCONFIG). */
  allconfig?: string | undefined;
};

/** `falloutd kconfig MODE`: what `make MODE` writes, for any kernel source, without building its conf. */
export async function configure(mode: Mode, options: ConfigureOptions): Promise<void> {
  const filling = fillingOf(mode, options);
  const begins = filling === null || mode === 'defconfig';
  const file = begins ? options.config : options.allconfig;
  if (begins && file === undefined && mode !== 'defconfig')
    throw new UsageError({ message: `${mode} begins with a configuration`, hint: 'name it with --config' });
  // Before the tree is read, which takes seconds.
  const named = file === undefined ? null : await readGiven(file);
  const { kconfig, defconfig } = await loadKernel(options);
  const configuration = new Configuration(kconfig);
  const given = named ?? (begins ? await readGiven(defconfig) : null);
  if (given !== null) setValues(configuration, given, begins ? readConfig : readUserValues);
  if (filling !== null) fillNew(configuration, filling);
  const rewritten = REWRITTEN[mode];
  if (rewritten !== undefined) rewriteTristates(configuration, ...rewritten);
  writeResult(options.output, resultOf(mode, configuration));
}

function resultOf(mode: Mode, configuration: Configuration): string {
  if (mode === 'savedefconfig') return writeDefconfig(configuration);
  if (mode !== 'listnewconfig') return writeConfig(configuration);
  return listNew(configuration)
    .map((line) => `${line}\n`)
    .join('');
}

const REWRITTEN: Partial<Record<Mode, [0 | 1 | 2, 0 | 1 | 2]>> = {
  yes2modconfig: [YES, MOD],
  mod2yesconfig: [MOD, YES],
  mod2noconfig: [MOD, NO],
};

const FILLINGS: Partial<Record<Mode, Filling>> = {
  allnoconfig: 'no',
  allyesconfig: 'yes',
  allmodconfig: 'mod',
  alldefconfig: 'default',
  defconfig: 'default',
};

/** How symbols without a value are answered; null if they are left at their defaults. */
function fillingOf(mode: Mode, { seed, probability }: ConfigureOptions): Filling | null {
  if (mode !== 'randconfig') return FILLINGS[mode] ?? null;
  const drawn = seed ?? Math.floor(Math.random() * 2 ** 32);
  process.stderr.write(`KCONFIG_SEED=0x${drawn.toString(16).toUpperCase()}\n`);
  try {
    return { seed: drawn, ...(probability === undefined ? {} : { probability: parseProbability(probability) }) };
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError({ message: error.message }, { cause: error });
    throw error;
  }
}
