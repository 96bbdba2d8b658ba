import { execa } from 'execa';

/** A process that has a file open for appending and lets go of it when it has written. */
export type OpenWriter = { append: (text: string) => Promise<void> };

/** Starts one; when this resolves, it has the file open. */
export async function openWriter(path: string): Promise<OpenWriter> {
  const writer = execa('sh', ['-c', 'exec 3>>"$1"; echo open; cat >&3', 'sh', path], { buffer: false });
  await new Promise((resolve) => writer.stdout.once('data', resolve));
  return {
    append: async (text) => {
      writer.stdin.end(text);
      await writer;
    },
  };
}
