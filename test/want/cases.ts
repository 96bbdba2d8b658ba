/** Cases for the search for remedies: a configuration, and a value that another one of the same tree has. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Configuration, fillNew, isLogic, readConfig, writeConfig } from '../../src/kconfig/index.ts';
import type { Kconfig, KSymbol, SymbolValue } from '../../src/kconfig/index.ts';
import { numbersFrom, pick } from '../kconfig-oracle/settings.ts';

export type Kind = 'any' | 'choice' | 'number';

export type Case = { name: string; base: string; wanted: SymbolValue };

/** Draws cases from one tree. */
export class Cases {
  readonly #bases = new Map<string, string>();

  constructor(
    private readonly kconfig: Kconfig,
    private readonly defconfig: string,
    private readonly distribution: string | null,
  ) {}

  /** @returns null where the two configurations drawn have nothing of the kind. */
  draw(seed: number, kind: Kind): Case | null {
    const next = numbersFrom(seed, kind, 'want');
    const baseName = pick(next, ['defconfig', 'distribution', 'random', 'random'] as const);
    const wanted = this.drawFrom(this.#base(baseName, seed), seed, kind);
    if (wanted === null) return null;
    const { symbol, value } = wanted.wanted;
    return { ...wanted, name: `seed ${seed} ${kind}, ${baseName}: ${symbol}=${value}` };
  }

  /** The same from a given configuration. */
  drawFrom(base: string, seed: number, kind: Kind): Case | null {
    const next = numbersFrom(seed, kind, 'other');
    const before = this.#configuration(base);
    const other = this.#random(next() % 1_000_000, pick(next, ['', '10:20', '60:30', '30:60']));
    const candidates = this.kconfig.symbols.filter(
      (symbol) =>
        isOption(symbol) &&
        KINDS[kind](symbol) &&
        isUsersDoing(other, symbol) &&
        other.value(symbol) !== before.value(symbol) &&
        (isLogic(symbol) || other.value(symbol) !== ''),
    );
    const symbol = candidates[next() % Math.max(1, candidates.length)];
    if (symbol === undefined) return null;
    const wanted = { symbol: symbol.name ?? '', value: other.value(symbol) };
    return { name: `seed ${seed} ${kind}: ${wanted.symbol}=${wanted.value}`, base, wanted };
  }

  #base(name: 'defconfig' | 'distribution' | 'random', seed: number): string {
    const given = name === 'random' ? null : name === 'distribution' ? this.distribution : this.defconfig;
    if (given === null) return writeConfig(this.#random(seed * 31, ''));
    const known = this.#bases.get(name) ?? writeConfig(this.#configuration(given));
    this.#bases.set(name, known);
    return known;
  }

  #configuration(text: string): Configuration {
    const configuration = new Configuration(this.kconfig);
    readConfig(configuration, text);
    return configuration;
  }

  #random(seed: number, probability: string): Configuration {
    const configuration = new Configuration(this.kconfig);
    const [yes = 0, mod = 0] = probability.split(':').map(Number);
    fillNew(configuration, probability === '' ? { seed } : { seed, probability: { bool: yes + mod, yes, mod } });
    return this.#configuration(writeConfig(configuration));
  }
}

const KINDS: Readonly<Record<Kind, (symbol: KSymbol) => boolean>> = {
  any: () => true,
  choice: ({ memberOf }) => memberOf !== null,
  number: ({ type }) => type === 'int' || type === 'hex',
};

const isOption = (symbol: KSymbol): boolean =>
  symbol.name !== null && symbol.menus.length > 0 && symbol.type !== 'unknown' && symbol.choice === null;

/** Somebody could have answered it so; of a choice only what was chosen counts. */
function isUsersDoing(configuration: Configuration, symbol: KSymbol): boolean {
  if (!configuration.isChangeable(symbol) && symbol.memberOf === null) return false;
  return symbol.memberOf === null || configuration.value(symbol) === 'y';
}

/** The configuration that Debian builds an architecture with; null where its package is not here. */
export function debianConfig(arch: string): string | null {
  const file = `/usr/src/linux-config-6.12/config.${arch}_none_${arch}.xz`;
  return existsSync(file) ? execFileSync('xz', ['-dc', file], { encoding: 'utf8', maxBuffer: 2 ** 26 }) : null;
}
