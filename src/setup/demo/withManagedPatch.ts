import type { Problem } from '../../model/problem.ts';
import { planInit } from '../../managed/addPatch.ts';
import { readManaged } from '../../managed/managedPatch.ts';

/** A patches.nix with the managed patch in it, as `falloutd init` adds it; or why it cannot be added. */
export function withManagedPatch(text: string): { text: string; problem: Problem | null } {
  if (readManaged(text, 'fallout').kind !== 'absent') return { text, problem: null };
  const plan = planInit(text, { name: 'fallout', how: 'inside', attribute: 'structuredExtraConfig' });
  return plan.kind === 'planned' ? { text: plan.text, problem: null } : { text, problem: plan.problem };
}
