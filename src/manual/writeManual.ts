/** A step of `npm run build`: what is made from the commands and the schema, written to `dist`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { program } from '../cli/program.ts';
import { tableOf } from '../completion/commandTable.ts';

const to = (path: string): URL => new URL(`../../dist/${path}`, import.meta.url);
const falloutd = tableOf(await program(['help']));
mkdirSync(to('completion'), { recursive: true });
writeFileSync(to('completion/commands.json'), JSON.stringify(falloutd));
