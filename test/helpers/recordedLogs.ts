import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const FOLDER = fileURLToPath(new URL('../fixtures/logs/', import.meta.url));

/** The recorded logs, by file name without `.txt.gz`. */
export const LOGS: readonly string[] = readdirSync(FOLDER)
  .map((file) => file.replace(/\.txt\.gz$/, ''))
  .sort();

export const logFile = (name: string): string => `${FOLDER}${name}.txt.gz`;

export const logBytes = (name: string): Buffer => gunzipSync(readFileSync(logFile(name)));

export const log = (name: string): string => logBytes(name).toString('utf8');
