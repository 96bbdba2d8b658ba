/** What an error of node:fs means to the user. */

/** The code of an error of node:fs; empty for any other error. */
export const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

const REASONS: Record<string, string> = {
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOENT: 'there is no such file',
  EEXIST: 'something else has that name',
  ENOTDIR: 'a part of its path is not a folder',
  EISDIR: 'there is a folder of that name',
  ELOOP: 'the links lead in a circle',
  EIO: 'the disk reports an error',
};

/** Why it failed, in words: for an error that is not in the table, its own message. */
export const fileReason = (error: unknown): string =>
  REASONS[errorCode(error)] ?? (error instanceof Error ? error.message : String(error));
