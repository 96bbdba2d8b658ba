/** `falloutd patch cpu`. */
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { cpuModuleText } from '../../generate/cpuPatch.ts';
import { byMenu } from '../../generate/nixPatches.ts';
import { UsageError } from '../../model/errors.ts';
import { documentText } from '../../report/data/documents.ts';
import { generatedSetting } from '../../report/data/generatedPatches.ts';
import { cpuLines } from '../../report/text/cpuLines.ts';
import { style } from '../../report/text/style.ts';
import { cpuOfTarget } from '../../run/cpuOfTarget.ts';
import { configAndTarget } from '../commandLine.ts';
import { lookAtTarget } from '../lookAtTarget.ts';
import { INTERRUPTED } from '../runExitCode.ts';
import { checkPlace, writeResult } from '../writeResult.ts';

type CpuOptions = { cpu?: string; output?: string; json?: boolean };

/** As `-march` has it for this machine. */
const NATIVE = 'native';

/** Prints what compiles a target's kernel for one processor. @returns the exit code. */
export async function cpu(
  command: CommandUnknownOpts,
  { cpu: name = NATIVE, output, json }: CpuOptions,
): Promise<number> {
  if (!/^[\w.+-]+$/.test(name))
    throw new UsageError({ message: `'${name}' is no name of a processor`, hint: 'as -march has it: znver4' });
  checkPlace(output, []);
  const [config, target] = await configAndTarget(command);
  const wanted = name === NATIVE ? null : name;
  const found = await lookAtTarget(config, async (history, looking, say) =>
    cpuOfTarget(target, history, wanted, { ...looking, say }),
  );
  if (found === null) return INTERRUPTED;
  const { attribute, version, settings, ...rest } = found;
  const document = { ...rest, settings: settings.map(generatedSetting) };
  const text =
    json === true
      ? documentText(document, 2)
      : cpuModuleText({ ...rest, patches: byMenu(settings), attribute, version });
  writeResult(output, text);
  const lines = cpuLines(document, `${target.name} (Linux ${version})`, style(process.stderr));
  process.stderr.write(lines.map((line) => `${line}\n`).join(''));
  return 0;
}
