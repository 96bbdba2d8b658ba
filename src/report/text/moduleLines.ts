/** The modules of a kernel for a person. */
import type { ListedModule } from '../../kernel/modules/moduleQueries.ts';
import { plural } from './sentenceParts.ts';
import type { Style } from './style.ts';
import { listing } from './table.ts';

/** Each module with its symbols and its file, and a last line that counts them. */
export function moduleLines(modules: readonly ListedModule[], { width }: Style): string[] {
  const items = modules.map(({ module, symbols, value, file }) => ({
    cells: [...(value === null ? [] : [{ text: value }]), { text: module }],
    text: symbols.length === 0 ? file : `${symbols.join(', ')}: ${file}`,
  }));
  return [...listing(items, width), countLine(modules)];
}

function countLine(modules: readonly ListedModule[]): string {
  const having = (value: string): number => modules.filter((each) => each.value === value).length;
  const total = plural(modules.length, 'module');
  return modules.some(({ value }) => value !== null)
    ? `${total}: ${having('m')} as modules, ${having('y')} built in, ${having('n')} off`
    : total;
}
