/** The kernels that predictions are made for: a source, its compiler, its base configuration and its answering script. */
import type { StandInKernel } from '../../src/setup/demo/hostFiles.ts';
import type { LinuxVersion } from '../helpers/linuxTree.ts';

export type Cell = {
  name: string;
  version: LinuxVersion;
  kernel: StandInKernel;
  /** How many wish sets it gets of the whole matrix. */
  sets: number;
};

const cell = (name: string, sets: number, kernel: StandInKernel = {}, version: LinuxVersion = '6.12'): Cell => ({
  name,
  version,
  kernel,
  sets,
});

/** The forty sets of Linux 6.12 by gcc have three bases. */
export const CELLS: readonly Cell[] = [
  cell('gcc', 24),
  cell('tiny', 8, { defconfig: 'tinyconfig' }),
  cell('allno', 8, { defconfig: 'allnoconfig' }),
  cell('llvm', 10, { compiler: 'llvm' }),
  cell('arm64', 10, { system: 'aarch64-linux' }),
  cell('6.1', 10, {}, '6.1'),
  cell('first-error', 10, { script: 'first-error' }),
  cell('strict-choice', 10, { script: 'strict-choice' }),
  cell('emptying', 10, { script: 'emptying' }),
  cell('clamping', 10, { script: 'clamping' }),
  cell('ignore-errors', 10, { ignoreConfigErrors: true }),
];

/** What CI runs, in at most ten minutes. */
export const CI_SHARE: readonly Cell[] = Object.entries({ gcc: 3, tiny: 1, arm64: 1, clamping: 1 }).flatMap(
  ([name, sets]) => cellsNamed([name]).map((each) => ({ ...each, sets })),
);

/** The cells with these names. @throws Error where there is no such cell. */
export function cellsNamed(names: readonly string[]): Cell[] {
  return names.map((name) => {
    const found = CELLS.find((each) => each.name === name);
    if (found === undefined)
      throw new Error(`there is no cell ${name}; there are ${CELLS.map((each) => each.name).join(', ')}`);
    return found;
  });
}
