import { z } from 'zod';

export const problemSchema = z
  .strictObject({
    message: z.string(),
    file: z.string().optional(),
    line: z.int().optional(),
    column: z.int().optional(),
    hint: z.string().optional(),
  })
  .meta({ id: 'problem', description: 'What the user has to act on; `hint` says what to do.' });

/** What the user has to act on; `message` is one or two plain lines, `hint` says what to do. */
export type Problem = z.infer<typeof problemSchema>;
