import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Target } from '../../src/config/config.ts';
import { BlockedError } from '../../src/model/errors.ts';
import { managedEntries } from '../../src/state/targets.ts';
import { replacements } from '../../src/state/replacements.ts';
import { readPatchFiles, writeEntries } from '../../src/run/patchWriter.ts';
import { undoRun } from '../../src/run/undo.ts';
import { recordRun, opened } from '../helpers/history.ts';
import { folder, PATCHES, targetIn } from '../helpers/target.ts';
import type { ManagedEntry } from '../../src/model/entry.ts';
import type { Problem } from '../../src/model/problem.ts';

const entry = (symbol: string, rest: Partial<ManagedEntry> = {}): ManagedEntry => ({
  symbol,
  ask: { value: { kind: 'tristate', tristate: 'n' }, optional: true },
  override: 40,
  via: 'structured',
  rung: 1,
  reason: 'why',
  origin: { kind: 'wish', intent: null },
  ...rest,
});
const NOTHING = new Map<string, ManagedEntry>();
const map = (...list: ManagedEntry[]): Map<string, ManagedEntry> => new Map(list.map((e) => [e.symbol, e]));

async function blocked(act: Promise<unknown>): Promise<Problem> {
  const error: unknown = await act.then(
    () => null,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(BlockedError);
  return (error as BlockedError).problem;
}

describe('readPatchFiles', () => {
  const read = async (target: Target) => Promise.resolve().then(() => readPatchFiles(target, opened()));

  it('gives the entries, structured and in strings, with their reasons', async () => {
    const target = targetIn(
      folder(),
      PATCHES.replace(
        '{ };',
        '{ A = lib.mkOverride 40 (lib.kernel.option lib.kernel.no); # why\n B = lib.kernel.freeform "8"; };\n    extraConfig = "C? m\\nD 8\\n";',
      ),
    );
    expect((await read(target)).entries).toEqual([
      {
        symbol: 'A',
        ask: { value: { kind: 'tristate', tristate: 'n' }, optional: true },
        override: 40,
        via: 'structured',
        reason: 'why',
      },
      {
        symbol: 'B',
        ask: { value: { kind: 'freeform', text: '8' }, optional: false },
        override: 100,
        via: 'structured',
        reason: '',
      },
      {
        symbol: 'C',
        ask: { value: { kind: 'tristate', tristate: 'm' }, optional: true },
        override: 0,
        via: 'legacy',
        reason: '',
      },
      {
        symbol: 'D',
        ask: { value: { kind: 'freeform', text: '8' }, optional: false },
        override: 0,
        via: 'legacy',
        reason: '',
      },
    ]);
  });

  it('keeps the bytes as they are, a BOM and CRLF too', async () => {
    const text = `\ufeff${PATCHES.replaceAll('\n', '\r\n')}`;
    const files = await read(targetIn(folder(), text));
    expect(files.managed.patch.file.text).toBe(text);
    expect(files.managed.content).toEqual(Buffer.from(text));
  });

  it('tells another state of the wishes from another state of the entries', () => {
    const dir = folder();
    const target = { ...targetIn(dir), managedFile: join(dir, 'fallout.nix') };
    writeFileSync(target.managedFile, PATCHES);
    writeFileSync(target.patchesFile, '[ ]');
    const history = opened();
    const first = readPatchFiles(target, history).patchesSha256;
    expect(readPatchFiles(target, history).patchesSha256).toBe(first);
    writeFileSync(target.patchesFile, '[ { } ]');
    expect(readPatchFiles(target, history).patchesSha256).not.toBe(first);
  });

  it.each<[string, (target: Target) => void, Partial<Problem>]>([
    [
      'a directory',
      (t) => {
        rmSync(t.managedFile);
        mkdirSync(t.managedFile);
      },
      { message: 'is a directory, not a regular file' },
    ],
    ['missing', (t) => rmSync(t.managedFile), { message: 'does not exist' }],
    [
      'a link to nothing',
      (t) => {
        rmSync(t.managedFile);
        symlinkSync('none', t.managedFile);
      },
      { message: 'is a link to a file that does not exist' },
    ],
    [
      'a link to itself',
      (t) => {
        rmSync(t.managedFile);
        symlinkSync('patches.nix', t.managedFile);
      },
      { message: expect.stringContaining('cannot be read') as string },
    ],
    [
      'binary',
      (t) => writeFileSync(t.managedFile, Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0x02, 0x00, 0xff])),
      { message: expect.stringContaining('NUL') as string },
    ],
    [
      'UTF-16',
      (t) => writeFileSync(t.managedFile, Buffer.from(PATCHES, 'utf16le')),
      { hint: expect.stringContaining('UTF-16') as string },
    ],
    ['of random bytes', (t) => writeFileSync(t.managedFile, Buffer.from([0x7f, 0x45, 0xff, 0xfe, 0x0a])), {}],
    ['empty', (t) => writeFileSync(t.managedFile, ''), {}],
    [
      'without markers',
      (t) => writeFileSync(t.managedFile, '{ lib, ... }: [ ]\n'),
      {
        message: expect.stringContaining('no managed patch `fallout`') as string,
        hint: expect.stringContaining('falloutd init') as string,
      },
    ],
    [
      'with a marker doubled',
      (t) => writeFileSync(t.managedFile, `# falloutd: begin fallout\n${PATCHES}`),
      { message: expect.stringContaining('damaged') as string, line: expect.any(Number) as number },
    ],
    [
      'with a marker gone',
      (t) => writeFileSync(t.managedFile, PATCHES.replace('  # falloutd: end fallout\n', '')),
      { message: expect.stringContaining('damaged') as string },
    ],
    [
      'no Nix',
      (t) => writeFileSync(t.managedFile, PATCHES.replace('null;', 'null')),
      { line: expect.any(Number) as number, message: expect.stringContaining('a `;` is missing') as string },
    ],
    [
      'with a binding of somebody else',
      (t) => writeFileSync(t.managedFile, PATCHES.replace('{ };', '{ A = import ./a.nix; };')),
      { message: expect.stringContaining('`A = import ./a.nix;`') as string },
    ],
  ])('a file that is %s blocks, by its name', async (_, damage, expected) => {
    const target = targetIn(folder());
    damage(target);
    expect(await blocked(read(target))).toMatchObject({ file: target.managedFile, ...expected });
  });

  it('a second target gave this one a longer name: the patch that stands there is named', async () => {
    const target = { ...targetIn(folder()), managedName: 'fallout-host' };
    expect(await blocked(read(target))).toMatchObject({
      hint: '`name = "fallout"` in [target.host] takes the one that stands there; `falloutd init` adds another',
    });
  });

  it.runIf(process.getuid?.() !== 0)('a file that may not be read blocks', async () => {
    const target = targetIn(folder());
    chmodSync(target.managedFile, 0);
    expect((await blocked(read(target))).message).toContain('cannot be read');
  });
});

