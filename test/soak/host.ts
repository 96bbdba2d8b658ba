import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { deepStrictEqual } from 'node:assert';
import type { Database } from 'better-sqlite3';
import { parseDotConfig } from '../../src/script/dotConfig.ts';
import { sha256 } from '../../src/system/contentHash.ts';
import { openHistory } from '../../src/state/historyDatabase.ts';
import { dotConfig } from '../../src/state/recordedRuns.ts';
import { openDatabase, prepareStatement } from '../../src/state/sqlite.ts';
import { newFalloutFile } from '../../src/managed/addPatch.ts';
import { readManaged } from '../../src/managed/managedPatch.ts';
import { falloutd } from '../helpers/command.ts';
import { KernelHost } from '../helpers/kernelHost.ts';
import { pragma } from '../helpers/pragma.ts';
import { askText, MANAGED } from '../helpers/patchesText.ts';
import { WatchedFalloutd } from './daemon.ts';
import type { Layout, Save } from './plan.ts';
import { blockOf, editedInside, outside, patchesText } from './wishes.ts';
import { saveAs } from './saves.ts';
import type { Run } from '../../src/model/run.ts';

const IMPORT = '  (import ./fallout.nix { inherit lib; })';

/** What a run without any disturbance comes to. */
type FixedPoint = { entries: Record<string, string>; config: Map<string, string> };

/** A host that kills and races come to, round after round, and what must hold after each. */
export class SoakHost {
  readonly host: KernelHost;
  readonly layout: Layout;
  readonly managedFile: string;
  readonly #references: References;
  readonly #env: Record<string, string>;
  readonly #config: string;
  /** What the user wrote last, by file, with its mode. */
  #saved = new Map<string, { text: string; mode: number }>();
  #states = 0;
  #wishes = 0;
  #mark = '';
  /** What stood in the managed file when the database was new. */
  #atFirst = '';

  private constructor(host: KernelHost, layout: Layout, config: string, references: References, builds: string) {
    this.host = host;
    this.layout = layout;
    this.#config = config;
    this.#references = references;
    this.managedFile = layout === 'inside' ? host.patchesFile : join(host.dir, 'fallout.nix');
    this.#env = { TMPDIR: builds };
  }

  static async create(layout: Layout, references: References): Promise<SoakHost> {
    const host = await KernelHost.create();
    const toml = await readFile(host.host.configFile, 'utf8');
    if (layout === 'separate') {
      await host.file('fallout.nix', newFalloutFile('fallout', 'structuredExtraConfig'));
      await writeFile(host.host.configFile, `${toml}managed = "fallout.nix"\n`);
    }
    const soak = new SoakHost(host, layout, host.host.configFile, references, await host.scratch('builds'));
    await soak.forget();
    return soak;
  }

  async remove(): Promise<void> {
    await this.host.remove();
  }

  get stateDir(): string {
    return join(dirname(this.host.stateDir), `soak-${this.#states}`);
  }

  /** Begins again with an empty database, and with a managed patch as `falloutd init` makes it. */
  async forget(): Promise<void> {
    writeFileSync(
      this.host.patchesFile,
      patchesText({
        wishes: 0,
        mark: 'the beginning',
        version: null,
        managed: this.layout === 'inside' ? MANAGED.trimEnd() : IMPORT,
      }),
    );
    if (this.layout === 'separate') writeFileSync(this.managedFile, newFalloutFile('fallout', 'structuredExtraConfig'));
    this.#remember();
    this.#states++;
    await mkdir(this.stateDir);
    this.#atFirst = sha256(Buffer.from(this.#read(this.managedFile)));
  }

