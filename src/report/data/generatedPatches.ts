import type { NamedPatch } from '../../generate/nixPatches.ts';
import type { FoundSettings } from '../../kernel/settingsToward.ts';
import { spelled } from '../../model/value.ts';
import type { Documents } from './documentSchemas.ts';

/** Generated patches as a document. */
export function generatedPatches(
  patches: readonly NamedPatch[],
  { needless, notAskable, fresh, objects, machine }: FoundSettings,
): Documents['patch'] {
  return {
    patches: patches.map(({ name, settings }) => ({
      name,
      settings: settings.map(({ symbol, value, priority, prompt, reason }) => ({
        symbol,
        value: spelled(value) ?? 'unset',
        force: priority < 100,
        prompt,
        reason,
      })),
    })),
    needless: needless.length,
    notAskable,
    newOptions: fresh,
    objects,
    ...machine,
  };
}
