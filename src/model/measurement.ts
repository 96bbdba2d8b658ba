import { z } from 'zod';
import { tagged } from './tagged.ts';

const cipherSpeedSchema = z.strictObject({
  /** `aes-xts`, as cryptsetup names it. */
  cipher: z.string(),
  keyBits: z.int(),
  /** In memory, without a disk; MiB/s. */
  encrypt: z.number(),
  decrypt: z.number(),
});

/** How fast the running kernel ciphers. */
export type CipherSpeed = z.infer<typeof cipherSpeedSchema>;

const part = z.number().nullable();

const bootTimesSchema = z.strictObject({
  /** In ms; null where this machine has no such part, as a virtual one has no firmware that counts. */
  firmware: part,
  loader: part,
  kernel: part,
  initrd: part,
  userspace: part,
  /** As systemd adds them up. */
  total: z.number(),
});

/** How long the last boot took. */
export type BootTimes = z.infer<typeof bootTimesSchema>;

const skippedSchema = z.discriminatedUnion('kind', [
  tagged('not-installed', { command: z.string() }),
  /** It ended with this message, or did not end. */
  tagged('failed', { command: z.string(), message: z.string() }),
  /** It printed what falloutd does not know, and this is where. */
  tagged('not-understood', { command: z.string(), line: z.string() }),
  tagged('no-file', { file: z.string() }),
]);

/** What was not measured, and why. */
export type Skipped = z.infer<typeof skippedSchema>;

const measured = {
  ciphers: z.array(cipherSpeedSchema),
  boot: bootTimesSchema.nullable(),
  /** The image, all modules together, and the initrd of the system that was booted. */
  kernelBytes: z.number().nullable(),
  modulesBytes: z.number().nullable(),
  initrdBytes: z.number().nullable(),
  skipped: z.array(skippedSchema),
};

export const measurementSchema = z
  .strictObject({
    /** Counts from 1 through the whole history of the state directory. */
    measurement: z.int(),
    measuredAt: z.string(),
    release: z.string(),
    storePath: z.string().nullable(),
    /** The recorded kernel that ran, by its path in the store or its .config; null where neither tells. */
    target: z.string().nullable(),
    iteration: z.int().nullable(),
    build: z.int().nullable(),
    /** How long that build took. */
    buildMs: z.number().nullable(),
    ...measured,
  })
  .meta({ id: 'measurement', description: 'What a running kernel was measured at.' });

/** What a running kernel was measured at, recorded with the build that it is of. */
export type Measurement = z.infer<typeof measurementSchema>;

/** The figures alone. */
export type Measured = Pick<Measurement, keyof typeof measured>;
