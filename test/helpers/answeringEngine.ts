/** A config build of a small tree in a few milliseconds: the answering scripts as functions, on falloutd's own Kconfig engine. */
import {
  askQuestions,
  Configuration,
  fillNew,
  readConfig,
  writeConfig,
  type Kconfig,
} from '../../src/kconfig/index.ts';
import { parseDotConfig } from '../../src/script/dotConfig.ts';
import { requestOf, settingOf, type Settings } from '../../src/script/settings.ts';
import type { Answered } from './answering.ts';

const LETTERS = ['y', 'm', 'n'] as const;
const NEAREST: Record<string, readonly string[]> = { y: ['m', 'n'], m: ['y', 'n'], n: ['m', 'y'] };

/** Which script answers: nixpkgs' own (src/setup/demo/nixpkgs/kernel/generate-config.pl), or the probe (src/script/probe.pl). */
type Script = 'nixpkgs' | 'probe';

/** What is asked: the end of what conf printed, and the members of a choice by symbol that stand above it. */
type Asked = { text: string; members: ReadonlyMap<string, string> };

type Question = { prompt: string; name: string; alts: string; offered: string[]; answer: string };

class Died extends Error {}

const isLetter = (text: string | null): text is string => text !== null && /^[ymn]$/.test(text);

/** One build: what the scripts keep from one question to the next. */
class Session {
  readonly lines: string[] = [];
  readonly #settings: Settings;
  readonly #isProbe: boolean;
  #previous = '';
  #again = 0;
  /** The probe's: what a refused symbol is answered with from then on, and the letters it was offered each time. */
  readonly #used = new Map<string, string>();
  readonly #common = new Map<string, string[]>();

  constructor(settings: Settings, script: Script) {
    this.#settings = settings;
    this.#isProbe = script === 'probe';
  }

  beginPass(): void {
    this.#previous = '';
    this.#again = 0;
  }

