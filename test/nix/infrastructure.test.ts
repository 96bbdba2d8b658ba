import { describe, expect, it } from 'vitest';
import { classifyBuildFailure } from '../../src/nix/buildFailure.ts';
import { infrastructureIn, unreachedMachine } from '../../src/nix/infrastructure.ts';
import { classifyKernelFailure } from '../../src/build/kernelFailure.ts';
import { BuildLogCollector, type BuildLog } from '../../src/nix/buildLog.ts';

/** What Nix 2.8 printed for a store and for builders of both protocols, each with its own words of ssh. */
const HINT = (host: string): string =>
  `as the user who runs falloutd, \`ssh ${host} nix --version\` has to work without a question`;

describe('unreachedMachine', () => {
  it.each([
    [
      'a store, nobody listens',
      "error: cannot open connection to remote store 'ssh-ng://farm': error: unexpected end-of-file\nssh: connect to host 127.0.0.1 port 2298: Connection refused",
      'ssh-ng://farm',
      'ssh: connect to host 127.0.0.1 port 2298: Connection refused',
    ],
    [
      'a store, a key that is refused',
      "error: cannot open connection to remote store 'ssh-ng://me@farm?compress=true': error: unexpected end-of-file\nPermission denied, please try again.\nroot@127.0.0.1: Permission denied (publickey,password,keyboard-interactive).",
      'ssh-ng://me@farm',
      'root@127.0.0.1: Permission denied (publickey,password,keyboard-interactive).',
    ],
    [
      'a builder, an unknown host key',
      "cannot build on 'ssh-ng://farm?store=/s': error: cannot open connection to remote store 'ssh-ng://farm': error: unexpected end-of-file\nerror: unable to start any build; remote machines may not have all required system features.\nNo ED25519 host key is known for [127.0.0.1]:2299 and you have requested strict checking.\nHost key verification failed.",
      'ssh-ng://farm',
      'Host key verification failed.',
    ],
    [
      'a builder by ssh, an unknown name',
      "cannot build on 'ssh://farm': error: cannot connect to 'farm': ssh: Could not resolve hostname farm: Name or service not known",
      'ssh://farm',
      'ssh: Could not resolve hostname farm: Name or service not known',
    ],
    [
      'no Nix over there',
      "error: cannot open connection to remote store 'ssh-ng://farm': error: unexpected end-of-file\nbash: line 1: nix-daemon: command not found",
      'ssh-ng://farm',
      'nix-daemon: command not found',
    ],
  ])('%s', (_, text, machine, reason) => {
    expect(unreachedMachine(text)).toEqual({
      message: `${machine} cannot be reached: ${reason}`,
      hint: HINT(machine.includes('@') ? 'me@farm' : 'farm'),
    });
  });

  it('newer Nix names the host alone; without a word of ssh the reason stays open', () => {
    expect(unreachedMachine("error: failed to start SSH connection to 'farm'")).toEqual({
      message: 'farm cannot be reached',
      hint: HINT('farm'),
    });
  });

  it('the daemon of this machine is none', () => {
    const text =
      "error: cannot open connection to remote store 'daemon': error: reading from file: Connection reset by peer";
    expect(unreachedMachine(text)).toBeNull();
    expect(infrastructureIn(text)?.hint).toMatch(/nix-daemon/);
  });
});

describe('a builder that is not reached, where Nix then builds here', () => {
  const DRV = '/nix/store/00000000000000000000000000000000-linux-6.12.drv';
  const UNREACHED =
    "cannot build on 'ssh-ng://farm': error: cannot open connection to remote store 'ssh-ng://farm': error: unexpected end-of-file";
  const failed = (lines: readonly string[]): BuildLog => {
    const log = new BuildLogCollector();
    const json = (record: object): void => log.push(`@nix ${JSON.stringify(record)}\n`);
    log.push('ssh: connect to host farm port 22: Connection refused\n');
    json({ action: 'msg', level: 0, msg: UNREACHED });
    json({ action: 'start', id: 1, level: 3, type: 105, text: 'building', fields: [DRV, '', 1, 1] });
    for (const line of lines) json({ action: 'result', id: 1, type: 101, fields: [line] });
    json({ action: 'stop', id: 1 });
    json({ action: 'msg', level: 0, msg: `error: builder for '${DRV}' failed with exit code 2` });
    return log.result();
  };

  it('is not why the kernel does not compile', () => {
    expect(classifyKernelFailure(failed(['a.c:1:1: error: x']), DRV)).toEqual({
      kind: 'failed',
      problem: { message: 'the kernel does not compile\na.c:1:1: error: x' },
    });
  });

  it('is not why a config build failed', () => {
    expect(
      classifyBuildFailure(
        failed(['applying patch /nix/store/00000000000000000000000000000000-my.patch', 'Hunk #1 FAILED at 3.']),
        DRV,
      ),
    ).toMatchObject({
      kind: 'blocked',
      problem: { message: expect.stringMatching(/my\.patch does not apply/) as string },
    });
  });
});
