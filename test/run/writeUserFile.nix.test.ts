import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FileChange, type FileWriteOptions, writeUserFile } from '../../src/run/writeUserFile.ts';
import { replacements } from '../../src/state/replacements.ts';
import { opened } from '../helpers/history.ts';
import { folder } from '../helpers/target.ts';

const [OLD, NEW] = [Buffer.from('{ }\n'), Buffer.from('{ a = 1; }\n')];

function setUp(content: Buffer | null): { path: string; options: FileWriteOptions; steps: string[] } {
  const root = folder();
  const path = join(root, 'a.nix');
  const history = opened();
  const steps: string[] = [];
  const now = (): string => (existsSync(path) ? readFileSync(path, 'utf8') : 'none');
  if (content !== null) writeFileSync(path, content);
  const options: FileWriteOptions = {
    history,
    target: 'host',
    run: null,
    root,
    onWrite: () => steps.push(`told: ${now()}`),
    record: {
      before: () => steps.push(`kept ${replacements(history, 'host').length}: ${now()}`),
      after: (isWritten) => steps.push(`${isWritten ? 'written' : 'not written'}: ${now()}`),
    },
  };
  return { path, options, steps };
}

describe('writeUserFile', () => {
  it.each<[string, Omit<FileChange, 'path'>, string[]]>([
    ['replaces', { before: OLD, after: NEW }, ['kept 1: { }\n', 'told: { }\n', 'written: { a = 1; }\n']],
    ['makes', { before: null, after: NEW }, ['kept 0: none', 'told: none', 'written: { a = 1; }\n']],
    ['deletes', { before: OLD, after: null }, ['kept 1: { }\n', 'written: none']],
  ])('%s a file once everything is recorded', async (_, change, expected) => {
    const { path, options, steps } = setUp(change.before);
    expect(await writeUserFile({ path, ...change }, options)).toEqual({ kind: 'written' });
    expect(steps).toEqual(expected);
  });

  it.each<[string, Omit<FileChange, 'path'>]>([
    ['replaced', { before: OLD, after: NEW }],
    ['made', { before: null, after: NEW }],
    ['deleted', { before: OLD, after: null }],
  ])('lets a save stand in a file that was to be %s', async (_, change) => {
    const { path, options, steps } = setUp(Buffer.from('saved since\n'));
    expect(await writeUserFile({ path, ...change }, options)).toEqual({ kind: 'newer-save' });
    expect(readFileSync(path, 'utf8')).toBe('saved since\n');
    expect(steps.at(-1)).toBe('not written: saved since\n');
  });

  it('touches nothing, not even the database, when the text is no Nix or git is in the middle of a merge', async () => {
    const { path, options, steps } = setUp(OLD);
    const broken = { path, before: OLD, after: Buffer.from('{') };
    expect(await writeUserFile(broken, options)).toMatchObject({ kind: 'refused', problem: { file: path, line: 1 } });
    mkdirSync(join(options.root, '.git'));
    writeFileSync(join(options.root, '.git/MERGE_HEAD'), '');
    await expect(writeUserFile({ path, before: OLD, after: NEW }, options)).rejects.toThrow('a merge');
    expect([steps, replacements(options.history, 'host'), readFileSync(path)]).toEqual([[], [], OLD]);
  });
});
