import { z } from 'zod';
import { tagged } from './tagged.ts';
import type { Ask } from './value.ts';

export const positionSchema = z
  .strictObject({ file: z.string(), line: z.int(), column: z.int().nullable() })
  .meta({ id: 'position' });

/** A place in a file of the user (never a store copy). `line` and `column` count from 1. */
export type Position = z.infer<typeof positionSchema>;

export const askerSchema = z
  .discriminatedUnion('kind', [
    tagged('patch', { name: z.string(), index: z.int() }),
    tagged('kernel', {}),
    tagged('nixpkgs', {}),
  ])
  .meta({ id: 'asker', description: 'Whose setting it is.' });

/** Who asked: one of the user's patches, the kernel's own structuredExtraConfig, or nixpkgs' common-config. */
export type Asker = z.infer<typeof askerSchema>;
/** One definition of one symbol, as the evaluation gave it (ARCHITECTURE.md: a wish or a default). */
export type Intent = {
  symbol: string;
  ask: Ask;
  /** The module system's override priority: plain 100, mkForce 50; the smaller number wins. */
  priority: number;
  by: Asker;
  position: Position | null;
};

/** A line `SYMBOL VALUE` or `SYMBOL? VALUE` of a legacy `extraConfig` string. */
export type LegacyLine = { symbol: string; value: string; optional: boolean; by: Asker; position: Position | null };
