/** A step of `npm run build`: what is made from the commands and the schema, written to `dist`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { program } from '../cli/program.ts';
import { tableOf } from '../completion/commandTable.ts';
import { wholeFile } from '../system/wholeFile.ts';
import { commandsPage, configPage, type KeySchema } from './manualPages.ts';

const root = new URL('../../', import.meta.url);
const textOf = (path: string): string => wholeFile(new URL(path, root)).toString('utf8');
const write = (path: string, text: string): void => {
  const file = new URL(`dist/${path}`, root);
  mkdirSync(new URL('.', file), { recursive: true });
  writeFileSync(file, text);
};

const { version } = JSON.parse(textOf('package.json')) as { version: string };
const schema = JSON.parse(textOf('config/schema/falloutd.schema.json')) as KeySchema;
const falloutd = tableOf(await program(['help']));
write('completion/commands.json', JSON.stringify(falloutd));
write('man/falloutd.1', commandsPage(textOf('src/manual/falloutd.1.roff'), falloutd, version));
write('man/falloutd.toml.5', configPage(textOf('src/manual/falloutd.toml.5.roff'), schema, version));
