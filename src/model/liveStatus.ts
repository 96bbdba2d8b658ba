import { z } from 'zod';
import { buildProgressSchema } from './event.ts';

const kernelLive = z.strictObject({
  state: z.enum(['waiting', 'queued', 'building']),
  /** While it is built. */
  progress: buildProgressSchema.exactOptional(),
});

/** What the daemon does about the kernel of a target. */
export type KernelLive = z.infer<typeof kernelLive>;

export const liveStatusSchema = z
  .strictObject({
    state: z.enum(['idle', 'running', 'scheduled', 'held']),
    /** What it does at the moment: `iteration 41, building`. */
    doing: z.string().exactOptional(),
    /** What it does about the whole kernel; null: nothing. */
    kernel: kernelLive.nullable().exactOptional(),
  })
  .meta({ id: 'liveStatus', description: 'What the running daemon does about a target.' });

/** What only a running daemon knows of a target. */
export type LiveStatus = z.infer<typeof liveStatusSchema>;
