import { z } from 'zod';

/** The model's types as zod types, for the documents. A test does not compile where the two differ. */

const position = z
  .strictObject({ file: z.string(), line: z.int(), column: z.int().nullable() })
  .meta({ id: 'position' });

export const problem = z
  .strictObject({
    message: z.string(),
    file: z.string().exactOptional(),
    line: z.int().exactOptional(),
    column: z.int().exactOptional(),
    hint: z.string().exactOptional(),
  })
  .meta({ id: 'problem', description: 'What the user has to act on; `hint` says what to do.' });

const asker = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('patch'), name: z.string(), index: z.int() }),
    z.strictObject({ kind: z.literal('kernel') }),
    z.strictObject({ kind: z.literal('nixpkgs') }),
  ])
  .meta({ id: 'asker', description: 'Whose setting it is.' });

/** A kind of cause; each has its text too, for readers that do not know the kinds. */
function cause<Kind extends string, Rest extends z.ZodRawShape>(kind: Kind, rest: Rest) {
  return z.strictObject({ kind: z.literal(kind), ...rest, text: z.string() });
}

const holders = z.array(z.strictObject({ symbol: z.string(), level: z.enum(['m', 'y']) }));
const unmet = z.array(z.strictObject({ symbol: z.string(), value: z.string() }));

const anyCause = z
  .discriminatedUnion('kind', [
    cause('selected', { by: holders }),
    cause('implied', { by: holders }),
    cause('unmet', { expression: z.string(), unmet }),
    cause('invisible', { expression: z.string(), unmet }),
    cause('dependencies-hold', { expression: z.string() }),
    cause('not-tristate', { type: z.string() }),
    cause('no-modules', {}),
    cause('choice', { with: z.array(z.string()) }),
    cause('two-yes', { members: z.array(z.string()) }),
    cause('overridden', { by: asker, value: z.string().nullable(), position: position.nullable() }),
    cause('conflict', { definitions: z.array(z.strictObject({ file: z.string().nullable(), value: z.string() })) }),
    cause('spelling', {}),
    cause('recorded', {}),
  ])
  .meta({ id: 'cause', description: 'Why kconfig did not honour a setting.' });

const falloutKind = z.enum([
  'unused',
  'value',
  'repeated',
  'choice',
  'conflict',
  'unknown',
  'silent',
  'overridden',
  'clamped',
]);

export const fallout = z
  .strictObject({
    kind: falloutKind,
    symbol: z.string(),
    wanted: z.string().nullable(),
    got: z.string().nullable(),
    offered: z.array(z.string()).exactOptional(),
    cause: anyCause.exactOptional(),
    by: asker.nullable(),
    position: position.nullable().exactOptional(),
    suggestions: z.array(z.string()).exactOptional(),
  })
  .meta({ id: 'fallout', description: 'A setting that a config build did not honour; `got` null: not in .config.' });

export const logWarning = z.strictObject({
  kind: falloutKind,
  symbol: z.string(),
  wanted: z.string().nullable(),
  got: z.string().nullable(),
});

export const wish = z
  .strictObject({
    symbol: z.string(),
    wanted: z.string(),
    got: z.string().nullable(),
    by: asker,
    position: position.nullable(),
    cause: anyCause.exactOptional(),
    kind: falloutKind,
    suggestions: z.array(z.string()).exactOptional(),
  })
  .meta({ id: 'wish', description: 'A setting that the resulting .config does not honour.' });

const entryChange = z
  .strictObject({
    symbol: z.string(),
    from: z.string().nullable(),
    to: z.string().nullable(),
    rung: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3), z.literal(4)]).nullable(),
    reason: z.string(),
  })
  .meta({ id: 'entryChange', description: 'What became of an entry of the managed patch; `to` null: released.' });

