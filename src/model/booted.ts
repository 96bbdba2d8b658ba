import { z } from 'zod';
import { kernelBuildSchema } from './kernelBuild.ts';
import { sideEffectSchema } from './sideEffects.ts';
import { tagged } from './tagged.ts';

const unreadSchema = z.discriminatedUnion('kind', [
  /** There is no /proc/config.gz: CONFIG_IKCONFIG_PROC is off. */
  tagged('no-config', {}),
  tagged('bad-config', { reason: z.string() }),
  /** /run/booted-system, by which a NixOS names the system that it booted, leads to no kernel of the store. */
  tagged('no-booted-system', {}),
  /** It holds the modules of these kernels and not of the one that runs, as after kexec. */
  tagged('other-kernel', { releases: z.array(z.string()) }),
]);

/** What could not be read of the running kernel, and why. */
export type Unread = z.infer<typeof unreadSchema>;

const runningKernelSchema = z.strictObject({
  /** As `uname -r` prints it; the modules of a kernel stand in a folder of this name. */
  release: z.string(),
  /** The line of /proc/version; null where it cannot be read. */
  version: z.string().nullable(),
  /** The result in the store that was booted. */
  storePath: z.string().nullable(),
  /** The one that the system profile would boot next. */
  nextPath: z.string().nullable(),
  unread: z.array(unreadSchema),
});

/** What a machine tells of the kernel that it runs; `config` is the text of /proc/config.gz. */
export type RunningKernel = z.infer<typeof runningKernelSchema> & { config: string | null };

const kernelMatchSchema = z.discriminatedUnion('kind', [
  /** It is the result of this build, by its path in the store. */
  tagged('built', { build: kernelBuildSchema }),
  /**
   * Its .config is the one of this iteration. `build`: falloutd's build of that, where no path says that it is another kernel of the same
   * .config, as one that nixos-rebuild built with another compiler.
   */
  tagged('same-config', { target: z.string(), iteration: z.int(), build: kernelBuildSchema.nullable() }),
  /** Nothing but its version was to be compared, and this is the newest iteration that has it. */
  tagged('same-version', { target: z.string(), iteration: z.int() }),
  tagged('none', {}),
]);

/** Which of the recorded kernels the running one is, the surest kind first. */
export type KernelMatch = z.infer<typeof kernelMatchSchema>;

const nextStepSchema = z.discriminatedUnion('kind', [
  /** It runs already. */
  tagged('nothing', {}),
  /** Its kernel is not built yet. */
  tagged('build', {}),
  /** It is built, and this path in the store is not what would boot. */
  tagged('install', { outPath: z.string().nullable() }),
  tagged('reboot', {}),
  /** Nothing has been stable yet. */
  tagged('converge', {}),
]);

/** What it takes to run the last stable configuration. */
export type NextStep = z.infer<typeof nextStepSchema>;

const configChangeSchema = sideEffectSchema.pick({ symbol: true, before: true, after: true, change: true });

/** What `booted` shows. */
export const bootedShape = {
  running: runningKernelSchema,
  match: kernelMatchSchema,
  /** What it is compared with: the last stable configuration of its target, or of the target last found stable; null: there is none. */
  stable: z.strictObject({ target: z.string(), iteration: z.int(), since: z.string() }).nullable(),
  /** From the .config that runs to that one; null where one of them is not known. */
  changes: z.array(configChangeSchema).nullable(),
  next: nextStepSchema,
};

export type Booted = z.infer<z.ZodObject<typeof bootedShape>>;
