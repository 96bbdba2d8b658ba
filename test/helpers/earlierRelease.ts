/** What falloutd 0.1.0 left behind: test/fixtures/0.1.0/README.md says how it was made. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { openDatabase, prepareStatement } from '../../src/state/sqlite.ts';

const FILES = new URL('../fixtures/0.1.0/', import.meta.url);
/** The folder of the host as the files name it. */
const HOST = '/home/ada/host';

type Column = { tableName: string; columnName: string };

/** Puts the database into a state directory, as that of a host in `hostDir`. */
export function earlierDatabase(stateDir: string, hostDir = HOST): void {
  mkdirSync(stateDir, { recursive: true });
  const file = join(stateDir, 'falloutd.db');
  writeFileSync(file, gunzipSync(readFileSync(new URL('falloutd.db.gz', FILES))));
  const db = openDatabase(file);
  const columns = prepareStatement(
    db,
    `SELECT t.name AS tableName, c.name AS columnName FROM pragma_table_list t, pragma_table_xinfo(t.name) c
     WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND c.type = 'TEXT' AND c.hidden = 0`,
  ).all() as Column[];
  for (const { tableName, columnName } of columns)
    prepareStatement(db, `UPDATE "${tableName}" SET "${columnName}" = replace("${columnName}", ?, ?)`).run(
      HOST,
      hostDir,
    );
  db.close();
}

/** One of the text files, as that of a host in `hostDir`. */
export function earlierFile(name: 'falloutd.toml' | 'fallout.nix' | 'patches.nix', hostDir = HOST): string {
  return readFileSync(new URL(name, FILES), 'utf8').replaceAll(HOST, hostDir);
}
