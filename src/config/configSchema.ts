import { z } from 'zod';

/** What falloutd.toml may hold. `npm run schema` writes `config/schema/falloutd.schema.json` from it, which editors use. */

/** Give either `flake` or `file`; the second form is for editors, which cannot run a function. */
const EITHER = { oneOf: [{ required: ['flake'] }, { required: ['file'] }] };

const nixArgs = z.array(z.string()).default([]);

const targetTable = z
  .strictObject({
    flake: z.string().optional().describe('The directory of your flake.nix.'),
    file: z.string().optional().describe('Without a flake: a Nix file, e.g. <nixpkgs/nixos>.'),
    attribute: z
      .string()
      .min(1)
      .describe('The kernel, as an attribute: nixosConfigurations.HOST.config.system.build.kernel.'),
    patches: z.string().default('patches.nix').describe('The file with your wishes.'),
    managed: z.string().optional().describe('The file of the managed patch. Default: the patches file.'),
    name: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_'-]*$/)
      .optional()
      .describe('The name of the managed patch. Default: "fallout", with several targets "fallout-TARGET".'),
    policy: z
      .enum(['keep-wish', 'unset'])
      .default('keep-wish')
      .describe('Absorb as near to the wish as kconfig allows, or give no answer at all.'),
    pursue: z
      .union([z.enum(['none', 'unclaimed', 'all']), z.array(z.string())])
      .default('none')
      .describe(
        'Give lost wishes by further entries that turn off what stands against them, or on what they need: over what nobody asks for ("unclaimed"), also over optional defaults of nixpkgs ("all"), or only these symbols.',
      ),
    unknown: z
      .enum(['absorb', 'block'])
      .default('absorb')
      .describe('What to do about a symbol that the kernel does not define.'),
    'max-iterations': z.int().min(1).default(30).describe('Config builds in one run; then it ends stalled.'),
    build: z
      .enum(['ask', 'when-stable'])
      .default('ask')
      .describe('Build the whole kernel when asked, or after each stable run.'),
    'nix-args': nixArgs.describe('Further arguments of every nix call for this target.'),
  })
  .refine((t) => (t.flake === undefined) !== (t.file === undefined), {
    message: 'give either `flake` (a directory) or `file` (a Nix file), not both',
  })
  .meta(EITHER);

/** 23 days: Node's timers do not run longer. */
const seconds = z.number().positive().max(2_000_000);

const limit = (what: string) => seconds.exactOptional().describe(`Seconds for ${what}.`);

const command = (subject: 'run' | 'build') =>
  z.string().exactOptional().describe(`A command for sh -c; the ${subject} stands as JSON on standard input.`);

export const configSchema = z.strictObject({
  state: z.string().optional().describe('Where the database stands.'),
  'socket-group': z.string().min(1).optional().describe('A group whose members may ask the daemon, too.'),
  jobs: z.int().min(1).default(1).describe('How many targets may build their config at the same time.'),
  notify: z.boolean().default(false).describe('Whether the terminal of `falloutd watch` rings when a run ends.'),
  history: z
    .strictObject({
      transcripts: z.int().min(0).default(200).describe('How many transcripts are kept.'),
      'transcript-size': z.number().min(1).max(256).default(16).describe('How much of one is kept, in MiB.'),
    })
    .prefault({})
    .describe('How much of the logs is kept. Everything else is kept for ever.'),
  hooks: z
    .strictObject({
      'on-stable': command('run'),
      'on-blocked': command('run'),
      'on-built': command('build'),
      timeout: seconds.default(30).describe('Seconds after which a hook is ended.'),
    })
    .prefault({})
    .describe('Commands that a running falloutd starts when a run or a kernel build ends.'),
  nix: z
    .strictObject({ args: nixArgs.describe('Arguments of every nix call, for evaluations and builds.') })
    .prefault({})
    .describe('How Nix is called.'),
  limits: z
    .strictObject({
      evaluation: limit('an evaluation'),
      'config-build': limit('a config build. The first one of a kernel fetches its source, too'),
      probe: seconds.optional().describe('Ignored: earlier versions limited a phase of this name.'),
      'kernel-build': limit('a kernel build'),
    })
    .prefault({})
    .describe('Seconds after which Nix is ended. Without these keys nothing is.'),
  target: z
    .record(z.string().regex(/^[A-Za-z0-9_-]+$/), targetTable)
    .refine((t) => Object.keys(t).length > 0, { message: 'no target' })
    .meta({ minProperties: 1, description: 'One table for each kernel.' }),
});

/** The tables of falloutd.toml as they are after parsing. */
export type ConfigTables = z.output<typeof configSchema>;

/** The keys of falloutd.toml in the table at `path`; none if there is no such table. */
export function keysAt([table, name]: readonly PropertyKey[]): string[] {
  if (table === undefined) return Object.keys(configSchema.shape);
  if (table === 'target') return name === undefined ? [] : Object.keys(targetTable.shape);
  const inner = configSchema.shape[table as Exclude<keyof ConfigTables, 'target'>] as z.ZodType | undefined;
  return inner instanceof z.ZodPrefault ? Object.keys((inner.unwrap() as z.ZodObject).shape) : [];
}
