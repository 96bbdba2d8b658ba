import { z } from 'zod';
import { rootSchema } from './cause.ts';

export const sideEffectSchema = z
  .strictObject({
    symbol: z.string(),
    /** As in the .config; null: not there. */
    before: z.string().nullable(),
    after: z.string().nullable(),
    /** `off` and `on` also tell of numbers and texts that went from the .config or came into it. */
    change: z.enum(['off', 'on', 'changed']),
    /** The wishes that it follows from, the nearest first. */
    roots: z.array(rootSchema),
    /** What it may be missed as: a driver or file system that the host names, another driver, another file system. */
    hurts: z.enum(['host', 'driver', 'file-system']).nullable(),
    /** The menus around it, the outermost first: `Device Drivers › Graphics support`. */
    menu: z.string(),
  })
  .meta({
    id: 'sideEffect',
    description: 'An option that came out otherwise than without the wishes, though none of them asks for it.',
  });

/** An option that has another value than in the same host without the user's settings, although none of them asks for it. */
export type SideEffect = z.infer<typeof sideEffectSchema>;

const counts = { off: z.int(), on: z.int(), changed: z.int() };

export const sideEffectsSchema = z
  .strictObject({
    ...counts,
    /** The first few, those first that hurt. */
    symbols: z.array(z.string()),
    /** By what they follow from, the largest first; the smallest are left out where there are many. */
    groups: z.array(
      z.strictObject({
        roots: z.array(rootSchema),
        ...counts,
        symbols: z.array(z.string()),
      }),
    ),
  })
  .meta({ id: 'sideEffects', description: 'How many options the wishes changed beyond what they ask for.' });

/** The side effects of a result in short. */
export type SideEffects = z.infer<typeof sideEffectsSchema>;