  /** @throws Died where nixpkgs' script gives up. */
  answer({ text, members }: Asked): string {
    const [, prompt, name, alts] = /^(.*) \((\w+)\) \[(.*)\]/.exec(text) ?? [];
    if (prompt !== undefined && name !== undefined && alts !== undefined) return this.#question(prompt, name, alts);
    const range = /choice\[(.*)\]: $/.exec(text)?.[1];
    if (range === undefined) return '';
    const yes = [...members].filter(([symbol]) => requestOf(this.#settings, symbol) === 'y');
    const answer = yes.at(-1)?.[1] ?? '';
    this.lines.push(`CHOICE: ${range}, ANSWER: ${answer}`);
    return answer;
  }

  /** The comparison of the finished .config with the request, and the script's exit status. */
  verdict(dotConfig: string): number {
    const result = parseDotConfig(dotConfig);
    let status = 0;
    for (const name of Object.keys(this.#settings).sort()) {
      const wanted = requestOf(this.#settings, name);
      const got = result.get(name);
      if (wanted === null || got === wanted || got === '' || got === '0') continue;
      const severity = settingOf(this.#settings, name)?.optional === true ? 'warning' : 'error';
      if (severity === 'error' && !this.#isProbe) status = 255;
      this.lines.push(
        got === undefined
          ? `${severity}: unused option: ${name}`
          : `${severity}: option not set correctly: ${name} (wanted '${wanted}', got '${got}')`,
      );
    }
    return status;
  }

  #question(prompt: string, name: string, alts: string): string {
    const isTristate = /^[YyMmNn](?:\/[YyMmNn])*\/\?$/.test(alts);
    const offered = isTristate ? LETTERS.filter((letter) => alts.toLowerCase().includes(letter)) : [];
    // An m that is there already stays by itself.
    const byItself = isTristate && alts.includes('/m/') && !alts.includes('Y') ? 'm' : '';
    const key = `${name} ${prompt}`;
    this.#again = this.#previous === key ? this.#again + 1 : 0;
    this.#previous = key;
    const answer = this.#used.get(name) ?? requestOf(this.#settings, name) ?? byItself;
    const question = { prompt, name, alts, offered, answer };
    if (this.#isProbe) return this.#probed(question);
    this.#say(question);
    if (this.#again > 0) throw new Died(`repeated question: ${prompt} at generate-config.pl line 90.`);
    return answer;
  }

  #probed(question: Question): string {
    const { name, alts, offered, answer } = question;
    const wanted = requestOf(this.#settings, name);
    const common = (this.#common.get(name) ?? offered).filter((letter) => offered.includes(letter));
    this.#common.set(name, common);
    const refuse = (instead: string): string => {
      if (wanted !== null)
        this.lines.push(`probe: refused ${name} wanted '${wanted}' offered [${alts}] using '${instead}'`);
      this.#used.set(name, instead);
      return this.#say({ ...question, answer: instead });
    };
    if (offered.length > 0 && isLetter(answer) && !offered.includes(answer)) {
      const wish = isLetter(wanted) ? wanted : answer;
      const near = [wish, ...(NEAREST[wish] ?? [])].filter((letter) => offered.includes(letter));
      const instead = refuse(near.find((letter) => common.includes(letter)) ?? near[0] ?? '');
      // The symbol's help, which says why, comes before the question is asked again.
      return this.#again > 0 ? instead : '?';
    }
    if (this.#again > 0 && offered.length === 0) return refuse('');
    return this.#say(this.#again > 1 ? { ...question, answer: '' } : question);
  }

  #say({ prompt, name, alts, answer }: Question): string {
    this.lines.push(`QUESTION: ${prompt}, NAME: ${name}, ALTS: ${alts}, ANSWER: ${answer}`);
    return answer;
  }
}

/** What `make defconfig` and an answering script make of a request, `AUTO_MODULES` and `PREFER_BUILTIN` set. */
export function answerWithEngine(kconfig: Kconfig, defconfig: string, settings: Settings, script: Script): Answered {
  const base = new Configuration(kconfig);
  readConfig(base, defconfig);
  fillNew(base, 'default');
  let dotConfig = writeConfig(base);
  const session = new Session(settings, script);
  try {
    // The second pass meets the questions that only the answers of the first made visible.
    for (let pass = 0; pass < 2; pass++) dotConfig = onePass(kconfig, dotConfig, session);
    const status = session.verdict(dotConfig);
    return { status, transcript: `${session.lines.join('\n')}\n`, dotConfig };
  } catch (error) {
    if (!(error instanceof Died)) throw error;
    return { status: 255, transcript: [...session.lines, error.message, ''].join('\n'), dotConfig };
  }
}

/** One `make config`: conf's lines go to the transcript, its questions to the script. */
function onePass(kconfig: Kconfig, before: string, session: Session): string {
  const configuration = new Configuration(kconfig);
  readConfig(configuration, before);
  let printed = '';
  let members = new Map<string, string>();
  const takeLines = (): void => {
    const lines = printed.split('\n');
    printed = lines.pop() ?? '';
    for (const line of lines) {
      session.lines.push(`GOT: ${line}`);
      const [, number, symbol] = /^\s*>?\s*(\d+)\.\s.*?\((\w+)\)(?: \(NEW\))?\s*$/.exec(line) ?? [];
      if (number !== undefined && symbol !== undefined) members.set(symbol, number);
      else members = new Map();
    }
  };
  session.beginPass();
  const asking = askQuestions(configuration, { ask: 'all', print: (text) => (printed += text) });
  for (let step = asking.next(); step.done !== true;) {
    takeLines();
    const text = printed;
    printed = '';
    step = asking.next(session.answer({ text, members }));
    members = new Map();
  }
  printed += '\n#\n# configuration written to .config\n#\n';
  takeLines();
  return writeConfig(configuration);
}
