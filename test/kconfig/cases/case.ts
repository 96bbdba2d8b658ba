import type { Dialect, Grammar } from '../../../src/kconfig/index.ts';
import type { ConfRequest } from '../../helpers/kconfRun.ts';

/** A situation in which the engine must do what conf does: `test/kconfig-oracle/cases.test.ts` runs both. What is expected stands nowhere: conf says it. */
export type KconfigCase = {
  name: string;
  /** The first file. */
  kconfig: string;
  /** Files that it sources. */
  files?: Readonly<Record<string, string>>;
  environment?: Readonly<Record<string, string>>;
  /** All modes, if not given. */
  requests?: readonly ConfRequest[];
  /** Where only some kernels know what it uses. */
  only?: (kind: { dialect: Dialect; grammar: Grammar }) => boolean;
};

/** Every mode that takes nothing. */
export const EVERY_MODE: readonly ConfRequest[] = [
  { mode: 'allnoconfig' },
  { mode: 'allyesconfig' },
  { mode: 'allmodconfig' },
  { mode: 'alldefconfig' },
  ...[1, 2, 3, 4, 5].map((seed): ConfRequest => ({ mode: 'randconfig', seed })),
  { mode: 'randconfig', seed: 7, probability: '10:80' },
  { mode: 'olddefconfig' },
  { mode: 'listnewconfig' },
  { mode: 'savedefconfig' },
  { mode: 'oldaskconfig', answers: [] },
  { mode: 'oldaskconfig', answers: ['y', 'y', 'y', 'y', 'y', 'y', 'y', 'y'] },
  { mode: 'oldaskconfig', answers: ['', '?', 'm', '2', '', '1', 'n', '?', 'y'] },
];

/** Reading that .config in each mode that reads one. */
export function reading(config: string): ConfRequest[] {
  return [
    { mode: 'olddefconfig', config },
    { mode: 'listnewconfig', config },
    { mode: 'savedefconfig', config },
    { mode: 'oldconfig', config, answers: [] },
    { mode: 'oldconfig', config, answers: ['y', '2', 'm', '?', '1', 'n'] },
    { mode: 'oldaskconfig', config, answers: ['n', '', 'm', '?', '2'] },
    { mode: 'defconfig', defconfig: { text: config } },
    ...(['allnoconfig', 'allyesconfig', 'allmodconfig', 'alldefconfig', 'randconfig'] as const).map(
      (mode): ConfRequest => ({ mode, allConfig: config, ...(mode === 'randconfig' ? { seed: 11 } : {}) }),
    ),
    { mode: 'yes2modconfig', config },
    { mode: 'mod2yesconfig', config },
    { mode: 'mod2noconfig', config },
  ];
}

export const MODULES = 'config MODULES\n\tbool "Modules"\n\tmodules\n\tdefault y\n\n';
