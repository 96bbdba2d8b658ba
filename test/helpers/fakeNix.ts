/** A nixpkgs without Nix: wishes are merged as the module system does, configurations built by falloutd's own Kconfig engine. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { intentsBySymbol } from '../../src/fallout/intents.ts';
import { buildKconfig, readTree, type Kconfig } from '../../src/kconfig/index.ts';
import { readManaged } from '../../src/managed/managedPatch.ts';
import type { Asker, Intent, LegacyLine } from '../../src/model/intent.ts';
import { spelled, type Ask, type Tristate, type Value } from '../../src/model/value.ts';
import type { ConfigBuild } from '../../src/nix/configBuild.ts';
import type { Evaluation } from '../../src/nix/evaluate.ts';
import type { EvaluatedKernel } from '../../src/nix/evaluatedKernel.ts';
import { withLegacy, type Settings } from '../../src/script/settings.ts';
import { STAND_IN } from '../../src/setup/demo/demoHost.ts';
import { sha256 } from '../../src/system/contentHash.ts';
import { readableText } from '../../src/system/wholeFile.ts';
import { answerWithEngine } from './answeringEngine.ts';
import type { Answered } from './answering.ts';

/** What one patch of the user asks for: of a symbol at most one setting, and one line of its `extraConfig`. */
export type WishPatch = { name: string; wishes: Map<string, { ask: Ask; isForced: boolean }>; lines: Map<string, Ask> };

/** A small tree, and what its defconfig and this nixpkgs ask of it. */
export class FakeNix {
  readonly kconfig: Kconfig;
  readonly #defconfig: string;
  readonly #defaults: readonly Intent[];
  readonly #settings = new Map<string, Settings>();
  readonly #built = new Map<string, Answered>();

  constructor(root: string, defconfig: string, defaults: ReadonlyMap<string, Ask>) {
    this.#defconfig = defconfig;
    this.#defaults = [...defaults].map(([symbol, ask]): Intent => {
      return { symbol, ask, priority: 100, by: { kind: 'nixpkgs' }, position: null };
    });
    const place = { root, file: 'Kconfig', environment: { SRCARCH: 'x86', ARCH: 'x86', srctree: root } };
    const tree = readTree(place, () => '');
    this.kconfig = buildKconfig(tree, { choices: 'symbol' });
  }

  /** As `nix eval` would: nixpkgs' settings, the user's patches, then the managed one as it stands in the file. */
  evaluate(file: string, patches: readonly WishPatch[]): Evaluation {
    const text = readableText(file) ?? '';
    const reading = readManaged(text, 'fallout');
    if (reading.kind !== 'managed') throw new Error(`the managed patch is ${reading.kind}`);
    const by = (name: string, index: number): Asker => ({ kind: 'patch', name, index });
    const own = by('fallout', patches.length);
    const placed = placesIn(file, text);
    const intents: Intent[] = [
      ...this.#defaults,
      ...patches.flatMap(({ name, wishes }, index) =>
        [...wishes].map(([symbol, { ask, isForced }]): Intent => {
          return { symbol, ask, priority: isForced ? 50 : 100, by: by(name, index), position: placed(name, symbol) };
        }),
      ),
      ...reading.patch.bindings.flatMap(({ symbol, ask, override }): Intent[] =>
        ask === null ? [] : [{ symbol, ask, priority: override ?? 100, by: own, position: null }],
      ),
    ];
    const legacy: LegacyLine[] = [
      ...patches.flatMap(({ name, lines }, index) =>
        [...lines].map(([symbol, { value, optional }]): LegacyLine => {
          const position = placed(name, symbol);
          return { symbol, value: spelled(value) ?? '', optional, by: by(name, index), position };
        }),
      ),
      ...reading.patch.legacy.map((line): LegacyLine => ({ ...line, by: own, position: null })),
    ];
    const { settings: structured, unmergeable } = merged(intents);
    const settings = withLegacy(structured, legacy);
    const kernel: EvaluatedKernel = {
      version: '6.12.0',
      storeDir: '/nix/store',
      build: unmergeable.length > 0 ? null : this.#buildOf(settings),
      unmergeable,
      patches: [...patches.map(({ name }) => name), 'fallout'].map((name, index) => {
        return { name, index, attributes: ['structuredExtraConfig'], position: null };
      }),
      intents,
      legacy,
      settings,
      facts: null,
      compiler: null,
    };
    return { kind: 'evaluated', kernel, inputs: [file], sources: [] };
  }

  /** As `nix build` would, of a derivation that an evaluation gave. */
  build(drvPath: string): ConfigBuild {
    const settings = this.#settings.get(drvPath);
    if (settings === undefined) throw new Error(`nothing was evaluated to ${drvPath}`);
    let built = this.#built.get(drvPath);
    if (built === undefined) {
      built = answerWithEngine(this.kconfig, this.#defconfig, settings);
      this.#built.set(drvPath, built);
    }
    const transcript = { text: built.transcript, cut: false };
    return built.status === 0
      ? { kind: 'built', transcript, dotConfig: built.dotConfig }
      : { kind: 'failed', transcript };
  }

  #buildOf(settings: Settings): EvaluatedKernel['build'] {
    const request = Object.keys(settings)
      .sort()
      .map((symbol) => [symbol, settings[symbol]]);
    const hash = sha256(JSON.stringify(request)).slice(0, 32);
    const outPath = `/nix/store/${hash}-linux-config`;
    const drvPath = `${outPath}.drv`;
    this.#settings.set(drvPath, settings);
    return { drvPath, outPath, kernelDrvPath: null };
  }
}

