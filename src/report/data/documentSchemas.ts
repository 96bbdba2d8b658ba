import { z } from 'zod';
import type { Explanation, ValueDifference } from '../../kconfig/index.ts';
import type { ListedModule } from '../../kernel/modules/moduleQueries.ts';
import { bootedShape } from '../../model/booted.ts';
import { causeSchema, conditionSchema } from '../../model/cause.ts';
import { cpuShape } from '../../model/cpu.ts';
import { entryChangeSchema } from '../../model/entry.ts';
import { eventSchema, hookFailure } from '../../model/event.ts';
import { falloutKindSchema, falloutSchema } from '../../model/fallout.ts';
import { kernelBuildSchema } from '../../model/kernelBuild.ts';
import { needlessSchema } from '../../model/tidy.ts';
import { sideEffectSchema, sideEffectsSchema } from '../../model/sideEffects.ts';
import { tagged } from '../../model/tagged.ts';
import { symbolChangeSchema } from '../../model/symbolChange.ts';
import { droppedModuleSchema, keptModuleSchema, madeModulesShape, tablesSchema } from '../../model/keptModule.ts';
import { lateWriteSchema } from '../../model/lateWrite.ts';
import { liveStatusSchema } from '../../model/liveStatus.ts';
import { measurementSchema } from '../../model/measurement.ts';
import { newOptionSchema, notAskableSchema, settingReasonSchema } from '../../model/patchSetting.ts';
import { preflightShape } from '../../model/preflight.ts';
import { lostRemedySchema, remediesShape } from '../../model/remedy.ts';
import { problemSchema } from '../../model/problem.ts';
import { rehearsalShape } from '../../model/rehearsal.ts';
import { unknownNameSchema, whySchema } from '../../model/why.ts';
import { iterationSchema, lostShape, runSchema } from '../../model/run.ts';
import type { Setting } from '../../script/settings.ts';
import { holdSchema, stableSchema } from '../../model/targetState.ts';
import { standingSchema } from './standing.ts';

const version = { version: z.literal(1) };

const tri = z.union([z.literal(0), z.literal(1), z.literal(2)]);
const place = { file: z.string(), line: z.int() };
const reverse = z.array(
  z.strictObject({ symbol: z.string(), value: z.string(), condition: z.string().nullable(), forces: tri, ...place }),
);

const targetStatus = z.strictObject({
  target: z.string(),
  standing: standingSchema,
  lastRun: runSchema.nullable(),
  /** For what it was last found stable; `isStable` says whether that was the last run. */
  stable: stableSchema.nullable(),
  isStable: z.boolean(),
  /** What the newest judged result does not honour; null while none is judged. */
  ...lostShape,
  lost: lostShape.lost.nullable(),
  /** How many entries stand in the managed patch. */
  entries: z.int(),
  /** What between the markers is not what falloutd last wrote, as `SYMBOL: from -> to`. */
  changedByHand: z.array(z.string()),
  /** The files that are no longer as they were when it was last stable. */
  changedFiles: z.array(z.string()).exactOptional(),
  /** The newest hook, where it failed. */
  failedHook: z.strictObject(hookFailure).exactOptional(),
  /** What programs wrote to a file after it was replaced, in the last week, as far as the file still lacks it. */
  lateWrites: z.array(lateWriteSchema).exactOptional(),
  hold: holdSchema.nullable(),
  /** The newest kernel build, under way or ended. */
  build: kernelBuildSchema.nullable(),
  live: liveStatusSchema.nullable(),
});

/** What the database knows of a target, and `live` where a daemon runs. */
export type TargetStatus = z.infer<typeof targetStatus>;

const lostOfTarget = runSchema
  .pick({ target: true, run: true, lost: true, lostDefaults: true, unknownNames: true })
  .extend({
    /** The options that lost wishes wait for, and how many do. */
    parents: z.array(z.strictObject({ symbol: z.string(), waiting: z.int() })),
    /** Ways to lost wishes, those first that give most; absent where none were looked for. */
    remedies: z.array(lostRemedySchema).exactOptional(),
    /** How many wishes no way was looked for. */
    notSearched: z.int().exactOptional(),
  });

/** What the newest judged result of a target does not honour. */
export type LostOfTarget = z.infer<typeof lostOfTarget>;

const difference = z.strictObject({
  a: z.int(),
  b: z.int(),
  /** What was compared: the resulting configs, or where one of them has none, what was requested. null: neither is kept of both. */
  compared: z.enum(['config', 'settings']).nullable(),
  /** Which of the two has no resulting .config. */
  withoutConfig: z.array(z.int()),
  symbols: z.array(symbolChangeSchema),
  /** Unified diff of the patches file, or that it is too long; null where they are the same, or not kept of both. */
  patches: z.string().nullable(),
});

