/** What a NixOS host needs of its kernel: modules, file systems, options. */
import { z } from 'zod';
import { wholeFile } from '../system/wholeFile.ts';
import { askNix, type Subject } from './askNix.ts';
import type { Installable } from './installable.ts';
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

/** The attribute of the NixOS configuration that a kernel belongs to; null where its attribute leads through none. */
function hostAttribute({ attribute }: Installable): string | null {
  return /^((?:.*\.)?)config\.(?:system|boot)\..+$/.exec(attribute)?.[1]?.replace(/\.$/, '') ?? null;
}

/** Evaluates a host's needs. @throws InfrastructureError when Nix, the network or the disk fails; Interrupted. */
export async function hostNeeds(subject: Subject, signal?: AbortSignal): Promise<HostReading> {
  const attribute = hostAttribute(subject.installable);
  if (attribute === null) return { kind: 'no-host' };
  const expression = wholeFile(new URL('./hostNeeds.nix', import.meta.url)).toString('utf8');
  const host = { ...subject, installable: { ...subject.installable, attribute } };
  const answer = await askNix(host, expression, needsSchema, signal);
  if (answer.kind === 'failed') return answer;
  if (answer.kind === 'no-such-attribute' || answer.value.kind === 'no-host') return { kind: 'no-host' };
  const { kind, ...needs } = answer.value;
  return { kind, needs };
}

/** Whether it can be decided by the value of the option that it names. */
export const isOfOneOption = ({ symbol, y, m, n }: Requirement): boolean =>
  symbol !== null && y !== null && m !== null && n !== null;
