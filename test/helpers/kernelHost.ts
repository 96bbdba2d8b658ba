import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { loadConfig, type Target } from '../../src/config/config.ts';
import { converge, type ConvergeOptions } from '../../src/run/converge.ts';
import { createHost, kernelVersion, removeHost, type Host, type HostOptions } from '../../src/setup/demo/demoHost.ts';
import { standInText, type StandInKernel } from '../../src/setup/demo/hostFiles.ts';
import { toolDirectories, whichTool } from '../../src/setup/demo/tools.ts';
import { parseDotConfig } from '../../src/script/dotConfig.ts';
import { openHistory, type History } from '../../src/state/historyDatabase.ts';
import { dotConfig, transcriptFor } from '../../src/state/recordedRuns.ts';
import { buildConfig } from '../../src/nix/configBuild.ts';
import { evaluate } from '../../src/nix/evaluate.ts';
import { Predictor } from '../../src/run/predictor.ts';
import { readManaged } from '../../src/managed/managedPatch.ts';
import { engineHere } from './engineHere.ts';
import { askText } from './patchesText.ts';
import type { Run } from '../../src/model/run.ts';
import type { RunEvent } from '../../src/model/event.ts';

/** Holds config builds back at their first question. */
export type Gate = {
  dir: string;
  shut: () => Promise<void>;
  open: () => Promise<void>;
  /** Resolves when a build stands before it. */ reached: () => Promise<void>;
};

/** Resolves when a condition of the file system or of another process holds, which nothing announces. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(10);
}

export type RunOptions = Partial<Omit<ConvergeOptions, 'emit'>> & {
  target?: Partial<Target>;
  emit?: (event: RunEvent) => void;
};

/**
 * A NixOS host on the stand-in that tests run falloutd on: real Nix with a private store, below the system's temporary
 * directory. One host serves a whole test file: `save` gives it other patches, `kernel` another behaviour, `forget` a
 * new database.
 */
export class KernelHost {
  readonly host: Host;
  history: History;
  readonly #base: string;
  readonly #tree: string | null;
  #gate: Gate | null = null;
  #states = 0;
  #tmpdirBefore: { value: string | undefined } | null = null;
  #aliens = 0;

  private constructor(host: Host, base: string, tree: string | null) {
    this.host = host;
    this.#base = base;
    this.#tree = tree;
    this.history = openHistory(this.stateDir);
  }

  static async create(options: Omit<HostOptions, 'dir'> = {}): Promise<KernelHost> {
    const base = await mkdtemp(join(tmpdir(), 'falloutd-test-'));
    const host = await createHost({ dir: join(base, 'host'), ...options });
    return new KernelHost(host, base, options.tree?.kind === 'linux' ? options.tree.path : null);
  }