export const iteration = z
  .strictObject({
    iteration: z.int(),
    run: z.int(),
    startedAt: z.string(),
    durationMs: z.number(),
    evaluateMs: z.number(),
    buildMs: z.number(),
    probe: z.boolean(),
    outcome: z.enum(['green', 'fallout', 'blocked', 'infrastructure', 'cancelled']),
    drvPath: z.string().nullable(),
    patchesSha256: z.string().nullable(),
    sourceBytes: z.number().nullable(),
    fallout: z.array(fallout),
    entries: z.array(entryChange),
    restored: z.strictObject({ putBack: z.int(), takenOut: z.int() }).exactOptional(),
  })
  .meta({ id: 'iteration', description: 'One config build and what followed.' });

const runOutcome = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('stable') }),
    z.strictObject({ kind: z.literal('blocked'), problem }),
    z.strictObject({
      kind: z.literal('stalled'),
      reason: z.enum(['no-rung', 'max-iterations', 'repeated-state']),
      symbols: z.array(z.string()),
    }),
    z.strictObject({ kind: z.literal('infrastructure'), problem }),
    z.strictObject({ kind: z.literal('superseded') }),
    z.strictObject({ kind: z.literal('interrupted') }),
  ])
  .meta({ id: 'runOutcome' });

const runCause = z.enum(['start', 'save', 'command', 'retry']);

export const run = z
  .strictObject({
    run: z.int(),
    target: z.string(),
    cause: runCause,
    startedAt: z.string(),
    durationMs: z.number().nullable(),
    outcome: runOutcome.nullable(),
    iterations: z.array(iteration),
    absorbed: z.int(),
    lost: z.array(wish),
  })
  .meta({ id: 'run', description: 'The iterations from one trigger; `outcome` null: under way, or killed.' });

export const kernelBuild = z
  .strictObject({
    build: z.int(),
    target: z.string(),
    iteration: z.int(),
    startedAt: z.string(),
    durationMs: z.number().nullable(),
    outcome: z.enum(['built', 'failed', 'cancelled', 'infrastructure']).nullable(),
    drvPath: z.string(),
    outPath: z.string().nullable(),
    kernelBytes: z.number().nullable(),
    modulesBytes: z.number().nullable(),
    objects: z.int().nullable(),
    problem: problem.nullable(),
  })
  .meta({ id: 'kernelBuild', description: 'One build of a whole kernel; `outcome` null: under way, or killed.' });

const buildProgress = z.strictObject({
  kind: z.literal('build-progress'),
  build: z.int(),
  target: z.string(),
  step: z.string(),
  objects: z.int(),
  elapsedMs: z.number(),
  expected: z.strictObject({ objects: z.int(), durationMs: z.number() }).nullable(),
});

export const event = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('run-started'),
      run: z.int(),
      target: z.string(),
      cause: runCause,
      patchesFile: z.string(),
    }),
    z.strictObject({
      kind: z.literal('phase'),
      run: z.int(),
      iteration: z.int(),
      phase: z.enum(['evaluate', 'build', 'probe', 'write']),
    }),
    z.strictObject({
      kind: z.literal('progress'),
      run: z.int(),
      iteration: z.int(),
      step: z.string(),
      questions: z.int(),
      expected: z.strictObject({ questions: z.int(), buildMs: z.number() }).nullable(),
    }),
    z.strictObject({ kind: z.literal('iteration-finished'), iteration }),
    z.strictObject({ kind: z.literal('run-finished'), run }),
    z.strictObject({ kind: z.literal('warning'), run: z.int(), target: z.string(), problem }),
    z.strictObject({ kind: z.literal('trouble'), target: z.string(), problem }),
    z.strictObject({ kind: z.literal('build-started'), build: kernelBuild }),
    buildProgress,
    z.strictObject({
      kind: z.literal('build-finished'),
      build: kernelBuild,
      use: z.string().nullable(),
      changed: z.array(z.string()),
    }),
  ])
  .meta({ id: 'event' });

export const liveStatus = z
  .strictObject({
    state: z.enum(['idle', 'running', 'scheduled', 'held']),
    doing: z.string().exactOptional(),
    kernel: z
      .strictObject({
        state: z.enum(['waiting', 'queued', 'building']),
        progress: buildProgress.exactOptional(),
      })
      .nullable()
      .exactOptional(),
  })
  .meta({ id: 'liveStatus', description: 'What the running daemon does about a target.' });
