import { z } from 'zod';
import { tagged } from './tagged.ts';

const compilerSchema = z.strictObject({ kind: z.enum(['gcc', 'clang']), version: z.string(), path: z.string() });

/** A compiler, as it names itself. */
export type Compiler = z.infer<typeof compilerSchema>;

const cpuNoteSchema = z.discriminatedUnion('kind', [
  /** Compilers use these instructions for that processor, and this machine does not have them. */
  tagged('lacking', { instructions: z.array(z.string()) }),
  /** By these options the compiler would take the processor of the machine that builds. */
  tagged('native-options', { symbols: z.array(z.string()) }),
  /** The kernel has flags for its compiler already; the new ones come after them. */
  tagged('joined', { flags: z.array(z.string()) }),
  /** Among those one names a processor, and no longer counts. */
  tagged('replaced', { flags: z.array(z.string()) }),
  /** Why the options of this kernel are not known. */
  tagged('options-unknown', { reason: z.string() }),
]);

/** What is good to know of a processor's flags. */
export type CpuNote = z.infer<typeof cpuNoteSchema>;

export const cpuShape = {
  compiler: compilerSchema,
  /** As the compiler names it. */
  cpu: z.string(),
  /** Whether it is this machine's or was asked for. */
  from: z.enum(['native', 'asked']),
  /** What make is to be given besides. */
  makeFlags: z.array(z.string()),
  notes: z.array(cpuNoteSchema),
};
