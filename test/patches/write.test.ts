import { execaSync } from 'execa';
import { chmod, mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkWithNix, mendLeftovers, replaceFile } from '../../src/patches/write.ts';

const OLD = Buffer.from('old\r\n');
const NEW = Buffer.from('new 🐧\n');

let root: string;
let file: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'falloutd-write-'));
  file = join(root, 'patches.nix');
  await writeFile(file, OLD);
});
afterEach(() => rm(root, { recursive: true }));

/** A rename before and behind which something happens, the first time only. */
function renameWith(before: () => Promise<void>, behind: () => Promise<void> = () => Promise.resolve()): (from: string, to: string) => Promise<void> {
  let first = true;
  return async (from, to) => {
    const acting = first;
    first = false;
    if (acting) await before();
    await rename(from, to);
    if (acting) await behind();
  };
}

describe('replaceFile', () => {
  it('replaces the content and keeps the mode', async () => {
    await chmod(file, 0o640);
    expect(await replaceFile(file, OLD, NEW, { root })).toEqual({ kind: 'written' });
    expect(await readFile(file)).toEqual(NEW);
    expect((await stat(file)).mode & 0o7777).toBe(0o640);
    expect(await readdir(root)).toEqual(['patches.nix']);
  });

  it('refuses a read-only file, which a rename would replace all the same', async () => {
    await chmod(file, 0o444);
    expect(await replaceFile(file, OLD, NEW, { root })).toMatchObject({ kind: 'refused', problem: { file } });
    expect(await readFile(file)).toEqual(OLD);
  });

  it('leaves a file alone that holds something else', async () => {
    const { ino } = await stat(file);
    expect(await replaceFile(file, Buffer.from('older'), NEW, { root })).toEqual({ kind: 'changed' });
    expect(await readFile(file)).toEqual(OLD);
    expect((await stat(file)).ino).toBe(ino);
    expect(await readdir(root)).toEqual(['patches.nix']);
  });

  it('puts a save in place back that came between the comparison and the rename', async () => {
    const saved = Buffer.from('saved by the user');
    const answer = await replaceFile(file, OLD, NEW, { root, rename: renameWith(() => writeFile(file, saved)) });
    expect(answer).toEqual({ kind: 'changed' });
    expect(await readFile(file)).toEqual(saved);
    expect(await readdir(root)).toEqual(['patches.nix']);
  });

  it('puts such a save back also when there is no room for a second file', async () => {
    let renames = 0;
    const answer = await replaceFile(file, OLD, NEW, {
      root,
      rename: async (from, to) => {
        renames += 1;
        if (renames === 2) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
        await writeFile(file, 'saved by the user');
        await rename(from, to);
      },
    });
    expect(answer).toEqual({ kind: 'changed' });
    expect(await readFile(file, 'utf8')).toBe('saved by the user');
    expect(await readdir(root)).toEqual(['patches.nix']);
  });

  it('puts back all of a save that goes on after the rename', async () => {
    const editor = await open(file, 'r+');
    let saving: Promise<void> = Promise.resolve();
    const goOn = async (): Promise<void> => {
      await editor.writeFile('saved late');
      await editor.close();
    };
    await replaceFile(file, OLD, NEW, {
      root,
      rename: renameWith(
        () => editor.truncate(),
        () => {
          saving = goOn();
          return Promise.resolve();
        },
      ),
    });
    await saving;
    expect(await readFile(file, 'utf8')).toBe('saved late');
  });

  it('does not undo a save by rename that came after its own', async () => {
    const answer = await replaceFile(file, OLD, NEW, {
      root,
      rename: renameWith(
        () => writeFile(file, 'saved in place'),
        async () => {
          await writeFile(join(root, 'editor'), 'saved again');
          await rename(join(root, 'editor'), file);
        },
      ),
    });
    expect(answer).toEqual({ kind: 'changed' });
    expect(await readFile(file, 'utf8')).toBe('saved again');
  });

  it('a file that the user just takes away has changed, and is not made again', async () => {
    expect(await replaceFile(join(root, 'missing.nix'), OLD, NEW, { root })).toEqual({ kind: 'changed' });
    expect(await replaceFile(file, OLD, NEW, { root, rename: async () => Promise.reject(Object.assign(new Error('gone'), { code: 'ENOENT' })) })).toEqual({ kind: 'changed' });
    expect(await readdir(root)).toEqual(['patches.nix']);
  });

  it('an editor that truncates the file and is not scheduled for a second loses nothing', async () => {
    const editor = await open(file, 'r+');
    const answer = await replaceFile(file, OLD, NEW, { root, rename: renameWith(() => editor.truncate()) });
    expect(answer).toEqual({ kind: 'changed' });
    await editor.writeFile('saved a second later');
    await editor.close();
    expect(await readFile(file, 'utf8')).toBe('saved a second later');
    expect(await readdir(root)).toEqual(['patches.nix']);
  });

  it.each<[string, Parameters<typeof renameWith>]>([
    ['before the rename', [async () => {
      await writeFile(file, 'saved');
      await chmod(file, 0o640);
    }]],
    ['behind the rename', [() => writeFile(file, 'saved'), () => chmod(file, 0o640)]],
  ])('the chmod of a late save is kept, %s', async (_, acts) => {
    await replaceFile(file, OLD, NEW, { root, rename: renameWith(...acts) });
    expect([await readFile(file, 'utf8'), (await stat(file)).mode & 0o777]).toEqual(['saved', 0o640]);
  });

  it('follows links inside of the root and replaces the real file', async () => {
    await mkdir(join(root, 'hosts'));
    await symlink('../patches.nix', join(root, 'hosts/link.nix'));
    expect(await replaceFile(join(root, 'hosts/link.nix'), OLD, NEW, { root })).toEqual({ kind: 'written' });
    expect(await readFile(file)).toEqual(NEW);
    expect(await readdir(join(root, 'hosts'))).toEqual(['link.nix']);
  });

  it('refuses a link that leads out of the root, with the real path', async () => {
    const inner = join(root, 'flake');
    await mkdir(inner);
    await symlink(file, join(inner, 'patches.nix'));
    const answer = await replaceFile(join(inner, 'patches.nix'), OLD, NEW, { root: inner });
    expect(answer).toMatchObject({ kind: 'refused', problem: { message: expect.stringContaining(file) as string } });
    expect(await readFile(file)).toEqual(OLD);
  });

  it('takes a root that is itself a link', async () => {
    const link = `${root}-link`;
    await symlink(root, link);
    try {
      expect(await replaceFile(join(link, 'patches.nix'), OLD, NEW, { root: link })).toEqual({ kind: 'written' });
    } finally {
      await rm(link);
    }
  });

  it.each([
    ['EACCES', /permission denied/],
    ['EROFS', /read-only/],
    ['EWEIRD', /EWEIRD happened/],
  ])('says %s plainly and leaves nothing behind', async (code, message) => {
    const answer = await replaceFile(file, OLD, NEW, { root, rename: () => Promise.reject(Object.assign(new Error(`${code} happened`), { code })) });
    expect(answer).toMatchObject({ kind: 'refused', problem: { file, message: expect.stringMatching(message) as string } });
    expect(await readFile(file)).toEqual(OLD);
    expect(await readdir(root)).toEqual(['patches.nix']);
  });

  it.each([
    ['ENOSPC', /no space left/],
    ['EDQUOT', /quota/],
    ['EIO', /disk reports an error/],
  ])('takes %s for trouble that passes, and leaves nothing behind', async (code, message) => {
    const failing = replaceFile(file, OLD, NEW, { root, rename: () => Promise.reject(Object.assign(new Error(`${code} happened`), { code })) });
    await expect(failing).rejects.toMatchObject({ exitCode: 5, problem: { file, message: expect.stringMatching(message) as string } });
    expect(await readFile(file)).toEqual(OLD);
    expect(await readdir(root)).toEqual(['patches.nix']);
  });

  it('refuses a folder and a circle of links', async () => {
    await symlink('circle', join(root, 'circle'));
    expect(await replaceFile(join(root, 'circle'), OLD, NEW, { root })).toMatchObject({ kind: 'refused', problem: { message: expect.stringMatching(/circle/) as string } });
    await mkdir(join(root, 'folder'));
    expect((await replaceFile(join(root, 'folder'), OLD, NEW, { root })).kind).toBe('refused');
  });

  it('of two writers made from the same content one wins', async () => {
    const answers = await Promise.all(['a', 'b', 'c'].map((text) => replaceFile(file, OLD, Buffer.from(text), { root })));
    expect(answers.filter(({ kind }) => kind === 'written').length).toBeGreaterThan(0);
    expect(['a', 'b', 'c']).toContain(await readFile(file, 'utf8'));
    expect(await readdir(root)).toEqual(['patches.nix']);
  });
});

