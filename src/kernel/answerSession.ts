/** A config build's answering session on the engine: two passes of a script, from the base configuration to a .config. */
import { askQuestions, Configuration, EndOfAnswers, readConfig, writeConfig, type Kconfig } from '../kconfig/index.ts';
import type { Complaint, Observation } from '../model/observation.ts';
import { parseDotConfig } from '../script/dotConfig.ts';
import { TranscriptReader } from '../script/readTranscript.ts';
import { requested, type Settings } from '../script/settings.ts';
import type { Protocol } from './answeringScript.ts';
import type { KernelFacts } from './kernelFacts.ts';
import { ListingSession, type Listed } from './listingSession.ts';
import { ScriptSession, type Answering, type Answers, type ScriptRules } from './scriptSession.ts';

/** What a session needs of a kernel: the tree of its symbols, where the script begins, and which script it is. */
export type AnsweredKernel = Pick<
  KernelFacts,
  'baseConfig' | 'autoModules' | 'preferBuiltin' | 'ignoreConfigErrors'
> & {
  kconfig: Kconfig;
  protocol: Protocol;
};

/** What both passes showed. */
export type Session = {
  observation: Observation;
  /** Null: the kernel's script died, and nothing answered in its place. */
  dotConfig: string | null;
  /** What stands in it, to be asked; null where that does. */
  configuration: Configuration | null;
  /** The kernel's script died, or would have died where another one went on. */
  hasDied: boolean;
  /** The symbols whose answer the script replaced. */
  clamped: ReadonlySet<string>;
};

/** Who answers: the kernel's own script, or one that never dies and lists every refusal. */
export type Answerer = 'script' | 'listing';

/** The answers that are asked for, by symbol. */
export function answersOf(settings: Settings): Map<string, string> {
  return new Map(
    Object.entries(settings).flatMap(([symbol, setting]) => {
      const answer = requested(setting);
      return answer === null ? [] : [[symbol, answer] as const];
    }),
  );
}

/** What an empty text is asked for with. */
const QUOTES = '""';

/**
 * Runs a session: what a config build would print, without what make says, is read as a transcript is. `onLine` hears it, too.
 */
export function runSession(
  kernel: AnsweredKernel,
  answers: Answers,
  answerer: Answerer,
  onLine?: (line: string) => void,
): Session {
  const reader = new TranscriptReader();
  const log = (line: string): void => {
    reader.take(line);
    onLine?.(line);
  };
  const rules: ScriptRules = { ...kernel.protocol, ...kernel };
  const emptied = new Set(kernel.protocol.emptyTexts === 'emptied' ? symbolsAnswered(QUOTES, answers) : []);
  const given = new Map([...answers, ...[...emptied].map((symbol) => [symbol, ''] as const)]);
  const clamped = new Set<string>();
  const listed: Listed = { used: new Map(), common: new Map(), hasOutlived: false };
  let dotConfig: string | null = kernel.baseConfig;
  let configuration: Configuration | null = null;
  for (let pass = 1; pass <= 2 && dotConfig !== null; pass++) {
    const script =
      answerer === 'script'
        ? new ScriptSession(given, rules, log, clamped)
        : new ListingSession(given, rules, log, listed);
    configuration = onePass(kernel.kconfig, dotConfig, script);
    dotConfig = configuration === null ? null : writeConfig(configuration);
    if (dotConfig !== null) log('GOT: # configuration written to .config');
  }
  if (dotConfig !== null) dotConfig = withEmptied(dotConfig, emptied);
  const finalValues = dotConfig === null ? null : parseDotConfig(dotConfig);
  const { observation } = reader.end(true);
  const hasDied = dotConfig === null || listed.hasOutlived;
  return { observation: { ...observation, finalValues }, dotConfig, configuration, hasDied, clamped };
}

const symbolsAnswered = (wanted: string, answers: Answers): string[] =>
  [...answers].flatMap(([symbol, answer]) => (answer === wanted ? [symbol] : []));

/** The finished .config with these options at an empty text, whatever their types. One that is not set stays so. */
const withEmptied = (dotConfig: string, symbols: ReadonlySet<string>): string =>
  symbols.size === 0
    ? dotConfig
    : dotConfig.replace(/^CONFIG_(\w+)=.*$/gm, (line, symbol: string) =>
        symbols.has(symbol) ? `CONFIG_${symbol}=${QUOTES}` : line,
      );

/** One pass of `make config`; null where the script died in it. */
function onePass(kconfig: Kconfig, dotConfig: string, script: Answering): Configuration | null {
  const configuration = new Configuration(kconfig);
  readConfig(configuration, dotConfig);
  const questions = askQuestions(configuration, { ask: 'all', print: (text) => script.print(text) });
  try {
    for (let step = questions.next(); step.done !== true;) {
      const reaction = script.react();
      if (reaction.kind === 'end') return null;
      step = questions.next(reaction.text);
    }
  } catch (error) {
    if (error instanceof EndOfAnswers) return null;
    throw error;
  }
  return configuration;
}

/**
 * The script's own comparison of the finished .config with what was asked for. An empty value and `0` pass, whatever was
 * asked for: to Perl they are false. A script that stops at the first error is taken for one that lists all.
 */
export function complaintsAbout(
  settings: Settings,
  { observation: { finalValues }, clamped }: Session,
  { ignoreConfigErrors }: AnsweredKernel,
): Complaint[] {
  if (finalValues === null) return [];
  return Object.keys(settings)
    .sort()
    .flatMap((symbol): Complaint | [] => {
      const setting = settings[symbol];
      const wanted = setting === undefined ? null : requested(setting);
      if (setting === undefined || wanted === null) return [];
      const got = finalValues.get(symbol);
      const severity = setting.optional || ignoreConfigErrors || clamped.has(symbol) ? 'warning' : 'error';
      if (got === undefined) return { kind: 'unused', symbol, severity };
      return got === '' || got === '0' || got === wanted ? [] : { kind: 'value', symbol, wanted, got, severity };
    });
}
