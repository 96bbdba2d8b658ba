import type { KSymbol } from './model.ts';

/** The symbols of one tree by name. `"FOO"` is not FOO (`sym_lookup` in symbol.c), but y, m and n are the same with and without quotes. */
export class SymbolTable {
  readonly all: KSymbol[] = [];
  readonly byName = new Map<string, KSymbol>();
  readonly #constants = new Map<string, KSymbol>();
  readonly y = this.#tristateConstant('y');
  readonly m = this.#tristateConstant('m');
  readonly n = this.#tristateConstant('n');

  symbol(name: string): KSymbol {
    return this.#lookup(name, false, this.byName);
  }

  constant(name: string): KSymbol {
    return this.#lookup(name, true, this.#constants);
  }

  /** Adds a symbol for a choice. */
  choice(): KSymbol {
    return this.#add(null, false);
  }

  /**
   * All symbols but y, m and n in the order of conf's hash table (`for_all_symbols`): by the FNV-1a hash of the name modulo the size of the table, and
   * the newest first within a bucket. Choices have hash 0.
   */
  inHashOrder(buckets: number): KSymbol[] {
    const newest = new Array<KSymbol | null>(buckets).fill(null);
    const older = new Array<KSymbol | null>(this.all.length).fill(null);
    for (const symbol of this.all.slice(3)) {
      const bucket = symbol.name === null ? 0 : hash(symbol.name) % buckets;
      older[symbol.id] = newest[bucket] ?? null;
      newest[bucket] = symbol;
    }
    const inOrder: KSymbol[] = [];
    for (const first of newest)
      for (let symbol = first; symbol !== null; symbol = older[symbol.id] ?? null) inOrder.push(symbol);
    return inOrder;
  }

  #tristateConstant(name: 'y' | 'm' | 'n'): KSymbol {
    const symbol = this.constant(name);
    symbol.type = 'tristate';
    this.byName.set(name, symbol);
    return symbol;
  }

  #lookup(name: string, constant: boolean, table: Map<string, KSymbol>): KSymbol {
    const known = table.get(name);
    if (known !== undefined) return known;
    const added = this.#add(name, constant);
    table.set(name, added);
    return added;
  }

  #add(name: string | null, constant: boolean): KSymbol {
    const symbol: KSymbol = {
      id: this.all.length,
      name,
      constant,
      type: 'unknown',
      menus: [],
      properties: [],
      dependency: null,
      selectedBy: null,
      impliedBy: null,
      memberOf: null,
      isChoiceValue: false,
      choice: null,
      transitional: false,
      allnoconfigY: false,
    };
    this.all.push(symbol);
    return symbol;
  }
}

/** FNV-1a over the bytes of a name, taken as signed chars. */
function hash(name: string): number {
  const bytes = /[^ -~]/.test(name) ? Buffer.from(name).toString('latin1') : name;
  let value = 2166136261;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes.charCodeAt(at);
    value = Math.imul(value ^ (byte > 127 ? byte - 256 : byte), 0x01000193);
  }
  return value >>> 0;
}
