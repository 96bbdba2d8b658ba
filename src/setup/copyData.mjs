// The last step of `npm run build`: what is read at run time and is no TypeScript stands in `dist` as it stands in `src`.
import { cpSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [from, to] = ['../../src', '../../dist'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
const isCompiled = (/** @type {string} */ path) => /\.(?:[jt]s|mjs|grammar|roff|md)$|\/\.gitignore$/.test(path);

cpSync(from, to, { recursive: true, filter: (path) => statSync(path).isDirectory() || !isCompiled(path) });
