import { dirname } from 'node:path';
import { recordedChildren } from '../state/childProcesses.ts';
import type { Target } from '../config/config.ts';
import { BlockedError, InfrastructureError } from '../model/errors.ts';
import { absorb, changesBetween, type Managed } from '../fallout/absorb.ts';
import type { History } from '../state/history.ts';
import { expected, markStable, retain } from '../state/record.ts';
import { inputHashes, inputsHash } from '../system/contentHash.ts';
import { unknownProblem } from '../kernel/symbols.ts';
import { writeEntries } from './patchWriter.ts';
import type { BuildProgress } from '../nix/configBuild.ts';
import { prepare, type Prepared } from './prepare.ts';
import { Recorder, type OpenIteration } from './recorder.ts';
import type { ProcessListener } from '../nix/command.ts';
import { sizeWarning, sourceSizes } from '../nix/sourceSize.ts';
import { limitOf } from '../model/limits.ts';
import { probe, verify, type Verification, type Verified } from './verify.ts';
import type { Fallout, Wish } from '../model/fallout.ts';
import type { Run, RunCause, RunOutcome } from '../model/run.ts';
import type { RunEvent } from '../model/event.ts';

export type ConvergeOptions = {
  cause: RunCause;
  /** Aborting cancels the run; the reason `superseded` (saved again) tells it from an interruption. */
  signal: AbortSignal;
  /** Release every entry first. */
  fresh?: boolean;
  transcripts?: number;
  emit: (event: RunEvent) => void;
  /** Told after each evaluation which of the user's files it read. */
  onInputs?: (files: string[]) => void;
  /** Told what falloutd is about to write, so that a watcher does not take it for a save. */
  onWrite?: (path: string, content: Buffer) => void;
};

/** Fallout that an entry can remove; the other kinds are only reported. */
const ABSORBED = new Set<Fallout['kind']>(['unused', 'value', 'repeated', 'choice', 'conflict', 'unknown']);

/**
 * One run: evaluate, build, read, absorb, write, until nothing changes any more (ARCHITECTURE.md, "The loop").
 * Everything it did is in history when it returns; whatever stops it is an outcome, not an exception.
 */
export async function converge(target: Target, history: History, options: ConvergeOptions): Promise<Run> {
  const recorder = new Recorder(history, options.emit, target, options.cause);
  const convergence = new Convergence(target, history, recorder, options);
  let outcome: RunOutcome;
  try {
    outcome = await convergence.toFixedPoint();
  } catch (error) {
    if (error instanceof BlockedError) outcome = { kind: 'blocked', problem: error.problem };
    else if (error instanceof InfrastructureError) outcome = { kind: 'infrastructure', problem: error.problem };
    else throw error;
  }
  if (options.transcripts !== undefined) retain(history, { transcripts: options.transcripts });
  return recorder.end(outcome, convergence.gained(), convergence.lost);
}

type Step = { kind: 'again' } | { kind: 'end'; outcome: RunOutcome };

class Convergence {
  lost: Wish[] = [];
  #managed: Managed | null = null;
  #entriesAtStart: number | null = null;
  #builds = 0;
  readonly #seen = new Set<string>();
  readonly #target: Target;
  readonly #history: History;
  readonly #recorder: Recorder;
  readonly #options: ConvergeOptions;
  readonly #processes: ProcessListener;
  readonly #sizes: ReturnType<typeof sourceSizes>;
  #isSizeTold = false;