/** The stand-in's own nixpkgs with its small tree. */
export function smallNix(): FakeNix {
  const text = readFileSync(join(STAND_IN, 'kernel/common-config-small.nix'), 'utf8');
  const setting = /^ {2}(\w+) = (option )?\(?(?:(yes|module|no)|freeform "(.*)")\)?;$/gm;
  const defaults = [...text.matchAll(setting)].map(([, symbol = '', optional, word, freeform = '']): [string, Ask] => {
    const tristate = ({ yes: 'y', module: 'm', no: 'n' } as const)[word ?? ''];
    const value: Value = tristate === undefined ? { kind: 'freeform', text: freeform } : { kind: 'tristate', tristate };
    return [symbol, { value, optional: optional !== undefined }];
  });
  const tree = join(STAND_IN, 'tree');
  return new FakeNix(tree, readFileSync(join(tree, 'arch/x86/x86_64_defconfig'), 'utf8'), new Map(defaults));
}

/** Where a patch asks for a symbol, as `unsafeGetAttrPos` says. */
function placesIn(file: string, text: string): (patch: string, symbol: string) => Intent['position'] {
  const lines = text.split('\n');
  return (patch, symbol) => {
    const from = lines.findIndex((line) => line.includes(`name = "${patch}"`));
    const at = lines.findIndex((line, i) => i > from && line.trimStart().startsWith(`${symbol} `));
    return at === -1 ? null : { file, line: at + 1, column: 7 };
  };
}

/** lib.modules on `kernel.nix`: of a symbol's definitions those of the smallest number count; of these each field has to agree. */
function merged(intents: readonly Intent[]): { settings: Settings; unmergeable: string[] } {
  const settings: Settings = {};
  const unmergeable: string[] = [];
  for (const [symbol, definitions] of intentsBySymbol(intents, undefined)) {
    const smallest = Math.min(...definitions.map(({ priority }) => priority));
    const asks = definitions.filter(({ priority }) => priority === smallest).map(({ ask }) => ask);
    const values = asks.map(({ value }) => value);
    const tristates = new Set(values.filter(({ kind }) => kind !== 'freeform').map((value) => spelled(value)));
    const freeforms = new Set(values.filter(({ kind }) => kind === 'freeform').map((value) => spelled(value)));
    if (tristates.size > 1 || freeforms.size > 1) unmergeable.push(symbol);
    const [tristate = null] = tristates as Set<Tristate | null>;
    const [freeform = null] = freeforms;
    // What has no value is not in the request.
    if (tristate !== null || freeform !== null)
      settings[symbol] = { tristate, freeform, optional: asks.every(({ optional }) => optional) };
  }
  return { settings, unmergeable: unmergeable.sort() };
}
