import { z } from 'zod';
import { withLegacy, type Settings } from '../script/settings.ts';
import type { Ask } from '../model/value.ts';
import type { InvalidLine, Malformed } from './wrongSettings.ts';
import type { Asker, Intent, LegacyLine, Position } from '../model/intent.ts';

/** One entry of `kernel.kernelPatches`, as evaluated. */
export type EvaluatedPatch = Pick<NixPatch, 'name' | 'attributes'> & { index: number; position: Position | null };

/** A kernel after one evaluation: what will be built, and who asked for what. */
export type EvaluatedKernel = {
  version: string;
  storeDir: string;
  /** null while definitions conflict: then there is nothing to build. */
  build: z.infer<typeof nixBuild> | null;
  /** The symbols whose definitions cannot be merged. */
  unmergeable: string[];
  patches: EvaluatedPatch[];
  /** Every definition: nixpkgs' first, then the kernel's, then the patches' in list order; the managed patch's among them. */
  intents: Intent[];
  /** The lines of legacy strings in the order the script reads them. */
  legacy: LegacyLine[];
  /** What the answering script is asked for; legacy strings included. */
  settings: Settings;
  /** The derivation of the kernel facts; null where the configfile cannot be overridden. */
  facts: { drvPath: string; outPath: string } | null;
  /** null where the kernel does not say who compiles it. */
  compiler: KernelCompiler | null;
};

type NixPosition = { file: string; line: number; column: number };
export const nixPosition = z.object({ file: z.string(), line: z.number(), column: z.number() }).nullable();
const nixBinding = z.object({
  symbol: z.string(),
  priority: z.number(),
  position: nixPosition,
  tristate: z.enum(['y', 'm', 'n']).nullable().catch(null).default(null),
  freeform: z.string().nullable().catch(null).default(null),
  optional: z.boolean().catch(false).default(false),
  /** It is no attribute set, as every value of lib.kernel is. */
  malformed: z.object({ type: z.string(), text: z.string() }).nullable().default(null),
});
type NixBinding = z.infer<typeof nixBinding>;
const nixPatch = z.object({
  name: z.string(),
  /** Which of the two attribute names it uses. */
  attributes: z.array(z.enum(['structuredExtraConfig', 'extraStructuredConfig'])),
  bindings: z.array(nixBinding),
  extraConfig: z.string(),
  position: nixPosition,
  legacyPosition: nixPosition,
});
type NixPatch = z.infer<typeof nixPatch>;
const nixBuild = z
  .object({
    drvPath: z.string(),
    configPath: z.string(),
    kernelDrvPath: z.string().nullable(),
  })
  .transform(({ configPath: outPath, ...rest }) => ({ ...rest, outPath }));
const nixFacts = z
  .object({ drvPath: z.string(), factsPath: z.string() })
  .transform(({ drvPath, factsPath: outPath }) => ({ drvPath, outPath }));
const nixCompiler = z
  .object({
    drvPath: z.string(),
    path: z.string(),
    /** What the names of its programs begin with. */
    prefix: z.string(),
    /** The systems that it runs on and compiles for. */
    system: z.string(),
    target: z.string(),
    /** What make is given for the kernel. */
    makeFlags: z.array(z.string()),
  })
  .transform(({ path: outPath, ...rest }) => ({ ...rest, outPath }));
export type KernelCompiler = z.infer<typeof nixCompiler>;
const nixKernel = z.object({
  kind: z.literal('kernel'),
  build: nixBuild.nullable(),
  unmergeable: z.array(z.string()),
  storeDir: z.string(),
  version: z.string(),
  patches: z.array(nixPatch),
  kernelBindings: z.array(nixBinding),
  commonBindings: z.array(nixBinding),
  kernelExtraConfig: z.string(),
  settings: z.record(z.string(), z.unknown()),
  structuredConfig: z.string().nullable().default(null),
  kernelConfig: z.string().nullable(),
  requestDrv: z.string().nullable().default(null),
  facts: nixFacts.nullable().default(null),
  compiler: nixCompiler.nullable().default(null),
});
const noKernel = z.object({ kind: z.literal('no-kernel'), attributes: z.array(z.string()) });
const finishedConfig = z.object({ kind: z.literal('finished-config'), file: z.string() });
const nixAnswer = z.discriminatedUnion('kind', [nixKernel, noKernel, finishedConfig]);

/** `genAttrs` and `listToAttrs` give every binding the position of their own `value`, which is no line of the user. */
const LIBRARY = /\/lib\/attrsets\.nix$/;

export type KernelAnswer =
  /** `malformed` and `invalid` are what cannot be a setting. */
  | { kind: 'kernel'; kernel: EvaluatedKernel; malformed: Malformed[]; invalid: InvalidLine[] }
  | z.infer<typeof noKernel>
  | z.infer<typeof finishedConfig>;

/**
 * The JSON that intents.nix gives, to an EvaluatedKernel. `toLocal` maps a store copy of a file back to the user's own, `textOf` gives
 * the text that a derivation writes into a file, null where it cannot be read.
 * @throws z.ZodError when the text is not what intents.nix gives.
 */
