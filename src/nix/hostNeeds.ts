/** What a NixOS host needs of its kernel: modules, file systems, options. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { nixString } from '../nixfile/strings.ts';
import { wholeFile } from '../system/wholeFile.ts';
import { askNix, type EvaluationRunning, type Subject } from './askNix.ts';
import type { Problem } from '../model/problem.ts';

/** A module that a list of the host names; `file` holds the definition, as Nix names it, null where that is not known. */
const named = z.object({ module: z.string(), file: z.string().nullable() });

const needsSchema = z.object({
  kind: z.enum(['host', 'no-host']),
  initrd: z.object({
    available: z.array(named),
    loaded: z.array(named),
    /** What encrypted disks use. */
    crypto: z.array(z.string()),
    /** Whether an initrd is made without the modules that are missing. */
    allowsMissing: z.boolean(),
    isMade: z.boolean(),
  }),
  loaded: z.array(named),
  extraModules: z.array(z.object({ name: z.string(), path: z.string().nullable() })),
  fileSystems: z.array(z.object({ mountPoint: z.string(), type: z.string(), isEarly: z.boolean() })),
  supportedFileSystems: z.array(z.string()),
  swaps: z.int(),
  required: z.array(
    z.object({
      /** The option that its line names; null where it names none. */
      symbol: z.string().nullable(),
      line: z.string(),
      message: z.string(),
      /** Whether it holds where that option has this value; null where it also looks at another one. */
      y: z.boolean().nullable(),
      m: z.boolean().nullable(),
      n: z.boolean().nullable(),
    }),
  ),
});

export type HostNeeds = Omit<z.infer<typeof needsSchema>, 'kind'>;
export type Requirement = HostNeeds['required'][number];

export type HostReading =
  | { kind: 'host'; needs: HostNeeds }
  /** The kernel belongs to no NixOS configuration. */
  | { kind: 'no-host' }
  | { kind: 'failed'; problem: Problem };

const resource = (path: string): string => wholeFile(new URL(path, import.meta.url)).toString('utf8');

/** A function of ours on what it takes, as one argument: in pure mode `nix eval` may not read our files. */
const withKernelConfig = (path: string, more = ''): string =>
  `(${resource(path)}) { kernelConfig = ${resource('./kernelConfig.nix')}; ${more} }`;

/** The NixOS configuration that a kernel belongs to; null where its attribute leads through none. */
export function hostOf(subject: Subject): Subject | null {
  const { installable } = subject;
  const path = /^((?:.*\.)?)config\.(?:system|boot)\..+$/.exec(installable.attribute)?.[1];
  return path === undefined
    ? null
    : { ...subject, installable: { ...installable, attribute: path.replace(/\.$/, '') } };
}

/** Evaluates a host's needs. @throws InfrastructureError when Nix, the network or the disk fails; Interrupted. */
export async function hostNeeds(subject: Subject, running: EvaluationRunning = {}): Promise<HostReading> {
  const host = hostOf(subject);
  if (host === null) return { kind: 'no-host' };
  const answer = await askNix(host, withKernelConfig('./hostNeeds.nix'), needsSchema, running);
  if (answer.kind === 'failed') return answer;
  if (answer.kind === 'no-such-attribute' || answer.value.kind === 'no-host') return { kind: 'no-host' };
  const { kind, ...needs } = answer.value;
  return { kind, needs };
}

/**
 * What the host's requirements come to under the values of a .config, by their line; null where they cannot be evaluated. The values are
 * too long for a command line, so Nix reads them from a file, which it does in an impure evaluation only.
 * @throws InfrastructureError when Nix, the network or the disk fails; Interrupted.
 */
export async function requirementsUnder(
  subject: Subject,
  values: ReadonlyMap<string, string>,
  running: EvaluationRunning = {},
): Promise<Map<string, boolean> | null> {
  const host = hostOf(subject);
  if (host === null) return null;
  const folder = mkdtempSync(join(tmpdir(), 'falloutd-values-'));
  const file = join(folder, 'config.json');
  try {
    writeFileSync(file, JSON.stringify(Object.fromEntries(values)));
    const expression = withKernelConfig('./requirements.nix', `values = builtins.readFile ${nixString(file)};`);
    const nixArgs = [...subject.nixArgs, '--impure'];
    const answer = await askNix({ ...host, nixArgs }, expression, judgedSchema, running);
    return answer.kind === 'answer' ? new Map(answer.value.map(({ line, holds }) => [line, holds])) : null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const judgedSchema = z.array(z.object({ line: z.string(), holds: z.boolean() }));
