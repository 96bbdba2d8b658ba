/** The settings of a patch that leads from one configuration to another, as they are shown. */
import { isLogic, menusAround, type Kconfig } from '../kconfig/index.ts';
import type { NewOption, SettingReason } from '../model/patchSetting.ts';
import type { NewWish } from './addedWishes.ts';
import { differing, isOption, promptOf, type Values, type WantedConfig } from './wantedConfig.ts';

/** A setting of a patch. `menus` are those around it, the outermost first. */
export type PatchSetting = NewWish & { prompt: string | null; menus: string[]; reason: SettingReason };

/** Settings in the order of the menu. */
export class SettingsBetween {
  /** @param present what the settings begin from. */
  constructor(
    private readonly kconfig: Kconfig,
    private readonly present: Values,
    private readonly wanted: WantedConfig,
  ) {}

  described(wishes: Iterable<NewWish>): PatchSetting[] {
    const place = ({ symbol }: PatchSetting): number => this.kconfig.byName.get(symbol)?.menus[0]?.id ?? 0;
    return Array.from(wishes, (wish) => this.#described(wish)).sort((a, b) => place(a) - place(b));
  }

  #described(wish: NewWish): PatchSetting {
    const symbol = this.kconfig.byName.get(wish.symbol);
    const off = symbol !== undefined && isLogic(symbol) ? 'n' : null;
    const [from = null, to] = [this.present, this.wanted.values].map((values) => values.get(wish.symbol) ?? off);
    return {
      ...wish,
      prompt: symbol === undefined ? null : promptOf(symbol),
      menus: symbol === undefined ? [] : menusAround(symbol),
      reason: from === to ? { kind: 'keep' } : { kind: 'change', from },
    };
  }

  /** What also differs and has a prompt, although no setting says so. An empty text cannot be told. */
  following(isAsked: (symbol: string) => boolean, wish: (symbol: string, text: string) => NewWish): PatchSetting[] {
    const wishes = differing(this.present, this.wanted.values).flatMap((name) => {
      const symbol = this.kconfig.byName.get(name);
      if (symbol === undefined || !isOption(symbol) || isAsked(name)) return [];
      const text = this.wanted.values.get(name) ?? (isLogic(symbol) ? 'n' : '');
      return text === '' ? [] : wish(name, text);
    });
    return this.described(wishes).map((setting) => ({ ...setting, reason: { kind: 'follows' } }));
  }
}

/** The options that what was given does not know. */
export const newOptions = ({ configuration, fresh }: WantedConfig): NewOption[] =>
  fresh.map((symbol) => ({
    symbol: symbol.name ?? '',
    value: configuration.value(symbol),
    prompt: promptOf(symbol),
  }));