/** What changed from iteration `a` to iteration `b`. */
export type IterationDifference = z.infer<typeof difference>;

const logWarning = z.strictObject({
  kind: falloutKindSchema,
  symbol: z.string(),
  wanted: z.string().nullable(),
  got: z.string().nullable(),
});

/** What the script only warned about. */
export type LogWarning = z.infer<typeof logWarning>;

const logReading = z.strictObject({
  outcome: z.enum(['green', 'fallout', 'blocked', 'infrastructure', 'unknown']),
  /** Errors, refused answers, choices with two y; also what a script replaced by itself (`clamped`). */
  fallout: z.array(falloutSchema),
  error: problemSchema.exactOptional(),
  /** The module that an initrd lacks, and the symbols that make it in the kernel whose facts were kept last. */
  missingModule: z.strictObject({ module: z.string(), symbols: z.array(z.string()) }).exactOptional(),
  /** Whether lines are missing: what stands here may not be all. */
  cut: z.boolean(),
  /** Which of these were optional a log does not say. */
  warnings: z.array(logWarning),
  /** Lines that look like a verdict and are not, or not wholly, understood. */
  unread: z.array(z.string()),
  drvPath: z.string().nullable(),
});

/** What a build log says. */
export type LogReading = z.infer<typeof logReading>;

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
  hidden: conditionSchema.nullable(),
  prompted: z.boolean(),
  unmet: conditionSchema.nullable(),
  selectedBy: reverse,
  impliedBy: reverse,
  mentionedBy: z.array(z.string()),
  definitions: z.array(z.strictObject({ ...place, prompt: z.string().nullable() })),
}) satisfies z.ZodType<Explanation>;

/** With what it makes by the Makefiles. */
const explainedInTree = explanation.extend(madeModulesShape);

/** What the engine and the Makefiles of a kernel source tell of a symbol. */
export type ExplainedInTree = z.infer<typeof explainedInTree>;

const valueDifference = z.strictObject({
  symbol: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
}) satisfies z.ZodType<ValueDifference>;

const listedModule = z.strictObject({
  module: z.string(),
  symbols: z.array(z.string()),
  value: z.enum(['y', 'm', 'n']).nullable(),
  file: z.string(),
}) satisfies z.ZodType<ListedModule>;

const setting = z.strictObject({
  tristate: z.enum(['y', 'm', 'n']).nullable(),
  freeform: z.string().nullable(),
  optional: z.boolean(),
}) satisfies z.ZodType<Setting>;

const generatedSetting = z.strictObject({
  symbol: z.string(),
  value: z.string(),
  /** Whether another definition has to give way: `lib.mkForce`, or a stronger `lib.mkOverride`. */
  force: z.boolean(),
  prompt: z.string().nullable(),
  reason: settingReasonSchema,
});

/** With all of them, not only the first few. */
const allSideEffects = sideEffectsSchema.extend({ all: z.array(sideEffectSchema) });

