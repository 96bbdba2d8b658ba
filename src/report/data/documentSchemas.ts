import { z } from 'zod';
import type { Documents } from './documents.ts';
import { event, fallout, iteration, kernelBuild, liveStatus, logWarning, problem, run, wish } from './modelSchemas.ts';

const version = { version: z.literal(1) };

const tri = z.union([z.literal(0), z.literal(1), z.literal(2)]);
const place = { file: z.string(), line: z.int() };
const unmet = z.array(z.strictObject({ condition: z.string(), value: tri, needed: tri }));
const reverse = z.array(
  z.strictObject({ symbol: z.string(), value: z.string(), condition: z.string().nullable(), forces: tri, ...place }),
);

const targetStatus = z.strictObject({
  target: z.string(),
  lastRun: run.nullable(),
  stable: z
    .strictObject({
      inputsHash: z.string(),
      configDrvPath: z.string(),
      kernelDrvPath: z.string().nullable(),
      iteration: z.int(),
      since: z.string(),
      inputs: z.record(z.string(), z.string().nullable()).nullable(),
    })
    .nullable(),
  isStable: z.boolean(),
  lost: z.array(wish).nullable(),
  entries: z.int(),
  changedByHand: z.array(z.string()),
  hold: z.strictObject({ kind: z.enum(['paused', 'undone']), since: z.string() }).nullable(),
  build: kernelBuild.nullable(),
  live: liveStatus.nullable(),
});

const explanation = z.strictObject({
  symbol: z.string(),
  type: z.enum(['bool', 'tristate', 'int', 'hex', 'string', 'unknown']),
  value: z.string(),
  reason: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('undefined') }),
    z.strictObject({ kind: z.literal('user') }),
    z.strictObject({ kind: z.literal('selected') }),
    z.strictObject({ kind: z.literal('implied') }),
    z.strictObject({ kind: z.literal('default'), value: z.string(), condition: z.string().nullable(), ...place }),
    z.strictObject({ kind: z.literal('chosen'), by: z.enum(['user', 'default']) }),
    z.strictObject({ kind: z.literal('not chosen'), chosen: z.string().nullable() }),
    z.strictObject({ kind: z.literal('range'), low: z.string(), high: z.string() }),
    z.strictObject({ kind: z.literal('none') }),
  ]),
  user: z.string().nullable(),
  possible: z.array(z.string()),
  hidden: unmet,
  prompted: z.boolean(),
  unmet,
  selectedBy: reverse,
  impliedBy: reverse,
  mentionedBy: z.array(z.string()),
  definitions: z.array(z.strictObject({ ...place, prompt: z.string().nullable() })),
});

/** The zod type of each document, from which `npm run schema` writes `config/schema`. */
export const documentSchemas = {
  run: z.strictObject({ ...version, ...run.shape, patch: z.string().exactOptional() }),
  iteration: z.strictObject({ ...version, ...iteration.shape }),
  'kernel-build': z.strictObject({ ...version, ...kernelBuild.shape }),
  status: z.strictObject({ ...version, targets: z.array(targetStatus) }),
  event: z.strictObject({ ...version, event }),
  history: z.strictObject({ ...version, runs: z.array(run) }),
  builds: z.strictObject({ ...version, builds: z.array(kernelBuild) }),
  lost: z.strictObject({
    ...version,
    targets: z.array(z.strictObject({ target: z.string(), run: z.int(), lost: z.array(wish) })),
  }),
  diff: z.strictObject({
    ...version,
    a: z.int(),
    b: z.int(),
    compared: z.enum(['config', 'settings']).nullable(),
    withoutConfig: z.array(z.int()),
    symbols: z.array(z.strictObject({ symbol: z.string(), from: z.string().nullable(), to: z.string().nullable() })),
    patches: z.string().nullable(),
  }),
  read: z.strictObject({
    ...version,
    outcome: z.enum(['green', 'fallout', 'blocked', 'infrastructure', 'unknown']),
    fallout: z.array(fallout),
    error: problem.exactOptional(),
    cut: z.boolean(),
    warnings: z.array(logWarning),
    drvPath: z.string().nullable(),
  }),
  'kconfig-explain': z.strictObject({ ...version, symbols: z.array(explanation) }),
  'kconfig-diff': z.strictObject({
    ...version,
    symbols: z.array(
      z.strictObject({ symbol: z.string(), before: z.string().nullable(), after: z.string().nullable() }),
    ),
  }),
} satisfies Record<keyof Documents, z.ZodType>;
