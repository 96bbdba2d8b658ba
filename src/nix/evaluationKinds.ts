/** The kinds of evaluation errors, recognised by the words of Nix, Lix and nixpkgs, each with advice for the user. */

type Rule = { kind: string; sign: RegExp; hint: (about: string, message: string) => string };

// The first group is what the error is about: a name, a symbol, a path. The order matters, because a message of nixpkgs
// may quote another error.
const RULES = [
  {
    kind: 'conflict',
    sign: /[Tt]he (?:unique )?option [`'"]settings\.("?[A-Za-z0-9_]+"?)\.\w+['"`] (?:has conflicting definition|is defined multiple times)/,
    hint: (symbol: string) =>
      `two definitions of ${symbol} differ at equal priority: give one of them lib.mkForce, or take one out`,
  },
  {
    kind: 'type',
    sign: /[Aa] definition for option [`'"](?:settings\.)?("?[A-Za-z0-9_.]+"?)['"`] is not of type/,
    hint: (symbol: string) =>
      `give ${symbol.replace(/\.(?:tristate|freeform|optional)$/, '')} a value of lib.kernel: yes, no, module, unset, freeform "…", or option of one of these`,
  },
  {
    kind: 'renamed-attribute',
    sign: /`?\b(extraStructuredConfig)\b`?.*(?:not supported|renamed|replaced|removed|no longer)|(?:not supported|renamed|replaced|removed|no longer).*\bextraStructuredConfig\b/s,
    hint: () => 'rename extraStructuredConfig to structuredExtraConfig in the patches',
  },
  {
    kind: 'assertion',
    sign: /Failed assertions?:[^]*?\bCONFIG_([A-Za-z0-9_]+)/,
    hint: (_symbol: string, message: string) =>
      `ask for it in a kernel patch, or turn off what needs it: ${settingsFor(message)}`,
  },
  {
    kind: 'assertion',
    sign: /Failed assertions?:\s*(?:- )?([^\n]*)/,
    hint: () => 'the configuration itself refuses this: change what the assertion names',
  },
  {
    kind: 'hash-mismatch',
    sign: /hash mismatch in (?:fixed-output derivation|file downloaded from|input) '([^']*)'/,
    hint: () => 'put the hash after "got:" into the file, or update the lock file (nix flake update)',
  },
  {
    kind: 'syntax',
    sign: /syntax error|unexpected end of file|invalid (?:token|escape)|path has a trailing slash|dynamic attributes not allowed/,
    hint: () => 'look at this line and the one before it: a missing `;`, a brace or a quote',
  },
  {
    kind: 'undefined-variable',
    sign: /undefined variable '([^']*)'/,
    hint: (name: string) =>
      `is ${name} spelled right, or one word too many? Names like yes, no, module, option need \`with lib.kernel;\``,
  },
  {
    kind: 'duplicate-attribute',
    sign: /attribute '([^']*)' already defined|duplicate formal function argument '([^']*)'/,
    hint: (name: string) => `${name} is set twice in one attribute set: take one out`,
  },
  {
    kind: 'no-such-flake-attribute',
    sign: /flake '[^']*' does not provide attribute ([^\n]*)|attribute '([^']*)' in selection path/,
    hint: () => 'check the installable: the host or the package may have another name',
  },
  {
    kind: 'missing-attribute',
    sign: /attribute '([^']*)' missing|attribute '([^']*)' does not exist|does not have an attribute '([^']*)'/,
    hint: (name: string) => `nothing here is called ${name}: check its spelling`,
  },
  {
    kind: 'too-deep',
    sign: /^memory exhausted$/,
    hint: () => 'Nix cannot read what is nested so deeply: take it apart, and give the inner parts names in a `let`',
  },
  {
    kind: 'infinite-recursion',
    sign: /infinite recursion encountered|possible infinite recursion|max-call-depth exceeded|stack overflow/,
    hint: () =>
      'a value depends on itself: look for a name in `rec { … }` or an argument that is taken from what it defines',
  },
  {
    kind: 'not-owned',
    sign: /repository path '([^']*)' is not owned by current user|detected dubious ownership in repository at '([^']*)'/,
    hint: (path: string) => `run as the owner of ${path}, or: git config --global --add safe.directory ${path}`,
  },
  {
    kind: 'forbidden-path',
    sign: /access to (?:canonical |absolute )?(?:path|URI) '([^']*)' is forbidden/,
    hint: (path: string) => `${path} lies outside the flake: copy it in, or use --impure`,
  },
  {
    kind: 'untracked',
    sign: /Path '([^']*)' in the repository .* is not tracked by Git|[Pp]ath '([^']*)' does not exist|getting status of '([^']*)': No such file|opening file '([^']*)': No such file|source tree referenced by '([^']*)' does not contain|file '([^']*)' was not found in the Nix search path/,
    hint: (path: string) =>
      `is its name right? A flake in git sees only what git tracks: git add -N ${path.replace(/^.*\/[0-9a-z]{32}-[^/]*\//, '')}`,
  },
  {
    kind: 'type',
    sign: /attempt to call something which is not a function/,
    hint: () =>
      'a value stands right after another one: a word too many, or a `;`, an operator or parentheses are missing',
  },
  {
    kind: 'type',
    sign: /(?:value is .{0,200} while .{0,200} was expected|expected (?:an? |the )?.{0,200} but (?:got|found)|cannot (?:coerce|add|compare|convert|auto-call)|called (?:with|without) (?:un)?(?:expected|required) argument|is not (?:a|of) (?:type|string|list|set|function)|assertion '.*' failed)/,
    hint: () => 'the value at this place has the wrong type',
  },
  {
    kind: 'build-failed',
    sign: /builder for '([^']*)' failed|Cannot build '([^']*)'|build of '([^']*)' failed|dependenc\w+ of derivation '([^']*)' failed/,
    hint: () => 'the evaluation needs this derivation (import from derivation): build it by itself to see why it fails',
  },
] as const satisfies Rule[];

export type EvaluationErrorKind = (typeof RULES)[number]['kind'] | 'infrastructure' | 'unreadable' | 'other';

/** What `isYes`, `isNo`, `isModule`, `isEnabled` and `isDisabled` of NixOS' kernel assertions ask for. */
const ASSERTED: [RegExp, string][] = [
  [/disabled|not no\b/, 'no'],
  [/module/, 'module'],
  [/enabled|yes/, 'yes'],
];

function settingsFor(message: string): string {
  const asked = [...message.matchAll(/\bCONFIG_([A-Za-z0-9_]+)([^\n]*)/g)].map(([, symbol = '', text = '']) => {
    const value = ASSERTED.find(([sign]) => sign.test(text))?.[1];
    return value === undefined ? symbol : `${symbol} = ${value};`;
  });
  return [...new Set(asked)].join(' ');
}

/** The kind shows at the beginning of a message; some signs need time that grows with the square of the text. */
const MAX_MESSAGE = 20_000;

/** The kind of a message, what it is about (the first name it quotes; empty: none) and what to do. */
export function kindOf(whole: string): { kind: EvaluationErrorKind; about: string; hint: string } {
  const message = whole.slice(0, MAX_MESSAGE);
  for (const { kind, sign, hint } of RULES) {
    const found: (string | undefined)[] | null = sign.exec(message);
    if (found === null) continue;
    const about = found.slice(1).find((group) => group !== undefined) ?? '';
    return { kind, about, hint: hint(about, message) };
  }
  return { kind: 'other', about: '', hint: 'see the message; nix eval --show-trace shows more' };
}
