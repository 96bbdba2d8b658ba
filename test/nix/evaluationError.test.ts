import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BuildLogCollector, printedLines } from '../../src/nix/buildLog.ts';
import { classifyBuildFailure } from '../../src/nix/buildFailure.ts';
import { mapBack, readEvaluationError } from '../../src/nix/evaluationError.ts';
import { log, LOGS } from '../helpers/recordedLogs.ts';

const S = '/nix/store/r22lx8p2lv5hq7xy7srnj2mnf1xh9bq8-source';
const TRACE = `error:
       … while calling the 'derivationStrict' builtin
         at <nix/derivation-internal.nix>:37:12:
           36|
           37|   strict = derivationStrict drvAttrs;
             |            ^
           38|

       … while evaluating the attribute 'y'
         at ${S}/flake.nix:7:3:
            6|
            7|   y = x;
             |   ^

`;

describe('readEvaluationError', () => {
  // The words are those of Nix 2.3, 2.8, 2.26, 2.36 and Lix.
  it.each([
    [
      '2.3 syntax',
      `error: syntax error, unexpected '}', expecting ';', at /home/u/patches.nix:3:1`,
      {
        kind: 'syntax',
        message: "syntax error, unexpected '}', expecting ';'",
        file: '/home/u/patches.nix',
        line: 3,
        column: 1,
      },
    ],
    [
      '2.8 syntax',
      `error: syntax error, unexpected end of file\n\n       at ${S}/p.nix:1:9:\n\n            1| { y = 1;\n`,
      { kind: 'syntax', file: `${S}/p.nix`, line: 1, column: 9 },
    ],
    [
      '2.26 syntax',
      `${TRACE}       error: syntax error, unexpected end of file, expecting INHERIT\n       at ${S}/p.nix:1:10:\n            1| { y = 1;\n             |          ^`,
      { kind: 'syntax', line: 1, column: 10 },
    ],
    [
      '2.8 missing attribute',
      `error: attribute 'bce' missing\n\n       at ${S}/p.nix:1:32:Did you mean bcd?`,
      {
        kind: 'missing-attribute',
        about: 'bce',
        message: "attribute 'bce' missing",
        line: 1,
        column: 32,
        hint: expect.stringContaining('did you mean bcd?') as string,
      },
    ],
    [
      '2.26 missing attribute',
      `${TRACE}       error: attribute 'bce' missing\n       at ${S}/p.nix:4:32:\n            3|\n            4| let a = { bcd = 1; }; in { y = a.bce; }\n             |                                ^\n       Did you mean bcd?\n`,
      {
        kind: 'missing-attribute',
        about: 'bce',
        line: 4,
        hint: expect.stringContaining('did you mean bcd?') as string,
      },
    ],
    [
      '2.8 undefined variable',
      `error: undefined variable 'yess'\n\n       at ${S}/patches.nix:113:28:\n\n          113|  HIDRAW = yess;\n(use '--show-trace' to show detailed location information)`,
      { kind: 'undefined-variable', about: 'yess', message: "undefined variable 'yess'", line: 113, column: 28 },
    ],
    [
      '2.8 duplicate attribute',
      `error: attribute 'y' already defined at ${S}/p.nix:1:3\n\n       at ${S}/p.nix:2:2:`,
      { kind: 'duplicate-attribute', about: 'y', line: 2, column: 2 },
    ],
    [
      '2.36 dynamic duplicate',
      `${TRACE}       error: dynamic attribute 'b' already defined at ${S}/p.nix:3:5\n       at ${S}/p.nix:6:5:\n`,
      { kind: 'duplicate-attribute', about: 'b', line: 6 },
    ],
    [
      '2.8 type',
      `error: value is an integer while a set was expected\n\n       at ${S}/p.nix:1:7:`,
      { kind: 'type', line: 1 },
    ],
    [
      '2.26 type without a place of its own',
      `${TRACE}       … while evaluating the first argument passed to builtins.length\n\n       error: expected a list but found an integer: 1`,
      { kind: 'type', file: `${S}/flake.nix`, line: 7, column: 3 },
    ],
    [
      'a call',
      `error: function 'anonymous lambda' called without required argument 'y'\n       at ${S}/p.nix:2:3:`,
      { kind: 'type', line: 2 },
    ],
    [
      'nixpkgs on a wrong value',
      `${TRACE}       error: A definition for option \`settings.FOO.tristate' is not of type \`null or one of "y", "m", "n"'. Definition values:\n       - In \`<unknown-file>': true`,
      { kind: 'type', hint: expect.stringContaining('FOO') as string },
    ],
    [
      'recursion',
      `error: infinite recursion encountered\n\n       at ${S}/p.nix:1:11:`,
      { kind: 'infinite-recursion', line: 1 },
    ],
    ['2.8 deep recursion', 'error: stack overflow (possible infinite recursion)', { kind: 'infinite-recursion' }],
    [
      '2.36 deep recursion',
      `${TRACE}       (197 duplicate frames omitted)\n\n       error: stack overflow; max-call-depth exceeded\n       at ${S}/p.nix:1:14:`,
      { kind: 'infinite-recursion', column: 14 },
    ],
    [
      '2.8 untracked',
      `warning: Git tree '/home/u' is dirty\nerror: getting status of '${S}/p2.nix': No such file or directory\n(use '--show-trace' to show detailed location information)`,
      { kind: 'untracked', about: `${S}/p2.nix`, hint: expect.stringContaining('git add -N p2.nix') as string },
    ],
    [
      '2.26 untracked',
      `${TRACE}       error: path '${S}/p2.nix' does not exist`,
      { kind: 'untracked', about: `${S}/p2.nix`, line: 7 },
    ],
    [
      '2.36 untracked',
      `error: Path 'p2.nix' in the repository "/home/u" is not tracked by Git.\n\n       To make it visible to Nix, run:\n\n       git -C "/home/u" add -N "p2.nix"`,
      {
        kind: 'untracked',
        about: 'p2.nix',
        message: 'Path \'p2.nix\' in the repository "/home/u" is not tracked by Git.',
      },
    ],
    [
      'the rename',
      `${TRACE}       error: Passing \`extraStructuredConfig\` to the Linux kernel (e.g. via \`boot.kernelPatches\`) is not supported anymore. Use \`structuredExtraConfig\` instead.`,
      { kind: 'renamed-attribute', hint: expect.stringContaining('structuredExtraConfig') as string },
    ],
    [
      '2.8 link',
      "error: access to canonical path '/etc/passwd' is forbidden in restricted mode",
      { kind: 'forbidden-path', about: '/etc/passwd' },
    ],
    [
      '2.36 path',
      "error: access to absolute path '/etc/passwd' is forbidden in pure evaluation mode (use '--impure' to override)",
      { kind: 'forbidden-path', about: '/etc/passwd' },
    ],
    [
      'another owner',
      "error:\n       … while fetching the input 'git+file:///home/u'\n\n       error: repository path '/home/u' is not owned by current user",
      { kind: 'not-owned', about: '/home/u' },
    ],
    [
      '2.8 another owner',
      "fatal: detected dubious ownership in repository at '/home/u'\nTo add an exception for this directory, call:\n\n\tgit config --global --add safe.directory /home/u\nerror: program 'git' failed with exit code 128\n(use '--show-trace' to show detailed location information)",
      {
        kind: 'not-owned',
        about: '/home/u',
        message: "git: detected dubious ownership in repository at '/home/u'",
        hint: 'run as the owner of /home/u, or: git config --global --add safe.directory /home/u',
      },
    ],
    [
      '2.8 git was killed: its last words are no reason',
      "fatal: bad revision 'HEAD'\nerror: program 'git' failed due to signal 9 (Killed)\n(use '--show-trace' to show detailed location information)",
      { kind: 'infrastructure', message: "program 'git' failed due to signal 9 (Killed)" },
    ],
    [
      '2.8 git was killed while it looked for a commit: the next git finds none',
      "fatal: bad revision 'HEAD'\nerror: program 'git' failed with exit code 128\n(use '--show-trace' to show detailed location information)",
      { kind: 'infrastructure', message: "git: bad revision 'HEAD'" },
    ],
    [
      "2.8 another owner, git's words after Nix's as they come beside JSON",
      "error: program 'git' failed with exit code 128\n(use '--show-trace' to show detailed location information)\nfatal: detected dubious ownership in repository at '/home/u'\nTo add an exception for this directory, call:",
      { kind: 'not-owned', message: "git: detected dubious ownership in repository at '/home/u'" },
    ],
    [
      'no attribute',
      "error: flake 'path:/home/u' does not provide attribute 'packages.x86_64-linux.x', 'legacyPackages.x86_64-linux.x' or 'x'\n       Did you mean z?",
      { kind: 'no-such-flake-attribute' },
    ],
    [
      'network',
      "warning: error: unable to download 'https://x/a': Couldn't resolve host name (6); retrying in 338 ms\nerror: unable to download 'https://x/a': Couldn't resolve host name (6)",
      { kind: 'infrastructure', message: "unable to download 'https://x/a': Couldn't resolve host name (6)" },
    ],
    [
      'a page that is not there',
      "error: unable to download 'https://x/a': HTTP error 404 ('Not Found')",
      { kind: 'other' },
    ],
    [
      '2.26 on a network',
      "error:\n       … while fetching the input 'https://x/a'\n\n       error: Failed to open archive (Source threw exception: error: unable to download 'https://x/a': Could not resolve hostname (6) Could not resolve host: x)",
      { kind: 'infrastructure' },
    ],
    ['disk', 'error: writing to file: No space left on device', { kind: 'infrastructure' }],
    [
      'daemon',
      "error: cannot connect to socket at '/nix/var/nix/daemon-socket/socket': Connection refused",
      { kind: 'infrastructure' },
    ],
    [
      'hash',
      "error: hash mismatch in file downloaded from 'https://x':\n         specified: sha256:00\n         got:       sha256:11",
      { kind: 'hash-mismatch' },
    ],
    [
      'a build in between',
      "error: builder for '/nix/store/fz95jz21a1y9kyj3xg5fzsqx3y00iwkk-a.drv' failed with exit code 3;\n       last 1 log lines:\n       > hi",
      { kind: 'build-failed' },
    ],
    ['a throw', "error: evaluation aborted with the following error message: 'bye'", { kind: 'other' }],
  ])('%s', (_, text, expected) => {
    expect(readEvaluationError(text)).toMatchObject(expected);
    const colours = text.replace(/error:/g, '\u001b[31;1merror:\u001b[0m').replace(/\n/g, '\r\n');
    expect(readEvaluationError(colours)).toEqual(readEvaluationError(text));
    expect(readEvaluationError(text.split('\n'))).toEqual(readEvaluationError(text));
    const messages = [{ level: 0, text }];
    expect(readEvaluationError(printedLines({ messages, plain: [] }))).toEqual(readEvaluationError(text));
  });

  it('reads both definitions of a conflict, in both layouts', () => {
    const conflict = {
      kind: 'conflict',
      about: 'FOO',
      definitions: [
        { file: '<unknown-file>', value: 'y' },
        { file: '<unknown-file>', value: 'n' },
      ],
    };
    expect(
      readEvaluationError(
        'error: The option `settings.FOO.tristate\' has conflicting definition values:\n       - In `<unknown-file>\': "y"\n       - In `<unknown-file>\': "n"\n       Use `lib.mkForce value`',
      ),
    ).toMatchObject(conflict);
    expect(
      readEvaluationError(
        'error: The option `settings.FOO.tristate\' has conflicting definition values:\n       - In `<unknown-file>\':\n           "y"\n       - In `<unknown-file>\':\n           "n"',
      ),
    ).toMatchObject(conflict);
    expect(
      readEvaluationError(
        "error: The option `settings.FOO.tristate' has conflicting definitions, in `<unknown-file>' and `/x/common-config.nix'.",
      ),
    ).toMatchObject({
      kind: 'conflict',
      about: 'FOO',
      definitions: [{ file: '<unknown-file>' }, { file: '/x/common-config.nix' }],
    });
    expect(
      readEvaluationError('error: The option `settings."9P_FS".tristate\' has conflicting definition values:'),
    ).toMatchObject({ about: '9P_FS' });
  });

  it("takes the script's verdict for no error of Nix", () => {
    expect(readEvaluationError('error: unused option: FOO\nwarning: x')).toBeNull();
    expect(readEvaluationError('')).toBeNull();
  });

  it('never throws', () => {
    const piece = fc.constantFrom(
      'error: ',
      'error:\n',
      '       at /x:1:2:',
      '…',
      "'",
      '`',
      '\n',
      "settings.A.tristate' has conflicting definition values:",
      '- In `',
      'x',
    );
    fc.assert(fc.property(fc.array(fc.oneof(piece, fc.string())), (parts) => void readEvaluationError(parts.join(''))));
  });
});

