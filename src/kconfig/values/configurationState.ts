import { MOD, NO, YES, type Kconfig, type KSymbol, type Tri } from '../tree/model.ts';

/** The mark in `exprs` for an expression that must be computed again. */
export const UNKNOWN = 3;

/**
 * Everything about a tree that can change: the user's values and what follows from them. It is plain data, so a snapshot is a copy. The tables are indexed
 * by symbol id, `exprs` by expression id, `prompts` by menu id, and the last three by choice id.
 */
export type ConfigurationState = {
  /** Whether the user gave a value (SYMBOL_DEF_USER), and which one: a tristate, or the text of an int, hex or string. */
  userSet: Uint8Array;
  userTri: Uint8Array;
  userText: (string | null)[];
  /** Whether the tables that follow are up to date for this symbol (SYMBOL_VALID). */
  valid: Uint8Array;
  tri: Uint8Array;
  /** Null if it was never computed. */
  text: (string | null)[];
  /** The upper bound of what the user can set; n if no prompt is visible. */
  visible: Uint8Array;
  dependency: Uint8Array;
  selected: Uint8Array;
  implied: Uint8Array;
  /** Whether the .config contains it. */
  write: Uint8Array;
  exprs: Uint8Array;
  prompts: Uint8Array;
  /** Before 6.11: whether the member's choice is computed first, after conf set all new symbols (SYMBOL_NEED_SET_CHOICE_VALUES). */
  pending: Uint8Array;
  /** The value of MODULES. While it is n, a tristate is a bool. */
  modules: Tri;
  /** Whether something differs from the file that was read (`conf_get_changed`). If not, conf computes everything again before it writes. */
  changed: boolean;
  /** Whether a value depended on the order of computation, mostly before 6.11. Then the next change computes everything again. */
  hasStale: boolean;
  /** Since 6.11: the choices whose members may have an outdated visibility, because the search stopped at the member that the user chose. */
  outdated: Set<number>;
  /** Since 6.11: the members by rank; the one set last comes first (`choice_members`). */
  ranking: KSymbol[][];
  /** Before 6.11: the member that the user chose, and the one that is chosen now. */
  userMember: (KSymbol | null)[];
  member: (KSymbol | null)[];
};

export function newState(kconfig: Kconfig): ConfigurationState {
  const count = kconfig.symbols.length;
  const bytes = (length = count): Uint8Array => new Uint8Array(length);
  const state: ConfigurationState = {
    userSet: bytes(),
    userTri: bytes(),
    userText: new Array<string | null>(count).fill(null),
    valid: bytes(),
    tri: bytes(),
    text: kconfig.symbols.map((symbol) => (symbol.constant && symbol.type !== 'unknown' ? symbol.name : null)),
    visible: bytes(),
    dependency: bytes(),
    selected: bytes(),
    implied: bytes(),
    write: bytes(),
    exprs: bytes(kconfig.expressions.length).fill(UNKNOWN),
    prompts: bytes(kconfig.menus.length),
    pending: bytes(),
    modules: NO,
    changed: true,
    hasStale: false,
    outdated: new Set(),
    ranking: kconfig.choices.map((choice) => [...choice.members]),
    userMember: kconfig.choices.map(() => null),
    member: kconfig.choices.map(() => null),
  };
  forgetComputed(kconfig, state);
  return state;
}

/** Makes these symbols be computed again. What was computed from them stays, as in conf. */
export function computeAgain(state: ConfigurationState, symbols: readonly KSymbol[]): void {
  for (const symbol of symbols) state.valid[symbol.id] = 0;
  state.exprs.fill(UNKNOWN);
  state.hasStale = true;
}

/** Forgets every computed value but y, m and n. */
export function forgetComputed(kconfig: Kconfig, state: ConfigurationState): void {
  const { y, m, n } = kconfig.constants;
  state.valid.fill(0);
  state.exprs.fill(UNKNOWN);
  state.hasStale = false;
  for (const constant of [y, m, n]) state.valid[constant.id] = 1;
  state.tri[y.id] = YES;
  state.tri[m.id] = MOD;
}

/** A copy that shares no table with the original. A ranking is replaced whenever it changes, so the copies share those. */
export function copyState(state: ConfigurationState): ConfigurationState {
  const copies = Object.entries(state).map(([name, value]): [string, unknown] => {
    if (value instanceof Set) return [name, new Set(value)];
    return [name, Array.isArray(value) || value instanceof Uint8Array ? value.slice() : value];
  });
  return Object.assign({ ...state }, Object.fromEntries(copies));
}
