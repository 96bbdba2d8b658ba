/** `falloutd patch cpu`: what compiles a target's kernel for one processor. */
import type { Target } from '../config/config.ts';
import { askCompiler, type CompilerAnswer, type KnownCpu } from '../generate/askCompiler.ts';
import { makeFlagsFor } from '../generate/cpuPatch.ts';
import type { PatchSetting } from '../kernel/patchSettings.ts';
import type { Attribute } from '../managed/managedPatch.ts';
import type { CpuNote } from '../model/cpu.ts';
import { InfrastructureError, RefusedError, UsageError } from '../model/errors.ts';
import type { NotAskable } from '../model/patchSetting.ts';
import { compilerHere, type CompilerHere } from '../nix/compilerHere.ts';
import type { BuildProgress } from '../nix/configBuild.ts';
import type { KernelCompiler } from '../nix/evaluatedKernel.ts';
import type { History } from '../state/historyDatabase.ts';
import { evaluatedUnwritten, given, type EvaluatedUnwritten, type Looking } from './evaluatedUnwritten.ts';
import { attributeOf, buildOptions, settled } from './patchesFor.ts';

export type TargetCpu = Pick<KnownCpu, 'compiler' | 'cpu' | 'from'> & {
  makeFlags: string[];
  /** What chooses the processor among the kernel's own options, where it has one for it. */
  settings: PatchSetting[];
  notAskable: NotAskable[];
  notes: CpuNote[];
  attribute: Attribute;
  /** The kernel's. */
  version: string;
};

/**
 * Evaluates a target, and asks its compiler and its kernel. `history` is a copy of what is recorded. null after an interruption.
 * @param cpu as compilers name it; null: the processor of this machine.
 * @throws BlockedError, InfrastructureError as a run would end; RefusedError where its compiler cannot be asked; UsageError for a name that
 * the compiler does not know.
 */
export async function cpuOfTarget(
  target: Target,
  history: History,
  cpu: string | null,
  looking: Looking & { say: (text: string) => void },
): Promise<TargetCpu | null> {
  const evaluated = await evaluatedUnwritten(target, history, looking);
  if (evaluated === null) return null;
  const { kernel } = evaluated.prepared;
  const compiler = x86Compiler(kernel.compiler);
  const onProgress = ({ step }: BuildProgress): void => looking.say(`the compiler: ${step}`);
  const building = buildOptions(target, { ...evaluated.options, onProgress });
  const path = pathOf(await compilerHere(compiler, building), compiler);
  if (path === null) return null;
  const known = knownCpu(await askCompiler(path, cpu, looking.signal), cpu);
  if (known === null) return null;
  const chosen = await chosenFor(known.cpu, evaluated, looking);
  if (chosen === null) return null;
  const { makeFlags, notes } = makeFlagsFor(known.cpu, known.canTune, compiler.makeFlags);
  const { compiler: asked, cpu: name, from, lacking } = known;
  return {
    compiler: asked,
    cpu: name,
    from,
    makeFlags,
    settings: chosen.settings,
    notAskable: chosen.notAskable,
    notes: [
      ...(lacking.length > 0 ? [{ kind: 'lacking' as const, instructions: lacking }] : []),
      ...notes,
      ...chosen.notes,
    ],
    attribute: attributeOf(kernel, target),
    version: kernel.version,
  };
}

/** Other kernels than those of x86 choose the compiler's instructions themselves, and take others at run time. */
function x86Compiler(compiler: KernelCompiler | null): KernelCompiler {
  if (compiler === null)
    throw new RefusedError({ message: 'this kernel does not say who compiles it: it has no stdenv.cc' });
  if (/^(?:x86_64|i686)-/.test(compiler.target)) return compiler;
  throw new RefusedError({
    message: `the flags of one processor are for x86 only; this kernel is for ${compiler.target}`,
    hint: 'there the kernel itself says -march, for its assembler, and takes newer instructions when it runs',
  });
}

/** Where the compiler is; null after an interruption. */
function pathOf(here: CompilerHere, { system, outPath }: KernelCompiler): string | null {
  switch (here.kind) {
    case 'here':
      return here.path;
    case 'aborted':
      return null;
    case 'infrastructure':
      throw new InfrastructureError(here.problem);
    case 'failed':
      throw new RefusedError({ message: `the kernel's compiler cannot be had here: ${here.problem.message}` });
    case 'foreign':
      throw new RefusedError({ message: `the kernel's compiler is for ${system}: this machine cannot run it` });
    case 'elsewhere':
      throw new RefusedError({
        message: `the kernel's compiler is in the store ${here.store}, and cannot be asked here`,
        hint: outPath,
      });
  }
}

/** @throws UsageError, RefusedError; null after an interruption. */
function knownCpu(answer: CompilerAnswer, asked: string | null): KnownCpu | null {
  switch (answer.kind) {
    case 'known':
      return answer;
    case 'aborted':
      return null;
    case 'unknown-cpu': {
      const { compiler, known } = answer;
      const hint = known.length === 0 ? {} : { hint: `it knows, the nearest first: ${known.join(', ')}` };
      throw new UsageError({ message: `${nameOf(compiler)} does not know the processor ${asked ?? ''}`, ...hint });
    }
    case 'no-native':
      throw new RefusedError({
        message: `${nameOf(answer.compiler)} does not say which processor this is`,
        hint: 'name it with --cpu',
      });
    case 'no-compiler':
      throw new RefusedError({ message: `the kernel's compiler cannot be asked: ${answer.reason}` });
  }
}

const nameOf = ({ kind, version }: KnownCpu['compiler']): string => `${kind} ${version}`;

type Chosen = Pick<TargetCpu, 'settings' | 'notAskable' | 'notes'>;

/** The settings for a processor. Where this kernel's options are not known, its flags do without. null after an interruption. */
async function chosenFor(
  cpu: string,
  { prepared, options }: EvaluatedUnwritten,
  { predictor }: Looking,
): Promise<Chosen | null> {
  try {
    const choice = given(await predictor.cpuChoice(prepared.kernel, cpu, options));
    if (choice === null) return null;
    const { options: symbols, native } = choice.found;
    const notes: CpuNote[] = native.length === 0 ? [] : [{ kind: 'native-options', symbols: native }];
    const [symbol] = symbols;
    if (symbol === undefined) return { settings: [], notAskable: [], notes };
    const wanted = { kind: 'changes' as const, changes: [{ symbol, from: 'n', to: 'y' }] };
    const reply = given(await predictor.toward(prepared, { wanted, against: null }, options));
    if (reply === null) return null;
    const { settings, notAskable } = settled(reply.toward);
    return { settings, notAskable, notes };
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return { settings: [], notAskable: [], notes: [{ kind: 'options-unknown', reason: error.problem.message }] };
  }
}