/** The zod type of each document, by the name of its schema in `config/schema`. */
export const documentSchemas = {
  /** `once`, and what the hooks `on-stable` and `on-blocked` read. `patch`: what a dry run would have written. */
  run: z.strictObject({ ...version, ...runSchema.shape, patch: z.string().exactOptional() }),
  /** `show N`. */
  iteration: z.strictObject({
    ...version,
    ...iterationSchema.shape,
    /** What the answering script was asked for, where a prediction did not come true. */
    request: z.record(z.string(), setting).exactOptional(),
  }),
  /** `build`, `show --build N`, and what the hook `on-built` reads. */
  'kernel-build': z.strictObject({ ...version, ...kernelBuildSchema.shape }),
  predict: z.strictObject({
    ...version,
    outcome: runSchema.shape.outcome.unwrap(),
    fallout: z.array(falloutSchema),
    /** What would change in the managed patch. */
    entries: z.array(entryChangeSchema),
    ...lostShape,
    predictMs: z.number(),
    /** How long the kernel's facts took to build; null: they were there. */
    factsMs: z.number().nullable(),
    sideEffects: allSideEffects.exactOptional(),
  }),
  /** `want`, and `kconfig want`. */
  want: z.strictObject({ ...version, ...remediesShape }),
  preflight: z.strictObject({
    ...version,
    /** Whether the kernel belongs to a NixOS configuration; else only what every kernel needs was looked up. */
    isHost: z.boolean(),
    ...preflightShape,
  }),
  rehearse: z.strictObject({ ...version, ...rehearsalShape }),
  /** `patch from-config`, `from-diff`, `from-modules`, `from-hardware`. */
  patch: z.strictObject({
    ...version,
    patches: z.array(z.strictObject({ name: z.string(), settings: z.array(generatedSetting) })),
    /** How many options also differ and follow from these settings. */
    needless: z.int(),
    notAskable: z.array(notAskableSchema),
    newOptions: z.array(newOptionSchema),
    /** How many objects are compiled, as the target stands and with the patches; null where that is not known. */
    objects: z.strictObject({ before: z.int(), after: z.int() }).nullable(),
    /** What stays and what goes of the modules, where the patches are for a machine. */
    kept: z.array(keptModuleSchema).exactOptional(),
    dropped: z.array(droppedModuleSchema).exactOptional(),
    /** Where the devices of modules were looked up. */
    tables: tablesSchema.exactOptional(),
    /** What was named as loaded, or to be kept, and is nothing of this kernel. */
    unknown: z.array(z.string()).exactOptional(),
    /** What was named so, and is off and stays off. */
    off: z.array(z.string()).exactOptional(),
    /** Where modules are added: the kernel's builder makes one of whatever else can be one. */
    autoModules: z.literal(true).exactOptional(),
  }),
  /** `patch cpu`. */
  'patch-cpu': z.strictObject({
    ...version,
    ...cpuShape,
    /** What chooses the processor among the kernel's options. */
    settings: z.array(generatedSetting),
    notAskable: z.array(notAskableSchema),
  }),
  /** `tidy`. */
  tidy: z.strictObject({
    ...version,
    target: z.string(),
    needless: z.array(needlessSchema),
    /** What was done about them, and in which run; null: nothing was written. */
    done: z
      .discriminatedUnion('kind', [
        tagged('tidied', { run: z.int() }),
        /** The files are as they were. */
        tagged('put-back', { run: z.int(), problem: problemSchema }),
      ])
      .nullable(),
  }),
  /** `unknown`: the names among the given ones that the kernel does not define; absent: none. */
  why: z.strictObject({
    ...version,
    target: z.string(),
    symbols: z.array(whySchema),
    unknown: z.array(unknownNameSchema).exactOptional(),
  }),
  status: z.strictObject({ ...version, targets: z.array(targetStatus) }),
  /** A line of `status --follow`, after the first. */
  event: z.strictObject({ ...version, event: eventSchema }),
  /** The newest run comes first. */
  history: z.strictObject({ ...version, runs: z.array(runSchema) }),
  booted: z.strictObject({ ...version, ...bootedShape }),
  /** `measured`: what was measured now; null with `--list`. The newest comes first. */
  measure: z.strictObject({
    ...version,
    measured: measurementSchema.nullable(),
    measurements: z.array(measurementSchema),
  }),
  builds: z.strictObject({ ...version, builds: z.array(kernelBuildSchema) }),
  lost: z.strictObject({ ...version, targets: z.array(lostOfTarget) }),
  diff: z.strictObject({ ...version, ...difference.shape }),
  /** `diff --baseline [N]`. */
  'diff-baseline': z.strictObject({ ...version, iteration: z.int(), target: z.string(), sideEffects: allSideEffects }),
  read: z.strictObject({ ...version, ...logReading.shape }),
  'kconfig-explain': z.strictObject({ ...version, symbols: z.array(explainedInTree) }),
  'kconfig-diff': z.strictObject({ ...version, symbols: z.array(valueDifference) }),
  'kconfig-modules': z.strictObject({ ...version, modules: z.array(listedModule) }),
};

/** What each JSON document holds besides its version. */
export type Documents = {
  [Name in keyof typeof documentSchemas]: Omit<z.infer<(typeof documentSchemas)[Name]>, 'version'>;
};

/** The JSON Schema of a zod type. In a document every cause has its text too, for readers that do not know the kinds. */
export function jsonSchemaOf(schema: z.ZodType, options: z.core.ToJSONSchemaParams = {}): object {
  const causes = new Set<unknown>(causeSchema.options);
  return z.toJSONSchema(schema, {
    ...options,
    override: ({ zodSchema, jsonSchema }) => {
      if (!causes.has(zodSchema) || jsonSchema.properties?.['text'] !== undefined) return;
      jsonSchema.properties = { ...jsonSchema.properties, text: { type: 'string' } };
      jsonSchema.required = [...(jsonSchema.required ?? []), 'text'];
    },
  });
}
