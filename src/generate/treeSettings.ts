/** The settings between two .config files of a kernel source, without a target: as `make olddefconfig` takes them. */
import { writeConfig, writeDefconfig, type Configuration, type Kconfig } from '../kconfig/index.ts';
import { PLAIN, type NewWish } from '../kernel/addedWishes.ts';
import { definedNames, namesOf } from '../kernel/kernelNames.ts';
import type { ModuleIndex } from '../kernel/modules/moduleIndex.ts';
import { newOptions, SettingsBetween } from '../kernel/patchSettings.ts';
import { valueIn } from '../kernel/settingValue.ts';
import {
  objectsBetween,
  otherArchitecture,
  readGoal,
  withMachine,
  type FoundSettings,
  type Goal,
  type Toward,
} from '../kernel/settingsToward.ts';
import { finished } from '../kernel/finished.ts';
import { unreached } from '../kernel/unreached.ts';
import {
  askableIn,
  differing,
  valuesOf,
  wantedConfig,
  withChanges,
  type WantedConfig,
} from '../kernel/wantedConfig.ts';
import { parseDotConfig, writtenValues } from '../script/dotConfig.ts';

type Given = {
  kconfig: Kconfig;
  /** The .config that the settings are added to. */
  present: string;
  wanted: Goal;
  modules: ModuleIndex | null;
};

/** Of nobody's definitions anything is known, so every setting is plain. */
export function settingsInTree({ kconfig, present, wanted, modules }: Given): Toward {
  const dotConfig = writeConfig(finished(kconfig, present).configuration);
  const before = valuesOf(dotConfig);
  const goal = readGoal(wanted, { kconfig, dotConfig, modules: () => modules });
  if (goal.kind !== 'goal') return goal;
  const refusal = otherArchitecture(before, goal.wanted);
  if (refusal !== null) return refusal;
  const target = wantedConfig(kconfig, goal.wanted, present);
  const { chosen, result } = chosenBetween(present, target);
  const after = valuesOf(writeConfig(result));
  const between = new SettingsBetween(kconfig, before, target);
  const wish = (symbol: string, text: string): NewWish => ({
    symbol,
    value: valueIn(kconfig, symbol, text),
    priority: PLAIN,
  });
  const reached = { values: after, configuration: () => result, missed: differing(target.values, after) };
  const names = namesOf(definedNames(kconfig), new Map());
  const found: FoundSettings = {
    kind: 'settings',
    settings: between.described(Array.from(chosen, ([symbol, text]) => wish(symbol, text))),
    needless: between.following((symbol) => chosen.has(symbol), wish),
    notAskable: unreached(target, reached, { names, asked: new Map(), known: () => null }),
    fresh: newOptions(target),
    objects: objectsBetween(modules, before, after),
  };
  return withMachine(found, goal);
}

type Chosen = { chosen: Map<string, string>; result: Configuration };

/** What the .config says otherwise, and where it says nothing what is no default; what is missed then comes back. */
function chosenBetween(present: string, { configuration, values }: WantedConfig): Chosen {
  const { kconfig } = configuration;
  const all = askableIn(configuration, { canBeEmpty: false });
  const stated = parseDotConfig(present);
  const written = writeConfig(configuration);
  const undefaulted = parseDotConfig(writeDefconfig(finished(kconfig, written).configuration));
  const lines = writtenValues(written);
  const chosen = new Map(
    [...all].filter(([symbol, text]) => {
      const now = stated.get(symbol);
      // Of a choice the chosen member is enough.
      if (text === 'n' && kconfig.byName.get(symbol)?.isChoiceValue === true) return false;
      return now === undefined ? undefaulted.has(symbol) : now !== text;
    }),
  );
  for (;;) {
    const changes = [...chosen.keys()].map((symbol) => ({ symbol, to: lines.get(symbol) ?? null }));
    const result = finished(kconfig, withChanges(present, changes)).configuration;
    const missed = differing(values, valuesOf(writeConfig(result)));
    const back = missed.filter((symbol) => all.has(symbol) && !chosen.has(symbol));
    if (back.length === 0) return { chosen, result };
    for (const symbol of back) chosen.set(symbol, all.get(symbol) ?? 'n');
  }
}
