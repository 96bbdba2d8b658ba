/** What the parser wrote: of each node its type, where it begins, where it ends, and its size, after those of its children. */
export type ParserRecords = {
  /** Four numbers for each node. Its size is how many of them describe it and all that is in it; negative: no node. */
  records: Int32Array;
  /** The names of the types; null for one that only groups the children of its parent. */
  names: readonly (string | null)[];
  /** The node around all of them, and where it ends. */
  top: { name: string; to: number };
};

// The columns of a row. END: the index after that of the node and all that is in it.
const [TYPE, FROM, TO, PARENT, END, WIDTH] = [0, 1, 2, 3, 4, 5];

/**
 * The tree of a text: one row of numbers for each node, a parent before its children, in the order of the text. A file can have
 * millions of nodes, nested as deeply as it likes: nothing here recurses, and a `SyntaxNode` is made only when it is asked for.
 */
export class SyntaxTree {
  readonly #names: readonly (string | null)[];
  readonly #rows: Int32Array;

  constructor(parsed: ParserRecords) {
    this.#names = [...parsed.names, parsed.top.name];
    this.#rows = rowsOf(parsed);
  }

  /** The node around all others. */
  get topNode(): SyntaxNode {
    return new SyntaxNode(this.#rows, this.#names, 0);
  }

  /** The innermost node around the character at `offset`. */
  nodeAt(offset: number): SyntaxNode {
    let found = this.topNode;
    for (let node = found.firstChild; node !== null && node.from <= offset;)
      if (node.to <= offset) node = node.nextSibling;
      else [found, node] = [node, node.firstChild];
    return found;
  }
}

/** One node of a tree: where it is, and its neighbours. Two objects may stand for the same node; `index` tells. */
export class SyntaxNode {
  readonly #rows: Int32Array;
  readonly #names: readonly (string | null)[];
  /** Its place in the order of the text, from 0 for the topmost node. */
  readonly index: number;

  constructor(rows: Int32Array, names: readonly (string | null)[], index: number) {
    this.#rows = rows;
    this.#names = names;
    this.index = index;
  }

  get name(): string {
    return this.#names[this.#column(TYPE)] ?? '';
  }

  get from(): number {
    return this.#column(FROM);
  }

  get to(): number {
    return this.#column(TO);
  }

  get parent(): SyntaxNode | null {
    return this.index === 0 ? null : this.#node(this.#column(PARENT));
  }

  get firstChild(): SyntaxNode | null {
    return this.index + 1 < this.#column(END) ? this.#node(this.index + 1) : null;
  }

  get lastChild(): SyntaxNode | null {
    let last = this.firstChild;
    for (let node = last; node !== null; node = node.nextSibling) last = node;
    return last;
  }

  get nextSibling(): SyntaxNode | null {
    const parent = this.parent;
    const next = this.#column(END);
    return parent !== null && next < parent.#column(END) ? this.#node(next) : null;
  }

  /** The first child of a type. */
  getChild(name: string): SyntaxNode | null {
    let child = this.firstChild;
    while (child !== null && child.name !== name) child = child.nextSibling;
    return child;
  }

  /** The children of a type. */
  getChildren(name: string): SyntaxNode[] {
    const found: SyntaxNode[] = [];
    for (let child = this.firstChild; child !== null; child = child.nextSibling)
      if (child.name === name) found.push(child);
    return found;
  }

  /** The nodes of these types in this one at any depth, in the order in which they begin. */
  *inside(...names: string[]): Generator<SyntaxNode> {
    const types = new Set(names.map((name) => this.#names.indexOf(name)));
    for (let index = this.index + 1; index < this.#column(END); index += 1)
      if (types.has(this.#rows[index * WIDTH + TYPE] ?? -1)) yield this.#node(index);
  }

  #column(column: number): number {
    return this.#rows[this.index * WIDTH + column] ?? 0;
  }

  #node(index: number): SyntaxNode {
    return new SyntaxNode(this.#rows, this.#names, index);
  }
}

/** Puts parents before their children. Read from the end, records have that order, but the last child comes first. */
function rowsOf({ records, names, top }: ParserRecords): Int32Array {
  const nodesBefore = countNodes(records, names);
  const count = (nodesBefore.at(-1) ?? 0) + 1;
  const rows = new Int32Array(count * WIDTH);
  rows.set([names.length, 0, top.to, -1, count]);
  // The nodes around the one that is read: the index of each, where its records begin, and where its next child ends.
  const around = [0];
  const begins = [0];
  const ends = [count];
  for (let at = records.length - 4; at >= 0; at -= 4) {
    if (nodesBefore[at / 4] === nodesBefore[at / 4 + 1]) continue;
    while (at < (begins.at(-1) ?? 0)) {
      around.pop();
      begins.pop();
      ends.pop();
    }
    const begin = at + 4 - (records[at + 3] ?? 0);
    const end = ends.at(-1) ?? 0;
    const index = end - ((nodesBefore[at / 4 + 1] ?? 0) - (nodesBefore[begin / 4] ?? 0));
    const row = index * WIDTH;
    rows[row + TYPE] = records[at] ?? 0;
    rows[row + FROM] = records[at + 1] ?? 0;
    rows[row + TO] = records[at + 2] ?? 0;
    rows[row + PARENT] = around.at(-1) ?? 0;
    rows[row + END] = end;
    ends[ends.length - 1] = index;
    around.push(index);
    begins.push(begin);
    ends.push(end);
  }
  return rows;
}

/** How many nodes come before each record, and before the end. */
function countNodes(records: Int32Array, names: readonly (string | null)[]): Int32Array {
  const counts = new Int32Array(records.length / 4 + 1);
  let count = 0;
  for (let at = 0; at < records.length; at += 4) {
    if ((records[at + 3] ?? -1) > 0 && names[records[at] ?? 0] != null) count += 1;
    counts[at / 4 + 1] = count;
  }
  return counts;
}
