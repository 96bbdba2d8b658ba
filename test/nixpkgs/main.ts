/**
 * `npm run check:nixpkgs -- PATH [NIX-ARGUMENT…]`: init, once, lost and status on a host made from a real nixpkgs checkout. It
 * builds the config of that nixpkgs' kernel, so Nix has to be able to build or fetch its compiler and its source. Exit codes:
 * 0 all went well, 1 a command did not, 2 PATH is no nixpkgs.
 */
import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { examplePatches, removeHost } from '../../src/setup/demo/demoHost.ts';
import { hostConfigText, urlPath } from '../../src/setup/demo/hostFiles.ts';
import { nixString } from '../../src/nixfile/strings.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const FLAKES = ['--extra-experimental-features', 'nix-command flakes'];

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const [given, ...nixArgs] = process.argv.slice(2);
const fault = whyNoNixpkgs(given);
if (given === undefined || fault !== null) {
  process.stderr.write(
    `check:nixpkgs: ${fault}\n  npm run check:nixpkgs -- PATH, where PATH is a checkout of nixpkgs\n`,
  );
  process.exitCode = 2;
} else process.exitCode = await check(await realpath(given));

/** What of a nixpkgs falloutd itself relies on; the rest is asked of Nix. */
function whyNoNixpkgs(path: string | undefined): string | null {
  if (path === undefined) return 'no PATH is given';
  const root = resolve(path);
  if (!existsSync(root)) return `there is no ${root}`;
  const missing = ['flake.nix', 'lib/default.nix', 'nixos/default.nix'].filter((file) => !existsSync(join(root, file)));
  return missing.length === 0 ? null : `${root} is no nixpkgs: it has no ${missing.join(', no ')}`;
}

/** Makes the host, runs the commands one after the other, and removes it where all of them succeeded. */
async function check(nixpkgs: string): Promise<number> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'falloutd-nixpkgs-')));
  const dir = join(base, 'host');
  try {
    await makeHost(dir, nixpkgs);
    for (const args of [['init', '--yes'], ['once'], ['lost'], ['status']]) {
      say(`\n── falloutd ${args.join(' ')}`);
      const stdio = ['ignore', 'inherit', 'inherit'] as const;
      const { exitCode } = await execa(process.execPath, [MAIN, ...args], { cwd: dir, reject: false, stdio });
      if (exitCode !== 0) throw new Error(`falloutd ${args.join(' ')} ended with ${exitCode ?? 'a signal'}`);
    }
  } catch (error) {
    process.stderr.write(`\ncheck:nixpkgs: ${(error as Error).message}\n  the host is kept in ${dir}\n`);
    return 1;
  }
  await removeHost({ dir: base });
  say(`\ncheck:nixpkgs: init, once, lost and status went well on ${nixpkgs}`);
  return 0;
}

async function makeHost(dir: string, nixpkgs: string): Promise<void> {
  const files = {
    'flake.nix': flake(nixpkgs),
    'patches.nix': examplePatches('linux'),
    'falloutd.toml': hostConfigText({ state: join(dirname(dir), 'state'), nixArgs }, 'fallout.nix'),
  };
  await mkdir(dir);
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
  const here = execa({ cwd: dir, stdin: 'ignore' });
  await here('git', ['init', '--quiet']);
  await here('git', ['add', '--all']);
  await here('nix', [...FLAKES, 'flake', 'lock', ...nixArgs]);
  await here('git', ['add', 'flake.lock']);
}

/** The least that NixOS needs; of a git checkout only what is tracked is copied. */
function flake(nixpkgs: string): string {
  const path = urlPath(nixpkgs);
  const url = existsSync(join(nixpkgs, '.git')) ? `git+file://${path}?shallow=1` : `path:${path}`;
  const system = process.arch === 'arm64' ? 'aarch64-linux' : 'x86_64-linux';
  return `{
  inputs.nixpkgs.url = ${nixString(url)};

  outputs =
    { nixpkgs, ... }:
    {
      nixosConfigurations.demo = nixpkgs.lib.nixosSystem {
        system = ${nixString(system)};
        modules = [
          (
            { lib, ... }:
            {
              boot.kernelPatches = (import ./patches.nix { inherit lib; }).all;
              boot.loader.grub.enable = false;
              fileSystems."/" = {
                device = "/dev/disk/by-label/nixos";
                fsType = "ext4";
              };
              networking.hostName = "demo";
              system.stateVersion = lib.trivial.release or "25.05";
            }
          )
        ];
      };
    };
}
`;
}
