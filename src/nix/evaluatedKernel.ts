import { z } from 'zod';
import type { Settings } from '../script/settings.ts';
import type { Ask, Value } from '../model/value.ts';
import type { Asker, Intent, LegacyLine, Position } from '../model/intent.ts';

/** One entry of `kernel.kernelPatches`, as evaluated. */
export type EvaluatedPatch = {
  name: string;
  index: number;
  /** Which of the two attribute names it uses. */
  attributes: ('structuredExtraConfig' | 'extraStructuredConfig')[];
  position: Position | null;
};

/** A kernel after one evaluation: what will be built, and who asked for what. */
export type EvaluatedKernel = {
  version: string;
  storeDir: string;
  /** null while definitions conflict: then there is nothing to build. */
  build: {
    drvPath: string;
    outPath: string;
    probeDrvPath: string | null;
    probeOutPath: string | null;
    kernelDrvPath: string | null;
  } | null;
  /** The symbols whose definitions cannot be merged. */
  unmergeable: string[];
  patches: EvaluatedPatch[];
  /** Every definition: nixpkgs' first, then the kernel's, then the patches' in list order; the managed patch's among them. */
  intents: Intent[];
  /** The lines of legacy strings in the order the script reads them. */
  legacy: LegacyLine[];
  /** What the answering script is asked for; legacy strings included. */
  settings: Settings;
  /** The kernel source (a directory or an archive) and the patches that are applied to it. */
  source: { src: string; patchFiles: string[] };
};

const nixPosition = z.object({ file: z.string(), line: z.number(), column: z.number() }).nullable();
const nixBinding = z.object({
  symbol: z.string(),
  priority: z.number(),
  position: nixPosition,
  tristate: z.enum(['y', 'm', 'n']).nullable().catch(null).optional(),
  freeform: z.string().nullable().catch(null).optional(),
  optional: z.boolean().catch(false).optional(),
  malformed: z.boolean().optional(),
});
const nixKernel = z.object({
  kind: z.literal('kernel'),
  unmergeable: z.array(z.string()),
  storeDir: z.string(),
  version: z.string(),
  patches: z.array(
    z.object({
      name: z.string(),
      attributes: z.array(z.enum(['structuredExtraConfig', 'extraStructuredConfig'])),
      bindings: z.array(nixBinding),
      extraConfig: z.string(),
      position: nixPosition,
      legacyPosition: nixPosition,
    }),
  ),
  kernelBindings: z.array(nixBinding),
  commonBindings: z.array(nixBinding),
  kernelExtraConfig: z.string(),
  settings: z.record(z.string(), z.unknown()),
  kernelConfig: z.string().nullable(),
  drvPath: z.string().nullable(),
  configPath: z.string().nullable(),
  probeDrvPath: z.string().nullable(),
  probeConfigPath: z.string().nullable(),
  kernelDrvPath: z.string().nullable(),
  src: z.string(),
  patchFiles: z.array(z.string()),
});
const nixAnswer = z.discriminatedUnion('kind', [
  nixKernel,
  z.object({ kind: z.literal('no-kernel'), attributes: z.array(z.string()) }),
]);

/** `genAttrs` and `listToAttrs` give every binding the position of their own `value`: nobody's line. */
const LIBRARY = /\/lib\/attrsets\.nix$/;

export type KernelAnswer = { kind: 'kernel'; kernel: EvaluatedKernel } | { kind: 'no-kernel'; attributes: string[] };

/**
 * The JSON that intents.nix gives, to an EvaluatedKernel.
 * `toLocal` maps a store copy of a file back to the user's own.
 * @throws z.ZodError when the text is not what intents.nix gives.
 */
