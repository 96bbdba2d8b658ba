import type { Target } from '../config/config.ts';
import {
  absorb,
  changesBetween,
  isCurrent,
  recognise,
  release,
  type Asked,
  type Known,
  type Managed,
  type Recognised,
} from '../fallout/absorb.ts';
import { conflicting, effectiveIntent, intentsBySymbol } from '../fallout/intents.ts';
import { withoutEnded, type LastResult } from '../fallout/reviewEntries.ts';
import { spelled } from '../model/value.ts';
import { parseDotConfig } from '../script/dotConfig.ts';
import type { History } from '../state/historyDatabase.ts';
import { judged } from '../state/recordRun.ts';
import { dotConfig, settings } from '../state/recordedRuns.ts';
import { managedEntries, saveManaged, stableOf, stateOf, writtenEntries } from '../state/targets.ts';
import { locateSymbol } from '../managed/positions.ts';
import { readPatchFiles, writeEntries, type PatchFiles } from './patchWriter.ts';
import type { WriteListeners } from './writeUserFile.ts';
import type { ProcessListener } from '../nix/command.ts';
import { evaluate } from '../nix/evaluate.ts';
import { endlessFile } from '../nix/flakeFiles.ts';
import type { EvaluatedKernel } from '../nix/evaluatedKernel.ts';
import { proveReach } from './proveReach.ts';
import type { SourceMap } from '../nix/sources.ts';
import type { OpenIteration } from './runRecorder.ts';
import type { EntryChange } from '../model/entry.ts';
import type { Fallout } from '../model/fallout.ts';
import type { Intent } from '../model/intent.ts';
import type { Problem } from '../model/problem.ts';

/** An evaluation that may be built: nothing conflicts, and the entries on disk reach the kernel. */
export type Prepared = {
  kind: 'ready';
  kernel: EvaluatedKernel & { build: NonNullable<EvaluatedKernel['build']> };
  asked: Asked;
  /** The entries in the file, and those that answer the evaluation: the same where nothing is left to write. */
  found: Managed;
  managed: Managed;
  files: PatchFiles;
  inputs: string[];
  /** The user's folders that the evaluation read as copies in the store. */
  sources: SourceMap;
  /** Whether the entries are taken as they stand, since this was stable before. */
  isStable: boolean;
};

/** An evaluation whose entries are not those that answer it. Nothing is written yet: a prediction may change more. */
export type Unwritten = Omit<Prepared, 'kind' | 'kernel' | 'isStable'> & {
  kind: 'unwritten';
  kernel: EvaluatedKernel;
  restored?: NonNullable<OpenIteration['restored']>;
};

export type Preparation =
  | Prepared
  | { kind: 'blocked'; problem: Problem }
  | { kind: 'infrastructure'; problem: Problem }
  | { kind: 'newer-save' }
  | { kind: 'aborted' };

/** What the stages of a run share. */
export type Running = WriteListeners & {
  target: Target;
  history: History;
  run: number;
  signal: AbortSignal;
  processes: ProcessListener;
};

export type PrepareOptions = Running & {
  open: OpenIteration;
  /** The entries as this run left them; null at its start. */
  managed: Managed | null;
  /** What it has recorded of them; null for nothing yet. */
  recorded: Managed | null;
  /** Release every entry first. */
  fresh: boolean;
  onInputs: ((files: string[]) => void) | undefined;
};

/** The evaluations of one preparation: as found, after releasing entries and settling conflicts, and one more for a save in between. */
const MAX_EVALUATIONS = 3;

/**
 * Brings the target to an evaluation that can be built. At the start of a run this releases what rests on a changed
 * intent; every conflict is settled at once. Fills evaluateMs, drvPath, the conflicts and the changed entries of the iteration.
 */
export async function prepare(options: PrepareOptions): Promise<Preparation> {
  const prepared = await prepareWith(options, { defersWrite: false });
  if (prepared.kind === 'unwritten') throw new Error('an evaluation was left unwritten');
  return prepared;
}

/** The same, but entries that have to change are left unwritten. */
export const prepareUnwritten = async (options: PrepareOptions): Promise<Preparation | Unwritten> =>
  prepareWith(options, { defersWrite: true });

