/** What an evaluation would give of a patches.nix of plain patches, read from its text. */
import { readAsk } from '../../src/managed/kernelValues.ts';
import type { Intent } from '../../src/model/intent.ts';
import { keysOf } from '../../src/nixfile/attributes.ts';
import { NixFile } from '../../src/nixfile/nixFile.ts';
import { stringText } from '../../src/nixfile/strings.ts';
import { valueOf } from '../../src/nixfile/tree.ts';

const FILE = '/flake/patches.nix';

export function parsed(text: string): NixFile {
  const reading = NixFile.parse(text);
  if (reading.kind !== 'file') throw new Error(reading.problem.message);
  return reading.file;
}

export function fileIntents(file: NixFile): Intent[] {
  let by = { kind: 'patch' as const, name: '', index: -1 };
  return [...file.tree.topNode.inside('Binding')].flatMap((node): Intent[] => {
    const [symbol = '', ...more] = keysOf(file, node).map((key) => key ?? '');
    const value = valueOf(node);
    if (value === null || more.length > 0 || symbol === 'patch' || symbol === 'structuredExtraConfig') return [];
    if (symbol === 'name') {
      by = { kind: 'patch', name: stringText(file, value) ?? '', index: by.index + 1 };
      return [];
    }
    const { ask, override } = readAsk(file, value);
    if (ask === null) throw new Error(`${file.textOf(node)} cannot be read`);
    return [{ symbol, ask, priority: override ?? 100, by, position: { file: FILE, ...file.placeOf(node.from) } }];
  });
}
