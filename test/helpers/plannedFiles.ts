import type { Entry } from '../../src/model/entry.ts';
import type { UserFile } from './nixFiles.ts';
import { editManaged, planInit } from './onText.ts';

/** The text of a file after init. */
export function planned(
  file: UserFile,
  how: 'inside' | { importOf: string } = 'inside',
  name: 'structuredExtraConfig' | 'extraStructuredConfig' = 'structuredExtraConfig',
): string {
  const plan = planInit(file.text, { name: 'fallout', how, attribute: name });
  if (plan.kind !== 'planned') throw new Error(`${file.layout}: ${plan.problem.message}\n${file.text}`);
  return plan.text;
}

/** The same with these entries in the managed patch. */
export function edited(text: string, wanted: readonly Entry[]): string {
  const edit = editManaged(text, 'fallout', wanted);
  if (edit.kind === 'refused') throw new Error(`${edit.problem.message}\n${text}`);
  return edit.kind === 'edited' ? edit.text : text;
}

/** Numbers from 0 to 1 that a seed decides. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
