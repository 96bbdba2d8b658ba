import { createHash } from 'node:crypto';
import { existsSync, readdirSync, realpathSync, statSync, type Stats } from 'node:fs';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import type { Environment } from '../ast.ts';
import { readIfThere } from '../treeFiles.ts';

/** The variables that name the programs that a tree's probes run. */
const TOOLS =
  'CC LD AR NM OBJCOPY OBJDUMP READELF STRIP HOSTCC HOSTCXX RUSTC BINDGEN PAHOLE PYTHON3 CONFIG_SHELL'.split(' ');

/** Variables of a login or a terminal, and those derived from the toolchain or the tree. Any other one may change what a compiler answers. */
const IRRELEVANT = new RegExp(
  '^(_|SHLVL|PWD|OLDPWD|TERM|TERM_.*|COLORTERM|COLUMNS|LINES|LS_COLORS|NO_COLOR|FORCE_COLOR|HIST.*|PS[1-4]|PROMPT.*|' +
    'EDITOR|VISUAL|PAGER|LESS.*|MAIL|USER|LOGNAME|SHELL|DISPLAY|WAYLAND_.*|XAUTHORITY|SSH_.*|GPG_.*|DBUS_.*|XDG_.*|' +
    'INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_.*|NOTIFY_SOCKET|WINDOWID|TMUX.*|STY|npm_.*|NODE.*|VITEST.*|CI|KCONFIG_.*|' +
    'KBUILD_DEFCONFIG|CC_VERSION_TEXT|RUSTC_VERSION_TEXT|srctree|objtree|KERNELVERSION|KERNELRELEASE|MAKE.*|MFLAGS)$',
);

/**
 * What the answers of a tree's probes depend on besides their commands: the programs, the environment and the scripts of the tree. No process is
 * started: a program is identified by its path, its size and the time of its last change.
 */
export function probeConditions(root: string, environment: Environment): { id: string; tools: string[] } {
  const tools = programs(environment).map((name) => `${name} ${stampOfProgram(name, environment)}`);
  const variables = Object.entries(environment)
    .filter(([name]) => !IRRELEVANT.test(name))
    .map(([name, value]) => `${name}=${value}`)
    .sort();
  const hash = createHash('sha256').update(JSON.stringify([tools, variables, stampOf('/usr/include')]));
  for (const script of scriptsOf(root)) hash.update(script);
  return { id: hash.digest('hex').slice(0, 32), tools };
}

/** The size of a file and the time of its last change, or `none` if there is no such file. */
export function stampOf(path: string): string {
  const stat = statOf(path);
  return stat === null ? 'none' : `${stat.size} ${stat.mtimeMs}`;
}

/** Every program that the tool variables name (`ccache gcc` are two), and the assembler that the compiler calls. */
function programs(environment: Environment): string[] {
  const named = TOOLS.flatMap((variable) => (environment[variable] ?? '').split(/\s+/)).filter(
    (word) => word !== '' && !word.startsWith('-'),
  );
  return [...new Set([...named, `${environment['CROSS_COMPILE'] ?? ''}as`])];
}

function stampOfProgram(name: string, environment: Environment): string {
  const path = findProgram(name, environment['PATH'] ?? '');
  if (path === null) return 'none';
  const real = realpathSync(path);
  // rustup's programs are all the same file. Its settings decide which compiler they start.
  const rustup = environment['RUSTUP_HOME'] ?? join(environment['HOME'] ?? '/', '.rustup');
  const settings =
    dirname(path).endsWith('.cargo/bin') || real.endsWith('rustup') ? ` ${stampOf(join(rustup, 'settings.toml'))}` : '';
  return `${real} ${stampOf(real)}${settings}`;
}

/** The executable that a shell would run for a name, or null. */
export function findProgram(name: string, path: string): string | null {
  const candidates = name.includes('/')
    ? [name]
    : path.split(delimiter).map((directory) => join(directory || '.', name));
  return candidates.find((candidate) => isAbsolute(candidate) && isExecutable(candidate)) ?? null;
}

function isExecutable(path: string): boolean {
  const stat = statOf(path);
  return stat !== null && stat.isFile() && (stat.mode & 0o111) !== 0;
}

/** null also where a folder on the way is closed to this user, as one in PATH may be. */
function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/** The name and the text of each shell script in the tree's `scripts`: probes call them, and they call each other. */
function* scriptsOf(root: string): Generator<string> {
  const directory = join(root, 'scripts');
  const names = existsSync(directory) ? readdirSync(directory) : [];
  for (const name of names.filter((each) => each.endsWith('.sh')).sort()) {
    yield name;
    yield readIfThere(join(directory, name)) ?? '';
  }
}
