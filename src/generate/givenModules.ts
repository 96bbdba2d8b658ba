/** The modules that somebody hands over as loaded: what lsmod or /proc/modules print, or a list such as modprobed-db keeps. */
import { moduleName } from '../kernel/modules/folderRules.ts';

export type GivenModules =
  | { kind: 'modules'; modules: string[] }
  /** `line` counts from 1; null: all of it. */
  | { kind: 'unreadable'; line: number | null; message: string };

const HEADER = /^Module\s+Size\s+Used by/;
/** A name, and behind it what lsmod and /proc/modules tell of the module. */
const LINE = /^([A-Za-z0-9][\w.+-]*)(?:\s+\d+\s+(?:\d+|-)(?:\s.*)?)?$/;

/** Reads the names, each once, in the spelling of lsmod. */
export function readModules(text: string): GivenModules {
  const modules = new Set<string>();
  for (const [index, written] of text.split('\n').entries()) {
    const line = written.replace(/#.*/, '').trim();
    if (line === '' || HEADER.test(line)) continue;
    const name = LINE.exec(line)?.[1];
    if (name === undefined)
      return { kind: 'unreadable', line: index + 1, message: 'is no line of lsmod, and no name of a module' };
    modules.add(moduleName(name));
  }
  if (modules.size === 0) return { kind: 'unreadable', line: null, message: 'names no module' };
  return { kind: 'modules', modules: [...modules] };
}