describe('mendLeftovers', () => {
  it('removes what a kill left, and nothing else', async () => {
    const left = join(root, '.patches.nix.falloutd-0123456789ab');
    const kept = ['.patches.nix.falloutd-notours', '.other.nix.falloutd-0123456789ab', 'patches.nix'];
    for (const name of ['.patches.nix.falloutd-0123456789ab', ...kept]) await writeFile(join(root, name), OLD);
    expect(await mendLeftovers(file)).toEqual([left]);
    expect((await readdir(root)).sort()).toEqual([...kept].sort());
    expect(await mendLeftovers(join(root, 'no/such.nix'))).toEqual([]);
  });

  /** As a kill leaves it: `act` is the last thing that happens around the rename. */
  async function killedAround(act: (move: () => Promise<void>) => Promise<void>): Promise<void> {
    const never = new Promise<void>(() => undefined);
    await new Promise<void>((killed) => {
      void replaceFile(file, OLD, NEW, {
        root,
        rename: async (from, to) => {
          await act(async () => rename(from, to));
          killed();
          await never;
        },
      });
    });
  }

  it('a kill between the rename and the look at the replaced file: a save that went into that is put back', async () => {
    await killedAround(async (move) => {
      await writeFile(file, 'saved by the user');
      await move();
    });
    expect(await readFile(file)).toEqual(NEW);
    await mendLeftovers(file);
    expect(await readFile(file, 'utf8')).toBe('saved by the user');
    expect(await readdir(root)).toEqual(['patches.nix']);
  });

  it.each<[string, (move: () => Promise<void>) => Promise<void>, string]>([
    ['no save', (move) => move(), NEW.toString()],
    ['not even the rename', () => Promise.resolve(), OLD.toString()],
    ['a save before the rename that is not made', () => writeFile(file, 'saved'), 'saved'],
    ['a save before the rename and one after it', async (move) => {
      await writeFile(file, 'saved');
      await move();
      await writeFile(file, 'saved again');
    }, 'saved again'],
    ['a save that only truncated', async (move) => {
      await writeFile(file, '');
      await move();
    }, NEW.toString()],
  ])('a kill with %s: the newest content stays', async (_, act, expected) => {
    await killedAround(act);
    await mendLeftovers(file);
    expect(await readFile(file, 'utf8')).toBe(expected);
    expect(await readdir(root)).toEqual(['patches.nix']);
  });
});

const hasNix = execaSync('nix-instantiate', ['--version'], { reject: false }).code !== 'ENOENT';

describe('checkWithNix', () => {
  it.skipIf(!hasNix)('gives what nix says, with the place', async () => {
    expect(await checkWithNix('{ a = 1; } # \udce4')).toEqual({ kind: 'ok' });
    expect(await checkWithNix('{\n  a = ;\n}')).toEqual({ kind: 'syntax', problem: { message: "syntax error, unexpected ';'", line: 2, column: 7 } });
    expect(await checkWithNix('{ a = b; }')).toMatchObject({ kind: 'syntax', problem: { message: expect.stringContaining("undefined variable 'b'") as string, line: 1, column: 7 } });
  });

  it('takes a text for right where Nix cannot be asked', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = '/nonexistent';
    try {
      expect(await checkWithNix('{ a = ; }')).toEqual({ kind: 'ok' });
    } finally {
      process.env['PATH'] = path;
    }
  });
});