async function prepareWith(
  options: PrepareOptions,
  { defersWrite }: { defersWrite: boolean },
): Promise<Preparation | Unwritten> {
  const { target, open } = options;
  let { managed } = options;
  for (let evaluations = 1; ; evaluations++) {
    const evaluated = await evaluateFiles(options);
    if (evaluated.kind !== 'evaluated') return evaluated;
    const { kernel, asked, files } = evaluated;
    const settled = settle(options, managed, evaluated);
    if (!settled.isStable) {
      if (defersWrite && (settled.changes.length > 0 || kernel.build === null)) {
        const { found, restored } = settled;
        return { ...evaluated, kind: 'unwritten', managed: settled.managed, found, ...(restored && { restored }) };
      }
      const edit = { from: settled.found, to: settled.managed, recorded: options.recorded };
      const written = await writeEntries(target, files, edit, options);
      if (written.kind === 'refused') return { kind: 'blocked', problem: written.problem };
      if (written.kind === 'newer-save' || written.kind === 'aborted') return written;
      managed = settled.managed;
      open.entries.push(...settled.changes);
      if (settled.restored !== undefined) open.restored = settled.restored;
      if (written.kind === 'written' && evaluations < MAX_EVALUATIONS) continue;
    }
    const { build } = kernel;
    if (build === null) return { kind: 'blocked', problem: unmergeable(kernel, asked, evaluated.inputs) };
    open.drvPath = build.drvPath;
    const { isStable, managed: found } = settled;
    return { ...evaluated, kind: 'ready', kernel: { ...kernel, build }, found, managed: found, isStable };
  }
}

type Evaluated = Omit<Prepared, 'kind' | 'kernel' | 'found' | 'managed' | 'isStable'> & {
  kind: 'evaluated';
  kernel: EvaluatedKernel;
};

/** Evaluates the files as they are now, and proves that the entries in them reach the kernel. */
async function evaluateFiles(options: PrepareOptions): Promise<Evaluated | Exclude<Preparation, Prepared>> {
  const { target, history, open, signal, processes, onInputs } = options;
  const files = readPatchFiles(target, history);
  open.patchesSha256 = files.patchesSha256;
  const known = Object.keys(stableOf(history, target.name)?.inputs ?? {});
  const expected = [...new Set([target.patchesFile, target.managedFile, ...known])];
  const endless = endlessFile(expected);
  if (endless !== null) {
    onInputs?.(expected);
    return { kind: 'blocked', problem: endless };
  }
  const started = performance.now();
  const evaluation = await evaluate(target, { signal, processes });
  if (evaluation.kind === 'aborted') return evaluation;
  open.evaluateMs += performance.now() - started;
  if (evaluation.kind === 'infrastructure') return evaluation;
  const inputs = [...new Set([target.patchesFile, target.managedFile, ...evaluation.inputs])];
  onInputs?.(inputs);
  if (evaluation.kind === 'blocked') return { kind: 'blocked', problem: evaluation.problem };
  const { kernel, sources } = evaluation;
  if (kernel.intents.length > MOST_SETTINGS)
    return { kind: 'blocked', problem: tooMany(kernel.intents.length, target) };
  const entries = files.entries.map((entry) => ({ ...entry, rung: 1 as const }));
  const unreached = proveReach(kernel, entries, target);
  if (unreached !== null) return { kind: 'blocked', problem: unreached };
  return { kind: 'evaluated', kernel, asked: askedOf(kernel, target), files, inputs, sources };
}

/** Each may come to need an entry, and a managed patch of some 47,000 entries can no longer be read back. */
const MOST_SETTINGS = 40_000;

function tooMany(settings: number, { patchesFile }: Target): Problem {
  const [found, most] = [settings, MOST_SETTINGS].map((n) => n.toLocaleString('en'));
  return {
    message: `there are ${found} kernel settings; falloutd takes at most ${most}`,
    file: patchesFile,
    hint: 'take out what is not for this kernel; Linux has some 20,000 symbols',
  };
}

/** `found` are the entries on disk, `managed` those that answer this evaluation, `changes` what lies between. */
type Settled = {
  isStable: boolean;
  found: Managed;
  managed: Managed;
  changes: EntryChange[];
  restored?: NonNullable<OpenIteration['restored']>;
};

