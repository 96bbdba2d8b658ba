import { z } from 'zod';
import { causeSchema, rootSchema } from './cause.ts';
import { askerSchema, positionSchema } from './intent.ts';
import { tagged } from './tagged.ts';

const needlessReason = z.discriminatedUnion('kind', [
  /** This kernel has no such option. */
  tagged('unknown-name', { cause: causeSchema }),
  /** Another setting of the user's counts instead, or says the same. */
  tagged('doubled', { by: askerSchema, position: positionSchema.nullable() }),
  /** `unset` or `option …`, as in a hand-made list of fallout, that changes nothing. */
  tagged('fallout-line', {}),
  /** `mkForce` where nobody asks for anything else: the setting stays without it. */
  tagged('idle-force', {}),
  /** Somebody else asks for the same. */
  tagged('repeated', { by: askerSchema }),
  /** Kconfig or the answering script come to the same by themselves. */
  tagged('default', {}),
  /** It follows from other wishes. */
  tagged('implied', { by: z.array(rootSchema) }),
]);

/** Why a setting of the user's is needless. */
export type NeedlessReason = z.infer<typeof needlessReason>;

export const needlessSchema = z
  .strictObject({
    symbol: z.string(),
    file: z.string(),
    line: z.int(),
    /** As it stands there, from the name to the semicolon. */
    text: z.string(),
    by: askerSchema,
    /** `dead`: never matters on this kernel. `implied`: true anyway today, which an update of nixpkgs may change. */
    group: z.enum(['dead', 'implied']),
    reason: needlessReason,
  })
  .meta({ id: 'needless', description: 'A setting in a file of the user without which the .config is the same.' });

/** A setting in a file of the user without which the .config is the same. */
export type Needless = z.infer<typeof needlessSchema>;

/** The settings that never matter, and those that are true anyway as long as nothing else changes. */
export const needlessGroup = ({ kind }: NeedlessReason): Needless['group'] =>
  kind === 'repeated' || kind === 'default' || kind === 'implied' ? 'implied' : 'dead';
