/** How large the kernel of a NixOS system is, with its modules and its initrd. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningKernel } from '../model/booted.ts';
import type { Measured } from '../model/measurement.ts';
import { ifSeen } from '../system/ifSeen.ts';
import { isModuleFile } from './kernelSizes.ts';

type Sizes = Pick<Measured, 'kernelBytes' | 'modulesBytes' | 'initrdBytes'>;

/** The sizes in the system that was booted; null for what is missing there, which `missing` names. */
export function bootedSizes(
  { release, storePath }: Pick<RunningKernel, 'release' | 'storePath'>,
  system: string,
): { bytes: Sizes; missing: string[] } {
  // Without a path in the store, the system that was booted is not known to have this kernel.
  if (storePath === null)
    return { bytes: { kernelBytes: null, modulesBytes: null, initrdBytes: null }, missing: [system] };
  const missing: string[] = [];
  const bytesOf = (path: string, measured: (path: string) => number): number | null => {
    const file = join(system, path);
    const bytes = ifSeen(() => measured(file));
    if (bytes === null) missing.push(file);
    return bytes;
  };
  const bytes = {
    kernelBytes: bytesOf('kernel', fileBytes),
    modulesBytes: bytesOf(join('kernel-modules/lib/modules', release), moduleBytes),
    initrdBytes: bytesOf('initrd', fileBytes),
  };
  return { bytes, missing };
}

const fileBytes = (path: string): number => statSync(path).size;

/** Distributions link these to the sources of the kernel. */
const SOURCES = ['build', 'source'];

/** NixOS links folders of several packages together: links are followed. */
function moduleBytes(folder: string): number {
  let sum = 0;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const stat = ifSeen(() => statSync(path));
    if (stat?.isDirectory() === true && !SOURCES.includes(name)) sum += moduleBytes(path);
    else if (stat?.isFile() === true && isModuleFile(name)) sum += stat.size;
  }
  return sum;
}
