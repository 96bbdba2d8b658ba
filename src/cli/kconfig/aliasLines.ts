import { execa } from 'execa';
import { interruption } from '../interruption.ts';

/** The same that kernel facts hold. */
const PATTERN = '^[[:space:]]*MODULE_(ALIAS|DEVICE_TABLE)[A-Z0-9_]*[[:space:]]*\\(';

/** The lines of a kernel's sources, or of those in some folders, that say what its modules are loaded for. */
export async function aliasLinesIn(root: string, folders: readonly string[] = ['.']): Promise<string> {
  const options = { cwd: root, cancelSignal: interruption, reject: false } as const;
  const { stdout } = await execa('grep', ['-rE', '--include=*.c', '-e', PATTERN, '--', ...folders], options);
  return stdout;
}
