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
  type ConfigWarning,
  type Filling,
} from '../../kconfig/index.ts';
import { loadKernel, readText, writeResult, type TreeOptions } from './load.ts';

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
  const named = file === undefined ? null : { file, text: readText(file) };
  const { kconfig, defconfig } = await loadKernel(options);
  const configuration = new Configuration(kconfig);
  const given = named ?? (begins ? { file: defconfig, text: readText(defconfig) } : null);
  if (given !== null)
    warn(given.file, begins ? readConfig(configuration, given.text) : readUserValues(configuration, given.text));
  if (filling !== null) fillNew(configuration, filling);
  const rewritten = REWRITTEN[mode];
  if (rewritten !== undefined) rewriteTristates(configuration, ...rewritten);
  const text =
    mode === 'listnewconfig'
      ? listNew(configuration)
          .map((line) => `${line}\n`)
          .join('')
      : mode === 'savedefconfig'
        ? writeDefconfig(configuration)
        : writeConfig(configuration);
  writeResult(options.output, text);
}

const REWRITTEN: Partial<Record<Mode, [0 | 1 | 2, 0 | 1 | 2]>> = {
  yes2modconfig: [YES, MOD],
  mod2yesconfig: [MOD, YES],
  mod2noconfig: [MOD, NO],
};

/** How symbols without a value are answered; null where they are left at their defaults. */
function fillingOf(mode: Mode, { seed, probability }: ConfigureOptions): Filling | null {
  switch (mode) {
    case 'allnoconfig':
      return 'no';
    case 'allyesconfig':
      return 'yes';
    case 'allmodconfig':
      return 'mod';
    case 'alldefconfig':
    case 'defconfig':
      return 'default';
    case 'randconfig': {
      const drawn = seed ?? Math.floor(Math.random() * 2 ** 32);
      process.stderr.write(`KCONFIG_SEED=0x${drawn.toString(16).toUpperCase()}\n`);
      try {
        return { seed: drawn, ...(probability === undefined ? {} : { probability: parseProbability(probability) }) };
      } catch (error) {
        if (error instanceof RangeError) throw new UsageError({ message: error.message }, { cause: error });
        throw error;
      }
    }
    case 'olddefconfig':
    case 'savedefconfig':
    case 'listnewconfig':
    case 'yes2modconfig':
    case 'mod2yesconfig':
    case 'mod2noconfig':
      return null;
  }
}

/** conf's own warnings about a .config, on standard error. */
export function warn(file: string, warnings: readonly ConfigWarning[]): void {
  for (const { line, text } of warnings) process.stderr.write(`${file}:${line}:warning: ${text}\n`);
}