  async remove(): Promise<void> {
    if (this.#tmpdirBefore !== null) {
      if (this.#tmpdirBefore.value === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = this.#tmpdirBefore.value;
    }
    this.history.close();
    await removeHost(this.host);
    await rm(this.#base, { recursive: true, force: true });
  }

  get dir(): string {
    return this.host.dir;
  }

  get patchesFile(): string {
    return this.host.patchesFile;
  }

  get stateDir(): string {
    return join(this.#base, `state-${this.#states}`);
  }

  /** A directory of this host that is removed with it, and that no flake looks at. */
  async scratch(name: string): Promise<string> {
    const dir = join(this.#base, name);
    await mkdir(dir, { recursive: true });
    return dir;
  }

  /** Lets builders work below a folder of this host, until it is removed: so they are found by their directory. */
  async keepBuilders(): Promise<void> {
    this.#tmpdirBefore ??= { value: process.env['TMPDIR'] };
    process.env['TMPDIR'] = await this.scratch('builds');
  }

  /** Begins with an empty database: what falloutd knew of this host is forgotten. */
  forget(): void {
    this.history.close();
    this.#states++;
    this.history = openHistory(this.stateDir);
  }

  target(changes: Partial<Target> = {}): Target {
    const [target] = loadConfig(this.host.configFile, this.stateDir).targets;
    if (target === undefined) throw new Error('the host has no target');
    return { ...target, ...changes };
  }

  /** Saves patches.nix as an editor does. */
  async save(text: string): Promise<void> {
    await writeFile(this.patchesFile, text);
  }

  async text(): Promise<string> {
    return readFile(this.patchesFile, 'utf8');
  }

  async flake(): Promise<string> {
    return readFile(join(this.dir, 'flake.nix'), 'utf8');
  }

  /** Adds or replaces a file of the flake; tracked by git unless said otherwise. */
  async file(path: string, text: string, { tracked = true } = {}): Promise<void> {
    await mkdir(dirname(join(this.dir, path)), { recursive: true });
    await writeFile(join(this.dir, path), text);
    if (tracked) await execa('git', ['add', '--intent-to-add', path], { cwd: this.dir });
  }

  /** Makes the stand-in's kernel behave otherwise. */
  async kernel(kernel: StandInKernel): Promise<void> {
    const tree = this.#tree === null ? null : { path: this.#tree, version: kernelVersion(this.#tree) };
    const tools = toolDirectories();
    const path = this.#gate === null ? tools : `${this.#gate.dir}:${tools}`;
    await writeFile(join(this.dir, 'stand-in.nix'), standInText({ tree, bash: whichTool('bash'), path, kernel }));
  }

  /** Puts a gate before conf: while it is shut, a config build of this host waits with make, perl and all at its first question. */
  async gate(): Promise<Gate> {
    if (this.#gate !== null) return this.#gate;
    const dir = await this.scratch('gate');
    const [shut, reached] = [join(dir, 'shut'), join(dir, 'reached')];
    const wait = `case "$*" in *oldaskconfig*) if [ -e '${shut}' ]; then : >'${reached}'; while [ -e '${shut}' ]; do sleep 0.02; done; fi;; esac`;
    await writeFile(join(dir, 'kconfig-conf'), `#!/bin/sh\n${wait}\nexec '${whichTool('kconfig-conf')}' "$@"\n`, {
      mode: 0o755,
    });
    this.#gate = {
      dir,
      shut: async () => {
        await rm(reached, { force: true });
        await writeFile(shut, '');
      },
      open: () => rm(shut, { force: true }),
      reached: () => until(() => existsSync(reached)),
    };
    await this.kernel({});
    return this.#gate;
  }

  /** The processes that work for this host: theirs is its directory, or they are called with a path in it. */
  processes(): string[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .flatMap((pid) => {
        try {
          // Of a process that has ended nothing is left but its number.
          if (/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return [];
          const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
          return readlinkSync(`/proc/${pid}/cwd`).startsWith(this.#base) || words.includes(this.#base)
            ? [`${pid} ${words}`]
            : [];
        } catch {
          return [];
        }
      });
  }

  /** One run of falloutd, in this process. */
  /** One run; the engine works in this process. `predictor: undefined` gives the loop without predictions. */
  async run({ target, ...options }: RunOptions = {}): Promise<Run> {
    return converge(this.target(target), this.history, {
      cause: 'command',
      signal: new AbortController().signal,
      emit: () => undefined,
      predictor: new Predictor(this.stateDir, engineHere),
      ...options,
    });
  }

  /** The .config that a run's last config build gave. */
  config(run: Run): string {
    const last = run.iterations.findLast((i) => !i.probe);
    const text = last === undefined ? null : dotConfig(this.history, last.iteration);
    if (text === null) throw new Error(`run ${run.run} gave no .config: ${JSON.stringify(run.outcome)}`);
    return text;
  }

  /** The symbols of a run's .config by name, as falloutd reads them. */
  symbols(run: Run): Map<string, string> {
    return parseDotConfig(this.config(run));
  }

  /** The transcript of an iteration. */
  log(iteration: number): string {
    return transcriptFor(this.history, iteration)?.toString() ?? '';
  }

  /** What stands between the markers now: `option n`, `y`, `unset` by symbol; a legacy line as `SYMBOL? n`. */
  async entries(): Promise<Record<string, string>> {
    const reading = readManaged(await this.text(), 'fallout');
    if (reading.kind !== 'managed') throw new Error(`no managed patch: ${JSON.stringify(reading)}`);
    return Object.fromEntries([
      ...reading.patch.bindings.map((b) => [b.symbol, b.ask === null ? b.expression : askText(b.ask)] as const),
      ...reading.patch.legacy.map((l) => [l.symbol, `${l.symbol}${l.optional ? '?' : ''} ${l.value}`] as const),
    ]);
  }

  /** The comment behind each entry. */
  async reasons(): Promise<Record<string, string | null>> {
    const reading = readManaged(await this.text(), 'fallout');
    return reading.kind === 'managed'
      ? Object.fromEntries(reading.patch.bindings.map((b) => [b.symbol, b.comment]))
      : {};
  }

  /**
   * What plain Nix makes of other patches on this host, without falloutd: evaluates and builds once. The
   * patches file and the kernel's behaviour are put back afterwards.
   */
  async plainBuild(
    patches: string,
    kernel: StandInKernel,
  ): Promise<{ green: boolean; dotConfig: string | null; transcript: string }> {
    const standIn = join(this.dir, 'stand-in.nix');
    const before = { patches: await readFile(this.patchesFile), standIn: await readFile(standIn) };
    try {
      await this.kernel(kernel);
      await this.save(patches);
      const target = this.target();
      const evaluation = await evaluate(target);
      if (evaluation.kind !== 'evaluated' || evaluation.kernel.build === null)
        throw new Error(`plain Nix cannot evaluate this: ${JSON.stringify(evaluation)}\n${patches}`);
      const { drvPath, outPath } = evaluation.kernel.build;
      const built = await buildConfig(drvPath, outPath, {
        nixArgs: target.nixArgs,
        transcriptLimit: target.transcriptLimit,
      });
      if (built.kind === 'built') return { green: true, dotConfig: built.dotConfig, transcript: built.transcript.text };
      if (built.kind === 'failed') return { green: false, dotConfig: null, transcript: built.transcript.text };
      throw new Error(`plain Nix cannot build this: ${JSON.stringify(built)}`);
    } finally {
      await writeFile(this.patchesFile, before.patches);
      await writeFile(standIn, before.standIn);
    }
  }

  /** A directory with a stand-in `nix` and `nix-store` that log each call to the file and exec the real ones. */
  async loggedNix(): Promise<{ path: string; calls: () => Promise<string[]> }> {
    const bin = await this.scratch(`bin-${this.#aliens++}`);
    const log = join(bin, 'calls');
    await writeFile(log, '');
    for (const name of ['nix', 'nix-store']) {
      const script = `#!/bin/sh\nprintf '%s %s\\n' ${name} "$(printf '%s ' "$@" | tr '\\n' ' ' | cut -c1-200)" >>'${log}'\nexec '${whichTool(name)}' "$@"\n`;
      await writeFile(join(bin, name), script, { mode: 0o755 });
    }
    return {
      path: `${bin}:${process.env['PATH'] ?? ''}`,
      calls: async () => (await readFile(log, 'utf8')).split('\n').filter((line) => line !== ''),
    };
  }
}

/** A module whose kernel has a configfile with other attributes: the text of their bindings, which may name `old`. */
export const configfileWith = (attributes: string): string => `{ pkgs, ... }:
{
  boot.kernelPackages = pkgs.linuxPackagesFor (
    pkgs.linux
    // {
      override =
        change:
        let
          kernel = pkgs.linux.override change;
          configfile = kernel.configfile.overrideAttrs (old: {
            ${attributes}
          });
        in
        kernel // { inherit configfile; };
    }
  );
}
`;

/** A module whose kernel's config build ends, after the script, with `command` in place of its installation. */
export const endingWith = (command: string): string => configfileWith(`installPhase = ${JSON.stringify(command)};`);
