import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isOpenForWriting } from '../../src/system/openWriters.ts';
import { folder } from '../helpers/target.ts';

it('knows whether a file is open for writing, also when its name is gone', async () => {
  const path = join(folder(), 'file');
  await writeFile(path, '');
  const [reader, another, writer] = [await open(path), await open(path), await open(path, 'a')];
  expect(await isOpenForWriting(reader.fd)).toBe(true);
  await writer.close();
  expect(await isOpenForWriting(reader.fd)).toBe(false);
  // The lease is given back.
  await (await open(path, 'a')).close();
  for (const file of [reader, another]) await file.close();
});

it('says so where the kernel does not know', async () => {
  const device = await open('/dev/null');
  expect(await isOpenForWriting(device.fd)).toBeNull();
  await device.close();
});
