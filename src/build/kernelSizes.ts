import { z } from 'zod';
import { runNix } from '../nix/command.ts';
import { storeArguments } from '../nix/installable.ts';

/** In bytes; null if the result has none, or if the store cannot be listed. */
export type KernelSizes = { kernelBytes: number | null; modulesBytes: number | null };

/** The names that `make install` gives the image on the architectures that NixOS runs on. */
const IMAGES = ['bzImage', 'Image', 'Image.gz', 'zImage', 'vmlinuz.efi', 'uImage', 'vmlinux'] as const;

/** Whether a file is a module, compressed or not. */
export const isModuleFile = (name: string): boolean => /\.ko(?:\.(?:gz|xz|zst))?$/.test(name);

type Listing = { type: string; size?: number | undefined; entries?: Record<string, Listing> | undefined };
const listing: z.ZodType<Listing> = z.object({
  type: z.string(),
  size: z.number().optional(),
  get entries() {
    return z.record(z.string(), listing).optional();
  },
});

/** The sizes in a kernel's outputs, as `nix store ls --json -R` lists them. The image is in the first one. */
export function sizesIn(outputs: readonly unknown[]): KernelSizes {
  const listed = outputs.map((output) => listing.parse(output));
  const image = IMAGES.map((name) => listed[0]?.entries?.[name]?.size).find((size) => size !== undefined) ?? null;
  const modules = listed.flatMap(modulesIn);
  return {
    kernelBytes: image,
    modulesBytes: modules.length === 0 ? null : modules.reduce((sum, size) => sum + size, 0),
  };
}

function modulesIn({ entries = {} }: Listing): number[] {
  return Object.entries(entries).flatMap(([name, entry]) => {
    if (entry.type === 'directory') return modulesIn(entry);
    return entry.type === 'regular' && isModuleFile(name) ? [entry.size ?? 0] : [];
  });
}

/** The sizes of a kernel's outputs, in whichever store they are; null if they cannot be listed. */
export async function kernelSizes(outputs: readonly string[], nixArgs: readonly string[]): Promise<KernelSizes> {
  const listed: unknown[] = [];
  for (const path of outputs) {
    const exit = await runNix({ command: 'nix', args: storeArguments(['store', 'ls', '--json', '-R', path], nixArgs) });
    if (exit.kind !== 'exited' || exit.code !== 0) return { kernelBytes: null, modulesBytes: null };
    listed.push(JSON.parse(exit.stdout));
  }
  return sizesIn(listed);
}
