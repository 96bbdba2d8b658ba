import { parseNix } from '../../src/nixfile/parse.ts';
import type { SyntaxNode } from '../../src/nixfile/syntaxTree.ts';

/**
 * A stand-in for a formatter that runs on save: every blank between tokens becomes another one, comments
 * move to a later place, values get parentheses. `random` gives numbers in [0, 1).
 */
export function reformat(text: string, random: () => number): string {
  const parsed = parseNix(text);
  if (parsed.kind !== 'parsed') throw new Error(`not a Nix file: ${parsed.problem.message}`);
  const out: string[] = [text.startsWith('\ufeff') ? '\ufeff' : ''];
  let held: string[] = [];
  const release = (): void => {
    for (const comment of held) out.push('\n  ', comment, '\n');
    held = [];
  };
  const token = (source: string): void => {
    if (random() < 0.3) release();
    out.push(random() < 0.25 ? `\n${' '.repeat(Math.floor(random() * 5))}` : random() < 0.2 ? '  ' : ' ', source);
  };
  const visit = (node: SyntaxNode): void => {
    const source = text.slice(node.from, node.to);
    if (node.name === 'LineComment') {
      if (/^#\s*falloutd: (begin|end)/.test(source)) {
        release();
        out.push('\n    ', source, '\n');
      } else if (random() < 0.5) held.push(source);
      else out.push(' ', source, '\n');
    } else if (/^(String|IndentedString|Path|BlockComment)$/.test(node.name) || node.firstChild === null) {
      if (source !== '' && source !== '\ufeff') token(source);
    } else {
      const wrap = node.parent?.name === 'Binding' && /^(Apply|Variable|Select)$/.test(node.name) && random() < 0.3;
      if (wrap) token('(');
      for (let child = node.firstChild as SyntaxNode | null; child !== null; child = child.nextSibling) visit(child);
      if (wrap) token(')');
    }
  };
  visit(parsed.tree.topNode);
  release();
  return `${out.join('')}\n`;
}
