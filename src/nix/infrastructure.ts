import type { Problem } from '../model/problem.ts';
import { sshHost, storeName } from './stores.ts';

/** What Nix and builders print when the network, the disk, the daemon or a remote builder fails. */

const DISK = 'free some space (nix-collect-garbage), then try again';
const NETWORK = 'check the network and the substituters, then try again';
const DAEMON =
  'check that the Nix daemon runs (systemctl status nix-daemon), here and on the machine that builds, then try again';
const BUILDER = 'check the remote builder and its SSH key, or build here with --builders ""';

const STORE = 'is the disk of the Nix store there, not full and writable (df)? then try again';

const SIGNS: [RegExp, string][] = [
  [/No space left on device|disk quota exceeded|database or disk is full|caused by lack of free disk space/i, DISK],
  [
    /executing SQLite (?:statement|query)|(?:opening|open|cannot open) (?:Nix|SQLite) database|database disk image is malformed/i,
    STORE,
  ],
  [
    /cannot allocate memory|out of memory|std::bad_alloc|resource temporarily unavailable/i,
    'free some memory, or build with fewer jobs, then try again',
  ],
  [
    /\bKilled\b|\bsignal 9\b|\bSIGKILL\b|\bError 137\b|\b(?:code|status) 137\b|\boom[-_ ]?kill/,
    'something killed the build, most likely because memory ran out (see dmesg): free some memory, or build with fewer jobs, then try again',
  ],
  [
    /failed due to signal \d+|\bKilled\b.*signal|terminated by signal|died with signal/i,
    'something killed the build: try again',
  ],
  // Nix before 2.20 takes a killed `git rev-parse` for one that found a commit; the next git then finds none.
  [/^git: bad revision 'HEAD'$/, 'something killed git under Nix, or the repository has lost its HEAD: try again'],
  [
    /Nix daemon disconnected|cannot connect to (?:socket|daemon)|daemon-socket|cannot open connection to remote store 'daemon|unexpected end-of-file|unexpected EOF|broken pipe|protocol mismatch/i,
    DAEMON,
  ],
  [/unable to download .*HTTP error (?:408|429|5\d\d)|API rate limit exceeded|too many requests/i, NETWORK],
  [/unable to download '[^']*': (?!.*HTTP error 4)/i, NETWORK],
  [
    /could(?:n't| not) resolve host|temporary failure in name resolution|could not connect|failed to connect to|connection (?:refused|reset|timed out)|network is unreachable|no route to host|operation timed out|SSL (?:connect|certificate)|timeout was reached|curl: \((?:5|6|7|28|35|52|55|56|92)\)/i,
    NETWORK,
  ],
  [
    /ssh: |Host key verification failed|unable to start any build|failed to (?:build|connect) on|build hook (?:died|failed)|remote builder|error: \[[^\]]*ssh/i,
    BUILDER,
  ],
  [
    /timed out after \d+ seconds/i,
    'the build was stopped by a time limit (timeout, max-silent-time): raise it, then try again',
  ],
  [
    /interrupted by the user|has been interrupted|database is (?:busy|locked)|SQLite database .* is (?:busy|corrupt)|input\/output error|stale (?:NFS )?file handle|transport endpoint is not connected|read-only file system|too many open files|cannot (?:create|open) lock|opening lock file|opening pseudoterminal/i,
    'see what Nix says, then try again',
  ],
];

/** How Nix 2.8 to 2.36 reports a store or a builder that it does not reach over SSH. */
const UNREACHED =
  /cannot (?:open connection to remote store|build on) '(ssh[^']*)'|(?:cannot connect to|failed to start SSH (?:master )?connection to) '([^']*)'/;
/** The reason, in the words of ssh or of the shell at the other end. */
const SSH_SAYS =
  /(?:^|: )(ssh: .+|\S+: Permission denied \(.+|Host key verification failed\.|Connection (?:closed|reset|timed out).*|\S+: (?:command )?not found)$/m;

/**
 * Why the machine that should build was not reached; null if none is missing. Nix builds here instead if it may, so this is
 * the reason of a failure only if Nix reports no failed derivation.
 * @param store the store that was asked; Nix 2.26 leaves the host out of its name.
 */
export function unreachedMachine(text: string, store?: string): Problem | null {
  const found = UNREACHED.exec(text);
  if (found === null) return null;
  const named = store ?? found[1] ?? found[2] ?? '';
  const reason = SSH_SAYS.exec(text)?.[1];
  return {
    message: `${storeName(named)} cannot be reached${reason === undefined ? '' : `: ${reason}`}`,
    hint: `as the user who runs falloutd, \`ssh ${sshHost(named) ?? found[2] ?? 'HOST'} nix --version\` has to work without a question`,
  };
}

/** A text without the lines about machines that were not reached. */
export function withoutUnreached(text: string): string {
  const lines = text.split('\n').filter((line) => !UNREACHED.test(line) && !SSH_SAYS.test(line));
  return lines.join('\n');
}

/** No message is longer, and the time of some signs grows with the square of a line. */
const MAX_LINE = 4000;

/** The line of a text that shows an infrastructure failure, with advice; null if there is none. */
export function infrastructureIn(whole: string): Problem | null {
  const lines = whole.split('\n').map((line) => line.slice(0, MAX_LINE));
  const text = lines.join('\n');
  for (const [sign, hint] of SIGNS) {
    const found = sign.exec(text);
    if (found === null) continue;
    const line = lines[text.slice(0, found.index).split('\n').length - 1] ?? '';
    return { message: line.trim().replace(/^(?:error:|warning:|Reason:) /, ''), hint };
  }
  return null;
}
