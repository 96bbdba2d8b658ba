/** An engine on a small tree, and what is asked of it. */
import { intentsBySymbol } from '../../src/fallout/intents.ts';
import { loadEngine, type KernelEngine } from '../../src/kernel/kernelEngine.ts';
import { readFacts } from '../../src/kernel/kernelFacts.ts';
import { wholeRequest } from '../../src/kernel/predictedRequest.ts';
import type { PredictionInput } from '../../src/kernel/prediction.ts';
import type { Intent } from '../../src/model/intent.ts';
import { valueOf } from '../../src/model/value.ts';
import { factsBytes } from './facts.ts';

/** A choice of three, which ends where `endchoice` follows. */
export const PREEMPTION = `choice
	prompt "preemption"
	default NONE
config NONE
	bool "none"
config VOLUNTARY
	bool "voluntary"
config FULL
	bool "full"
`;

export function smallKernel(kconfig: string): KernelEngine {
  const read = readFacts(factsBytes({ files: { Kconfig: kconfig }, baseConfig: 'CONFIG_MODULES=y\n' }));
  if (read.kind !== 'facts') throw new Error(read.kind);
  const loaded = loadEngine(read.facts);
  if (loaded.kind !== 'engine') throw new Error(loaded.kind);
  return loaded.engine;
}

type By = 'user' | 'nixpkgs' | 'optional';

/** What a symbol is asked for, and by whom: the user, or nixpkgs' defaults. */
export type AskedFor = readonly [symbol: string, value: string, by?: By];

/** A target with one patch of the user's before the managed one; each wish stands on a line of its own. */
export function askingFor(asked: readonly AskedFor[]): PredictionInput {
  const intents = asked.map(([symbol, text, by = 'user'], at): Intent => {
    const ask = { value: valueOf(text), optional: by === 'optional' };
    const position = { file: '/home/me/patches.nix', line: at + 1, column: 1 };
    return by === 'user'
      ? { symbol, ask, priority: 100, by: { kind: 'patch', name: 'mine', index: 0 }, position }
      : { symbol, ask, priority: 100, by: { kind: 'nixpkgs' }, position: null };
  });
  const target = { legacy: [], managedName: 'fallout', managedIndex: 1 };
  const settings = wholeRequest(new Map(), { ...target, intents: intentsBySymbol(intents, target.managedName) });
  return { ...target, settings, intents, entries: [], policy: 'keep-wish' };
}
