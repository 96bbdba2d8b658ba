/** What the `patch` commands are given: a file or a pipe. */
import { readChanges } from '../../generate/givenChanges.ts';
import { readGivenConfig, textOf, type GivenConfig } from '../../generate/givenConfig.ts';
import type { ConfigChange } from '../../kernel/wantedConfig.ts';
import { Interrupted, UsageError } from '../../model/errors.ts';
import { givenStream, wholeStream } from '../../system/givenStream.ts';
import { UnreadableFile } from '../../system/wholeFile.ts';
import { interruption } from '../interruption.ts';

/** The configuration of the kernel that runs here, and its modules that are loaded. */
const RUNNING = '/proc/config.gz';
export const LOADED = '/proc/modules';

/** Why the kernel that runs here may lack them. */
const LACKING = new Map([
  [RUNNING, 'this kernel was built without IKCONFIG_PROC'],
  [LOADED, 'this kernel was built without MODULES'],
]);

/** The .config that a word of the command line names; `running` is that of this machine. @throws UsageError. */
export async function givenConfig(file: string): Promise<Extract<GivenConfig, { kind: 'config' }>> {
  const path = file === 'running' ? RUNNING : file;
  const given = readGivenConfig(await bytesOf(path));
  if (given.kind === 'unreadable') throw new UsageError({ message: given.message, hint: given.hint, file: path });
  return given;
}

/** The changes in a file or, by `-`, on standard input. @throws UsageError. */
export async function givenChanges(file: string): Promise<ConfigChange[]> {
  const name = file === '-' ? 'standard input' : file;
  const text = textOf(await bytesOf(file));
  if (text.kind === 'unreadable') throw new UsageError({ message: text.message, hint: HINT, file: name });
  const given = readChanges(text.text);
  if (given.kind === 'changes') return given.changes;
  const place = given.line === null ? {} : { line: given.line };
  throw new UsageError({ message: given.message, hint: HINT, file: name, ...place });
}

const HINT = 'make it with scripts/diffconfig OLD NEW, or with diff -u OLD NEW';

/** The bytes of a file or a pipe. @throws UsageError. */
export async function bytesOf(file: string): Promise<Buffer> {
  try {
    return await wholeStream(givenStream(file, interruption), file);
  } catch (cause) {
    if (interruption.aborted) throw new Interrupted();
    if (!(cause instanceof UnreadableFile)) throw cause;
    const { problem, fault } = cause;
    const hint = (fault.kind === 'missing' ? LACKING.get(file) : undefined) ?? problem.hint;
    throw new UsageError({ ...problem, hint }, { cause });
  }
}