it('a patches file that falloutd does not edit, and that Nix would take a minute for, blocks before the evaluation', async () => {
  const target = targetIn(folder(), PATCHES);
  const patchesFile = join(folder(), 'many.nix');
  writeFileSync(patchesFile, `{ ${'SOME_SYMBOL = lib.mkForce lib.kernel.no;\n'.repeat(110_000)} }`);
  const problem = await blocked(Promise.resolve().then(() => readPatchFiles({ ...target, patchesFile }, opened())));
  expect(problem.file).toBe(patchesFile);
  expect(problem.message).toMatch(/^is too large: .*; at most 4/);
});

describe('writeEntries', () => {
  const setUp = (): {
    target: Target;
    history: ReturnType<typeof opened>;
    files: ReturnType<typeof readPatchFiles>;
    told: string[];
    options: Parameters<typeof writeEntries>[3];
  } => {
    const target = targetIn(folder());
    const history = opened();
    const { run } = recordRun(history, { target: 'host', outcome: null });
    const told: string[] = [];
    return {
      target,
      history,
      files: readPatchFiles(target, history),
      told,
      options: { history, run, onWrite: (_, content) => told.push(content.toString()) },
    };
  };

  it('writes between the markers, keeps what was there, and tells of it before', async () => {
    const { target, history, files, told, options } = setUp();
    chmodSync(target.managedFile, 0o640);
    expect(await writeEntries(target, files, { from: NOTHING, to: map(entry('A')) }, options)).toEqual({
      kind: 'written',
    });
    const text = readFileSync(target.managedFile, 'utf8');
    expect(text).toMatch(/^ +A = lib\.mkOverride 40 \(.*; # why$/m);
    expect(text.startsWith(PATCHES.slice(0, PATCHES.indexOf('structuredExtraConfig')))).toBe(true);
    expect(told).toEqual([text]);
    expect(statSync(target.managedFile).mode & 0o777).toBe(0o640);
    expect(replacements(history, 'host').map((r) => r.before.toString())).toEqual([PATCHES]);
    expect(managedEntries(history, 'host')).toEqual([entry('A')]);
  });

  it('writes nothing that stands there already', async () => {
    const { target, history, files, told, options } = setUp();
    expect(await writeEntries(target, files, { from: NOTHING, to: NOTHING }, options)).toEqual({ kind: 'unchanged' });
    expect([told, replacements(history, 'host')]).toEqual([[], []]);
  });

  it('lets a newer save stand, and records what was there', async () => {
    const { target, history, files, options } = setUp();
    writeFileSync(target.managedFile, `${PATCHES}# saved since\n`);
    expect(await writeEntries(target, files, { from: map(entry('Z')), to: map(entry('A')) }, options)).toEqual({
      kind: 'newer-save',
    });
    expect(readFileSync(target.managedFile, 'utf8')).toBe(`${PATCHES}# saved since\n`);
    expect(managedEntries(history, 'host').map((e) => e.symbol)).toEqual(['Z']);
  });

  it('refuses a file that leads out of the flake, and records what was there', async () => {
    const { target, history, files, options } = setUp();
    const outside = join(folder(), 'real.nix');
    writeFileSync(outside, PATCHES);
    rmSync(target.managedFile);
    symlinkSync(outside, target.managedFile);
    expect(await writeEntries(target, files, { from: NOTHING, to: map(entry('A')) }, options)).toMatchObject({
      kind: 'refused',
      problem: { message: expect.stringContaining(outside) as string },
    });
    expect(readFileSync(outside, 'utf8')).toBe(PATCHES);
    expect(managedEntries(history, 'host')).toEqual([]);
  });

  it.runIf(process.getuid?.() !== 0)('refuses a folder that may not be written', async () => {
    const { target, files, options } = setUp();
    chmodSync(join(target.managedFile, '..'), 0o555);
    const outcome = await writeEntries(target, files, { from: NOTHING, to: map(entry('A')) }, options);
    chmodSync(join(target.managedFile, '..'), 0o755);
    expect(outcome).toMatchObject({ kind: 'refused' });
  });

  it('refuses what would not be Nix any more', async () => {
    const { target, files, options } = setUp();
    expect(
      await writeEntries(target, files, { from: NOTHING, to: map(entry('A', { override: Number.NaN })) }, options),
    ).toMatchObject({ kind: 'refused', problem: { file: target.managedFile } });
    expect(readFileSync(target.managedFile, 'utf8')).toBe(PATCHES);
  });
});

describe('undoRun', () => {
  const written = async (): Promise<{ target: Target; history: ReturnType<typeof opened>; run: number }> => {
    const target = targetIn(folder());
    const history = opened();
    const { run } = recordRun(history, { target: 'host', outcome: null });
    const files = readPatchFiles(target, history);
    await writeEntries(
      target,
      files,
      { from: NOTHING, to: map(entry('A')) },
      { history, run, onWrite: () => undefined },
    );
    return { target, history, run };
  };

  it('puts back what stood between the markers, and leaves what was saved outside since', async () => {
    const { target, history, run } = await written();
    writeFileSync(
      target.managedFile,
      readFileSync(target.managedFile, 'utf8').replace('# mine', '# mine, saved since 🐧'),
    );
    const told: string[] = [];
    expect(await undoRun(target, history, null, { onWrite: (_, content) => told.push(content.toString()) })).toEqual({
      target: 'host',
      run,
      path: target.managedFile,
      changed: true,
    });
    const text = readFileSync(target.managedFile, 'utf8');
    expect(text).toBe(PATCHES.replace('# mine', '# mine, saved since 🐧'));
    expect(told).toEqual([text]);
    expect(managedEntries(history, 'host')).toEqual([]);
    expect(replacements(history, 'host')[0]?.before.toString()).toContain('A = ');
    expect(await undoRun(target, history, run)).toMatchObject({ changed: false });
  });

  it('keeps a comment in Latin-1, to the byte', async () => {
    const { target, history } = await written();
    const latin = Buffer.from([0x23, 0xe9, 0x0a]);
    writeFileSync(target.managedFile, Buffer.concat([latin, readFileSync(target.managedFile)]));
    expect(await undoRun(target, history, null)).toMatchObject({ changed: true });
    expect(readFileSync(target.managedFile)).toEqual(Buffer.concat([latin, Buffer.from(PATCHES)]));
  });

  it('says that the file is gone, or has no markers', async () => {
    const { target, history } = await written();
    writeFileSync(target.managedFile, '{ lib, ... }: [ ]\n');
    expect((await blocked(undoRun(target, history, null))).message).toContain('does not have both markers');
    rmSync(target.managedFile);
    expect(await blocked(undoRun(target, history, null))).toMatchObject({
      file: target.managedFile,
      message: 'does not exist',
    });
  });

  it('refuses where nothing was written', async () => {
    const { target, history } = await written();
    await expect(undoRun(target, history, 99)).rejects.toMatchObject({
      exitCode: 4,
      problem: { message: 'run 99 of host is not recorded' },
    });
    await expect(undoRun({ ...target, name: 'other' }, history, null)).rejects.toMatchObject({
      exitCode: 4,
      message: 'no run of other has written anything',
    });
  });
});