/** Releases entries at the start of a run (`managed` is null), and settles the conflicts, which the iteration lists. */
function settle(
  { target, history, open, fresh }: PrepareOptions,
  managed: Managed | null,
  { kernel, asked, files }: Evaluated,
): Settled {
  const { kind, found, base }: Recognised =
    managed === null
      ? recognise(files.entries, knownOf(history, target.name, files), asked)
      : { kind: 'present', found: managed, base: managed };
  const conflicts = conflictsIn(asked);
  // This is the last stable result, or the file of an earlier one: releasing would only rewrite it back and forth. Where the newest
  // entries give an earlier result, a wish has gone that they answer: a fresh database may not give them.
  const isKnown = kind === 'older' ? wasGreen(history, kernel) : isLastResult(history, target.name, kernel);
  if (managed === null && !fresh && isKnown && isCurrent(found, asked, conflicts)) {
    if (kind === 'older') saveManaged(history, target.name, [...found.values()]);
    return { isStable: true, found, managed: found, changes: [] };
  }
  const last = managed === null ? lastResult(history, target.name) : null;
  const kept = managed ?? release(fresh ? new Map() : base, asked, target.policy);
  const released = last === null ? kept : withoutEnded(kept, base, asked, last);
  const unsettled = conflicts.filter((f) => !released.has(f.symbol));
  const known = new Set(open.fallout.map((f) => f.symbol));
  open.fallout.push(...unsettled.filter((f) => !known.has(f.symbol)));
  const next = absorb(unsettled, released, asked, target.policy).managed;
  const changes = changesBetween(found, next);
  const restored = kind === 'older' && changes.length > 0 ? { restored: restoredBy(changes, base) } : {};
  return { isStable: false, found, managed: next, changes, ...restored };
}

function lastResult(history: History, target: string): LastResult | null {
  const iteration = stableOf(history, target)?.iteration;
  const config = iteration === undefined ? null : dotConfig(history, iteration);
  const requested = iteration === undefined ? null : settings(history, iteration);
  return config === null || requested === null ? null : { settings: requested, values: parseDotConfig(config) };
}

function askedOf(kernel: EvaluatedKernel, { managedName, pursue }: Target): Asked {
  const index = kernel.patches.findLastIndex((p) => p.name === managedName);
  return {
    intents: intentsBySymbol(kernel.intents, managedName),
    legacy: kernel.legacy,
    managedName,
    managedIndex: index === -1 ? null : index,
    pursues: pursue !== 'none',
  };
}

function knownOf(history: History, target: string, files: PatchFiles): Known {
  const written = stateOf(history, target, files.entries);
  return {
    recorded: managedEntries(history, target),
    written,
    single: written === null ? writtenEntries(history, target) : [],
  };
}

/** Only the last iteration of a stable run is green. ARCHITECTURE.md, rule 4: stable belongs to derivations, not to a file name. */
function wasGreen(history: History, kernel: EvaluatedKernel): boolean {
  return kernel.build !== null && judged(history, kernel.build.drvPath)?.outcome === 'green';
}

function isLastResult(history: History, target: string, { build }: EvaluatedKernel): boolean {
  return build !== null && stableOf(history, target)?.configDrvPath === build.drvPath;
}

/** What of the changes answers an older text; the rest settles conflicts that are new. */
function restoredBy(changes: readonly EntryChange[], base: Managed): { putBack: number; takenOut: number } {
  const putBack = changes.filter((change) => change.to !== null && base.has(change.symbol)).length;
  return { putBack, takenOut: changes.filter((change) => change.to === null).length };
}

function conflictsIn(asked: Asked): Fallout[] {
  return [...asked.intents].flatMap(([symbol, definitions]) => {
    const top = conflicting(definitions);
    const wish = effectiveIntent(top);
    if (wish === null) return [];
    const other = top.find((d) => spelled(d.ask.value) !== spelled(wish.ask.value));
    return [
      {
        kind: 'conflict' as const,
        symbol,
        wanted: spelled(wish.ask.value),
        got: other === undefined ? null : spelled(other.ask.value),
        by: wish.by,
        position: wish.position,
      },
    ];
  });
}

/** Definitions that cannot be merged and that the entries did not settle. */
function unmergeable(kernel: EvaluatedKernel, asked: Asked, inputs: readonly string[]): Problem {
  const symbol = kernel.unmergeable[0] ?? '';
  const definitions = asked.intents.get(symbol) ?? [];
  // A definition that is not a lib.kernel value is no intent: then only the text shows where it stands.
  const place = definitions.findLast((d: Intent) => d.position !== null)?.position ?? locateSymbol(symbol, inputs);
  return {
    message: `the definitions of ${kernel.unmergeable.join(', ')} cannot be merged`,
    ...(place === null
      ? {}
      : { file: place.file, line: place.line, ...(place.column === null ? {} : { column: place.column }) }),
    hint: 'a value must be yes, no, module, unset or freeform "…" (lib.kernel), with one priority',
  };
}