export function readKernel(json: string, toLocal: (storePath: string) => string): KernelAnswer {
  const answer = nixAnswer.parse(JSON.parse(json));
  if (answer.kind === 'no-kernel') return answer;
  const position = (p: z.infer<typeof nixPosition>): Position | null =>
    p === null ? null : { file: toLocal(p.file), line: p.line, column: p.column };
  const bindingPosition = (p: z.infer<typeof nixPosition>): Position | null =>
    p === null || LIBRARY.test(p.file) ? null : position(p);
  const intents = (by: Asker, bindings: z.infer<typeof nixBinding>[]): Intent[] =>
    bindings
      .filter((b) => b.malformed !== true)
      .map((b) => ({
        symbol: b.symbol,
        ask: askOf(b),
        priority: b.priority,
        by,
        position: bindingPosition(b.position),
      }));
  const patchAsker = (name: string, index: number): Asker => ({ kind: 'patch', name, index });
  return {
    kind: 'kernel',
    kernel: {
      version: answer.version,
      storeDir: answer.storeDir,
      build:
        answer.drvPath === null || answer.configPath === null
          ? null
          : {
              drvPath: answer.drvPath,
              outPath: answer.configPath,
              probeDrvPath: answer.probeDrvPath,
              probeOutPath: answer.probeConfigPath,
              kernelDrvPath: answer.kernelDrvPath,
            },
      unmergeable: answer.unmergeable,
      patches: answer.patches.map((p, index) => ({
        name: p.name,
        index,
        attributes: p.attributes,
        position: position(p.position),
      })),
      intents: [
        ...(usesCommon(answer) ? intents({ kind: 'nixpkgs' }, answer.commonBindings) : []),
        ...intents({ kind: 'kernel' }, answer.kernelBindings),
        ...answer.patches.flatMap((p, index) => intents(patchAsker(p.name, index), p.bindings)),
      ],
      legacy: [
        ...legacyLines(answer.kernelExtraConfig, { kind: 'kernel' }, null),
        ...answer.patches.flatMap((p, index) =>
          legacyLines(p.extraConfig, patchAsker(p.name, index), position(p.legacyPosition)),
        ),
      ],
      settings: requestedSettings(answer.kernelConfig ?? ''),
      source: { src: answer.src, patchFiles: answer.patchFiles },
    },
  };
}

/** A kernel tells its commonStructuredConfig also where `enableCommonConfig = false` keeps it out of the settings. */
function usesCommon({
  commonBindings,
  kernelBindings,
  patches,
  settings,
  unmergeable,
}: z.infer<typeof nixKernel>): boolean {
  const asked = new Set([...kernelBindings, ...patches.flatMap((p) => p.bindings)].map((b) => b.symbol));
  const own = commonBindings.filter((b) => !asked.has(b.symbol));
  return own.length === 0 || own.some((b) => Object.hasOwn(settings, b.symbol) || unmergeable.includes(b.symbol));
}

function askOf(b: z.infer<typeof nixBinding>): Ask {
  const freeform = b.freeform ?? null;
  const tristate = b.tristate ?? null;
  // kernel_config.nix: freeform wins over tristate when both are there.
  const value: Value =
    freeform !== null
      ? { kind: 'freeform', text: freeform }
      : tristate !== null
        ? { kind: 'tristate', tristate }
        : { kind: 'unset' };
  return { value, optional: b.optional ?? false };
}

/** generate-config.pl: a request is `NAME VALUE` or `NAME? VALUE`; a `#` ends the line. */
const REQUEST = /^\s*([A-Za-z0-9_]+)(\?)?\s+(.*\S)\s*$/;

function legacyLines(text: string, by: Asker, position: Position | null): LegacyLine[] {
  return text.split('\n').flatMap((line) => {
    const match = REQUEST.exec(line.replace(/#.*/, ''));
    if (match === null) return [];
    const [, symbol = '', optional, value = ''] = match;
    return [{ symbol, value, optional: optional !== undefined, by, position }];
  });
}

/** The whole request as the script reads it, to the settings it will compare the `.config` with. */
export function requestedSettings(kernelConfig: string): Settings {
  const settings: Settings = {};
  for (const { symbol, value, optional } of legacyLines(kernelConfig, { kind: 'kernel' }, null)) {
    settings[symbol] =
      value === 'y' || value === 'm' || value === 'n'
        ? { tristate: value, freeform: null, optional }
        : { tristate: null, freeform: value, optional };
  }
  return settings;
}
