/** Asks a compiler for the processors that it compiles for. */
import { execa } from 'execa';
import type { Compiler } from '../model/cpu.ts';
import {
  compilerOf,
  instructionsBeyond,
  listedNames,
  macrosIn,
  nativeName,
  NATIVE_QUESTION,
  nearestFirst,
} from './compilerText.ts';

export type KnownCpu = {
  kind: 'known';
  compiler: Compiler;
  cpu: string;
  from: 'native' | 'asked';
  /** Whether it has that name for `-mtune`, too: it has none for levels as x86-64-v3. */
  canTune: boolean;
  /** Instructions that it uses for that processor, and that this machine lacks. */
  lacking: string[];
};

export type CompilerAnswer =
  | KnownCpu
  /** `known`: all that it knows, those first that look most like the name. */
  | { kind: 'unknown-cpu'; compiler: Compiler; known: string[] }
  /** It does not tell which processor this machine has. */
  | { kind: 'no-native'; compiler: Compiler }
  /** It cannot be run, or is neither gcc nor clang. */
  | { kind: 'no-compiler'; reason: string }
  | { kind: 'aborted' };

/** @param cpu null: the processor of this machine. */
export async function askCompiler(path: string, cpu: string | null, signal: AbortSignal): Promise<CompilerAnswer> {
  const ask = async (...args: string[]): Promise<Said> => run(path, args, signal);
  const answer = await answered(path, cpu, ask);
  // Then it was ended while it was asked.
  return signal.aborted ? { kind: 'aborted' } : answer;
}

async function answered(
  path: string,
  asked: string | null,
  ask: (...args: string[]) => Promise<Said>,
): Promise<CompilerAnswer> {
  const plain = await ask(...MACROS);
  const named = compilerOf(macrosIn(plain.stdout));
  if (!plain.isDone || named === null) return { kind: 'no-compiler', reason: plain.isDone ? NEITHER : plain.reason };
  const compiler = { ...named, path };
  const native = await ask('-march=native', ...MACROS);
  const question = asked === null && native.isDone ? await ask(...NATIVE_QUESTION[compiler.kind]) : null;
  const cpu = asked ?? nativeName(compiler.kind, `${question?.stdout ?? ''}\n${question?.stderr ?? ''}`);
  if (cpu === null) return { kind: 'no-native', compiler };
  const known = await ask(`-march=${cpu}`, ...MACROS);
  if (!known.isDone) return { kind: 'unknown-cpu', compiler, known: nearestFirst(listedNames(known.stderr), cpu) };
  const { isDone: canTune } = await ask(`-mtune=${cpu}`, ...MACROS);
  const lacking = native.isDone ? instructionsBeyond(macrosIn(known.stdout), macrosIn(native.stdout)) : [];
  return { kind: 'known', compiler, cpu, from: asked === null ? 'native' : 'asked', canTune, lacking };
}

const MACROS = ['-dM', '-E', '-x', 'c', '/dev/null'] as const;
const NEITHER = 'it is neither gcc nor clang';

type Said = { isDone: boolean; stdout: string; stderr: string; reason: string };

/** nixpkgs' wrapper around compilers leaves `-march=native` out unless it is told otherwise. */
async function run(path: string, args: readonly string[], cancelSignal: AbortSignal): Promise<Said> {
  const env = { PATH: process.env['PATH'], LC_ALL: 'C', NIX_ENFORCE_NO_NATIVE: '0' };
  const options = { env, extendEnv: false, cancelSignal, reject: false, stdin: 'ignore' } as const;
  const { failed, stdout, stderr, shortMessage = '' } = await execa(path, args, options);
  return { isDone: !failed, stdout, stderr, reason: stderr.trim().split('\n')[0] || shortMessage };
}
