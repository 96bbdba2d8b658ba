import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import {
  askQuestions,
  buildKconfig,
  Configuration,
  EndOfAnswers,
  filesBelow,
  fillNew,
  formatDiagnostic,
  KconfigError,
  listNew,
  MOD,
  NO,
  parseProbability,
  readConfig,
  readTree,
  readUserValues,
  rewriteTristates,
  writeConfig,
  writeDefconfig,
  YES,
  type ConfigWarning,
  type Diagnostic,
  type Dialect,
  type Grammar,
  type Kconfig,
  type Probe,
} from '../../src/kconfig/index.ts';
import type { ConfRequest, KconfigSource } from '../helpers/kconfRun.ts';
import { withoutRemarks, type Verdict } from './verdict.ts';

/** Which kernel's conf the engine is to agree with. */
export type Kind = { dialect: Dialect; grammar: Grammar };

/** The one place of the oracle that calls the engine: what conf would do with a request, done by `src/kconfig`. */
export class Engine {
  readonly #source: KconfigSource;
  readonly #kconfig: Kconfig | null;
  readonly #diagnostics: readonly Diagnostic[];

  constructor(source: KconfigSource, { dialect, grammar }: Kind, probe: Probe) {
    this.#source = source;
    try {
      const place = { root: source.environment['srctree'] ?? '.', ...source };
      const tree = readTree(place, probe, filesBelow(place), grammar);
      this.#kconfig = buildKconfig(tree, dialect);
      this.#diagnostics = this.#kconfig.diagnostics;
    } catch (error) {
      if (!(error instanceof KconfigError)) throw error;
      this.#kconfig = null;
      this.#diagnostics = error.diagnostics;
    }
  }

  /** The resolved tree; null where it could not be read. */
  get kconfig(): Kconfig | null {
    return this.#kconfig;
  }

  /** `most`: how many characters it may print before it is taken to print forever. */
  run(request: ConfRequest, most = 50_000_000): Verdict {
    const printed = new Printed(most);
    for (const diagnostic of this.#diagnostics) {
      if (diagnostic.level === 'info') printed.add(`${diagnostic.text}\n`);
    }
    const complaints = this.#diagnostics
      .filter(({ level }) => level !== 'info')
      .flatMap((diagnostic) => formatDiagnostic(diagnostic).split('\n'))
      .filter((line) => line !== '');
    if (request.mode === 'randconfig')
      printed.first(`KCONFIG_SEED=0x${((request.seed ?? 0) >>> 0).toString(16).toUpperCase()}\n`);
    const verdict: Verdict = {
      exit: 1,
      config: request.config ?? null,
      saved: null,
      stdout: '',
      remarks: [],
      complaints,
      unmet: [],
      endless: false,
      starved: false,
    };
    if (this.#kconfig !== null) {
      const configuration = new Configuration(this.#kconfig);
      const unmet = new Set<string>();
      configuration.onUnmet = ({ symbol }) => unmet.add(symbol.name ?? '<choice>');
      try {
        this.#configure(configuration, request, verdict, printed);
        verdict.exit = 0;
      } catch (error) {
        if (error instanceof Endless) verdict.endless = true;
        else if (error instanceof EndOfAnswers) {
          verdict.starved = true;
          complaints.push(`error: ${error.message}`);
        } else throw error;
      }
      verdict.unmet = [...unmet];
    }
    return { ...verdict, ...withoutRemarks(printed.text) };
  }

  #configure(configuration: Configuration, request: ConfRequest, verdict: Verdict, printed: Printed): void {
    const warn = (file: string, warnings: readonly ConfigWarning[]) =>
      verdict.complaints.push(...warnings.map(({ line, text }) => `${file}:${line}:warning: ${text}`));
    const readDotConfig = () => {
      const before = request.config === undefined ? this.#default() : { file: '.config', text: request.config };
      if (before === null) configuration.calculator.symbol(configuration.kconfig.modules);
      else warn(before.file, readConfig(configuration, before.text));
    };
    const ask = (which: 'all' | 'new') => {
      const left = [...(request.answers ?? [])];
      const session = askQuestions(configuration, { ask: which, print: (text) => printed.add(text) });
      for (let step = session.next(); step.done !== true;) step = session.next(left.shift() ?? null);
    };
    const { mode, allConfig } = request;
    switch (mode) {
      case 'allnoconfig':
      case 'allyesconfig':
      case 'allmodconfig':
      case 'alldefconfig':
      case 'randconfig':
        if (allConfig !== undefined) warn('given.config', readUserValues(configuration, allConfig));
        fillNew(
          configuration,
          mode === 'randconfig'
            ? {
                seed: request.seed ?? 0,
                ...(request.probability === undefined ? {} : { probability: parseProbability(request.probability) }),
              }
            : FILLINGS[mode],
        );
        break;
      case 'defconfig': {
        const { file, text } = this.#given(request);
        warn(file, readConfig(configuration, text));
        fillNew(configuration, 'default');
        break;
      }
      case 'olddefconfig':
        readDotConfig();
        break;
      case 'yes2modconfig':
      case 'mod2yesconfig':
      case 'mod2noconfig': {
        readDotConfig();
        const [from, to] = ({ yes2modconfig: [YES, MOD], mod2yesconfig: [MOD, YES], mod2noconfig: [MOD, NO] } as const)[
          mode
        ];
        rewriteTristates(configuration, from, to);
        break;
      }
      case 'oldconfig':
      case 'oldaskconfig':
        readDotConfig();
        ask(mode === 'oldconfig' ? 'new' : 'all');
        break;
      case 'savedefconfig':
        readDotConfig();
        verdict.saved = writeDefconfig(configuration);
        return;
      case 'listnewconfig':
        readDotConfig();
        printed.add(
          listNew(configuration)
            .map((line) => `${line}\n`)
            .join(''),
        );
        return;
      case 'helpnewconfig':
        throw new Error('helpnewconfig is not part of the engine');
    }
    verdict.config = writeConfig(configuration);
  }

  /** The file of KCONFIG_DEFCONFIG_LIST that conf takes where there is no .config. */
  #default(): { file: string; text: string } | null {
    for (const file of (this.#source.environment['KCONFIG_DEFCONFIG_LIST'] ?? '')
      .split(/\s+/)
      .filter((name) => name !== '')) {
      const text = this.#fileOfTree(file);
      if (text !== null) return { file, text };
    }
    return null;
  }

  #given({ defconfig }: ConfRequest): { file: string; text: string } {
    if (defconfig === undefined) throw new Error('defconfig needs a file');
    if ('text' in defconfig) return { file: 'given_defconfig', text: defconfig.text };
    const text = this.#fileOfTree(defconfig.path);
    if (text === null) throw new Error(`there is no ${defconfig.path}`);
    return { file: defconfig.path, text };
  }

  #fileOfTree(file: string): string | null {
    const path = isAbsolute(file) ? file : join(this.#source.environment['srctree'] ?? '.', file);
    return existsSync(path) ? readFileSync(path, 'utf8') : null;
  }
}

const FILLINGS = { allnoconfig: 'no', allyesconfig: 'yes', allmodconfig: 'mod', alldefconfig: 'default' } as const;

class Endless extends Error {}

class Printed {
  text = '';
  #first = '';
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  first(text: string): void {
    this.#first = text;
    this.text = this.#first + this.text;
  }

  add(text: string): void {
    this.text += text;
    if (this.text.length > this.#most) throw new Endless();
  }
}