  start(command: 'watch' | 'once'): WatchedFalloutd {
    const args = [
      command,
      '--config',
      this.#config,
      '--state',
      this.stateDir,
      ...(command === 'once' ? ['--json'] : []),
    ];
    return new WatchedFalloutd(args, { managedFile: this.managedFile, stateDir: this.stateDir, env: this.#env });
  }

  /** As the user does who does not wait for the next attempt. */
  async retry(): Promise<void> {
    await falloutd(['retry', '--config', this.#config, '--state', this.stateDir]);
  }

  /** The user saves other wishes, from the file as it stands now. */
  async save(save: Save, mark: string, version: string | null): Promise<void> {
    const now = this.#read(this.host.patchesFile);
    // In the middle of a save of his own there is nothing to read: then he has the text before it.
    const block =
      this.layout === 'separate'
        ? IMPORT
        : (blockOf(now) ?? blockOf(this.#saved.get(this.host.patchesFile)?.text ?? '') ?? MANAGED.trimEnd());
    const managed = this.layout === 'inside' ? editedInside(block, save.inside) : block;
    const text = patchesText({ wishes: save.wishes, mark, version, managed });
    this.#wishes = save.wishes;
    this.#mark = mark;
    await saveAs(this.host.patchesFile, text, save);
    this.#saved.set(this.host.patchesFile, { text, mode: statSync(this.host.patchesFile).mode });
    if (this.layout === 'inside' || save.inside === 'nothing') return;
    const own = this.#read(this.managedFile);
    const changed = own.replace(blockOf(own) ?? '', editedInside(blockOf(own) ?? '', save.inside));
    await saveAs(this.managedFile, changed, save);
    this.#saved.set(this.managedFile, { text: changed, mode: statSync(this.managedFile).mode });
  }

  /** The file is what the user saved last, or what falloutd made of it and recorded before; never a mix. */
  checkFiles(): void {
    const known = this.#known();
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
          known.has(sha256(Buffer.from(text))) || this.layout === 'separate',
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

  /** No temporary file is left beside the managed one. */
  checkLeftovers(): void {
    deepStrictEqual(
      readdirSync(this.host.dir).filter((name) => name.includes('.falloutd-')),
      [],
      'temporary files are left',
    );
  }

  checkDatabase(): void {
    this.#query((db) => {
      deepStrictEqual(pragma(db, 'integrity_check'), 'ok');
    });
  }

  /** Every run has ended, and no entry passes for the user's own: none of his saves changed one. */
  checkHistory(): void {
    this.#query((db) => {
      deepStrictEqual(
        prepareStatement(db, 'SELECT run FROM runs WHERE detail IS NULL').all(),
        [],
        'a run is still under way',
      );
      deepStrictEqual(
        prepareStatement(db, 'SELECT iteration FROM iterations WHERE outcome IS NULL').all(),
        [],
        'an iteration is still under way',
      );
      deepStrictEqual(
        prepareStatement(db, "SELECT symbol, origin FROM managed_entries WHERE origin ->> '$.kind' = 'hand'").all(),
        [],
        "an entry passes for the user's own",
      );
    });
  }

  /** Stable, on the very wishes saved last, with the entries and the .config of a host that nobody disturbed. */
  async checkFixedPoint(run: Run | null): Promise<void> {
    if (run === null) throw new Error('no run ended');
    deepStrictEqual(run.outcome, { kind: 'stable' });
    const reference = await this.#references.of(this.#wishes);
    deepStrictEqual(this.entries(), reference.entries, `the entries for wishes ${this.#wishes}`);
    const last = run.iterations.at(-1);
    const number = typeof last === 'number' ? last : (last?.iteration ?? 0);
    const history = openHistory(this.stateDir, { readonly: true });
    try {
      const config = parseDotConfig(dotConfig(history, number) ?? '');
      config.delete('LOCALVERSION');
      deepStrictEqual(config, reference.config, `the .config for wishes ${this.#wishes}`);
    } finally {
      history.close();
    }
  }

  /** Nothing works for this host but the daemon that is to. */
  checkProcesses(daemon: WatchedFalloutd | null): void {
    deepStrictEqual(
      this.host.processes().filter((each) => !each.startsWith(`${daemon?.pid ?? 0} `)),
      [],
      'processes are left',
    );
  }

  entries(): Record<string, string> {
    const reading = readManaged(this.#read(this.managedFile), 'fallout');
    if (reading.kind !== 'managed') return { '': reading.kind };
    return Object.fromEntries(
      reading.patch.bindings.map((b) => [b.symbol, b.ask === null ? b.expression : askText(b.ask)]),
    );
  }

  #remember(): void {
    for (const path of new Set([this.host.patchesFile, this.managedFile]))
      this.#saved.set(path, { text: this.#read(path), mode: statSync(path).mode });
  }

  #read(path: string): string {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return '';
    }
  }

  /** The hashes of the user's contents that the database holds. */
  #known(): Set<string> {
    return (
      this.#query((db) => new Set(prepareStatement(db, 'SELECT sha256 FROM patches').pluck().all() as string[])) ??
      new Set()
    );
  }

  /** null where the kill came before there was a database. */
  #query<T>(ask: (db: Database) => T): T | null {
    let db: Database;
    try {
      db = openDatabase(join(this.stateDir, 'falloutd.db'), { fileMustExist: true });
    } catch {
      return null;
    }
    try {
      const tables = prepareStatement(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'managed_entries'")
        .pluck()
        .get();
      return tables === 1 ? ask(db) : null;
    } finally {
      db.close();
    }
  }
}

function must(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}

/** The fixed points of all wishes, each found once on a host that nobody disturbs. */
export class References {
  readonly #host: KernelHost;
  readonly #found = new Map<number, Promise<FixedPoint>>();
  #last: Promise<unknown> = Promise.resolve();

  private constructor(host: KernelHost) {
    this.#host = host;
  }

  static async create(): Promise<References> {
    return new References(await KernelHost.create());
  }

  async of(wishes: number): Promise<FixedPoint> {
    let found = this.#found.get(wishes);
    if (found === undefined) {
      // One at a time: there is one file.
      found = this.#last.then(async () => this.#find(wishes));
      this.#last = found;
      this.#found.set(wishes, found);
    }
    return found;
  }

  async remove(): Promise<void> {
    await this.#host.remove();
  }

  async #find(wishes: number): Promise<FixedPoint> {
    this.#host.forget();
    await this.#host.save(patchesText({ wishes, mark: 'undisturbed', version: null, managed: MANAGED.trimEnd() }));
    const run = await this.#host.run();
    deepStrictEqual(run.outcome, { kind: 'stable' });
    const config = this.#host.symbols(run);
    config.delete('LOCALVERSION');
    return { entries: await this.#host.entries(), config };
  }
}
