import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { program } from '../../src/cli/program.ts';
import { tableOf, type CommandTable } from '../../src/completion/commandTable.ts';
import { configPage, type KeySchema } from '../../src/manual/manualPages.ts';
import { roffItem, roffTerm } from '../../src/manual/roff.ts';
import { schemaFile } from '../helpers/documentSchema.ts';

const PAGES = ['falloutd.1', 'falloutd.toml.5'] as const;
const built = (page: string): string => fileURLToPath(new URL(`../../dist/man/${page}`, import.meta.url));

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'falloutd-manual-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A page as a wide terminal shows it, without warnings, on one line. */
async function shown(file: string): Promise<string> {
  const env = { LC_ALL: 'C.UTF-8', MANWIDTH: '2000', MANROFFOPT: '-c' };
  const { stdout, stderr } = await execa('man', ['--warnings=w', '-E', 'UTF-8', '-l', '-P', 'col -bx', file], { env });
  expect(stderr).toBe('');
  return stdout.replace(/\s+/g, ' ');
}

describe.each(PAGES)('%s', (page) => {
  test('has no fault that man or groff warns of, and what is to be found in every page', async () => {
    expect((await execa('groff', ['-man', '-ww', '-Tutf8', built(page)])).stderr).toBe('');
    await shown(built(page));
    const headings = readFileSync(built(page), 'utf8').match(/(?<=^\.SH )"?[A-Z ]+/gm);
    expect(headings).toEqual(expect.arrayContaining(['NAME', 'SYNOPSIS', 'DESCRIPTION', 'EXAMPLES', 'SEE ALSO']));
  });
});

test('falloutd(1) explains every command and every option', async () => {
  const page = await shown(built('falloutd.1'));
  const visit = (command: CommandTable, name: string): void => {
    if (name !== '') expect(page).toContain([name, ...command.arguments.map(({ term }) => term)].join(' ').trim());
    for (const { term } of command.options) expect(page).toContain(term);
    // `kconfig help` is `help kconfig`.
    const commands = command.commands.filter((each) => name === '' || each.name !== 'help');
    for (const each of commands) visit(each, `${name} ${each.name}`.trim());
  };
  visit(tableOf(await program(['help'])), '');
  expect(page).toContain('--limit <n> How many runs (default: 20).');
  expect(page).toContain('EXIT STATUS 0 Done');
});

test('falloutd.toml(5) explains every key, with its type and its default', async () => {
  const page = await shown(built('falloutd.toml.5'));
  const schema = JSON.parse(readFileSync(schemaFile('falloutd'), 'utf8')) as KeySchema;
  const visit = ({ properties = {} }: KeySchema): void => {
    for (const [name, key] of Object.entries(properties)) {
      expect(key.description, name).toBeDefined();
      const table = typeof key.additionalProperties === 'object' ? key.additionalProperties : key;
      if (key.type === 'object') visit(table);
      else expect(page).toContain(`${name} (`);
      expect(page).toContain(key.description);
    }
  };
  visit(schema);
  expect(page).toContain('jobs (integer, default 1) How many targets');
  expect(page).toContain('policy ("keep-wish" or "unset", default "keep-wish")');
  expect(page).toContain('attribute (string, required)');
  expect(page).toContain('nix-args (list of strings, default [])');
});

test('no text of a command is taken for roff', async () => {
  const text = `.so /etc/passwd\n'br \\n(.z ~/x ^C "quoted" it's \`code\` -- \\fBbold … é 😀`;
  const file = join(dir, 'page.1');
  writeFileSync(file, `.TH X 1\n.SH NAME\nx \\- y\n.SH TEXT\n${roffItem(roffTerm('--a-b <c-d>'), text)}`);
  expect((await execa('groff', ['-man', '-ww', '-Tutf8', file])).stderr).toBe('');
  expect(await shown(file)).toContain(`TEXT --a-b <c-d> ${text.replace('\n', ' ')}`);
});

test('a template that misses a place is no page', () => {
  expect(() => configPage('.TH X 1\n', {}, '1')).toThrow('missing KEYS');
});
