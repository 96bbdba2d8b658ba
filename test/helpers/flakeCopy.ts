import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { privateStore, STAND_IN } from '../../src/setup/demo/demoHost.ts';
import { falloutdCommand } from './command.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What falloutd's flake consists of. */
const FLAKE = ['flake.nix', 'LICENSE', 'config', 'package.json', 'package-lock.json', 'src', 'tsconfig.json'];

/** Names for expressions; `nixos` and `home` give the configuration of a system with our module and some settings. */
const NAMES = `
  nixpkgs = (import ../nixpkgs/flake.nix).outputs { self = nixpkgs; };
  inherit (nixpkgs) lib;
  pkgs = nixpkgs.legacyPackages.x86_64-linux;
  flake = (import ./flake.nix).outputs { self = flake; inherit nixpkgs; };
  package = pkgs.runCommand "falloutd" { } "mkdir -p $out/bin; cp \${./falloutd.sh} $out/bin/falloutd; chmod +x $out/bin/falloutd" // { meta.mainProgram = "falloutd"; };
  withModules = modules: (lib.nixosSystem { inherit modules; }).config;
  service = more: { services.falloutd = { enable = true; inherit package; } // more; };
  nixos = more: withModules [ flake.nixosModules.default { users.users.alice.home = "/home/alice"; } (service more) ];
  home = more: (lib.homeManagerConfiguration { modules = [ flake.homeModules.default (service more) ]; }).config;
`;

export type Result<T> = { kind: 'value'; value: T } | { kind: 'error'; message: string };

/** A copy of falloutd's flake beside the stub of nixpkgs, with a store of its own. */
export class FlakeCopy {
  readonly dir = mkdtempSync(join(tmpdir(), 'falloutd-flake-'));
  readonly flake = join(this.dir, 'flake');
  readonly #nixpkgs = join(this.dir, 'nixpkgs');

  constructor() {
    for (const path of FLAKE) cpSync(join(ROOT, path), join(this.flake, path), { recursive: true });
    cpSync(join(ROOT, 'test/nixos/nixpkgs'), this.#nixpkgs, { recursive: true });
    cpSync(STAND_IN, join(this.#nixpkgs, 'base'), { recursive: true });
    const words = falloutdCommand().map((word) => `'${word}'`);
    // As the package's wrapper does, it brings what the PATH lacks.
    const path = `PATH="$PATH:${process.env['PATH'] ?? ''}"`;
    writeFileSync(join(this.flake, 'falloutd.sh'), `#!/bin/sh\nexport ${path}\nexec ${words.join(' ')} "$@"\n`);
  }

  /** Changes a file of the flake. */
  edit(path: string, change: (text: string) => string): void {
    const file = join(this.flake, path);
    writeFileSync(file, change(readFileSync(file, 'utf8')));
  }

  /** `nix flake show`: every output, evaluated on both systems. */
  async show(): Promise<Result<unknown>> {
    const nixpkgs = ['--override-input', 'nixpkgs', `path:${this.#nixpkgs}`, '--no-write-lock-file'];
    return await this.#json('nix', [
      ...['--extra-experimental-features', 'nix-command flakes'],
      ...['flake', 'show', '--json', `path:${this.flake}`, ...nixpkgs],
    ]);
  }

  /** The value of an expression. */
  async evaluate<T>(expression: string): Promise<Result<T>> {
    return await this.#json('nix-instantiate', [
      '--eval',
      '--read-write-mode',
      '--strict',
      '--json',
      ...this.#expression(expression),
    ]);
  }

  /** Builds the derivation that an expression gives. @returns its path. */
  async build(expression: string): Promise<Result<string>> {
    const { failed, stdout, stderr } = await this.#run('nix-build', ['--no-out-link', ...this.#expression(expression)]);
    return failed ? { kind: 'error', message: stderr } : { kind: 'value', value: stdout };
  }

  remove(): void {
    makeWritable(this.dir);
    rmSync(this.dir, { recursive: true });
  }

  #expression(expression: string): string[] {
    const file = join(this.flake, 'expression.nix');
    writeFileSync(file, `let ${NAMES} in ${expression}\n`);
    return [file];
  }

  async #json<T>(command: string, args: readonly string[]): Promise<Result<T>> {
    const { failed, stdout, stderr } = await this.#run(command, args);
    return failed ? { kind: 'error', message: stderr } : { kind: 'value', value: JSON.parse(stdout) as T };
  }

  async #run(command: string, args: readonly string[]) {
    return await execa(command, [...args, ...privateStore(join(this.dir, 'nix'))], { reject: false });
  }
}

/** The value, where there is one. */
export function valueOf<T>(result: Result<T>): T {
  if (result.kind === 'error') throw new Error(result.message);
  return result.value;
}

/** What Nix says of an expression that is wrong; fails where it is not. */
export function messageOf(result: Result<unknown>): string {
  if (result.kind === 'value') throw new Error(`it was accepted: ${JSON.stringify(result.value)}`);
  return result.message;
}

/** Directories of a Nix store are read-only. */
function makeWritable(dir: string): void {
  chmodSync(dir, 0o755);
  for (const entry of readdirSync(dir, { withFileTypes: true }))
    if (entry.isDirectory()) makeWritable(join(dir, entry.name));
}
