import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { UsageError } from '../model/errors.ts';

/** The number of the user that this process runs as, who need not have an account (as in a container). */
export function userId(): number {
  const id = process.getuid?.();
  if (id === undefined) throw new Error('this system has no numbers for its users');
  return id;
}

/** The user's home directory. @throws UsageError where neither the environment nor an account names one. */
function homeDirectory(): string {
  try {
    return homedir();
  } catch (cause) {
    throw new UsageError(
      { message: `user ${userId()} has no account, and HOME is not set`, hint: 'set HOME to a folder of your own' },
      { cause },
    );
  }
}

/** A path in which `~` stands for the home directory, as people write it where no shell reads it. @throws UsageError as `homeDirectory` does. */
export const fromHome = (path: string): string => path.replace(/^~(?=\/|$)/, homeDirectory);

/** The folder that an XDG variable names, else the one below the home directory. @throws UsageError where there is none. */
export function xdgFolder(variable: `XDG_${string}_HOME`, fallback: string): string {
  const value = process.env[variable];
  // The XDG base directory specification: a relative path is to be ignored.
  return value !== undefined && isAbsolute(value) ? value : join(homeDirectory(), fallback);
}
