/** Which of nixpkgs' answering scripts a kernel has, and what it does where they differ. */

/** How an answering script behaves (pkgs/os-specific/linux/kernel/generate-config.pl, 2011 to 2026). */
export type Protocol = {
  /** Where it answers `m` on its own: before 2026 wherever `/m` stands, also in the value of a string. */
  moduleAnswers: 'tristates' | 'anywhere';
  /** What becomes of an answer that kconfig does not offer: the question is repeated and ends the script, or it is replaced. */
  unoffered: 'repeats' | 'clamps';
  /** Of a choice with several wanted members: one of them by the order of a hash, or an end. */
  severalYes: 'one' | 'ends';
  /** Whether the members of a choice that was not asked are forgotten before the next one. */
  forgetsMembers: boolean;
  /** What follows a question that it does not understand. */
  unknownQuestion: 'ends' | 'default';
  /** What an empty text comes to: the two quotes that stand for it are the answer, or a line without a value empties the option at the end. */
  emptyTexts: 'quotes' | 'emptied';
};

/**
 * Recognises an answering script by what it holds. null: it is none of nixpkgs', so nothing can be said of what it would do.
 * A form that is recognised wrongly shows as a misprediction.
 */
export function recogniseScript(text: string): Protocol | null {
  // A string of several pieces is read as one.
  const script = text.replace(/^\s*#.*\n/gm, '').replace(/"\s*\.\s*"/g, '');
  if (!ESSENTIAL.every((pattern) => pattern.test(script))) return null;
  return {
    moduleAnswers: script.includes('=~ /\\/m/') ? 'anywhere' : 'tristates',
    unoffered: /clamped \$name/.test(script) ? 'clamps' : 'repeats',
    severalYes: script.includes('conflicting answers!') ? 'ends' : 'one',
    forgetsMembers: /\}\s*else\s*\{\s*%\w+ = \(\);/.test(script),
    unknownQuestion: /die "don't know how to answer/.test(script) ? 'ends' : 'default',
    // It edits the finished .config in place.
    emptyTexts: script.includes('$^I') ? 'emptied' : 'quotes',
  };
}

/** What every script of nixpkgs since 2011 does, in these words. */
const ESSENTIAL = [
  /\$ENV\{'?KERNEL_CONFIG'?\}/,
  /open2\(/,
  /"make .*\bconfig SHELL=bash ARCH=/,
  /\/###\$\//,
  // A fork may answer otherwise where nobody asks.
  /= ["']m["'] if /,
  /repeated question: /,
  /choice\\\[/,
  /unused option: /,
  /option not set correctly: /,
  // Two passes.
  /^(\w+)(?:\(\))?;\n\1(?:\(\))?;$/m,
];
