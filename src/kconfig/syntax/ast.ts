/**
 * The syntax tree: the statements of a Kconfig tree in source order, as `scripts/kconfig/parser.y` reduces them. Every `source` has been followed and
 * every macro expanded. Nothing is resolved yet: symbols are names.
 */

/** A place in a Kconfig file. `file` is the name that kconfig prints: relative to the tree if it was sourced that way. */
export type FileLine = { file: string; line: number };

/** `y`, `"m"`, `FOO`, `"a string"` or `0x10`. A quoted word is a constant. Any other word names a symbol; if nothing defines it, its value is its name. */
export type Operand = { name: string; constant: boolean };

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** The parser's `expr`. */
export type ParsedExpression =
  | { kind: 'symbol'; operand: Operand }
  | { kind: 'compare'; operator: Comparison; left: Operand; right: Operand }
  | { kind: 'not'; operand: ParsedExpression }
  | { kind: 'and' | 'or'; left: ParsedExpression; right: ParsedExpression };

export type SymbolType = 'bool' | 'tristate' | 'int' | 'hex' | 'string';

/** An option of an entry; `condition` is what follows its `if`, or null. A line like `int "Prompt"` gives two options: the prompt, then the type. */
export type Option = { at: FileLine } & OptionKind;
export type OptionKind =
  | { kind: 'type'; type: SymbolType }
  | { kind: 'prompt'; text: string; condition: ParsedExpression | null }
  | { kind: 'default'; value: ParsedExpression; condition: ParsedExpression | null }
  /** It may have a condition since 7.0. */
  | { kind: 'depends'; on: ParsedExpression; condition: ParsedExpression | null }
  | { kind: 'select' | 'imply'; symbol: string; condition: ParsedExpression | null }
  | { kind: 'range'; low: Operand; high: Operand; condition: ParsedExpression | null }
  | { kind: 'visible'; condition: ParsedExpression | null }
  | { kind: 'help'; text: string }
  /** `modules`, and `option modules` of older trees. */
  | { kind: 'modules' }
  /** A choice that may have no member chosen; before 6.9. */
  | { kind: 'optional' }
  /** Read from an old .config but never written; since 6.18. */
  | { kind: 'transitional' }
  /** `option defconfig_list`, `option allnoconfig_y` and `option env="…"` of older trees. */
  | { kind: 'defconfig_list' }
  | { kind: 'allnoconfig_y' }
  | { kind: 'env'; variable: string };

export type Statement = { at: FileLine } & (
  | { kind: 'mainmenu'; prompt: string }
  | { kind: 'config'; symbol: string; menuconfig: boolean; options: Option[] }
  /** `symbol` is the name that older trees allow after `choice`. */
  | { kind: 'choice'; symbol: string | null; options: Option[]; body: Statement[] }
  | { kind: 'menu'; prompt: string; options: Option[]; body: Statement[] }
  | { kind: 'if'; condition: ParsedExpression; body: Statement[] }
  | { kind: 'comment'; prompt: string; options: Option[] }
);

/** A message that kconfig prints while it reads; `text` is what follows `file:line:`, in kconfig's own words. After an error conf exits with 1. */
export type Diagnostic = {
  level: 'error' | 'warning' | 'info';
  at: FileLine | null;
  text: string;
  /** Where it is, if kconfig does not begin the message with a place. */
  where?: FileLine;
};

/** A Kconfig tree as it was read. */
export type Tree = {
  statements: Statement[];
  diagnostics: Diagnostic[];
  /** The files read, in order. */
  files: string[];
  /** The environment variables that the tree asked for, with their values (`env_write_dep` in preprocess.c). */
  environment: Map<string, string>;
};

/** Runs one `$(shell,COMMAND)` and returns its standard output on one line: at most 4,095 bytes (`do_shell` in preprocess.c). */
export type Probe = (command: string) => string;

/** How a kernel's conf differs from others in what the same Kconfig files mean to it. */
export type Dialect = {
  /** Since 6.11 a choice has no value of its own: its members are ranked by which was set last (`sym_calc_choice`). */
  choices: 'symbol' | 'ranked';
  /** A choice's member may have no prompt in another entry; since 7.2. */
  onePrompt?: boolean;
};

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string>>;

/** Where a tree is, and the environment in which it is read. */
export type TreeSource = {
  /** The tree's root: `$(srctree)`. */
  root: string;
  /** The first file, `Kconfig` in the kernel. */
  file: string;
  /** The environment that the kernel's Makefile gives conf (ARCH, SRCARCH, CC, LD, KERNELVERSION, …). */
  environment: Environment;
};
