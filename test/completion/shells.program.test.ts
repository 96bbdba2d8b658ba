import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openHistory } from '../../src/state/historyDatabase.ts';
import { ALL_SHELLS, openShell } from '../helpers/shellOnTerminal.ts';
import { sample } from '../helpers/sampleHistory.ts';

const built = (path: string): string => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));

let dir: string;
let place: { cwd: string; env: Record<string, string> };
beforeAll(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'falloutd-shells-')));
  for (const folder of ['bin', 'here', 'here/kernel tree', 'state', 'config', 'fpath']) mkdirSync(join(dir, folder));
  // As a command it shows its arguments, so that a test sees what the shell made of the line.
  const falloutd = `#!/bin/sh
if [ "$1" = __complete ]; then exec '${process.execPath}' '${built('main.js')}' "$@"; fi
printf 'ran'; printf ' [%s]' "$@"; echo
`;
  writeFileSync(join(dir, 'bin/falloutd'), falloutd, { mode: 0o755 });
  writeFileSync(join(dir, 'here/falloutd.toml'), `state = "../state"\n[target.laptop]\n[target.rack]\n`);
  for (const name of ['a log.gz', 'other.nix']) writeFileSync(join(dir, 'here', name), '');
  const history = openHistory(join(dir, 'state'));
  sample(history);
  history.close();
  place = {
    cwd: join(dir, 'here'),
    env: {
      PATH: [join(dir, 'bin'), process.env['PATH']].join(delimiter),
      HOME: dir,
      XDG_CONFIG_HOME: join(dir, 'config'),
    },
  };
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** What is typed before and after Tab, and the arguments that falloutd gets. */
const LINES: [what: string, typed: string, args: string][] = [
  ['a command', 'sta\t', '[status]'],
  ['an option', 'history --lim\t7', '[history] [--limit] [7]'],
  ['a shell', 'completion z\t', '[completion] [zsh]'],
  ['a target', 'pause --target ra\t', '[pause] [--target] [rack]'],
  ['a target after =', '--target=lap\tstatus', '[--target=laptop] [status]'],
  ['an iteration of a target', '--target nixhost diff 1 5\t', '[--target] [nixhost] [diff] [1] [5]'],
  ['a symbol', 'kconfig explain NE\t', '[kconfig] [explain] [NEW]'],
  ['a file with a blank in its name', 'read a\t', '[read] [a log.gz]'],
  ['a file after =', 'kconfig explain --config=oth\t', '[kconfig] [explain] [--config=other.nix]'],
  ['a folder', 'kconfig explain --tree ker\t', '[kconfig] [explain] [--tree] [kernel tree]'],
  ['nothing where nothing fits', 'status --limi\t', '[status] [--limi]'],
  ['no file where none is expected', 'pause oth\t', '[pause] [oth]'],
];

describe.each(ALL_SHELLS)('%s', (shell) => {
  test('completes at a terminal what is typed before Tab', async () => {
    const terminal = await openShell(shell, { script: built(`completion/falloutd.${shell}`), ...place });
    const got: [string, string][] = [];
    try {
      for (const [what, typed] of LINES) {
        const ran = await terminal.type(`falloutd ${typed}\n`, /^ran.*\n/m);
        // Of a folder, zsh takes the final slash away when the line is entered.
        got.push([what, ran.trim().replace('/]', ']')]);
      }
      // Two that fit are both shown, by zsh and fish with what they are.
      const both = shell === 'bash' ? /^3 +1 *$/m : /3\s.*nixhost: stalled.*\s1\s.*nixhost: stable/s;
      await terminal.type('falloutd --target nixhost undo \t\t', both);
    } finally {
      await terminal.close();
    }
    expect(got).toEqual(LINES.map(([what, , args]) => [what, `ran ${args}`]));
  });
});

test('zsh finds the script by its name, as a package installs it', async () => {
  copyFileSync(built('completion/falloutd.zsh'), join(dir, 'fpath/_falloutd'));
  writeFileSync(join(dir, 'fpath.zsh'), `fpath=(${join(dir, 'fpath')} $fpath); compinit -u -D\n`);
  const terminal = await openShell('zsh', { script: join(dir, 'fpath.zsh'), ...place });
  try {
    expect(await terminal.type('falloutd sta\t\n', /^ran.*\n/m)).toBe('ran [status]\n');
    expect(await terminal.type('falloutd hist\t\n', /^ran.*\n/m)).toBe('ran [history]\n');
  } finally {
    await terminal.close();
  }
});
