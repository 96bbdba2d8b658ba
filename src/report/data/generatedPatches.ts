import type { NamedPatch } from '../../generate/nixPatches.ts';
import { PLAIN } from '../../kernel/addedWishes.ts';
import type { PatchSetting } from '../../kernel/patchSettings.ts';
import type { FoundSettings } from '../../kernel/settingsToward.ts';
import type { Tables } from '../../model/keptModule.ts';
import { spelled } from '../../model/value.ts';
import type { Documents } from './documentSchemas.ts';

/** A setting of a generated patch, as documents have it. */
export const generatedSetting = ({ symbol, value, priority, prompt, reason }: PatchSetting): GeneratedSetting => ({
  symbol,
  value: spelled(value) ?? 'unset',
  force: priority < PLAIN,
  prompt,
  reason,
});

type GeneratedSetting = Documents['patch']['patches'][number]['settings'][number];

/** Generated patches as a document. */
export function generatedPatches(
  patches: readonly NamedPatch[],
  { needless, notAskable, fresh, objects, machine, autoModules, tables }: FoundSettings & { tables?: Tables },
): Documents['patch'] {
  return {
    patches: patches.map(({ name, settings }) => ({
      name,
      settings: settings.map(generatedSetting),
    })),
    needless: needless.length,
    notAskable,
    newOptions: fresh,
    objects,
    ...machine,
    ...(autoModules && { autoModules }),
    ...(tables && { tables }),
  };
}
