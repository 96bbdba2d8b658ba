import { z } from 'zod';
import { entryChangeSchema } from './entry.ts';
import { falloutSchema, wishSchema } from './fallout.ts';
import { problemSchema } from './problem.ts';
import { sideEffectsSchema } from './sideEffects.ts';
import { tagged } from './tagged.ts';

export const runCauseSchema = z.enum(['start', 'save', 'command', 'retry']);

export type RunCause = z.infer<typeof runCauseSchema>;

/** Why a run begins; of a save, which files were saved, where that is known. */
export type Trigger = { cause: RunCause; saved?: readonly string[] | undefined };

export const runOutcomeSchema = z
  .discriminatedUnion('kind', [
    tagged('stable', {}),
    tagged('blocked', { problem: problemSchema }),
    tagged('stalled', {
      reason: z.enum(['no-rung', 'max-iterations', 'repeated-state']),
      symbols: z.array(z.string()),
    }),
    tagged('infrastructure', { problem: problemSchema }),
    tagged('superseded', {}),
    tagged('interrupted', {}),
  ])
  .meta({ id: 'runOutcome' });

/** How a run ended (ARCHITECTURE.md, "The words"). */
export type RunOutcome = z.infer<typeof runOutcomeSchema>;

export const missedSchema = z.array(
  z.strictObject({ symbol: z.string(), predicted: z.string().nullable(), built: z.string().nullable() }),
);

/** What a build showed otherwise than predicted. */
export type Missed = z.infer<typeof missedSchema>;

const predictionSchema = z
  .strictObject({
    predictMs: z.number(),
    /** How long the kernel's facts took to build; null: they were there. */
    factsMs: z.number().nullable(),
    /** What the build showed otherwise: symbols with their values, null where there is none. */
    missed: missedSchema,
  })
  .meta({ id: 'prediction', description: 'What was computed before the build; `missed` is empty where it was right.' });

export const iterationSchema = z
  .strictObject({
    /** Counts from 1 through the whole history of the state directory. */
    iteration: z.int(),
    run: z.int(),
    /** ISO 8601, UTC. */
    startedAt: z.string(),
    durationMs: z.number(),
    evaluateMs: z.number(),
    buildMs: z.number(),
    probe: z.boolean(),
    outcome: z.enum(['green', 'fallout', 'blocked', 'infrastructure', 'cancelled']),
    drvPath: z.string().nullable(),
    patchesSha256: z.string().nullable(),
    /** How much of the user's folders Nix copied into its store for the evaluation; null where it is not known. */
    sourceBytes: z.number().nullable(),
    fallout: z.array(falloutSchema),
    /** The entries that this iteration changed in the managed patch. */
    entries: z.array(entryChangeSchema),
    /** An older text of falloutd's own stood between the markers, and was answered from history: entries put back, and taken out. */
    restored: z.strictObject({ putBack: z.int(), takenOut: z.int() }).exactOptional(),
    prediction: predictionSchema.exactOptional(),
    /** Why there is none, where one was wanted. */
    unpredicted: problemSchema.exactOptional(),
    sideEffects: sideEffectsSchema.exactOptional(),
  })
  .meta({ id: 'iteration', description: 'One config build and what followed.' });

export type Iteration = z.infer<typeof iterationSchema>;

/** What one config build (or an evaluation that ended before one) came to. */
export type IterationOutcome = Iteration['outcome'];

export const lostShape = {
  lost: z.array(wishSchema),
  /** Defaults of nixpkgs that what the user asked for took along. */
  lostDefaults: z.array(wishSchema).exactOptional(),
  /** Names that are asked to be off and that this kernel does not define: honoured, but perhaps misspelt. */
  unknownNames: z.array(wishSchema).exactOptional(),
};

export const runSchema = z
  .strictObject({
    run: z.int(),
    target: z.string(),
    cause: runCauseSchema,
    startedAt: z.string(),
    durationMs: z.number().nullable(),
    /** null while it goes on, or when falloutd was killed in the middle. */
    outcome: runOutcomeSchema.nullable(),
    iterations: z.array(iterationSchema),
    /** How many entries the managed patch gained over the run, net. */
    absorbed: z.int(),
    ...lostShape,
    /** Those of the last iteration. */
    sideEffects: sideEffectsSchema.exactOptional(),
  })
  .meta({ id: 'run', description: 'The iterations from one trigger; `outcome` null: under way, or killed.' });

export type Run = z.infer<typeof runSchema>;

/** What a result does not honour; lists that would be empty are left out but the first. */
export type Lost = Pick<Run, keyof typeof lostShape>;

export const expectedSchema = z.strictObject({ questions: z.int(), buildMs: z.number() });

/** The questions and the milliseconds that the last finished config build took. */
export type Expected = z.infer<typeof expectedSchema>;
