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
import { spelled } from '../model/value.ts';
import type { History } from '../state/history.ts';
import { judged, managedEntries, saveManaged, stateOf, writtenEntries } from '../state/record.ts';
import { locateSymbol } from '../managed/positions.ts';
import { readPatchFiles, writeEntries, type PatchFiles } from './patchWriter.ts';
import type { ProcessListener } from '../nix/command.ts';
import { evaluate } from '../nix/evaluate.ts';
import type { EvaluatedKernel } from '../nix/evaluatedKernel.ts';
import { proveReach } from './proveReach.ts';
import type { SourceMap } from '../nix/sources.ts';
import type { OpenIteration } from './recorder.ts';
import type { EntryChange } from '../model/entry.ts';
import type { Fallout } from '../model/fallout.ts';
import type { Intent } from '../model/intent.ts';
import type { Problem } from '../model/problem.ts';

/** An evaluation that may be built: nothing conflicts, and the entries on disk reach the kernel. */
export type Prepared = {
  kind: 'ready';
  kernel: EvaluatedKernel & { build: NonNullable<EvaluatedKernel['build']> };
  asked: Asked;
  managed: Managed;
  files: PatchFiles;
  inputs: string[];
  /** The user's folders that the evaluation read as copies in the store. */
  sources: SourceMap;
  /** Whether entries that stood further are tried nearer to their wish again: then the script will most likely die at each. */
  retries: boolean;
};

export type Preparation =
  | Prepared
  | { kind: 'blocked'; problem: Problem }
  | { kind: 'infrastructure'; problem: Problem }
  | { kind: 'newer-save' }
  | { kind: 'aborted' };

export type PrepareOptions = {
  target: Target;
  history: History;
  run: number;
  open: OpenIteration;
  /** The entries as this run left them; null at its start. */
  managed: Managed | null;
  /** Release every entry first. */
  fresh: boolean;
  signal: AbortSignal;
  processes: ProcessListener;
  onInputs: (files: string[]) => void;
  onWrite: (path: string, content: Buffer) => void;
};

/** Evaluations in one preparation: as found, after release and conflicts, and one for a file saved in between. */
const MAX_EVALUATIONS = 3;

/**
 * Brings the target to an evaluation that can be built. At the start of a run this releases what rests on a changed
 * intent; every conflict is settled at once. Fills evaluateMs, drvPath, the conflicts and the changed entries of the iteration.
 */
export async function prepare(options: PrepareOptions): Promise<Preparation> {
  const { target, history, run, open, signal, processes, onInputs, onWrite } = options;
  let managed = options.managed;
  let retries = false;
  for (let evaluations = 1; ; evaluations++) {
    const files = await readPatchFiles(target, history);
    open.patchesSha256 = files.patchesSha256;
    const evaluation = await evaluate(target, { signal, processes });
    if (evaluation.kind === 'aborted') return evaluation;
    open.evaluateMs += evaluation.ms;
    if (evaluation.kind === 'infrastructure') return evaluation;
    const own = [target.patchesFile, target.managedFile];
    const inputs = [...new Set([...own, ...evaluation.inputs])];
    onInputs(inputs);
    if (evaluation.kind === 'blocked') return { kind: 'blocked', problem: evaluation.problem };

    const { kernel, sources } = evaluation;
    const asked = askedOf(kernel, target.managedName);
    const unreached = proveReach(
      kernel,
      files.entries.map((e) => ({ ...e, rung: 1 })),
      target,
    );
    if (unreached !== null) return { kind: 'blocked', problem: unreached };
    const { kind, found, base }: Recognised =
      managed === null
        ? recognise(files.entries, knownOf(history, target.name, files), asked)
        : { kind: 'present', found: managed, base: managed };
    const conflicts = conflictsIn(asked);
    // This was found stable before: releasing would only write the file to and fro.
    if (managed === null && !options.fresh && wasGreen(history, kernel) && isCurrent(found, asked, conflicts)) {
      open.drvPath = kernel.build?.drvPath ?? null;
      if (kind === 'older') saveManaged(history, target.name, [...found.values()]);
      return { kind: 'ready', kernel: buildable(kernel), asked, managed: found, files, inputs, sources, retries };
    }
    const released = managed ?? release(options.fresh ? new Map() : base, asked, target.policy);
    retries ||= [...released.values()].some((entry) => entry.rung < (base.get(entry.symbol)?.rung ?? 0));
    const unsettled = conflicts.filter((f) => !released.has(f.symbol));
    open.fallout.push(...unsettled);
    const next = absorb(unsettled, released, asked, target.policy).managed;
    const changes = changesBetween(found, next);
    const written = await writeEntries(
      target,
      files,
      { from: found, to: next },
      { history, run, onWrite, signal, processes },
    );
    if (written.kind === 'refused') return { kind: 'blocked', problem: written.problem };
    if (written.kind === 'newer-save' || written.kind === 'aborted') return written;
    managed = next;
    open.entries.push(...changes);
    if (kind === 'older' && changes.length > 0) open.restored = restoredBy(changes, base);
    if (written.kind === 'written' && evaluations < MAX_EVALUATIONS) continue;
    if (kernel.build === null) return { kind: 'blocked', problem: await unmergeable(kernel, asked, inputs) };
    open.drvPath = kernel.build.drvPath;
    return { kind: 'ready', kernel: buildable(kernel), asked, managed, files, inputs, sources, retries };
  }
}

function askedOf(kernel: EvaluatedKernel, managedName: string): Asked {
  const index = kernel.patches.findLastIndex((p) => p.name === managedName);
  return {
    intents: intentsBySymbol(kernel.intents, managedName),
    legacy: kernel.legacy,
    managedName,
    managedIndex: index === -1 ? null : index,
  };
}

function buildable(kernel: EvaluatedKernel): Prepared['kernel'] {
  if (kernel.build === null) throw new Error('an evaluation with conflicts cannot be built');
  return { ...kernel, build: kernel.build };
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
async function unmergeable(kernel: EvaluatedKernel, asked: Asked, inputs: readonly string[]): Promise<Problem> {
  const symbol = kernel.unmergeable[0] ?? '';
  const definitions = asked.intents.get(symbol) ?? [];
  // A definition that is no set of lib.kernel is none of the intents: then the text has to tell where it stands.
  const place =
    definitions.findLast((d: Intent) => d.position !== null)?.position ?? (await locateSymbol(symbol, inputs));
  return {
    message: `the definitions of ${kernel.unmergeable.join(', ')} cannot be merged`,
    ...(place === null
      ? {}
      : { file: place.file, line: place.line, ...(place.column === null ? {} : { column: place.column }) }),
    hint: 'a value must be yes, no, module, unset or freeform "…" (lib.kernel), with one priority',
  };
}