describe('mapBack', () => {
  const sources = [
    { storePath: S, realPath: '/home/u/nixos' },
    { storePath: `${S}/sub`, realPath: '/home/u/sub' },
  ];

  it("names the user's file in place and message", () => {
    expect(
      mapBack(
        { message: `attribute 'y' already defined at ${S}/p.nix:1:3`, file: `${S}/p.nix`, line: 2, column: 2 },
        sources,
      ),
    ).toEqual({
      message: "attribute 'y' already defined at /home/u/nixos/p.nix:1:3",
      file: '/home/u/nixos/p.nix',
      line: 2,
      column: 2,
    });
    expect(mapBack({ message: '', file: `${S}/sub/p.nix` }, sources).file).toBe('/home/u/sub/p.nix');
    expect(mapBack({ message: '', file: '«git+file:///home/u/nixos?ref=main»/p.nix' }, []).file).toBe(
      '/home/u/nixos/p.nix',
    );
  });

  it("takes the innermost place of the trace that is the user's", () => {
    const error = readEvaluationError(
      `error:\n       … while evaluating\n         at ${S}/flake.nix:7:3:\n       … while calling the 'throw' builtin\n         at /nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-source/lib/modules.nix:9:1:\n       error: no`,
    );
    expect(error).not.toBeNull();
    if (error !== null)
      expect(mapBack(error, sources)).toMatchObject({
        message: 'no',
        file: '/home/u/nixos/flake.nix',
        line: 7,
        column: 3,
      });
  });

  it('leaves alone what is in no source', () => {
    expect(mapBack({ message: 'm', file: `${S}x/p.nix`, line: 1, hint: 'h' }, sources)).toEqual({
      message: 'm',
      file: `${S}x/p.nix`,
      line: 1,
      hint: 'h',
    });
  });
});

