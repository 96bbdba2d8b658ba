import { decidingLegacyLine } from '../fallout/intents.ts';
import { isManaged } from '../model/asker.ts';
import { sameAsk } from '../model/value.ts';
import type { Entry } from '../model/entry.ts';
import type { Problem } from '../model/problem.ts';
import type { EvaluatedKernel, EvaluatedPatch } from '../nix/evaluatedKernel.ts';
import { requested, settingFor, settingOf } from '../script/settings.ts';

/**
 * Whether the managed patch reaches the kernel with exactly the entries that stand on disk, and whether this nixpkgs
 * reads the attribute names in use. Pure: it compares what was evaluated with what was written.
 * @returns null when all is well, else what the user has to do.
 */
export function proveReach(kernel: EvaluatedKernel, entries: readonly Entry[], patch: ManagedPlace): Problem | null {
  return ignoredAttribute(kernel) ?? notInList(kernel, entries, patch) ?? notAsked(kernel, entries, patch);
}

type ManagedPlace = { managedName: string; managedFile: string };

function notInList(kernel: EvaluatedKernel, entries: readonly Entry[], patch: ManagedPlace): Problem | null {
  const { managedName, managedFile: file } = patch;
  // A vendor kernel may not say which patches it took; then only the settings can be looked at.
  if (kernel.patches.length === 0) return null;
  if (!kernel.patches.some((p) => p.name === managedName)) {
    return {
      message: `the managed patch \`${managedName}\` does not reach the kernel: it is not in its list of patches`,
      file,
      hint: `add it to the end of boot.kernelPatches; \`falloutd init\` can do that`,
    };
  }
  const unseen = firstUnseen(kernel, entries, managedName);
  if (unseen === null) return null;
  return {
    message: `the evaluation sees another text of the managed patch than stands on disk (${unseen})`,
    file,
    hint: 'is the file part of a locked flake input? Then name it in nix-args with --override-input. Is it tracked by git?',
  };
}

function notAsked(kernel: EvaluatedKernel, entries: readonly Entry[], patch: ManagedPlace): Problem | null {
  const { managedName, managedFile: file } = patch;
  if (kernel.build === null) return null;
  const beaten = entries.find(
    (e) =>
      e.via === 'structured' &&
      decidingLegacyLine(kernel.legacy, e.symbol, managedName) === null &&
      !isAnswered(kernel, e),
  );
  if (beaten === undefined) return null;
  const own = kernel.patches.find((p) => p.name === managedName);
  const [attribute] = own?.attributes ?? [];
  // All patches are read by one name: another name in another patch, and the settings tell which of the two it is.
  const isMixed = kernel.patches.some((p) => p.attributes.some((a) => a !== attribute));
  if (own?.attributes.length === 1 && attribute !== undefined && isMixed) {
    return {
      message: `this nixpkgs ignores \`${attribute}\` of the managed patch \`${managedName}\`: its entries do not reach the kernel`,
      file,
      ...(own.position?.file === file ? { line: own.position.line } : {}),
      hint: `rename it to \`${otherAttribute(attribute)}\``,
    };
  }
  return {
    message: `the entry ${beaten.symbol} of the managed patch is not what the kernel is asked for`,
    file,
    hint: 'a smaller override number or a field with a priority of its own wins elsewhere',
  };
}

/** As the script is asked: a setting that is unset has no line, so that nothing is known of its optional. */
function isAnswered(kernel: EvaluatedKernel, entry: Entry): boolean {
  const setting = settingOf(kernel.settings, entry.symbol);
  const asked = settingFor(entry.ask);
  if (setting === undefined || asked === null) return setting === undefined && asked === null;
  return requested(setting) === requested(asked) && setting.optional === asked.optional;
}

function otherAttribute(attribute: EvaluatedPatch['attributes'][number]): EvaluatedPatch['attributes'][number] {
  return attribute === 'structuredExtraConfig' ? 'extraStructuredConfig' : 'structuredExtraConfig';
}

function firstUnseen(kernel: EvaluatedKernel, entries: readonly Entry[], managedName: string): string | null {
  const evaluated = new Map(kernel.intents.filter((i) => isManaged(i.by, managedName)).map((i) => [i.symbol, i]));
  const structured = entries.filter((e) => e.via === 'structured');
  for (const entry of structured) {
    const seen = evaluated.get(entry.symbol);
    if (seen === undefined || !sameAsk(seen.ask, entry.ask)) return entry.symbol;
    evaluated.delete(entry.symbol);
  }
  return evaluated.keys().next().value ?? null;
}

/** A patch none of whose symbols the kernel is asked for: this nixpkgs ignores the name of the attribute. */
function ignoredAttribute(kernel: EvaluatedKernel): Problem | null {
  if (kernel.build === null) return null;
  // What anybody unsets has no setting, whoever else asks for it: it proves nothing.
  const unset = new Set(kernel.intents.filter((i) => i.ask.value.kind === 'unset').map((i) => i.symbol));
  for (const patch of kernel.patches) {
    const attribute = patch.attributes.length === 1 ? patch.attributes[0] : undefined;
    if (attribute === undefined) continue;
    const asked = kernel.intents.filter(
      (i) => i.by.kind === 'patch' && i.by.index === patch.index && !unset.has(i.symbol),
    );
    if (asked.length === 0 || asked.some((i) => Object.hasOwn(kernel.settings, i.symbol))) continue;
    return {
      message: `this nixpkgs ignores \`${attribute}\` of patch ${patch.name}: not one of its symbols reaches the kernel`,
      ...(patch.position === null ? {} : { file: patch.position.file, line: patch.position.line }),
      hint: `rename it to \`${otherAttribute(attribute)}\``,
    };
  }
  return null;
}
