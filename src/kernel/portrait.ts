/** What a kernel has for a finished .config, as plain data: so two kernels can be compared. */
import { menuText, obstacleTo, type Configuration } from '../kconfig/index.ts';
import type { SideEffect } from '../model/sideEffects.ts';
import type { ModuleIndex } from './modules/moduleIndex.ts';
import { missedAs } from './sideEffects.ts';
import { isOption, promptOf } from './wantedConfig.ts';

type OptionPortrait = {
  prompt: string | null;
  /** The menus around it, the outermost first. */
  menu: string;
  /** Whether kconfig asks for it. Of a choice only the chosen member counts. */
  isAsked: boolean;
  /** What it is missed as where it is off. */
  hurts: SideEffect['hurts'];
};

export type Portrait = {
  /** The options that the kernel defines, by name. */
  options: Map<string, OptionPortrait>;
  /** The names that it only takes from an old .config, each with what took over from it. */
  transitional: Map<string, string[]>;
  /** The symbols that each module takes. */
  modules: Map<string, string[]>;
};

/** @param modules null: which module is whose cannot be had. */
export function portraitOf(configuration: Configuration, modules: ModuleIndex | null): Portrait {
  const options = new Map<string, OptionPortrait>();
  const transitional = new Map<string, string[]>();
  for (const symbol of configuration.kconfig.symbols) {
    const { name, constant, menus, isChoiceValue } = symbol;
    if (name === null || constant || menus.length === 0) continue;
    if (symbol.transitional) {
      const obstacle = obstacleTo(configuration, name, 'y');
      transitional.set(name, obstacle?.kind === 'undefined' ? obstacle.now : []);
      continue;
    }
    const isAsked =
      isOption(symbol) && configuration.isChangeable(symbol) && (!isChoiceValue || configuration.value(symbol) !== 'n');
    options.set(name, { prompt: promptOf(symbol), menu: menuText(symbol), isAsked, hurts: missedAs(symbol) });
  }
  return { options, transitional, modules: symbolsOfModules(modules) };
}

function symbolsOfModules(index: ModuleIndex | null): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { module, symbols } of index?.rules ?? []) found.set(module, [...(found.get(module) ?? []), ...symbols]);
  return found;
}
