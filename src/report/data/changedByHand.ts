import type { Target } from '../../config/config.ts';
import { spelledAsk } from '../../fallout/absorb.ts';
import { type ManagedPatch, readManaged } from '../../managed/managedPatch.ts';
import type { Entry } from '../../model/entry.ts';
import { valueOf } from '../../model/value.ts';
import type { History } from '../../state/historyDatabase.ts';
import { replacements } from '../../state/replacements.ts';
import { holdOf, managedEntries, stableOf, writtenEntries } from '../../state/targets.ts';
import { textOf } from '../../system/fileText.ts';
import { wholeFile } from '../../system/wholeFile.ts';

/** What stands for a symbol, by `VIA SYMBOL`: a structured binding and a line of `extraConfig` are two things. */
type Values = ReadonlyMap<string, string>;

/** What differs between two states of a managed patch, as `SYMBOL: from -> to`, by symbol. */
function changesOf(before: Values, now: Values): string[] {
  const keys = [...new Set([...before.keys(), ...now.keys()])];
  return keys
    .filter((key) => before.get(key) !== now.get(key))
    .map((key) => `${key.replace(/^\S+ /, '')}: ${before.get(key) ?? 'none'} -> ${now.get(key) ?? 'none'}`)
    .sort();
}

function valuesOfEntries(entries: readonly Entry[]): Values {
  return new Map(entries.map(({ via, symbol, ask }) => [`${via} ${symbol}`, spelledAsk(ask)]));
}

/** A binding that falloutd does not understand is shown as its expression. */
function valuesOfPatch({ bindings, legacy }: ManagedPatch): Values {
  return new Map([
    ...bindings.map(({ symbol, ask, expression }): [string, string] => [
      `structured ${symbol}`,
      ask === null ? expression.replace(/\s+/g, ' ') : spelledAsk(ask),
    ]),
    ...legacy.map(({ symbol, value, optional }): [string, string] => [
      `legacy ${symbol}`,
      spelledAsk({ value: valueOf(value), optional }),
    ]),
  ]);
}

/**
 * The bindings between the markers of a target that are not what falloutd last wrote, by its file as it is now. None where
 * nothing is recorded to compare them with, or the file cannot be read: the next run says why.
 */
export function changedByHand(db: History, { name, managedFile, managedName }: Target): string[] {
  const now = patchIn(contentOf(managedFile), managedName);
  const before = lastWritten(db, name, managedName);
  return now === null || before === null ? [] : changesOf(before, valuesOfPatch(now));
}

/** How many entries stand between the markers of a target now; null where its file cannot be read. */
export function entriesOnDisk({ managedFile, managedName }: Target): number | null {
  const patch = patchIn(contentOf(managedFile), managedName);
  return patch === null ? null : patch.bindings.length + patch.legacy.length;
}

function lastWritten(db: History, target: string, managedName: string): Values | null {
  // An undo leaves no entries on record, only the text that it put back.
  if (holdOf(db, target)?.kind === 'undone') {
    const patch = patchIn(replacements(db, target)[0]?.after ?? null, managedName);
    return patch === null ? null : valuesOfPatch(patch);
  }
  const recorded = managedEntries(db, target);
  const isRecorded = recorded.length > 0 || stableOf(db, target) !== null || writtenEntries(db, target).length > 0;
  return isRecorded ? valuesOfEntries(recorded) : null;
}

function patchIn(content: Buffer | null, name: string): ManagedPatch | null {
  const reading = content === null ? null : readManaged(textOf(content), name);
  return reading?.kind === 'managed' ? reading.patch : null;
}

function contentOf(file: string): Buffer | null {
  try {
    return wholeFile(file);
  } catch {
    return null;
  }
}
