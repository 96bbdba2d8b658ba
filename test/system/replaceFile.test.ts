import fc from 'fast-check';
import { execa, execaSync } from 'execa';
import koffi from 'koffi';
import {
  chmod,
  chown,
  link,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kernelExchange, type Exchange } from '../../src/system/exchange.ts';
import { replaceFile } from '../../src/system/replaceFile.ts';

const libc = koffi.load(null);
const setxattr = libc.func('int setxattr(const char *, const char *, const uint8_t *, size_t, int)');
const getxattr = libc.func('long getxattr(const char *, const char *, _Out_ uint8_t *, size_t)');

const TYPESCRIPT = new URL('../helpers/typescript-hooks.mjs', import.meta.url).href;

/** What runs a command as a user whom modes bind, or null: root without the right to pass over them. */
const HUMBLE = process.getuid?.() === 0 ? humbleRoot() : ['env'];

function humbleRoot(): string[] | null {
  const command = ['setpriv', '--bounding-set=-dac_override,-dac_read_search'];
  const { failed } = execaSync(command[0] ?? '', [...command.slice(1), 'true'], { reject: false });
  return failed ? null : command;
}

/** false where the file system has no such attributes. */
const setAttribute = (path: string, name: string, value: Buffer): boolean =>
  setxattr(path, name, value, value.length, 0) === 0;

function attribute(path: string, name: string): Buffer {
  const value = Buffer.alloc(1000);
  return value.subarray(0, Number(getxattr(path, name, value, value.length)));
}

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

const kernel = await kernelExchange();

/** An exchange before and behind which something happens, the first time only. */
function exchangeWith(before: () => Promise<void>, behind: () => Promise<void> = () => Promise.resolve()): Exchange {
  let first = true;
  return async (one, other) => {
    const acting = first;
    first = false;
    if (acting) await before();
    const done = await kernel(one, other);
    if (acting) await behind();
    return done;
  };
}

async function saveByRename(content: string): Promise<void> {
  await writeFile(join(root, 'editor'), content);
  await rename(join(root, 'editor'), file);
}