  constructor(target: Target, history: History, recorder: Recorder, options: ConvergeOptions) {
    this.#target = target;
    this.#history = history;
    this.#recorder = recorder;
    this.#options = options;
    this.#processes = recordedChildren(history);
    this.#sizes = sourceSizes(target.nixArgs, {
      signal: options.signal,
      limit: limitOf(target.limits, 'evaluation'),
      processes: this.#processes,
    });
  }

  /** How many entries the managed patch has more than at the start. */
  gained(): number {
    return (this.#managed?.size ?? 0) - (this.#entriesAtStart ?? this.#managed?.size ?? 0);
  }

  async toFixedPoint(): Promise<RunOutcome> {
    for (;;) {
      const step = await this.#iterate();
      if (step.kind === 'end') return step.outcome;
    }
  }

  async #iterate(): Promise<Step> {
    const open = this.#recorder.begin(null);
    this.#recorder.phase(open, 'evaluate');
    const prepared = await this.#prepare(open);
    if (prepared.kind !== 'ready') return this.#endUnprepared(open, prepared);
    this.#managed = prepared.managed;
    const { build } = prepared.kernel;
    if (this.#seen.has(build.drvPath))
      return this.#end(open, 'fallout', { kind: 'stalled', reason: 'repeated-state', symbols: [] });
    if (prepared.retries) {
      const step = await this.#probeFirst(open, prepared);
      if (step !== null) return step;
    }
    this.#seen.add(build.drvPath);

    this.#recorder.phase(open, 'build');
    const [verified] = await Promise.all([
      verify(prepared.kernel, this.#verifying(open, prepared)),
      this.#measure(open, prepared),
    ]);
    if (verified.kind === 'aborted') return this.#end(open, 'cancelled', this.#aborted());
    this.#builds++;
    open.buildMs = verified.ms;
    if (verified.kind === 'blocked')
      return this.#end(open, 'blocked', { kind: 'blocked', problem: verified.problem }, logOf(verified));
    if (verified.kind === 'infrastructure')
      return this.#end(open, 'infrastructure', { kind: 'infrastructure', problem: verified.problem });
    open.fallout.push(...verified.fallout);
    if (verified.succeeded && !verified.fallout.some((f) => ABSORBED.has(f.kind)))
      return this.#stable(open, prepared, verified);
    if (this.#builds >= this.#target.maxIterations) return this.#exhausted(open, prepared, verified);
    if (verified.isWhole) return await this.#absorb(open, prepared, verified, verified.fallout);
    return await this.#probe(open, prepared, verified);
  }

  async #prepare(open: OpenIteration): ReturnType<typeof prepare> {
    const prepared = await prepare({
      target: this.#target,
      history: this.#history,
      run: this.#recorder.run,
      open,
      managed: this.#managed,
      fresh: this.#options.fresh ?? false,
      signal: this.#options.signal,
      processes: this.#processes,
      onInputs: (files) => this.#options.onInputs?.(files),
      onWrite: (path, content) => this.#options.onWrite?.(path, content),
    });
    if (prepared.kind === 'ready') this.#entriesAtStart ??= prepared.managed.size - entryGain(open);
    return prepared;
  }

  /** How much the evaluation copied, asked for beside the build; too much is told once in a run. */
  async #measure(open: OpenIteration, { sources }: Prepared): Promise<void> {
    const copied = await this.#sizes(sources);
    if (copied === null || copied.length === 0) return;
    open.sourceBytes = copied.reduce((sum, { bytes }) => sum + bytes, 0);
    const warning = this.#isSizeTold ? null : sizeWarning(copied);
    if (warning === null) return;
    this.#isSizeTold = true;
    this.#recorder.warn(warning);
  }

  /** The transcript ended early: one probe finds the rest of the fallout (ARCHITECTURE.md, "The words"). */
  async #probe(open: OpenIteration, prepared: Prepared, verified: Verified): Promise<Step> {
    this.#recorder.finish(open, 'fallout', extrasOf(prepared, verified));
    const probing = this.#recorder.begin(prepared.files.patchesSha256);
    probing.probe = true;
    probing.drvPath = prepared.kernel.build.probeDrvPath;
    this.#recorder.phase(probing, 'probe');
    const probed = this.#told(await probe(prepared.kernel, this.#verifying(probing, prepared)));
    if (probed?.kind === 'aborted') return this.#end(probing, 'cancelled', this.#aborted());
    this.#builds++;
    if (probed?.kind !== 'verified') return await this.#absorb(probing, prepared, verified, verified.fallout);
    probing.buildMs = probed.ms;
    const listed = new Set(probed.fallout.map((f) => f.symbol));
    const fallout = [...verified.fallout.filter((f) => !listed.has(f.symbol)), ...probed.fallout];
    probing.fallout.push(...fallout);
    if (this.#builds >= this.#target.maxIterations) return this.#exhausted(probing, prepared, { ...probed, fallout });
    return await this.#absorb(probing, prepared, probed, fallout);
  }

  /** A probe in place of the build that would only die; null where it tells nothing, and the build has to. */
  async #probeFirst(open: OpenIteration, prepared: Prepared): Promise<Step | null> {
    const { drvPath, probeDrvPath } = prepared.kernel.build;
    this.#recorder.phase(open, 'probe');
    const [ended] = await Promise.all([
      probe(prepared.kernel, this.#verifying(open, prepared)),
      this.#measure(open, prepared),
    ]);
    const probed = this.#told(ended);
    if (probed?.kind === 'aborted') return this.#end(open, 'cancelled', this.#aborted());
    if (probed?.kind !== 'verified') {
      open.drvPath = drvPath;
      return null;
    }
    this.#builds++;
    Object.assign(open, { probe: true, drvPath: probeDrvPath, buildMs: probed.ms });
    open.fallout.push(...probed.fallout);
    if (this.#builds >= this.#target.maxIterations) return this.#exhausted(open, prepared, probed);
    if (probed.fallout.some((f) => ABSORBED.has(f.kind)))
      return await this.#absorb(open, prepared, probed, probed.fallout);
    this.#recorder.finish(open, 'green', extrasOf(prepared, probed));
    return { kind: 'again' };
  }

  /** A probe only saves iterations: the run goes on without it, and says so. */
  #told(probed: Verification | null): Verification | null {
    if (probed?.kind === 'infrastructure' || probed?.kind === 'blocked') {
      this.#recorder.warn({
        ...probed.problem,
        message: `the run goes on without its probe: ${probed.problem.message}`,
      });
    }
    return probed;
  }

  async #absorb(open: OpenIteration, prepared: Prepared, verified: Verified, fallout: Fallout[]): Promise<Step> {
    const unknown = fallout.find((f) => f.kind === 'unknown');
    if (unknown !== undefined && this.#target.unknown === 'block')
      return this.#end(
        open,
        'blocked',
        { kind: 'blocked', problem: unknownProblem(unknown) },
        extrasOf(prepared, verified),
      );
    const absorbed = absorb(fallout, prepared.managed, prepared.asked, this.#target.policy);
    const extras = extrasOf(prepared, verified);
    const [problem] = absorbed.problems;
    if (problem !== undefined) return this.#end(open, 'blocked', { kind: 'blocked', problem }, extras);
    const changes = changesBetween(prepared.managed, absorbed.managed);
    if (changes.length === 0) {
      return this.#end(
        open,
        'fallout',
        { kind: 'stalled', reason: 'no-rung', symbols: absorbed.stuck.map((f) => f.symbol) },
        extras,
      );
    }
    this.#recorder.phase(open, 'write');
    const written = await writeEntries(
      this.#target,
      prepared.files,
      { from: prepared.managed, to: absorbed.managed },
      {
        history: this.#history,
        run: this.#recorder.run,
        onWrite: (path, content) => this.#options.onWrite?.(path, content),
        signal: this.#options.signal,
        processes: this.#processes,
      },
    );
    if (written.kind === 'aborted') return this.#end(open, 'cancelled', this.#aborted(), extras);
    if (written.kind === 'refused')
      return this.#end(open, 'blocked', { kind: 'blocked', problem: written.problem }, extras);
    if (written.kind === 'newer-save') return this.#end(open, 'fallout', { kind: 'superseded' }, extras);
    this.#managed = absorbed.managed;
    open.entries.push(...changes);
    this.#recorder.finish(open, 'fallout', extras);
    return { kind: 'again' };
  }

  #stable(open: OpenIteration, prepared: Prepared, verified: Verified): Step {
    this.lost = verified.lost;
    const { drvPath, kernelDrvPath } = prepared.kernel.build;
    const step = this.#end(open, 'green', { kind: 'stable' }, extrasOf(prepared, verified));
    markStable(this.#history, {
      target: this.#target.name,
      inputsHash: inputsHash(prepared.inputs),
      configDrvPath: drvPath,
      kernelDrvPath,
      iteration: open.iteration,
      inputs: inputHashes(prepared.inputs),
    });
    return step;
  }

  #exhausted(open: OpenIteration, prepared: Prepared, verified: Verified): Step {
    const symbols = verified.fallout.filter((f) => ABSORBED.has(f.kind)).map((f) => f.symbol);
    return this.#end(
      open,
      'fallout',
      { kind: 'stalled', reason: 'max-iterations', symbols },
      extrasOf(prepared, verified),
    );
  }

  #endUnprepared(open: OpenIteration, ended: Exclude<Awaited<ReturnType<typeof prepare>>, Prepared>): Step {
    switch (ended.kind) {
      case 'blocked':
        return this.#end(open, 'blocked', { kind: 'blocked', problem: ended.problem });
      case 'infrastructure':
        return this.#end(open, 'infrastructure', { kind: 'infrastructure', problem: ended.problem });
      case 'newer-save':
        return this.#end(open, 'cancelled', { kind: 'superseded' });
      case 'aborted':
        return this.#end(open, 'cancelled', this.#aborted());
    }
  }

  #end(
    open: OpenIteration,
    iteration: Parameters<Recorder['finish']>[1],
    outcome: RunOutcome,
    extras: Parameters<Recorder['finish']>[2] = {},
  ): Step {
    this.#recorder.finish(open, iteration, extras);
    return { kind: 'end', outcome };
  }

  #aborted(): RunOutcome {
    return { kind: this.#options.signal.reason === 'superseded' ? 'superseded' : 'interrupted' };
  }

  #verifying(open: OpenIteration, { inputs }: Prepared): Parameters<typeof verify>[1] {
    const before = expected(this.#history, this.#target.name);
    const onProgress = ({ step, questions }: BuildProgress): void =>
      this.#options.emit({
        kind: 'progress',
        run: this.#recorder.run,
        iteration: open.iteration,
        step,
        questions,
        expected: before,
      });
    return {
      target: this.#target,
      history: this.#history,
      inputs,
      cacheDir: dirname(this.#history.path),
      signal: this.#options.signal,
      processes: this.#processes,
      onProgress,
    };
  }
}

function entryGain(open: OpenIteration): number {
  return open.entries.filter((e) => e.from === null).length - open.entries.filter((e) => e.to === null).length;
}

function extrasOf(prepared: Prepared, verified: Verified): Parameters<Recorder['finish']>[2] {
  return {
    ...logOf(verified),
    settings: prepared.kernel.settings,
    questions: verified.questions,
    ...(verified.dotConfig === null ? {} : { dotConfig: verified.dotConfig }),
  };
}

function logOf({ transcript }: Pick<Verified, 'transcript'>): { transcript: string; cut: boolean } {
  return { transcript: transcript.text, cut: transcript.cut };
}
