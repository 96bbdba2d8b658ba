import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { deepStrictEqual } from 'node:assert';
import { newFalloutFile } from '../../src/managed/addPatch.ts';
import { readManaged } from '../../src/managed/managedPatch.ts';
import type { Run } from '../../src/model/run.ts';
import { parseDotConfig } from '../../src/script/dotConfig.ts';
import { openHistory } from '../../src/state/historyDatabase.ts';
import { dotConfig } from '../../src/state/recordedRuns.ts';
import { sha256 } from '../../src/system/contentHash.ts';
import { askText, MANAGED } from '../helpers/patchesText.ts';
import type { Save, TargetName } from './plan.ts';
import { saveAs } from './saves.ts';
import { blockOf, editedInside, outside, patchesText } from './wishes.ts';

/** What a run without any disturbance comes to. */
export type FixedPoint = { entries: Record<string, string>; config: Map<string, string> };

type Options = {
  name: TargetName;
  patchesFile: string;
  /** The name of the managed patch's own file; null where it stands in the patches file. */
  separate: string | null;
  references: { of: (wishes: number) => Promise<FixedPoint> };
};

/** One target of a host: what its user saved last, and what must hold of its files. */
export class SoakTarget {
  readonly name: TargetName;
  readonly patchesFile: string;
  readonly managedFile: string;
  readonly #import: string | null;
  readonly #references: Options['references'];
  /** What the user wrote last, by file, with its mode. */
  readonly #saved = new Map<string, { text: string; mode: number }>();
  #wishes = 0;
  #mark = '';
  /** What stood in the managed file when the database was new. */
  #atFirst = '';

  constructor({ name, patchesFile, separate, references }: Options) {
    this.name = name;
    this.patchesFile = patchesFile;
    this.managedFile = separate === null ? patchesFile : patchesFile.replace(/[^/]*$/, separate);
    this.#import = separate === null ? null : `  (import ./${separate} { inherit lib; })`;
    this.#references = references;
  }

  /** Writes the files as `falloutd init` leaves them. */
  begin(): void {
    this.#wishes = 0;
    this.#mark = 'the beginning';
    const managed = this.#import ?? MANAGED.trimEnd();
    writeFileSync(this.patchesFile, patchesText({ wishes: 0, mark: this.#mark, version: null, managed }));
    if (this.#import !== null) writeFileSync(this.managedFile, newFalloutFile('fallout', 'structuredExtraConfig'));
    for (const path of new Set([this.patchesFile, this.managedFile])) this.#remember(path, this.#read(path));
    this.#atFirst = sha256(Buffer.from(this.#read(this.managedFile)));
  }

  /** The user saves other wishes, from the file as it stands now. */
  async save(save: Save, mark: string, version: string | null): Promise<void> {
    const now = this.#read(this.patchesFile);
    // In the middle of a save of his own there is nothing to read: then he has the text before it.
    const block =
      this.#import ?? blockOf(now) ?? blockOf(this.#saved.get(this.patchesFile)?.text ?? '') ?? MANAGED.trimEnd();
    const managed = this.#import ?? editedInside(block, save.inside);
    const text = patchesText({ wishes: save.wishes, mark, version, managed });
    this.#wishes = save.wishes;
    this.#mark = mark;
    await saveAs(this.patchesFile, text, save);
    this.#remember(this.patchesFile, text);
    if (this.#import === null || save.inside === 'nothing') return;
    const own = this.#read(this.managedFile);
    const changed = own.replace(blockOf(own) ?? '', editedInside(blockOf(own) ?? '', save.inside));
    await saveAs(this.managedFile, changed, save);
    this.#remember(this.managedFile, changed);
  }

  /** `known` are the hashes of the user's contents that the database holds. */
  checkFiles(known: ReadonlySet<string>): void {
    for (const [path, { text, mode }] of this.#saved) {
      const content = readFileSync(path);
      const name = basename(path);
      if (!content.equals(Buffer.from(text))) {
        must(path === this.managedFile, `${name} was written, in which falloutd has nothing to do`);
        must(
          known.has(sha256(content)) || sha256(content) === this.#atFirst,
          `${name} holds what nobody recorded:\n${content.toString()}`,
        );
        // The end of the user's last save may be what falloutd never saw: then it stands in the file as it is.
        must(
          known.has(sha256(Buffer.from(text))) || this.#import !== null,
          `${name}: what the user saved last is not in the database, and was replaced`,
        );
      }
      must(
        outside(content.toString()) === outside(text),
        `${name}: the user's last save ${this.#mark} is not there:\n${content.toString()}`,
      );
      must(
        statSync(path).mode === mode,
        `${name}: its mode is ${statSync(path).mode.toString(8)}, the user's was ${mode.toString(8)}`,
      );
    }
  }

  /** Stable, on the very wishes saved last, with the entries and the .config of a host that nobody disturbed. */
  async checkFixedPoint(run: Run | null, stateDir: string): Promise<void> {
    if (run === null) throw new Error(`no run of ${this.name} ended`);
    deepStrictEqual(run.outcome, { kind: 'stable' }, `${this.name}: ${JSON.stringify(run.outcome)}`);
    const reference = await this.#references.of(this.#wishes);
    const what = `of ${this.name} for wishes ${this.#wishes}`;
    deepStrictEqual(this.#entries(), reference.entries, `the entries ${what}`);
    const last = run.iterations.at(-1);
    const number = typeof last === 'number' ? last : (last?.iteration ?? 0);
    const history = openHistory(stateDir, { readonly: true });
    try {
      const config = parseDotConfig(dotConfig(history, number) ?? '');
      config.delete('LOCALVERSION');
      deepStrictEqual(config, reference.config, `the .config ${what}`);
    } finally {
      history.close();
    }
  }

  #entries(): Record<string, string> {
    const reading = readManaged(this.#read(this.managedFile), 'fallout');
    if (reading.kind !== 'managed') return { '': reading.kind };
    return Object.fromEntries(
      reading.patch.bindings.map((b) => [b.symbol, b.ask === null ? b.expression : askText(b.ask)]),
    );
  }

  #remember(path: string, text: string): void {
    this.#saved.set(path, { text, mode: statSync(path).mode });
  }

  #read(path: string): string {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return '';
    }
  }
}

function must(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}