export function readKernel(
  json: string,
  toLocal: (storePath: string) => string,
  textOf: (drvPath: string) => string | null = () => null,
): KernelAnswer {
  const answer = nixAnswer.parse(JSON.parse(json));
  if (answer.kind !== 'kernel') return answer;
  // Thousands of bindings stand in a few files.
  const files = new Map<string, string>();
  const local = (at: NixPosition | null): Position | null => {
    if (at === null) return null;
    const file = files.get(at.file) ?? toLocal(at.file);
    files.set(at.file, file);
    return { ...at, file };
  };
  const malformed: Malformed[] = [];
  const intents = (by: Asker, bindings: readonly NixBinding[]): Intent[] =>
    bindings.flatMap((binding) => {
      const { symbol, priority, position: printed } = binding;
      const position = printed !== null && LIBRARY.test(printed.file) ? null : local(printed);
      if (binding.malformed === null) return { symbol, ask: askOf(binding), priority, by, position };
      malformed.push({ symbol, ...binding.malformed, by, position });
      return [];
    });
  const patches = answer.patches.map((patch, index) => {
    return { ...patch, by: { kind: 'patch' as const, name: patch.name, index } };
  });
  const request = requestIn(answer, textOf);
  const legacy = [
    legacyLines(request.ofKernel, { kind: 'kernel' }, null),
    ...patches.map(({ by, extraConfig, legacyPosition }) => legacyLines(extraConfig, by, local(legacyPosition))),
  ];
  const { version, storeDir, build, unmergeable, facts, compiler } = answer;
  const kernel: EvaluatedKernel = {
    version,
    storeDir,
    build,
    unmergeable,
    patches: patches.map(({ by: { name, index }, attributes, position }) => {
      return { name, index, attributes, position: local(position) };
    }),
    intents: [
      ...(usesCommon(answer) ? intents({ kind: 'nixpkgs' }, answer.commonBindings) : []),
      ...intents({ kind: 'kernel' }, answer.kernelBindings),
      ...patches.flatMap(({ by, bindings }) => intents(by, bindings)),
    ],
    legacy: legacy.flatMap(({ lines }) => lines),
    settings: requestedSettings(request.whole),
    facts,
    compiler,
  };
  return { kind: 'kernel', kernel, malformed, invalid: legacy.flatMap(({ invalid }) => invalid) };
}

/**
 * All that is asked for, and the kernel's own legacy strings in it: nixpkgs puts them between the structured settings and the
 * patches' strings. While definitions conflict there are only the kernel's.
 */
function requestIn(
  { structuredConfig, kernelConfig, requestDrv, kernelExtraConfig, patches, unmergeable }: z.infer<typeof nixKernel>,
  textOf: (drvPath: string) => string | null,
): { whole: string; ofKernel: string } {
  const isWhole = unmergeable.length === 0;
  const ofPatches = patches.map(({ extraConfig }) => `\n${isWhole ? extraConfig : ''}`).join('');
  const known = kernelConfig ?? (requestDrv === null ? null : textOf(requestDrv));
  const isSplit = known?.startsWith(structuredConfig ?? '') === true && known.endsWith(ofPatches);
  const ofKernel =
    isSplit && structuredConfig !== null
      ? known.slice(structuredConfig.length, known.length - ofPatches.length)
      : kernelExtraConfig;
  const whole = known ?? `${structuredConfig ?? ''}${kernelExtraConfig}${ofPatches}`;
  return { whole: isWhole ? whole : '', ofKernel };
}

/** A kernel has a commonStructuredConfig also where `enableCommonConfig = false` keeps it out of the settings. */
function usesCommon(kernel: z.infer<typeof nixKernel>): boolean {
  const { commonBindings, kernelBindings, patches, settings, unmergeable } = kernel;
  const asked = new Set([...kernelBindings, ...patches.flatMap((p) => p.bindings)].map((b) => b.symbol));
  const own = commonBindings.filter((b) => !asked.has(b.symbol));
  return own.length === 0 || own.some((b) => Object.hasOwn(settings, b.symbol) || unmergeable.includes(b.symbol));
}

function askOf({ freeform, tristate, optional }: NixBinding): Ask {
  // kernel_config.nix: freeform wins over tristate when both are there.
  if (freeform !== null) return { value: { kind: 'freeform', text: freeform }, optional };
  return { value: tristate === null ? { kind: 'unset' } : { kind: 'tristate', tristate }, optional };
}

/** generate-config.pl: a request is `NAME VALUE` or `NAME? VALUE`; a `#` ends the line. */
const REQUEST = /^\s*([A-Za-z0-9_]+)(\?)?\s+(.*\S)\s*$/;

/** Neither kconfig's own syntax nor Nix's is the script's. */
const WRONG_VALUE = /^=|^[ymn];$/;

function legacyLines(text: string, by: Asker, position: Position | null) {
  const lines: LegacyLine[] = [];
  const invalid: InvalidLine[] = [];
  for (const line of text.split('\n').map((each) => each.replace(/#.*/, ''))) {
    const [, symbol, optional, value = ''] = REQUEST.exec(line) ?? [];
    if (symbol !== undefined && !WRONG_VALUE.test(value))
      lines.push({ symbol, value, optional: optional !== undefined, by, position });
    else if (line.trim() !== '') invalid.push({ text: line.trim(), by, position });
  }
  return { lines, invalid };
}

/**
 * The whole request as the script reads it, to the settings it will compare the `.config` with. An empty text is `""`, also where
 * nixpkgs prints a line without a value for it, as since June 2026.
 */
export const requestedSettings = (kernelConfig: string): Settings =>
  withLegacy({}, legacyLines(kernelConfig.replace(/^\w+\??[ \t]*$/gm, '$& ""'), { kind: 'kernel' }, null).lines);
