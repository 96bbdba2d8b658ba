import { z } from 'zod';
import { problemSchema } from './problem.ts';

export const kernelBuildSchema = z
  .strictObject({
    /** Counts from 1 through the whole history of the state directory. */
    build: z.int(),
    target: z.string(),
    /** The iteration whose config build was green. */
    iteration: z.int(),
    startedAt: z.string(),
    /** null while it goes on, and where falloutd was killed in the middle. */
    durationMs: z.number().nullable(),
    /** null while it goes on. */
    outcome: z.enum(['built', 'failed', 'cancelled', 'infrastructure']).nullable(),
    drvPath: z.string(),
    outPath: z.string().nullable(),
    /** The sizes of the kernel image and of all modules; null where they are not known. */
    kernelBytes: z.number().nullable(),
    modulesBytes: z.number().nullable(),
    /** How many objects were compiled; null where the kernel was there already. */
    objects: z.int().nullable(),
    problem: problemSchema.nullable(),
  })
  .meta({ id: 'kernelBuild', description: 'One build of a whole kernel; `outcome` null: under way, or killed.' });

/** One build of a whole kernel, from the derivation that a stable run recorded. */
export type KernelBuild = z.infer<typeof kernelBuildSchema>;

export type KernelBuildOutcome = NonNullable<KernelBuild['outcome']>;

export const expectedKernelSchema = z.strictObject({ objects: z.int(), durationMs: z.number() });

/** The objects and the milliseconds that the last finished kernel build took. */
export type ExpectedKernel = z.infer<typeof expectedKernelSchema>;
