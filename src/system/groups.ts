import { UsageError } from '../model/errors.ts';
import { wholeFile } from './wholeFile.ts';

/** The number of a group in /etc/group. @throws UsageError where there is none of that name. */
export function groupId(name: string): number {
  const lines = wholeFile('/etc/group').toString('utf8').split('\n');
  const id = lines.map((line) => line.split(':')).find(([each]) => each === name)?.[2];
  if (id !== undefined) return Number(id);
  throw new UsageError({ message: `there is no group \`${name}\``, hint: '`getent group` lists those there are' });
}
