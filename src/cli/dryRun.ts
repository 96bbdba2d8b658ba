import { chmod, cp, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import type { Config, Target } from '../config/config.ts';
import { converge } from '../run/converge.ts';
import { BlockedError, InfrastructureError, UsageError } from '../model/errors.ts';
import { openHistory } from '../state/history.ts';
import { evaluate } from '../nix/evaluate.ts';
import { checkoutOf } from '../system/git.ts';
import { documentText } from '../report/data/documents.ts';
import { reporter } from '../report/text/terminalReporter.ts';
import { style } from '../report/text/style.ts';
import type { Run } from '../model/run.ts';
import { exitCode, type OnceOptions } from './once.ts';

/**
 * `falloutd once --dry-run`: the run happens on a copy of the flake, with a history that is thrown away; what it would
 * have written is printed as a diff. Nothing of the user's is touched.
 */
export async function dryRun(config: Config, target: Target, options: OnceOptions): Promise<number> {
  const scratch = await mkdtemp(join(tmpdir(), 'falloutd-dry-run-'));
  const screen = reporter(process.stderr, style(process.stderr));
  try {
    const { copied, inPlace } = await copyFlake(target, join(scratch, 'flake'), options.signal);
    const history = openHistory(join(scratch, 'state'));
    let run: Run;
    try {
      run = inPlace(
        await converge(copied, history, {
          cause: 'command',
          signal: options.signal,
          fresh: options.fresh,
          emit: (event) => screen.handle(inPlace(event)),
          transcripts: config.transcripts,
        }),
      );
    } finally {
      history.close();
    }
    const [before, after] = await Promise.all([
      readFile(target.managedFile, 'utf8'),
      readFile(copied.managedFile, 'utf8'),
    ]);
    const patch =
      before === after
        ? ''
        : createTwoFilesPatch(target.managedFile, target.managedFile, before, after, 'now', 'at the end of the run');
    process.stdout.write(options.json ? documentText({ ...run, patch }, 2) : patch);
    screen.print([patch === '' ? 'nothing would be written' : 'nothing was written: this was a dry run']);
    return exitCode(run, options.strict);
  } finally {
    screen.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** `inPlace`: the same with the user's own paths in it, since the copy is gone when somebody reads it. */
type Copy = { copied: Target; inPlace: <T>(value: T) => T };

/** Copies what Nix sees of the flake (its store copy), and points the target at the copy. */
async function copyFlake(target: Target, dir: string, signal: AbortSignal): Promise<Copy> {
  if (target.installable.kind !== 'flake') {
    throw new UsageError({
      message: '--dry-run needs a flake: a Nix file may import from anywhere',
      hint: 'commit your work and run `falloutd once`, then look at the diff',
    });
  }
  const evaluation = await evaluate(target, { signal });
  if (evaluation.kind === 'blocked') throw new BlockedError(evaluation.problem);
  if (evaluation.kind === 'infrastructure') throw new InfrastructureError(evaluation.problem);
  const root = checkoutOf(target.installable.dir);
  const source = evaluation.kind === 'evaluated' ? evaluation.sources.find((s) => s.realPath === root) : undefined;
  if (source === undefined)
    throw new InfrastructureError({
      message: 'Nix did not tell where its copy of the flake is',
      hint: 'run `falloutd once` without --dry-run',
    });
  await cp(source.storePath, dir, { recursive: true, verbatimSymlinks: true });
  await makeWritable(dir);
  const inCopy = (path: string): string => join(dir, relative(root, path));
  const inJson = (path: string): string => JSON.stringify(path).slice(1, -1);
  return {
    copied: {
      ...target,
      installable: { ...target.installable, dir: inCopy(target.installable.dir) },
      patchesFile: inCopy(target.patchesFile),
      managedFile: inCopy(target.managedFile),
    },
    inPlace: <T>(value: T) => JSON.parse(JSON.stringify(value).replaceAll(inJson(dir), inJson(root))) as T,
  };
}

/** A copy out of the store is read-only. */
async function makeWritable(dir: string): Promise<void> {
  await chmod(dir, 0o755);
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(dir, entry.name));
    else if (entry.isFile()) await chmod(join(dir, entry.name), 0o644);
  }
}
