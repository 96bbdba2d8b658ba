import { kernelBuildTable } from '../report/text/kernelBuildLines.ts';
import type { History } from '../state/history.ts';
<<<<<<< HEAD
import { kernelBuilds } from '../state/kernelBuilds.ts';
import { render, type OutputOptions } from './output.ts';
=======
import { derivationName } from '../nix/derivationName.ts';
import { paintBuild, objectsText, sizesText } from '../report/text/kernelBuilds.ts';
import { duration, moment } from '../report/text/duration.ts';
import { printable, render, type OutputOptions } from './output.ts';
import { parts, problemLines } from '../report/text/phrases.ts';
import type { Style } from '../report/text/style.ts';
import { clean, hanging, table } from '../report/text/table.ts';
import type { KernelBuild } from '../model/kernelBuild.ts';
>>>>>>> 1521f91 (An observation stands between reading and judging, and the log's lines are one table)

/** `falloutd builds`: the newest `limit` kernel builds, of one target or of all. For people the newest stands last. */
export function builds(db: History, options: OutputOptions & { limit: number; target?: string | undefined }): string {
  return render(kernelBuilds(db, options), options, (all, style, now) =>
    all.length === 0
      ? [`no kernel build${options.target === undefined ? '' : ` of ${options.target}`} is recorded`]
      : kernelBuildTable(all, style, now),
  );
}
