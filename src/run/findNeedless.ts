/** `falloutd tidy`: the settings of the user's own files without which a target comes to the same .config. */
import { realpath } from 'node:fs/promises';
import type { Target } from '../config/config.ts';
import { bindingFinder, type OwnBinding } from '../managed/ownBindings.ts';
import { takenOut, type TakingOut } from '../managed/takeOut.ts';
import { isManaged } from '../model/asker.ts';
import { RefusedError } from '../model/errors.ts';
import type { Intent, Position } from '../model/intent.ts';
import { needlessGroup, type Needless } from '../model/tidy.ts';
import { NixFile } from '../nixfile/nixFile.ts';
import type { History } from '../state/historyDatabase.ts';
import { judged } from '../state/recordRun.ts';
import { bytesOf, textOf } from '../system/fileText.ts';
import { readableBytes } from '../system/wholeFile.ts';
import { whyForbidden } from '../system/writable.ts';
import type { FoundNeedless, Tidy } from '../kernel/tidy.ts';
import { evaluatedUnwritten, given, withoutResult, type Looking } from './evaluatedUnwritten.ts';
import { writeRoot } from './patchWriter.ts';
import type { Prepared, Unwritten } from './prepare.ts';
import type { FileChange } from './writeUserFile.ts';

export type FindOptions = Pick<TakingOut, 'how'> & {
  /** Whether what is true anyway today is found, too. */
  withImplied: boolean;
  /** Only settings at these places are looked at; default: all. */
  only?: readonly string[];
};

/** What becomes of a setting: it goes, or only its `mkForce`. */
type Fate = 'setting' | 'force';

export type FoundTidy = {
  needless: Needless[];
  /** The same, by their places. */
  fates: ReadonlyMap<string, Fate>;
  changes: FileChange[];
  /** What the target comes to, and has to come to afterwards. */
  dotConfig: string;
};

/** A target whose files were read once, in which settings are looked for. */
export type NeedlessFinder = {
  /** The places of all settings that are not nixpkgs' or falloutd's. */
  reads: ReadonlySet<string>;
  /** null after an interruption. */
  find: (options: FindOptions) => Promise<FoundTidy | null>;
};

/**
 * Evaluates a target; the user's files stay as they are. `history` is written to as a run would. null after an interruption.
 * @throws BlockedError, InfrastructureError as a run would end; the finder throws RefusedError where this kernel cannot be predicted.
 */
export async function needlessFinder(
  target: Target,
  history: History,
  looking: Looking,
): Promise<NeedlessFinder | null> {
  const evaluated = await evaluatedUnwritten(target, history, looking);
  if (evaluated === null) return null;
  const { prepared, options } = evaluated;
  const placed = placedIntents(prepared, target);
  const settings = await ownSettings(placed, target);
  return {
    reads: new Set(placed.map(({ position }) => placeOf(position))),
    find: async ({ how, withImplied, only }) => {
      const own = [...settings].filter(([, { position }]) => only?.includes(placeOf(position)) ?? true);
      const asked = own.map(([intent, { binding }]) => ({ intent, isForced: binding.force !== null }));
      const reply = given(await looking.predictor.tidy(prepared, { own: asked, withImplied }, options));
      if (reply === null) return null;
      const { needless, dotConfig } = present(reply.tidy);
      const found = needless.flatMap(({ intent, reason }) => {
        const setting = settings.get(intent);
        return setting === undefined ? [] : { ...setting, reason };
      });
      return {
        needless: found.map(described).sort(byPlace),
        fates: new Map(found.map((each) => [placeOf(each.position), isIdleForce(each) ? 'force' : 'setting'])),
        changes: changesOf(found, how),
        dotConfig: builtBefore(prepared, history) ?? dotConfig,
      };
    },
  };
}

/** Evaluates a target and finds them. @see needlessFinder */
export async function findNeedless(
  target: Target,
  history: History,
  options: FindOptions,
  looking: Looking,
): Promise<FoundTidy | null> {
  const finder = await needlessFinder(target, history, looking);
  return finder && (await finder.find(options));
}

