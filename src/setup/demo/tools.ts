import { access, constants } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { InfrastructureError } from '../../model/errors.ts';

/** The commands that a config build of the stand-in calls. */
const BUILD_TOOLS = ['bash', 'make', 'gcc', 'ld', 'perl', 'sed', 'tar', 'patch', 'kconfig-conf'] as const;

/** The path of a command; null if PATH has none. */
export async function findTool(name: string): Promise<string | null> {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter).filter((d) => isAbsolute(d))) {
    const path = join(directory, name);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // Not here; the next directory may have it.
    }
  }
  return null;
}

/**
 * The path of a command.
 * @throws InfrastructureError where PATH has none.
 */
export async function whichTool(name: string): Promise<string> {
  const path = await findTool(name);
  if (path === null)
    throw new InfrastructureError({ message: `${name} was not found on PATH`, hint: `install ${name}` });
  return path;
}

/** A PATH for builders: only the directories of the build tools. */
export async function toolDirectories(): Promise<string> {
  const found = await Promise.all(BUILD_TOOLS.map(findTool));
  const directories = found.filter((path) => path !== null).map((path) => dirname(path));
  return [...new Set([...directories, '/usr/bin', '/bin'])].join(delimiter);
}
