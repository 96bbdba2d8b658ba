import { spawn } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHost, removeHost, STAND_IN, type Host, type HostOptions } from '../../src/setup/demo/demoHost.ts';

type Exit = { code: number | null; stdout: string; stderr: string };

/** What a config build printed, as `nix log` has it, and the `.config` it made. */
export type ConfigBuild = { green: boolean; lines: string[]; config: Map<string, string>; dotConfig: string };

export async function temporaryHost(options: Omit<HostOptions, 'dir'> = {}): Promise<Host> {
  return createHost({ dir: join(await mkdtemp(join(tmpdir(), 'falloutd-standin-')), 'host'), ...options });
}

/** Runs `body` with a host that is gone afterwards. */
export async function withHost<T>(options: Omit<HostOptions, 'dir'>, body: (host: Host) => Promise<T>): Promise<T> {
  const host = await temporaryHost(options);
  try {
    return await body(host);
  } finally {
    await removeHost(host);
  }
}

/** patches.nix with one patch that asks for what `settings` says (the lines of an attribute set). */
export function onePatch(settings: string, more = ''): string {
  return `{ lib, ... }:\nwith lib.kernel;\n[\n  {\n    name = "mine";\n    patch = null;\n    ${more}\n    structuredExtraConfig = { ${settings} };\n  }\n]\n`;
}

export async function savePatches(host: Host, text: string): Promise<void> {
  await writeFile(host.patchesFile, text);
}

/** `nix eval` of an attribute of the host's kernel; `apply` is a Nix function over it. */
export async function evaluate(host: Host, attribute = '', apply = 'x: x'): Promise<Exit> {
  return run('nix', [
    '--extra-experimental-features',
    'nix-command flakes',
    'eval',
    '--json',
    `${host.dir}#${host.attribute}${attribute}`,
    '--apply',
    apply,
    ...host.nixArgs,
  ]);
}

/** The value of an expression over `lib` and `settings` (the merge of structured settings), with no store at all. */
export async function evaluateExpression(expression: string): Promise<Exit> {
  const text = `let lib = import ${STAND_IN}/lib; settings = import ${STAND_IN}/kernel/settings.nix { inherit lib; }; in with lib; with kernel; ${expression}`;
  return run('nix-instantiate', ['--eval', '--strict', '--json', '--store', 'dummy://', '--expr', text]);
}

/** Builds a derivation; the log comes from the store, so it is whole. */
export async function realise(host: Host, drvPath: string): Promise<Exit & { log: string }> {
  const exit = await run('nix-store', ['--realise', drvPath, ...host.nixArgs]);
  const log = await run('nix', [
    '--extra-experimental-features',
    'nix-command flakes',
    'log',
    drvPath,
    ...host.nixArgs,
  ]);
  return { ...exit, log: log.stdout };
}

/** One config build of the host as it stands. */
export async function buildConfig(host: Host): Promise<ConfigBuild> {
  const evaluated = await evaluate(host, '.configfile.drvPath');
  if (evaluated.code !== 0) throw new Error(evaluated.stderr);
  const built = await realise(host, JSON.parse(evaluated.stdout) as string);
  const path = built.stdout.trim();
  const dotConfig = path === '' ? '' : await readOutput(host, path);
  return { green: built.code === 0, lines: built.log.split('\n'), config: readConfig(dotConfig), dotConfig };
}

/** The lines in which the script judges: what falloutd calls fallout. */
export function verdict(build: ConfigBuild): string[] {
  return build.lines.filter((line) =>
    /^(error|warning): |^(repeated question|conflicting answers|clamped) ?/.test(line),
  );
}

async function readOutput(host: Host, path: string): Promise<string> {
  const exit = await run('nix', [
    '--extra-experimental-features',
    'nix-command',
    'store',
    'cat',
    path,
    ...host.nixArgs,
  ]);
  if (exit.code !== 0) throw new Error(exit.stderr);
  return exit.stdout;
}

function readConfig(text: string): Map<string, string> {
  const config = new Map<string, string>();
  for (const line of text.split('\n')) {
    const set = /^CONFIG_(\w+)=(.*)$/.exec(line);
    const unset = /^# CONFIG_(\w+) is not set$/.exec(line);
    if (set?.[1] !== undefined) config.set(set[1], set[2] ?? '');
    if (unset?.[1] !== undefined) config.set(unset[1], 'n');
  }
  return config;
}

function run(command: string, args: readonly string[]): Promise<Exit> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', fail);
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}