/** An intent with its place, and its index among all. */
type Placed = { index: number; intent: Intent; position: Position };

/** A setting of the user's that may be edited. */
type OwnSetting = { intent: Intent; position: Position; binding: OwnBinding; file: OwnFile };

/** A file of the user's as it was read. */
type OwnFile = { path: string; content: Buffer; nix: NixFile };

const placedIntents = ({ kernel }: Prepared | Unwritten, target: Target): Placed[] =>
  [...kernel.intents.entries()].flatMap(([index, intent]) =>
    intent.position === null || intent.by.kind === 'nixpkgs' || isManaged(intent.by, target.managedName)
      ? []
      : { index, intent, position: intent.position },
  );

/**
 * The settings that stand as plain bindings in files that falloutd may write, by the index of their intent. What a function makes has
 * no binding of its own: several settings come from one place, or none is seen there.
 */
async function ownSettings(placed: readonly Placed[], target: Target): Promise<Map<number, OwnSetting>> {
  const uses = new Map<string, number>();
  for (const { position } of placed) uses.set(placeOf(position), (uses.get(placeOf(position)) ?? 0) + 1);
  const found = new Map<number, OwnSetting>();
  for (const path of new Set(placed.map(({ position }) => position.file))) {
    const file = await ownFile(path, writeRoot(target));
    if (file === null) continue;
    const find = bindingFinder(file.nix);
    for (const { index, intent, position } of placed) {
      if (position.file !== path || uses.get(placeOf(position)) !== 1) continue;
      const binding = find({ ...intent, line: position.line });
      if (binding !== null) found.set(index, { intent, position, binding, file });
    }
  }
  return found;
}

const placeOf = ({ file, line, column }: Position): string => `${line}:${column ?? 0}:${file}`;

async function ownFile(path: string, root: string): Promise<OwnFile | null> {
  const real = await realpath(path).catch(() => null);
  if (real === null || (await whyForbidden(path, real, root)) !== null) return null;
  const content = readableBytes(path);
  const reading = content === null ? null : NixFile.parse(textOf(content));
  return content === null || reading?.kind !== 'file' ? null : { path, content, nix: reading.file };
}

/** @throws where the target comes to nothing that could stay the same, for the user to act on. */
function present(tidy: Tidy): Extract<Tidy, { kind: 'tidy' }> {
  if (tidy.kind === 'tidy') return tidy;
  throw withoutResult(tidy.outcome, 'this target does not come to a configuration that could stay the same');
}

/** The .config that a build of the same derivation gave; a prediction may be wrong. */
function builtBefore(prepared: Prepared | Unwritten, history: History): string | null {
  return prepared.kind === 'ready' ? (judged(history, prepared.kernel.build.drvPath)?.dotConfig ?? null) : null;
}

type Found = OwnSetting & Pick<FoundNeedless, 'reason'>;

const isIdleForce = ({ reason }: Found): boolean => reason.kind === 'idle-force';

function described({ intent, binding: { node }, file: { path, nix }, reason }: Found): Needless {
  const { line } = nix.placeOf(node.from);
  const { symbol, by } = intent;
  return { symbol, file: path, line, text: nix.textOf(node), by, group: needlessGroup(reason), reason };
}

function byPlace(a: Needless, b: Needless): number {
  return a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1;
}

/** The files without these settings. @throws RefusedError where that would change more. */
function changesOf(found: readonly Found[], how: TakingOut['how']): FileChange[] {
  return [...new Set(found.map(({ file }) => file))].map((file) => {
    const inFile = found.filter((each) => each.file === file);
    const forces = inFile.filter(isIdleForce).flatMap(({ binding }) => binding.force ?? []);
    const bindings = inFile.filter((each) => !isIdleForce(each)).map(({ binding }) => binding.node);
    const next = takenOut(file.nix, { bindings, forces, how });
    if (next.kind === 'refused') throw new RefusedError({ file: file.path, ...next.problem });
    return { path: file.path, before: file.content, after: bytesOf(next.file.text) };
  });
}
