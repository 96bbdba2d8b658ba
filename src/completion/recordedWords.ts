import { join, resolve } from 'node:path';
import { defaultStateDir, findConfigFile } from '../config/findConfig.ts';
import { content } from '../state/contents.ts';
import { glanceAtHistory, type History } from '../state/historyDatabase.ts';
import { fromHome } from '../system/user.ts';
import { newestSymbols } from '../kernel/keptFacts.ts';
import { readableText } from '../system/wholeFile.ts';
import type { Candidate, Given, Recorded, Records } from './completeWords.ts';

/** So many numbers are offered, the newest first. */
const NEWEST = 100;

/** The words of a kind that the history and the configuration hold. Changes nothing, and gives none where they cannot be read. */
export const recordedWords: Records = async (kind, typed, given) => {
  // There --config names a .config.
  const config = configFile(given.command === 'kconfig' ? undefined : given.config);
  if (kind === 'target') return targets(config, await historyOf(config, given));
  if (given.command === 'kconfig' && given.config !== undefined) return symbols(typed, [textOf(given.config)]);
  const history = await historyOf(config, given);
  if (history === null) return [];
  if (kind === 'symbol') return symbols(typed, symbolTexts(history, given.target));
  if (kind === 'setting') return settings(typed, symbolTexts(history, given.target));
  return numbers(history, kind, typed, given.target);
};

/** The configuration that counts; null where there is none, or one that falloutd refuses. */
function configFile(named: string | undefined): string | null {
  try {
    return findConfigFile(named === undefined ? undefined : fromHome(named), process.cwd());
  } catch {
    return null;
  }
}

async function historyOf(config: string | null, { state }: Given): Promise<History | null> {
  if (state !== undefined) return glanceAtHistory(resolve(fromHome(state)));
  if (config === null) return glanceAtHistory(defaultStateDir());
  const { stateDirIn } = await import('../config/configFile.ts');
  try {
    return glanceAtHistory(stateDirIn(config));
  } catch {
    return null;
  }
}

async function targets(config: string | null, history: History | null): Promise<Candidate[]> {
  const configured = config === null ? {} : await targetTables(config);
  const ran = history?.all<{ target: string }>('SELECT target FROM targets') ?? [];
  return [...new Set([...Object.keys(configured), ...ran.map(({ target }) => target)])].map((word) => ({
    word,
    about: Object.hasOwn(configured, word) ? 'configured' : 'in the history',
  }));
}

async function targetTables(config: string): Promise<object> {
  const { readText, readToml } = await import('../config/configFile.ts');
  try {
    return (readToml(readText(config), config) as { target?: object }).target ?? {};
  } catch {
    return {};
  }
}

const NUMBERS = {
  run: `SELECT run AS n, target, outcome FROM runs WHERE target = coalesce(?, target) AND run LIKE ? ORDER BY run DESC`,
  iteration: `SELECT iteration AS n, target, iterations.outcome FROM iterations JOIN runs USING (run)
    WHERE iterations.outcome IS NOT NULL AND target = coalesce(?, target) AND iteration LIKE ? ORDER BY iteration DESC`,
  build: `SELECT build AS n, target, outcome FROM kernel_builds WHERE target = coalesce(?, target) AND build LIKE ?
    ORDER BY build DESC`,
} satisfies Partial<Record<Recorded, string>>;

function numbers(history: History, kind: keyof typeof NUMBERS, typed: string, target: string | undefined): Candidate[] {
  if (!/^\d*$/.test(typed)) return [];
  type Row = { n: number; target: string; outcome: string | null };
  const rows = history.all<Row>(`${NUMBERS[kind]} LIMIT ${NEWEST}`, target ?? null, `${typed}%`);
  return rows.map(({ n, target: of, outcome }) => ({ word: String(n), about: `${of}: ${outcome ?? 'under way'}` }));
}

/**
 * The texts that name the symbols of the last kernel: its .config, what was asked of it, and the names beside the newest kernel
 * facts.
 */
function* symbolTexts(history: History, target: string | undefined): Generator<string> {
  type Row = { configSha256: string; settingsSha256: string | null };
  const last = history.get<Row>(
    `SELECT config_sha256, settings_sha256 FROM iterations JOIN runs USING (run)
    WHERE config_sha256 IS NOT NULL AND target = coalesce(?, target) ORDER BY iteration DESC LIMIT 1`,
    target ?? null,
  );
  if (last !== undefined) yield content(history, 'configs', last.configSha256)?.toString('latin1') ?? '';
  if (last?.settingsSha256 != null) yield content(history, 'settings', last.settingsSha256)?.toString('latin1') ?? '';
  const newest = newestSymbols(join(history.path, '../facts'));
  if (newest !== null) yield textOf(newest);
}

const textOf = (file: string): string => readableText(resolve(fromHome(file))) ?? '';

/** Symbols that begin with what is typed, with `CONFIG_` where that is typed too. */
function symbols(typed: string, texts: Iterable<string>): Candidate[] {
  const prefix = typed.startsWith('CONFIG_') ? 'CONFIG_' : '';
  const begins = typed.slice(prefix.length);
  if (!/^\w*$/.test(begins)) return [];
  // A line of a .config, a key of the settings, or a name alone.
  const names = new RegExp(
    `(?:^CONFIG_|^# CONFIG_|[{,]"|^)((?=\\w)${begins}\\w*)(?:=| is not set|":\\{"tristate"|$)`,
    'gm',
  );
  const found = new Set<string>();
  for (const text of texts) for (const [, name = ''] of text.matchAll(names)) found.add(name);
  return [...found].sort().map((name) => ({ word: `${prefix}${name}`, about: '' }));
}

/** `SYMBOL=`, and after it the values that it can take: a tristate's, or the one that it has. */
function settings(typed: string, texts: Iterable<string>): Candidate[] {
  const [symbol = '', value] = typed.split(/=(.*)/s);
  if (value === undefined) return symbols(symbol, texts).map(({ word }) => ({ word: `${word}=`, about: '' }));
  const name = symbol.replace(/^CONFIG_/, '');
  if (!/^\w+$/.test(name)) return [];
  const [dotConfig = ''] = texts;
  const present = new RegExp(`^CONFIG_${name}=(.*)$`, 'm').exec(dotConfig)?.[1] ?? 'n';
  const values = /^[ymn]$/.test(present) ? ['y', 'm', 'n'] : [present];
  return values.map((each) => ({ word: `${symbol}=${each}`, about: each === present ? 'as it is now' : '' }));
}
