/** The terminals of kconfig's grammar (`%token` in parser.y). */
export const Token = {
  END: 0,
  EOL: 1,
  WORD: 2,
  QUOTED: 3,
  HELP_TEXT: 4,
  ASSIGN_VALUE: 5,
  OR: 6,
  AND: 7,
  EQUAL: 8,
  UNEQUAL: 9,
  LESS: 10,
  LESS_EQUAL: 11,
  GREATER: 12,
  GREATER_EQUAL: 13,
  NOT: 14,
  OPEN: 15,
  CLOSE: 16,
  COLON_EQUAL: 17,
  PLUS_EQUAL: 18,
  BOOL: 19,
  CHOICE: 20,
  COMMENT: 21,
  CONFIG: 22,
  DEF_BOOL: 23,
  DEF_TRISTATE: 24,
  DEFAULT: 25,
  DEPENDS: 26,
  ENDCHOICE: 27,
  ENDIF: 28,
  ENDMENU: 29,
  HELP: 30,
  HEX: 31,
  IF: 32,
  IMPLY: 33,
  INT: 34,
  MAINMENU: 35,
  MENU: 36,
  MENUCONFIG: 37,
  MODULES: 38,
  ON: 39,
  PROMPT: 40,
  RANGE: 41,
  SELECT: 42,
  SOURCE: 43,
  STRING: 44,
  TRISTATE: 45,
  VISIBLE: 46,
  /** A word that is a keyword in this tree's version of kconfig, but a WORD in others. */
  RESERVED: 47,
} as const;

/** A plain number, so that a switch may name some tokens and leave the rest to `default`. */
export type Token = number;

/** The words that are keywords in every version since 5.10: the tokens from BOOL to VISIBLE. */
export const KEYWORDS: ReadonlyMap<string, Token> = new Map(
  Object.entries(Token)
    .filter(([, token]) => token >= Token.BOOL && token <= Token.VISIBLE)
    .map(([name, token]) => [name.toLowerCase(), token]),
);

export const OPERATORS: ReadonlyMap<string, Token> = new Map([
  ['(', Token.OPEN],
  [')', Token.CLOSE],
  ['=', Token.EQUAL],
  ['!', Token.NOT],
  ['!=', Token.UNEQUAL],
  ['<', Token.LESS],
  ['<=', Token.LESS_EQUAL],
  ['>', Token.GREATER],
  ['>=', Token.GREATER_EQUAL],
  ['||', Token.OR],
  ['&&', Token.AND],
  [':=', Token.COLON_EQUAL],
  ['+=', Token.PLUS_EQUAL],
]);
