import { chmodSync, closeSync, openSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Save } from './plan.ts';

/** Puts a text into a file in one of the ways that editors, formatters and scripts have. The first step is taken at once. */
export async function saveAs(
  path: string,
  text: string,
  { style, pauseMs }: Pick<Save, 'style' | 'pauseMs'>,
): Promise<void> {
  switch (style) {
    case 'rename':
      writeFileSync(`${path}.user`, text);
      renameSync(`${path}.user`, path);
      return;
    case 'backup-rename':
      // As vim does: the old file becomes the backup, which goes when the new one is there.
      renameSync(path, `${path}~`);
      if (pauseMs > 20) await sleep(pauseMs / 8);
      writeFileSync(path, text);
      rmSync(`${path}~`);
      return;
    case 'in-place':
      writeFileSync(path, text);
      return;
    case 'slow-in-place': {
      // Truncates, and is not scheduled again for a while; twice.
      const file = openSync(path, 'w');
      const half = Math.floor(text.length / 2);
      try {
        await sleep(pauseMs);
        writeSync(file, text.slice(0, half));
        await sleep(pauseMs / 4);
        writeSync(file, text.slice(half));
      } finally {
        closeSync(file);
      }
      return;
    }
    case 'write-chmod': {
      writeFileSync(path, text);
      const isPrivate = (statSync(path).mode & 0o777) === 0o640;
      chmodSync(path, isPrivate ? 0o644 : 0o640);
      return;
    }
    case 'delete-recreate':
      rmSync(path, { force: true });
      if (pauseMs > 20) await sleep(pauseMs);
      writeFileSync(path, text);
      return;
    case 'two-quick':
      writeFileSync(path, `# the first of two\n${text}`);
      if (pauseMs > 20) await sleep(pauseMs / 8);
      writeFileSync(path, text);
  }
}
