import { causeOf } from '../fallout/causeFromHelp.ts';
import type { Cause } from '../model/cause.ts';

/** What the Kconfig files say of one symbol, as far as a reading line by line tells. */
export type Declaration = {
  /** The `depends on` of each of its definitions, with those of the `if` and `menu` around it in the same file. */
  dependsOn: string[][];
  selectedBy: { by: string; condition: string | null }[];
};

export type Declarations = ReadonlyMap<string, Declaration>;

/**
 * Reads Kconfig files line by line: who is defined, what it depends on within its own file, who
 * selects it. It is no Kconfig engine: what a parent file or a default adds is not seen, so it serves to explain and
 * never to decide. Source: Documentation/kbuild/kconfig-language.rst.
 */
export function readDeclarations(files: readonly string[]): Map<string, Declaration> {
  const declarations = new Map<string, Declaration>();
  const selects: { by: string; symbol: string; condition: string | null }[] = [];
  for (const text of files) {
    const around: string[][] = [];
    let current: { symbol: string; dependsOn: string[] } | null = null;
    for (const line of [...withoutHelp(text.split('\n'))].join('\n').replaceAll('\\\n', ' ').split('\n')) {
      const match = LINE.exec(line);
      const word = match?.[1]?.replace(/\s+/, ' ');
      const rest = (match?.[2] ?? '').replace(/\s+#.*$/, '').trim();
      if (word === 'config' || word === 'menuconfig') {
        if (!/^\w+$/.test(rest)) continue;
        current = { symbol: rest, dependsOn: around.flat() };
        const { dependsOn, selectedBy } = declarations.get(rest) ?? { dependsOn: [], selectedBy: [] };
        declarations.set(rest, { dependsOn: [...dependsOn, current.dependsOn], selectedBy });
      } else if (word === 'depends on') {
        if (current !== null) current.dependsOn.push(rest);
        else around.at(-1)?.push(rest);
      } else if (word === 'select') {
        const [symbol = '', condition] = rest.split(/\s+if\s+/);
        if (current !== null && current.symbol !== '')
          selects.push({ by: current.symbol, symbol, condition: condition ?? null });
      } else if (word === 'if' || word === 'menu' || word === 'choice') {
        around.push(word === 'if' ? [rest] : []);
        current = null;
      } else if (word === 'comment') {
        current = { symbol: '', dependsOn: [] };
      } else if (word !== undefined) {
        around.pop();
        current = null;
      }
    }
  }
  // A select of a symbol that is defined nowhere says nothing of this kernel.
  for (const { by, symbol, condition } of selects) declarations.get(symbol)?.selectedBy.push({ by, condition });
  return declarations;
}

/** The lines without help texts, which may begin with any word. A help ends at the first line indented less than its first. */
function* withoutHelp(lines: readonly string[]): Generator<string> {
  let indent: number | 'unknown' | null = null;
  for (const line of lines) {
    if (indent !== null) {
      if (line.trim() === '') continue;
      const own = column(line);
      if (indent === 'unknown' && own > 0) indent = own;
      if (indent !== 'unknown' && own >= indent) continue;
      indent = null;
    }
    if (/^\s*(?:-+)?help(?:-+)?\s*$/.test(line)) indent = 'unknown';
    else yield line;
  }
}

/** How far a line is indented, with a tab stop at every eighth column as in kconfig's lexer. */
function column(line: string): number {
  let at = 0;
  for (const blank of /^[ \t]*/.exec(line)?.[0] ?? '') at = blank === '\t' ? (at & ~7) + 8 : at + 1;
  return at;
}

const LINE = /^\s*(config|menuconfig|depends\s+on|select|if|menu|choice|comment|endif|endmenu|endchoice)\b\s*(.*)$/;

/** The live value of a symbol that the build did not tell. */
const UNKNOWN = '?';

/** Why a symbol is not what was wanted; null where its own file does not say, or a value that matters is unknown. */
export function causeFrom(
  declaration: Declaration,
  wanted: string | null,
  value: (symbol: string) => string | null,
): Cause | null {
  const live = (expression: string): string =>
    expression.replace(/(^|[^"\w.])(\w+)(?!["\w])/g, (all, before: string, name: string) =>
      // A name may begin with a digit (9P_FS); a number is none.
      /^(?:[ymn]|\d+|0x[0-9a-fA-F]+)$/.test(name) ? all : `${before}${name} [=${value(name) ?? UNKNOWN}]`,
    );
  const dependsOn = declaration.dependsOn
    .map((all) => all.map((e) => (all.length > 1 ? `(${live(e)})` : live(e))).join(' && '))
    .filter((e) => e !== '');
  const cause = causeOf(
    {
      symbol: '',
      value: null,
      type: null,
      visibleIf: [],
      dependsOn,
      selectedBy: declaration.selectedBy
        .map(({ by, condition }) => ({
          expression: live(condition === null ? by : `${by} && (${condition})`),
          level: null,
        }))
        .filter(({ expression }) => !expression.includes(`[=${UNKNOWN}]`)),
      impliedBy: [],
    },
    wanted,
  );
  if (cause?.kind === 'unmet' && cause.unmet.some(({ value }) => value === UNKNOWN)) return null;
  return cause?.kind === 'dependencies-hold' ? null : cause;
}
