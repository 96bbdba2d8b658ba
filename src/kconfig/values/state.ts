import { NO, YES, type Kconfig, type KSymbol, type Tri } from '../tree/model.ts';

/** In `exprs`: not computed since something in it changed. */
export const UNKNOWN = 3;

/**
 * Everything about a tree that can change: what the user gave, and what follows from it. Tables are indexed by symbol id, `exprs` by expression
 * id, `prompts` by menu id, the last three by choice id. It is plain data, so that a snapshot is a copy.
 */
export type State = {
  /** Whether the user gave a value (SYMBOL_DEF_USER), and which: a tristate, or the text of an int, hex or string. */
  userSet: Uint8Array;
  userTri: Uint8Array;
  userText: (string | null)[];
  /** Whether the next tables hold for this symbol (SYMBOL_VALID). */
  valid: Uint8Array;
  tri: Uint8Array;
  /** Null: never computed. */
  text: (string | null)[];
  /** Upper bound of what the user can set; n: no prompt is visible. */
  visible: Uint8Array;
  dependency: Uint8Array;
  selected: Uint8Array;
  implied: Uint8Array;
  /** Whether it goes into the .config. */
  write: Uint8Array;
  exprs: Uint8Array;
  prompts: Uint8Array;
  /** Before 6.11: the member to be computed with its choice first, after conf set all new symbols (SYMBOL_NEED_SET_CHOICE_VALUES). */
  pending: Uint8Array;
  /** The value of MODULES, on which it depends whether a tristate is one. */
  modules: Tri;
  /** Whether something is not as the file had it (`conf_get_changed`): then conf writes without computing all again. */
  changed: boolean;
  /** Whether symbols hold values that hang on the order in which others were computed, mostly before 6.11: the next change computes all again. */
  hasStale: boolean;
  /** Since 6.11: members by rank, the one set last first (`choice_members`). */
  ranking: KSymbol[][];
  /** Before 6.11: the member the user chose, and the member that is chosen. */
  userMember: (KSymbol | null)[];
  member: (KSymbol | null)[];
};

export function newState(kconfig: Kconfig): State {
  const count = kconfig.symbols.length;
  const bytes = (length = count): Uint8Array => new Uint8Array(length);
  const state: State = {
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
    ranking: kconfig.choices.map((choice) => [...choice.members]),
    userMember: kconfig.choices.map(() => null),
    member: kconfig.choices.map(() => null),
  };
  forgetComputed(kconfig, state);
  return state;
}

/** Nothing computed holds any more, but for y, m and n. */
export function forgetComputed(kconfig: Kconfig, state: State): void {
  const { y, m, n } = kconfig.constants;
  state.valid.fill(0);
  state.exprs.fill(UNKNOWN);
  state.hasStale = false;
  for (const constant of [y, m, n]) state.valid[constant.id] = 1;
  state.tri[y.id] = YES;
  state.tri[m.id] = 1;
}

export function copyState(state: State): State {
  return {
    ...state,
    userSet: state.userSet.slice(),
    userTri: state.userTri.slice(),
    userText: [...state.userText],
    valid: state.valid.slice(),
    tri: state.tri.slice(),
    text: [...state.text],
    visible: state.visible.slice(),
    dependency: state.dependency.slice(),
    selected: state.selected.slice(),
    implied: state.implied.slice(),
    write: state.write.slice(),
    exprs: state.exprs.slice(),
    prompts: state.prompts.slice(),
    pending: state.pending.slice(),
    ranking: state.ranking.map((members) => [...members]),
    userMember: [...state.userMember],
    member: [...state.member],
  };
}
