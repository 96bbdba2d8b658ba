import { delimiter, dirname } from 'node:path';
import { InfrastructureError } from '../../model/errors.ts';
import { findTool } from '../prerequisites.mjs';

/** The commands that a config build of the stand-in calls. */
const BUILD_TOOLS = ['bash', 'make', 'gcc', 'ld', 'perl', 'sed', 'tar', 'patch', 'kconfig-conf'] as const;

/** The path of a command. @throws InfrastructureError if PATH has none. */
export function whichTool(name: string): string {
  const path = findTool(name);
  if (path === null)
    throw new InfrastructureError({ message: `${name} was not found on PATH`, hint: `install ${name}` });
  return path;
}

/** A PATH for builders: only the directories of the build tools. */
export function toolDirectories(): string {
  const directories = BUILD_TOOLS.flatMap((name) => findTool(name) ?? []).map((path) => dirname(path));
  return [...new Set([...directories, '/usr/bin', '/bin'])].join(delimiter);
}
