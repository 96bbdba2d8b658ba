import { z } from 'zod';
import type { Target } from '../config/config.ts';
import { ATTRIBUTES, type Attribute } from '../managed/managedPatch.ts';
import { BlockedError } from '../model/errors.ts';
import { askNix, noSuchAttribute } from '../nix/askNix.ts';
import { finishedConfigProblem } from '../nix/wrongSettings.ts';

/** What is asked of the kernel before anything is written. */
export type Readable = {
  /** The attribute names that this nixpkgs reads the settings of a patch from. */
  reads: Attribute[];
  /** The names of the patches that the kernel has now. */
  patches: string[];
  /** The finished configuration that the kernel is built from; null for one that nixpkgs configures. */
  finished: string | null;
};

/** Gives the kernel a single patch, once under each attribute name, and checks whether its symbol is asked for. */
const READS = `kernel:
  let
    reads = attribute:
      let
        probed = kernel.override (_: {
          kernelPatches = [ {
            name = "falloutd-asks";
            patch = null;
            \${attribute} = { FALLOUTD_ASKS = { tristate = "y"; freeform = null; optional = true; }; };
          } ];
        });
        answer = builtins.tryEval (probed.configfile.moduleStructuredConfig.settings ? FALLOUTD_ASKS);
      in answer.success && answer.value;
  in {
    reads = if kernel ? override && kernel.configfile ? moduleStructuredConfig then builtins.filter reads [ ${ATTRIBUTES.map((a) => `"${a}"`).join(' ')} ] else [ ];
    patches = map (p: p.name or "") (kernel.kernelPatches or [ ]);
    finished =
      let c = kernel.configfile; in
      if !(kernel ? configfile) || c ? moduleStructuredConfig || c ? structuredConfig || c ? kernelConfig then null
      else if builtins.isAttrs c then c.name or "" else toString c;
  }`;

/**
 * Which attribute names this nixpkgs reads. Null if the configuration does not evaluate yet.
 * @throws BlockedError where the target's attribute does not exist, or is a kernel that settings cannot reach; InfrastructureError when Nix itself fails.
 */
export async function askWhatIsRead(
  { installable, nixArgs }: Pick<Target, 'installable' | 'nixArgs'>,
  signal?: AbortSignal,
): Promise<Readable | null> {
  const schema = z.object({
    reads: z.array(z.enum(ATTRIBUTES)),
    patches: z.array(z.string()),
    finished: z.string().nullable(),
  });
  const answer = await askNix({ installable, nixArgs }, READS, schema, { signal });
  if (answer.kind === 'no-such-attribute') throw await noSuchAttribute({ installable, nixArgs }, signal);
  if (answer.kind !== 'answer') return null;
  const { finished } = answer.value;
  if (finished !== null) throw new BlockedError(finishedConfigProblem(installable.attribute, finished));
  return answer.value;
}

/**
 * The attribute name for the managed patch: what the user's own patches use, as long as this nixpkgs reads it.
 * @param reads what this nixpkgs reads; empty or null: not known.
 */
export function chooseAttribute(used: readonly Attribute[], reads: readonly Attribute[] | null): Attribute {
  const readable = reads === null || reads.length === 0 ? null : reads;
  const [only, another] = used.filter((attribute) => readable?.includes(attribute) ?? true);
  if (only !== undefined && another === undefined) return only;
  return readable === null || readable.includes('structuredExtraConfig')
    ? 'structuredExtraConfig'
    : 'extraStructuredConfig';
}
