import { z } from 'zod';
import { expectedKernelSchema, kernelBuildSchema } from './kernelBuild.ts';
import { entryChangeSchema } from './entry.ts';
import { falloutSchema } from './fallout.ts';
import { lateWriteSchema } from './lateWrite.ts';
import { missSchema } from './preflight.ts';
import { problemSchema } from './problem.ts';
import { sideEffectsSchema } from './sideEffects.ts';
import { symbolChangeSchema } from './symbolChange.ts';
import { tagged } from './tagged.ts';
import { expectedSchema, iterationSchema, lostShape, runCauseSchema, runSchema } from './run.ts';

const target = z.string();
const inIteration = { run: z.int(), iteration: z.int() };

export const buildProgressSchema = tagged('build-progress', {
  build: z.int(),
  target,
  step: z.string(),
  objects: z.int(),
  elapsedMs: z.number(),
  expected: expectedKernelSchema.nullable(),
});

/** How far a kernel build has come. */
export type BuildProgress = z.infer<typeof buildProgressSchema>;

export const hookFailure = { hook: z.string(), exitCode: z.int().nullable(), output: z.string() };

export const eventSchema = z
  .discriminatedUnion('kind', [
    /** `saved`: the files, where the run answers a save that the watch saw. */
    tagged('run-started', {
      run: z.int(),
      target,
      cause: runCauseSchema,
      patchesFile: z.string(),
      saved: z.array(z.string()).exactOptional(),
    }),
    tagged('phase', { ...inIteration, phase: z.enum(['evaluate', 'facts', 'predict', 'build', 'write']) }),
    tagged('progress', { ...inIteration, step: z.string(), questions: z.int(), expected: expectedSchema.nullable() }),
    /** What the build that begins now will show, with what was written for it. */
    tagged('predicted', {
      ...inIteration,
      target,
      predictMs: z.number(),
      fallout: z.array(falloutSchema),
      entries: z.array(entryChangeSchema),
      /** How many entries the managed patch has with them. */
      managed: z.int(),
      ...lostShape,
      sideEffects: sideEffectsSchema.exactOptional(),
    }),
    /** What the kernel that is predicted lacks of what its host needs; told when it differs from what was last told. */
    tagged('preflight', { run: z.int(), target, misses: z.array(missSchema) }),
    tagged('iteration-finished', { iteration: iterationSchema }),
    /** `config`: what the .config of a stable run has otherwise than that of the last one; the first few, and how many. */
    tagged('run-finished', {
      run: runSchema,
      config: z.strictObject({ count: z.int(), first: z.array(symbolChangeSchema) }).exactOptional(),
    }),
    /** Something that does not stop the run, but the user should know. */
    tagged('warning', { run: z.int(), target, problem: problemSchema }),
    /** A run could not even be recorded: the state directory's disk is full, or the database is damaged. */
    tagged('trouble', { target, problem: problemSchema }),
    /** A command of the user's failed; `exitCode` null: it outlived its time limit or was killed. */
    tagged('hook-failed', { target, ...hookFailure }),
    /** The user paused a target or took a run back; `hold` null: it goes on. */
    tagged('hold-changed', { target, hold: z.enum(['paused', 'undone']).nullable() }),
    /** A save that starts nothing, because the target is held. */
    tagged('save-held', { target }),
    /** A program wrote to a file that falloutd had replaced; what it wrote is in the database. */
    tagged('late-write', { target, late: lateWriteSchema }),
    tagged('build-started', { build: kernelBuildSchema }),
    buildProgressSchema,
    /** `use`: what to type to use a built kernel; `changed`: the user's files that changed since it was recorded. */
    tagged('build-finished', { build: kernelBuildSchema, use: z.string().nullable(), changed: z.array(z.string()) }),
  ])
  .meta({ id: 'event' });

/** What a run or a kernel build reports while it goes; the terminal's live line, the log and the socket are fed from it. */
export type RunEvent = z.infer<typeof eventSchema>;
