/** Drives Lezer's parser within limits of our own. Its own one against deep nesting cuts a tree off at some hundred levels. */
import type { LRParser } from '@lezer/lr';
import { SyntaxTree } from './syntaxTree.ts';

/** What Lezer's types do not show of a parse. package.json names the one version that this was written for. */
type Parse = {
  /** Moves on by one token; gives what `stackToTree` gave when the text is at its end. */
  advance: () => SyntaxTree | null;
  /** Lets it end at an offset, as if the text ended there. */
  stopAt: (offset: number) => void;
  stacks: Stack[];
  stackToTree: (finished: Stack) => SyntaxTree;
};

type Stack = {
  /** Three items for each rule that is under way. */
  stack: { length: number };
  pos: number;
  /** The records that were written since it left `parent`, from the offset `bufferBase`. */
  buffer: readonly number[];
  bufferBase: number;
  parent: Stack | null;
  /** Ends the innermost rule by force. Lezer does it after an error, and where it finds a text nested too deeply. */
  forceReduce: () => boolean;
};

/** How many rules may be under way at once: ten times as many as Nix 2.8 takes, and 24 MB. */
const MOST_RULES = 100_000;
/** How many nodes a tree may have: those of 45,000 settings, read within seconds. A kernel has 20,000 symbols. */
export const MOST_NODES = 1_000_000;

/** A text is beyond what falloutd reads, at an offset. */
export class BeyondLimit extends Error {
  constructor(
    readonly kind: 'too-deep' | 'too-large',
    readonly offset: number,
  ) {
    super(`${kind} at ${offset}`);
  }
}

/**
 * The tree of a text that has no error.
 * @param parser a strict one, which throws at an error and never forces a rule to its end.
 * @throws SyntaxError, and BeyondLimit.
 */
export function parseStrictly(parser: LRParser, text: string): SyntaxTree {
  const parse = begin(parser, text);
  const [stack] = parse.stacks;
  // A grammar without ambiguities has one stack, from the beginning to the end.
  if (stack !== undefined)
    stack.forceReduce = () => {
      if (stack.stack.length > 3 * MOST_RULES) throw new BeyondLimit('too-deep', stack.pos);
      return false;
    };
  return finish(parse, (offset) => {
    throw new BeyondLimit('too-large', offset);
  });
}

/** The tree of a text that may have errors. What is nested too deeply counts as one; what is too large is cut off. */
export function parseWithErrors(parser: LRParser, text: string): SyntaxTree {
  const parse = begin(parser, text);
  return finish(parse, (offset) => parse.stopAt(offset));
}

function begin(parser: LRParser, text: string): Parse {
  const parse = parser.startParse(text) as unknown as Parse;
  const names = parser.nodeSet.types.map((type) => (type.isAnonymous ? null : type.name));
  // Lezer's own trees are built by recursion, down to a limit.
  parse.stackToTree = (finished) =>
    new SyntaxTree({ records: recordsOf(finished), names, top: { name: parser.topNode.name, to: finished.pos } });
  return parse;
}

function finish(parse: Parse, onTooLarge: (offset: number) => void): SyntaxTree {
  for (let isCut = false; ;) {
    const tree = parse.advance();
    if (tree !== null) return tree;
    const [stack] = parse.stacks;
    if (isCut || stack === undefined || stack.bufferBase + stack.buffer.length <= 4 * MOST_NODES) continue;
    isCut = true;
    onTooLarge(stack.pos);
  }
}

function recordsOf(finished: Stack): Int32Array {
  let end = finished.bufferBase + finished.buffer.length;
  const records = new Int32Array(end);
  for (let stack: Stack | null = finished; stack !== null; stack = stack.parent) {
    const { buffer, bufferBase } = stack;
    for (let at = bufferBase; at < end; at += 1) records[at] = buffer[at - bufferBase] ?? 0;
    end = bufferBase;
  }
  return records;
}