describe('classifyBuildFailure', () => {
  const DRV = '/nix/store/vyxvj7wzxjdsk07maka33ximrmyn6n4n-linux-config-6.12.117.drv';
  const PATCH = '/nix/store/h1h1h1h1h1h1h1h1h1h1h1h1h1h1h1h1-linux-6.12.tar.xz.drv';
  const classify = (lines: Record<string, string[]>, error: string): ReturnType<typeof classifyBuildFailure> => {
    const collector = new BuildLogCollector();
    Object.entries(lines).forEach(([drv, texts], id) => {
      collector.push(`@nix ${JSON.stringify({ action: 'start', id, type: 105, level: 3, text: '', fields: [drv] })}\n`);
      for (const text of texts)
        collector.push(`@nix ${JSON.stringify({ action: 'result', id, type: 101, fields: [text] })}\n`);
    });
    collector.push(`@nix ${JSON.stringify({ action: 'msg', level: 0, msg: error })}\n`);
    return classifyBuildFailure(collector.result(), DRV);
  };
  const failed = `error: builder for '${DRV}' failed with exit code 255`;

  it.each(
    LOGS.filter(
      (name) =>
        name.endsWith('.json') &&
        /^[hij]-|^small-(?:value|unused|repeated|choice|clamping|first|hex|legacy)/.test(name),
    ),
  )('%s is a verdict', (name) => {
    const collector = new BuildLogCollector();
    collector.push(log(name));
    const result = collector.result();
    expect(classifyBuildFailure(result, [...result.builds.keys()][0] ?? '')).toBe('verdict');
  });

  it('of a progress bar of megabytes a message has the beginning', () => {
    const failure = classify({ [DRV]: ['#'.repeat(1_000_000)] }, failed);
    expect(failure === 'verdict' ? '' : failure.problem.message).toContain(`\n${'#'.repeat(400)}…`);
  });

  it.each([
    [
      'a patch',
      {
        [DRV]: [
          'applying patch /nix/store/h1h1h1h1h1h1h1h1h1h1h1h1h1h1h1h1-fix.patch',
          'patching file a.c',
          'Hunk #1 FAILED at 1.',
          '1 out of 1 hunk FAILED',
        ],
      },
      failed,
      'blocked',
      /fix\.patch.*a\.c/,
    ],
    [
      'an applied patch',
      {
        [DRV]: [
          'applying patch /nix/store/h1h1h1h1h1h1h1h1h1h1h1h1h1h1h1h1-fix.patch',
          'patching file a.c',
          'Reversed (or previously applied) patch detected!  Skipping patch.',
        ],
      },
      failed,
      'blocked',
      /fix\.patch/,
    ],
    [
      'the toolchain',
      { [DRV]: ['GOT: # configuration written to .config', "Kernel config didn't recognize the LLVM linker?"] },
      failed,
      'blocked',
      /LLVM linker/,
    ],
    [
      'a broken request',
      { [DRV]: ['invalid config line: FOO at /x-generate-config.pl line 39.'] },
      failed,
      'blocked',
      /invalid config line: FOO$/,
    ],
    [
      'a hash',
      {},
      `error: hash mismatch in fixed-output derivation '${PATCH}':\n         specified: sha256-AA\n            got:    sha256-BB`,
      'blocked',
      /sha256-BB/,
    ],
    [
      'a dependency',
      { [PATCH]: ['configuring', 'no compiler'] },
      `error: builder for '${PATCH}' failed with exit code 1\nerror: 1 dependencies of derivation '${DRV}' failed to build`,
      'blocked',
      /linux-6\.12\.tar\.xz failed to build:\nconfiguring\nno compiler/,
    ],
    [
      'a dependency with a verdict of its own',
      { [PATCH]: ['error: unused option: FOO'] },
      `error: builder for '${PATCH}' failed with exit code 1`,
      'blocked',
      /failed to build/,
    ],
    [
      'a download',
      { [PATCH]: ['curl: (6) Could not resolve host: cdn.kernel.org'] },
      `error: builder for '${PATCH}' failed with exit code 1`,
      'infrastructure',
      /resolve host/,
    ],
    ['the disk', { [DRV]: ['tar: x: Cannot write: No space left on device'] }, failed, 'infrastructure', /No space/],
    [
      'a kill',
      { [DRV]: ['QUESTION: A, NAME: A, ALTS: N/y/?, ANSWER: '] },
      `error: builder for '${DRV}' failed due to signal 9 (Killed)`,
      'infrastructure',
      /signal 9/,
    ],
    [
      '2.36 on a kill',
      { [DRV]: [] },
      `error: Cannot build '${DRV}'.\n       Reason: builder failed due to signal 9 (Killed).`,
      'infrastructure',
      /signal 9/,
    ],
    ['the daemon', {}, 'error: unexpected end-of-file', 'infrastructure', /end-of-file/],
    [
      'a platform',
      {},
      `error: Cannot build '${DRV}'.\n       Reason: platform mismatch\n       Required system: 'aarch64-linux'\n       Current system: 'x86_64-linux'`,
      'blocked',
      /aarch64/,
    ],
    ['no log', {}, failed, 'blocked', /its log is not here/],
    [
      'a prompt about the network',
      { [DRV]: ['GOT: Connection timed out: connection refused', 'odd'] },
      failed,
      'blocked',
      /odd/,
    ],
  ])('%s', (_, lines, error, kind, message) => {
    expect(classify(lines, error)).toMatchObject({
      kind,
      problem: { message: expect.stringMatching(message) as string },
    });
  });
});
