/**
 * What the reading half of the engine gives to the computing half: the statements of a Kconfig tree in source order, with every `source` followed and
 * every macro expanded, as `scripts/kconfig/parser.y` reduces them. Nothing here is resolved: symbols are names.
 */

/** A place in a Kconfig file. `file` is as kconfig prints it: relative to the tree where it was sourced so. */
export type Location = { file: string; line: number };

/** `y`, `"m"`, `FOO`, `"a string"` or `0x10`: quoted words are constant, others name a symbol (an undefined one has its name as its value). */
export type Operand = { name: string; constant: boolean };

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** An expression as written; the parser's `expr`. */
export type Expression =
  | { kind: 'symbol'; operand: Operand }
  | { kind: 'compare'; operator: Comparison; left: Operand; right: Operand }
  | { kind: 'not'; operand: Expression }
  | { kind: 'and' | 'or'; left: Expression; right: Expression };

export type SymbolType = 'bool' | 'tristate' | 'int' | 'hex' | 'string';

/** One option line of an entry; `condition` is what follows its `if`, null without one. `int "Prompt"` gives two: the prompt, then the type. */
export type Option = { at: Location } & (
  | { kind: 'type'; type: SymbolType }
  | { kind: 'prompt'; text: string; condition: Expression | null }
  | { kind: 'default'; value: Expression; condition: Expression | null }
  | { kind: 'depends'; on: Expression }
  | { kind: 'select' | 'imply'; symbol: string; condition: Expression | null }
  | { kind: 'range'; low: Operand; high: Operand; condition: Expression | null }
  | { kind: 'visible'; condition: Expression | null }
  | { kind: 'help'; text: string }
  /** `modules`, and `option modules` of older trees. */
  | { kind: 'modules' }
  /** A choice that may have no member chosen; before 6.9. */
  | { kind: 'optional' }
  /** Read from an old .config, never written; since 6.18. */
  | { kind: 'transitional' }
  /** `option defconfig_list`, `option allnoconfig_y` and `option env="…"` of older trees. */
  | { kind: 'defconfig_list' }
  | { kind: 'allnoconfig_y' }
  | { kind: 'env'; variable: string }
);

export type Statement = { at: Location } & (
  | { kind: 'mainmenu'; prompt: string }
  | { kind: 'config'; symbol: string; menuconfig: boolean; options: Option[] }
  | {
      kind: 'choice';
      /** Older trees allow `choice NAME`. */ symbol: string | null;
      options: Option[];
      body: Statement[];
    }
  | { kind: 'menu'; prompt: string; options: Option[]; body: Statement[] }
  | { kind: 'if'; condition: Expression; body: Statement[] }
  | { kind: 'comment'; prompt: string; options: Option[] }
);

/** What kconfig prints while it reads; `text` is the line after `file:line:`, in its own words. An error makes conf end with 1. */
export type Diagnostic = { level: 'error' | 'warning' | 'info'; at: Location | null; text: string };

/** The reading half's result. */
export type Tree = {
  statements: Statement[];
  diagnostics: Diagnostic[];
  /** Files read, in order, for watching and caching. */
  files: string[];
  /** Environment variables asked for, with their values (`env_write_dep` in preprocess.c). */
  environment: Map<string, string>;
};

/**
 * Runs one `$(shell,COMMAND)`: its standard output, at most 4,095 bytes, without the trailing newlines, other newlines as blanks
 * (`do_shell` in preprocess.c).
 */
export type Probe = (command: string) => string;

/** What differs between kernels and cannot be seen from the Kconfig files themselves. */
export type Dialect = {
  /** Since 6.11 a choice has no value of its own: its members are ranked by who was set last (`sym_calc_choice`). */
  choices: 'symbol' | 'ranked';
  /** In 7.2: a choice's member may have no prompt in another entry. */
  onePrompt?: boolean;
};

/** Where a tree stands and under which conditions it is read. */
export type Source = {
  /** The tree's root: `$(srctree)`. */
  root: string;
  /** The first file, `Kconfig` in the kernel. */
  file: string;
  /** The environment that the kernel's Makefile gives conf (ARCH, SRCARCH, CC, LD, KERNELVERSION, …). */
  environment: Readonly<Record<string, string>>;
};
