/** The kernel that a machine runs, by what it tells of it in /proc and /run. */
import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readGivenConfig } from '../generate/givenConfig.ts';
import type { RunningKernel, Unread } from '../model/booted.ts';
import { UsageError } from '../model/errors.ts';
import { ifSeen } from '../system/ifSeen.ts';
import { readableText, UnreadableFile, wholeFile } from '../system/wholeFile.ts';

/** NixOS' names for the system that it booted, and for the one that boots next. */
export const BOOTED = '/run/booted-system';
const PROFILE = '/nix/var/nix/profiles/system';

/**
 * What this machine tells of its kernel; no right beyond reading is needed. `root`: the folder in which the files of another one stand.
 * @throws UsageError where not even the release of the kernel can be read.
 */
export function runningKernel(root = '/'): RunningKernel {
  const release = readableText(join(root, '/proc/sys/kernel/osrelease'))?.trim();
  if (release === undefined || release === '')
    throw new UsageError({ message: 'has no proc/sys/kernel/osrelease, which names the running kernel', file: root });
  const config = configIn(root);
  const booted = bootedKernel(root, release);
  return {
    release,
    version: readableText(join(root, '/proc/version'))?.trim() ?? null,
    storePath: typeof booted === 'string' ? booted : null,
    nextPath: kernelOf(root, PROFILE),
    config: typeof config === 'string' ? config : null,
    unread: [booted, config].filter((fact) => typeof fact !== 'string'),
  };
}

function configIn(root: string): string | Unread {
  try {
    const read = readGivenConfig(wholeFile(join(root, '/proc/config.gz')));
    return read.kind === 'config' ? read.text : { kind: 'bad-config', reason: read.message };
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    const { fault, problem } = error;
    return fault.kind === 'missing' ? { kind: 'no-config' } : { kind: 'bad-config', reason: problem.message };
  }
}

function bootedKernel(root: string, release: string): string | Unread {
  const path = kernelOf(root, BOOTED);
  if (path === null) return { kind: 'no-booted-system' };
  const modules = leadsTo(root, join(leadsTo(root, BOOTED), 'kernel-modules'));
  const releases = ifSeen(() => readdirSync(join(root, modules, 'lib/modules'))) ?? [];
  // A kernel without modules has no such folder.
  return releases.length === 0 || releases.includes(release) ? path : { kind: 'other-kernel', releases };
}

/** The result in the store whose image a NixOS system boots; null where it is no system, or boots none. */
function kernelOf(root: string, system: string): string | null {
  const image = leadsTo(root, join(leadsTo(root, system), 'kernel'));
  if (ifSeen(() => statSync(join(root, image)))?.isFile() !== true) return null;
  return /^.*\/[0-9a-z]{32}-[^/]+(?=\/)/.exec(image)?.[0] ?? null;
}

const MOST_LINKS = 40;

/** Where the links at a path end. They are those of a machine whose files stand in `root`. */
function leadsTo(root: string, path: string): string {
  for (let at = path, links = 0; ; links++) {
    const next = ifSeen(() => readlinkSync(join(root, at)));
    if (next === null || links === MOST_LINKS) return at;
    at = resolve(dirname(at), next);
  }
}
