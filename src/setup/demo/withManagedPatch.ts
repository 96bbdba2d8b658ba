import type { Problem } from '../../model/problem.ts';
import { planInit } from '../../managed/addPatch.ts';
import { findManaged } from '../../managed/managedPatch.ts';
import { NixFile } from '../../nixfile/nixFile.ts';

/** A patches.nix with the managed patch in it, as `falloutd init` adds it; or why it cannot be added. */
export function withManagedPatch(text: string): { text: string; problem: Problem | null } {
  const reading = NixFile.parse(text);
  if (reading.kind === 'file' && findManaged(reading.file, 'fallout').kind === 'absent') {
    const plan = planInit(reading.file, { name: 'fallout', how: 'inside', attribute: 'structuredExtraConfig' });
    return plan.kind === 'planned' ? { text: plan.text, problem: null } : { text, problem: plan.problem };
  }
  return { text, problem: null };
}