describe('replaceFile', () => {
  it('keeps extended attributes and an ACL', async () => {
    // acl(5), as the kernel keeps it: the user 65534 may read.
    const acl = Buffer.from(
      '02000000' +
        '01000600ffffffff' +
        '02000400feff0000' +
        '04000000ffffffff' +
        '10000400ffffffff' +
        '20000000ffffffff',
      'hex',
    );
    const kept = { 'user.note': Buffer.from('mine\0'), 'system.posix_acl_access': acl };
    const all = Object.entries(kept).filter(([name, value]) => setAttribute(file, name, value));
    expect(all.length).toBeGreaterThan(0);
    const { mode } = await stat(file);
    expect(await replaceFile(file, OLD, NEW, { root })).toEqual({ kind: 'written' });
    expect(await readFile(file)).toEqual(NEW);
    for (const [name, value] of all) expect(attribute(file, name), name).toEqual(value);
    expect((await stat(file)).mode).toBe(mode);
  });

  it('replaces the content and keeps the mode', async () => {
    await chmod(file, 0o640);
    expect(await replaceFile(file, OLD, NEW, { root })).toEqual({ kind: 'written' });
    expect(await readFile(file)).toEqual(NEW);
    expect((await stat(file)).mode & 0o7777).toBe(0o640);
    expect(await readdir(root)).toEqual(['patches.nix']);
  });

  it('refuses a read-only file, which an exchange would replace all the same', async () => {
    await chmod(file, 0o444);
    expect(await replaceFile(file, OLD, NEW, { root })).toMatchObject({ kind: 'refused', problem: { file } });
    expect(await readFile(file)).toEqual(OLD);
  });

  it('refuses a file with a second name, which would keep the old text', async () => {
    await link(file, join(root, 'second'));
    const answer = await replaceFile(file, OLD, NEW, { root });
    expect(answer).toMatchObject({ kind: 'refused', problem: { file } });
    expect(answer.kind === 'refused' && answer.problem.message).toContain('has 2 names (hard links)');
    expect(await readFile(file)).toEqual(OLD);
  });

  it.skipIf(HUMBLE === null)('refuses a file that this user may not write, though the group may', async () => {
    await chmod(file, 0o464);
    const [command = '', ...args] = HUMBLE ?? [];
    const { stdout } = await execa(
      command,
      [...args, process.execPath, '--import', TYPESCRIPT, '--input-type=module'],
      {
        input: `import { replaceFile } from ${JSON.stringify(new URL('../../src/system/replaceFile.ts', import.meta.url).href)};
        const [file, root] = ${JSON.stringify([file, root])};
        const next = Buffer.from('new');
        process.stdout.write(JSON.stringify(await replaceFile(file, Buffer.from(${JSON.stringify(OLD.toString())}), next, { root })));`,
      },
    );
    const { kind, problem } = JSON.parse(stdout) as { kind: string; problem: unknown };
    expect([kind, problem]).toEqual([
      'refused',
      {
        file,
        message: `cannot write ${file}: permission denied`,
        hint: 'falloutd needs to write the file and its folder.',
      },
    ]);
    expect(await readFile(file)).toEqual(OLD);
    expect(await readdir(root)).toEqual(['patches.nix']);
  });

  it.runIf(process.getuid?.() === 0)('refuses the file of another user, also as root', async () => {
    await chown(file, 12345, 12345);
    const answer = await replaceFile(file, OLD, NEW, { root });
    expect(answer.kind === 'refused' && answer.problem.message).toContain('belongs to another user (12345');
    expect((await stat(file)).uid).toBe(12345);
    expect(await readFile(file)).toEqual(OLD);
  });

  it('leaves a file alone that holds something else', async () => {
    const { ino } = await stat(file);
    expect(await replaceFile(file, Buffer.from('older'), NEW, { root })).toEqual({ kind: 'changed' });
    expect(await readFile(file)).toEqual(OLD);
    expect((await stat(file)).ino).toBe(ino);
    expect(await readdir(root)).toEqual(['patches.nix']);
  });

  it('puts a save in place back that came between the comparison and the exchange', async () => {
    const saved = Buffer.from('saved by the user');
    const answer = await replaceFile(file, OLD, NEW, { root, exchange: exchangeWith(() => writeFile(file, saved)) });
    expect(answer).toEqual({ kind: 'changed' });
    expect(await readFile(file)).toEqual(saved);
    expect(await readdir(root)).toEqual(['patches.nix']);
  });

  it('puts such a save back also when the names cannot be exchanged again', async () => {
    let exchanges = 0;
    const answer = await replaceFile(file, OLD, NEW, {
      root,
      exchange: async (one, other) => {
        exchanges += 1;
        if (exchanges === 2) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
        await writeFile(file, 'saved by the user');
        return kernel(one, other);
      },
    });
    expect(answer).toEqual({ kind: 'changed' });
    expect(await readFile(file, 'utf8')).toBe('saved by the user');
    expect(await readdir(root)).toEqual(['patches.nix']);
  });

  it('puts back all of a save that goes on after the exchange', async () => {
    const editor = await open(file, 'r+');
    let saving: Promise<void> = Promise.resolve();
    const goOn = async (): Promise<void> => {
      await editor.writeFile('saved late');
      await editor.close();
    };
    await replaceFile(file, OLD, NEW, {
      root,
      exchange: exchangeWith(
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
      exchange: exchangeWith(
        () => writeFile(file, 'saved in place'),
        () => saveByRename('saved again'),
      ),
    });
    expect(answer).toEqual({ kind: 'changed' });
    expect(await readFile(file, 'utf8')).toBe('saved again');
  });

  it('a file that the user just takes away has changed, and is not made again', async () => {
    expect(await replaceFile(join(root, 'missing.nix'), OLD, NEW, { root })).toEqual({ kind: 'changed' });
    expect(
      await replaceFile(file, OLD, NEW, {
        root,
        exchange: async () => Promise.reject(Object.assign(new Error('gone'), { code: 'ENOENT' })),
      }),
    ).toEqual({ kind: 'changed' });
    expect(await readdir(root)).toEqual(['patches.nix']);
  });

  it('an editor that truncates the file and is not scheduled for a second loses nothing', async () => {
    const editor = await open(file, 'r+');
    const answer = await replaceFile(file, OLD, NEW, { root, exchange: exchangeWith(() => editor.truncate()) });
    expect(answer).toEqual({ kind: 'changed' });
    await editor.writeFile('saved a second later');
    await editor.close();
    expect(await readFile(file, 'utf8')).toBe('saved a second later');
    expect(await readdir(root)).toEqual(['patches.nix']);
  });

  it.each<[string, Parameters<typeof exchangeWith>]>([
    [
      'before the exchange',
      [
        async () => {
          await writeFile(file, 'saved');
          await chmod(file, 0o640);
        },
      ],
    ],
    ['behind the exchange', [() => writeFile(file, 'saved'), () => chmod(file, 0o640)]],
  ])('the chmod of a late save is kept, %s', async (_, acts) => {
    await replaceFile(file, OLD, NEW, { root, exchange: exchangeWith(...acts) });
    expect([await readFile(file, 'utf8'), (await stat(file)).mode & 0o777]).toEqual(['saved', 0o640]);
  });

  it('a chmod alone, in the instant before the exchange, is not lost', async () => {
    expect(await replaceFile(file, OLD, NEW, { root, exchange: exchangeWith(() => chmod(file, 0o640)) })).toEqual({
      kind: 'changed',
    });
    expect([await readFile(file), (await stat(file)).mode & 0o777]).toEqual([OLD, 0o640]);
    expect(
      await replaceFile(file, OLD, NEW, {
        root,
        exchange: exchangeWith(
          () => Promise.resolve(),
          () => chmod(file, 0o600),
        ),
      }),
    ).toEqual({ kind: 'written' });
    expect([await readFile(file), (await stat(file)).mode & 0o777]).toEqual([NEW, 0o600]);
    await writeFile(file, OLD);
    const answer = await replaceFile(file, OLD, NEW, {
      root,
      exchange: exchangeWith(
        () => chmod(file, 0o640),
        () => chmod(file, 0o660),
      ),
    });
    expect([answer, await readFile(file), (await stat(file)).mode & 0o777]).toEqual([{ kind: 'changed' }, OLD, 0o660]);
    expect(await readdir(root)).toEqual(['patches.nix']);
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
    const answer = await replaceFile(file, OLD, NEW, {
      root,
      exchange: () => Promise.reject(Object.assign(new Error(`${code} happened`), { code })),
    });
    expect(answer).toMatchObject({
      kind: 'refused',
      problem: { file, message: expect.stringMatching(message) as string },
    });
    expect(await readFile(file)).toEqual(OLD);
    expect(await readdir(root)).toEqual(['patches.nix']);
  });

  it.each([
    ['ENOSPC', /no space left/],
    ['EDQUOT', /quota/],
    ['EIO', /disk reports an error/],
  ])('takes %s for trouble that passes, and leaves nothing behind', async (code, message) => {
    const failing = replaceFile(file, OLD, NEW, {
      root,
      exchange: () => Promise.reject(Object.assign(new Error(`${code} happened`), { code })),
    });
    await expect(failing).rejects.toMatchObject({
      exitCode: 5,
      problem: { file, message: expect.stringMatching(message) as string },
    });
    expect(await readFile(file)).toEqual(OLD);
    expect(await readdir(root)).toEqual(['patches.nix']);
  });

  it('refuses a folder and a circle of links', async () => {
    await symlink('circle', join(root, 'circle'));
    expect(await replaceFile(join(root, 'circle'), OLD, NEW, { root })).toMatchObject({
      kind: 'refused',
      problem: { message: expect.stringMatching(/circle/) as string },
    });
    await mkdir(join(root, 'folder'));
    expect((await replaceFile(join(root, 'folder'), OLD, NEW, { root })).kind).toBe('refused');
  });

  it('of two writers made from the same content one wins', async () => {
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((text) => replaceFile(file, OLD, Buffer.from(text), { root })),
    );
    expect(answers.filter(({ kind }) => kind === 'written').length).toBeGreaterThan(0);
    expect(['a', 'b', 'c']).toContain(await readFile(file, 'utf8'));
    expect(await readdir(root)).toEqual(['patches.nix']);
  });

  it('a save by rename in the instant before the exchange is not lost', async () => {
    const answer = await replaceFile(file, OLD, NEW, {
      root,
      exchange: exchangeWith(() => saveByRename('saved by rename')),
    });
    expect(answer).toEqual({ kind: 'changed' });
    expect(await readFile(file, 'utf8')).toBe('saved by rename');
    expect(await readdir(root)).toEqual(['patches.nix']);
  });

  it('a file taken away in the instant before the exchange stays away, and one taken away behind it too', async () => {
    expect(await replaceFile(file, OLD, NEW, { root, exchange: exchangeWith(() => rm(file)) })).toEqual({
      kind: 'changed',
    });
    expect(await readdir(root)).toEqual([]);
    await writeFile(file, OLD);
    expect(
      await replaceFile(file, OLD, NEW, {
        root,
        exchange: exchangeWith(
          () => saveByRename('saved'),
          () => rm(file),
        ),
      }),
    ).toEqual({ kind: 'changed' });
    expect(await readdir(root)).toEqual([]);
  });

  it('where the kernel cannot exchange names, a save in place is put back all the same', async () => {
    const unsupported: Exchange = () => 'unsupported';
    expect(await replaceFile(file, OLD, NEW, { root, exchange: unsupported })).toEqual({ kind: 'written' });
    expect(await readFile(file)).toEqual(NEW);
    let first = true;
    const saving: Exchange = async (): Promise<'unsupported'> => {
      if (first) await writeFile(file, 'saved in place');
      first = false;
      return 'unsupported';
    };
    expect(await replaceFile(file, NEW, OLD, { root, exchange: saving })).toEqual({ kind: 'changed' });
    expect(await readFile(file, 'utf8')).toBe('saved in place');
    expect(await readdir(root)).toEqual(['patches.nix']);
  });

  it('whatever is saved around its exchanges, and however: the last save stands, or the new content where there was none', async () => {
    const act = fc.record({
      how: fc.constantFrom('nothing', 'in place', 'rename', 'delete and create', 'truncate, then write'),
      text: fc.string({ minLength: 1, maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 8 }), async (acts) => {
        await writeFile(file, OLD);
        const saves: string[] = [];
        let number = 0;
        const save = async (): Promise<void> => {
          const next = acts[number++];
          if (next === undefined || next.how === 'nothing') return;
          const text = `${number} ${next.text}`;
          saves.push(text);
          if (next.how === 'rename') await saveByRename(text);
          else {
            if (next.how === 'delete and create') await rm(file);
            if (next.how === 'truncate, then write') await writeFile(file, '');
            await writeFile(file, text);
          }
        };
        const answer = await replaceFile(file, OLD, NEW, {
          root,
          exchange: async (one, other) => {
            await save();
            const done = await kernel(one, other);
            await save();
            return done;
          },
        });
        expect(await readFile(file, 'utf8')).toBe(saves.at(-1) ?? NEW.toString());
        // What is saved behind the look at what was displaced is for the watch to see.
        if (saves.length === 0) expect(answer).toEqual({ kind: 'written' });
        expect(await readdir(root)).toEqual(['patches.nix']);
      }),
      { numRuns: 300 },
    );
  });
});
