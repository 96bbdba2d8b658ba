import { readdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { deepStrictEqual } from 'node:assert';
import type { Database } from 'better-sqlite3';
import { openDatabase, prepareStatement } from '../../src/state/sqlite.ts';
import { falloutd } from '../helpers/command.ts';
import { KernelHost } from '../helpers/kernelHost.ts';
import { pragma } from '../helpers/pragma.ts';
import { MANAGED } from '../helpers/patchesText.ts';
import { WatchedFalloutd } from './daemon.ts';
import { TARGETS, type Layout, type TargetName } from './plan.ts';
import { SoakTarget, type FixedPoint } from './target.ts';
import { patchesText } from './wishes.ts';

/** A host with two targets that kills and races come to, round after round, and what must hold after each. */
export class SoakHost {
  readonly host: KernelHost;
  readonly targets: Record<TargetName, SoakTarget>;
  readonly #env: Record<string, string>;
  #states = 0;

  private constructor(host: KernelHost, { managed }: Layout, references: References, builds: string) {
    this.host = host;
    const target = (name: TargetName, file: string, own: string): SoakTarget =>
      new SoakTarget({
        name,
        patchesFile: join(host.dir, file),
        separate: managed === 'separate' ? own : null,
        references,
      });
    this.targets = {
      demo: target('demo', 'patches.nix', 'fallout.nix'),
      other: target('other', 'other.nix', 'other-fallout.nix'),
    };
    this.#env = { TMPDIR: builds };
  }

  static async create(layout: Layout, references: References): Promise<SoakHost> {
    const host = await KernelHost.create();
    await addTarget(host, layout);
    const soak = new SoakHost(host, layout, references, await host.scratch('builds'));
    for (const { managedFile, patchesFile } of soak.all)
      for (const file of [patchesFile, managedFile]) await host.file(file.slice(host.dir.length + 1), '');
    await soak.forget();
    return soak;
  }

  async remove(): Promise<void> {
    await this.host.remove();
  }

  get all(): SoakTarget[] {
    return TARGETS.map((name) => this.targets[name]);
  }

  get stateDir(): string {
    return join(dirname(this.host.stateDir), `soak-${this.#states}`);
  }

  /** Begins again with an empty database, and with managed patches as `falloutd init` makes them. */
  async forget(): Promise<void> {
    for (const target of this.all) target.begin();
    this.#states++;
    await mkdir(this.stateDir);
  }

  /** Starts falloutd for both targets, or for the one that is named. */
  start(command: 'watch' | 'once', target?: TargetName): WatchedFalloutd {
    const args = [
      command,
      ...['--config', this.host.host.configFile, '--state', this.stateDir],
      ...(target === undefined ? [] : ['--target', target]),
      ...(command === 'once' ? ['--json'] : []),
    ];
    const managedFiles = (target === undefined ? this.all : [this.targets[target]]).map((each) => each.managedFile);
    return new WatchedFalloutd(args, { managedFiles, stateDir: this.stateDir, env: this.#env });
  }

  /** As the user does who does not wait for the next attempt. */
  async retry(target: TargetName): Promise<void> {
    await falloutd(['retry', '--config', this.host.host.configFile, '--state', this.stateDir, '--target', target]);
  }

  /** Each file is what the user saved last, or what falloutd made of it and recorded before; never a mix. */
  checkFiles(): void {
    const known = this.#known();
    for (const target of this.all) target.checkFiles(known);
  }

  /** No temporary file is left beside the managed ones. */
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

  /** Nothing works for this host but the daemon that is to. */
  checkProcesses(daemon: WatchedFalloutd | null): void {
    deepStrictEqual(
      this.host.processes().filter((each) => !each.startsWith(`${daemon?.pid ?? 0} `)),
      [],
      'processes are left',
    );
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

/** A second host in the flake, with patches of its own, and the target for it. */
async function addTarget(host: KernelHost, { managed, jobs }: Layout): Promise<void> {
  const flake = await host.flake();
  const [demo] = /^ {6}nixosConfigurations\.demo = [^]*?^ {6}\};\n/m.exec(flake) ?? [];
  if (demo === undefined) throw new Error(`the flake has no host:\n${flake}`);
  const other = demo.replaceAll('demo', 'other').replaceAll('patches.nix', 'other.nix');
  await host.file('flake.nix', flake.replace(demo, demo + other));
  const toml = await readFile(host.host.configFile, 'utf8');
  const own = (file: string): string => `name = "fallout"\n${managed === 'separate' ? `managed = "${file}"\n` : ''}`;
  const first = toml.slice(toml.indexOf('[target.demo]'));
  const second = first.replaceAll('demo', 'other').replace('patches.nix', 'other.nix');
  await writeFile(
    host.host.configFile,
    `jobs = ${jobs}\n${toml}${own('fallout.nix')}\n${second}${own('other-fallout.nix')}`,
  );
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
