/** One mutated transcript through the whole chain, from Nix's bytes to the lines on a terminal, held against what a plain scan of it finds. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { historyLines } from '../../src/report/text/historyLines.ts';
import { logReadingLines } from '../../src/report/text/logReadingLines.ts';
import { iterationLines } from '../../src/report/text/iterationLines.ts';
import { absorb, type Asked, type Managed } from '../../src/fallout/absorb.ts';
import { causeText } from '../../src/fallout/causeText.ts';
import { classifyBuildFailure } from '../../src/nix/buildFailure.ts';
import { intentsBySymbol } from '../../src/fallout/intents.ts';
import { judge } from '../../src/fallout/judge.ts';
import { readLog } from '../../src/report/data/readLog.ts';
import type { Setting, Settings } from '../../src/script/settings.ts';
import { readTranscript } from '../../src/script/readTranscript.ts';
import { lostWishes } from '../../src/fallout/lostWishes.ts';
import { BuildLogCollector, type BuildLog } from '../../src/nix/buildLog.ts';
import { editManaged } from '../helpers/onText.ts';
import { reporter } from '../../src/report/text/terminalReporter.ts';
import { problemLines } from '../../src/report/text/problemLines.ts';
import { PLAIN } from '../../src/report/text/style.ts';
import type { Fallout, Wish } from '../../src/model/fallout.ts';
import type { Intent } from '../../src/model/intent.ts';
import type { Iteration, Run } from '../../src/model/run.ts';
import type { Problem } from '../../src/model/problem.ts';
import type { Tristate } from '../../src/model/value.ts';
import { listText, MANAGED } from '../helpers/patchesText.ts';
import { Choices } from './choices.ts';
import { DRV, LOGS } from './logCorpus.ts';
import { FORMS, jsonLog, logIn, mutatedBytes, mutatedLines, NOISE } from './logMutations.ts';
import { choicesIn, lacksEnd, saidInJson, verdictsIn } from './logScan.ts';

/** `part` is which of the dearer checks an input goes through. */
export type LogInput = { log: Uint8Array; rest: Uint8Array; part: number };

const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength, size: 'max' });
export const logInput: fc.Arbitrary<LogInput> = fc.record({
  log: bytes(60),
  rest: bytes(60),
  part: fc.nat({ max: 3 }),
});

/** Fallout that an entry can remove: with none of it, a build that succeeded is stable. */
const UNSTABLE = new Set<Fallout['kind']>(['unused', 'value', 'repeated', 'choice', 'conflict', 'unknown']);

/** A chain that has more steps than rungs does not end. */
const MAX_STEPS = 8;

export function checkTranscript({ log, rest, part }: LogInput): void {
  const lines = mutatedLines(new Choices(log));
  const c = new Choices(rest);
  const succeeded = c.oneIn(2);
  checkNoise(lines, succeeded, c);
  const { fallout, lost, intents } = checkJudged(lines, succeeded, c);
  switch (part) {
    case 0:
      checkForm(lines, c);
      break;
    case 1:
      checkCollected(lines, c);
      break;
    case 2:
      checkBytes(c);
      break;
    default:
      checkAbsorbed(fallout, intents, c);
      checkTerminal(fallout, lost, c);
  }
}

/** A line that nobody understands changes nothing that is read (ARCHITECTURE.md, rule 9). */
function checkNoise(lines: readonly string[], succeeded: boolean, c: Choices): void {
  const noisy = [...lines];
  for (const noise of c.times(1, 4, () => c.pick(NOISE))) noisy.splice(c.below(noisy.length + 1), 0, noise);
  assert.deepEqual(readTranscript(noisy.join('\n'), { succeeded }), readTranscript(lines, { succeeded }));
}

/** The daemon's way: a transcript with the settings, the intents and the .config beside it. */
function checkJudged(
  lines: readonly string[],
  succeeded: boolean,
  c: Choices,
): { fallout: Fallout[]; lost: Wish[]; intents: Intent[] } {
  const { observation: seen } = readTranscript(lines, { succeeded });
  const said = verdictsIn(lines);
  const choices = choicesIn(lines);
  const symbols = [
    ...new Set([...said.map(({ symbol }) => symbol), ...choices.flat(), ...[...seen.questions.keys()].slice(-20)]),
  ]
    .filter((symbol) => /^\w+$/.test(symbol))
    .slice(-60);
  const settings: Settings = Object.fromEntries(symbols.map((symbol) => [symbol, settingFrom(c)]));
  const intents = symbols
    .filter(() => !c.oneIn(4))
    .map((symbol, index) => intentFrom(symbol, settings[symbol], index, c));
  const dotConfig = succeeded
    ? new Map(
        symbols.flatMap((symbol) =>
          c.oneIn(4) ? [] : [[symbol, c.pick(['y', 'm', 'n', '8', '0x200000', '', '0'])] as const],
        ),
      )
    : null;
  const judged = { observation: { ...seen, finalValues: dotConfig }, settings, intents, managedName: 'fallout' };
  const fallout = judge(judged);

  const listed = new Set(fallout.map(({ symbol }) => symbol));
  const isStable = succeeded && !fallout.some(({ kind }) => UNSTABLE.has(kind));
  const twoYes = choices.filter((members) => members.filter((symbol) => wantedOf(settings, symbol) === 'y').length > 1);
  // Of a choice the member that stays is not listed; the others are.
  const isJudged = (symbol: string): boolean =>
    listed.has(symbol) ||
    (twoYes.some((members) => members.includes(symbol)) && fallout.some(({ kind }) => kind === 'choice'));
  for (const { severity, symbol } of said) {
    const isRequired = Object.hasOwn(settings, symbol) && settings[symbol]?.optional === false;
    if (severity === 'error' || isRequired)
      assert.ok(isJudged(symbol), `the ${severity} about ${symbol} was not judged`);
  }
  if (said.some(({ severity }) => severity === 'error')) assert.equal(isStable, false, 'stable in spite of an error');
  if (twoYes.length > 0) assert.equal(isStable, false, 'stable with two y in a choice');
  if (isStable && dotConfig !== null) {
    for (const [symbol, { optional }] of Object.entries(settings)) {
      const wanted = wantedOf(settings, symbol);
      // What the script cannot see (empty and 0) and what it replaced by itself is only reported.
      if (!optional && wanted !== null && !listed.has(symbol))
        assert.equal(dotConfig.get(symbol) ?? 'n', wanted, `stable, but ${symbol} is not as required`);
    }
  }
  return { fallout, lost: lostWishes(judged), intents };
}

/** Each step takes fallout one rung on or says that none is left; what comes of it can be written. */
function checkAbsorbed(fallout: readonly Fallout[], intents: readonly Intent[], c: Choices): void {
  const asked: Asked = {
    intents: intentsBySymbol(intents, 'fallout'),
    legacy: [],
    managedName: 'fallout',
    managedIndex: 9,
  };
  const policy = c.pick(['keep-wish', 'keep-wish', 'unset'] as const);
  let managed: Managed = new Map();
  for (let step = 0; ; step++) {
    assert.ok(step < MAX_STEPS, 'the chain does not end');
    const { managed: next, stuck, problems } = absorb(fallout, managed, asked, policy);
    assert.deepEqual(problems, []);
    const open = fallout.filter(({ kind }) => UNSTABLE.has(kind));
    for (const each of open) {
      const [before, after] = [managed.get(each.symbol), next.get(each.symbol)];
      assert.ok(
        stuck.includes(each) || (after !== undefined && after.rung > (before?.rung ?? -1)),
        `${each.symbol} was forgotten`,
      );
    }
    if (stuck.length === open.length) break;
    managed = next;
  }
  const edit = editManaged(listText([MANAGED]), 'fallout', [...managed.values()]);
  if (edit.kind === 'refused') assert.fail(`what was absorbed cannot be written: ${edit.problem.message}`);
  if (edit.kind === 'edited') assert.doesNotMatch(edit.text.replace(/\n/g, ''), CONTROL);
}

/** The same transcript as people paste it. */
function checkForm(lines: readonly string[], c: Choices): void {
  const failed = c.oneIn(2);
  const form = c.pick(FORMS);
  // What a terminal makes of these is another line.
  const plain = lines.filter((line) => !line.includes('\r') && !line.includes('\u001b'));
  const reading = readLog(logIn(form, plain, failed));
  const errors = verdictsIn(plain).filter(({ severity }) => severity === 'error');
  if (errors.length > 0) assert.notEqual(reading.outcome, 'green', 'green in spite of an error');
  if (failed) assert.notEqual(reading.outcome, 'green', 'green in spite of a failed builder');
  // Of a build without -L one line is seen, that it began.
  if (lacksEnd(plain) && plain.length > 0) assert.notEqual(reading.outcome, 'green', 'green without an end');
  for (const { symbol } of reading.outcome === 'fallout' ? errors : []) {
    assert.ok(
      reading.fallout.some((each) => each.symbol === symbol || each.kind === 'choice'),
      `${form}: the error about ${symbol} was not read`,
    );
  }
  checkLines(logReadingLines(reading, { ...PLAIN, width: 20 + c.below(200) }));
}

/** Nix's own bytes in pieces, within a limit, to a verdict. */
function checkCollected(lines: readonly string[], c: Choices): void {
  const text = Buffer.from(`${jsonLog(lines, true).join('\n')}\n`);
  const whole = collected([text], {});
  assert.deepEqual(whole.builds.get(DRV)?.lines, lines);
  const size = c.pick([61, 999, 4096]) + c.below(9);
  assert.deepEqual(
    collected(
      Array.from({ length: Math.ceil(text.length / size) }, (_, i) => text.subarray(i * size, (i + 1) * size)),
      {},
    ),
    whole,
  );

  const failure = classifyBuildFailure(whole, DRV);
  const errors = verdictsIn(lines).filter(({ severity }) => severity === 'error');
  const isBroken = lines.some((line) => /^(?:Kernel config didn't|invalid config line|Could not|GOT: make)/.test(line));
  if (errors.length > 0 && !isBroken) assert.equal(failure, 'verdict');
  if (
    !lines.some((line) => /^(?:error: |unused option|option not set|repeated question|conflicting answers)/.test(line))
  )
    assert.notEqual(failure, 'verdict', 'a verdict that nobody gave');
  if (failure !== 'verdict') checkProblem(failure.problem);

  const kept = collected([text], { limit: 16_384 }).builds.get(DRV);
  if (kept?.cut !== 'verdict')
    assert.deepEqual(
      verdictsIn(kept?.lines ?? []),
      verdictsIn(lines),
      'a line of the verdict was let go without a word',
    );
}

function collected(pieces: readonly Uint8Array[], options: { limit?: number }): BuildLog {
  const collector = new BuildLogCollector(options);
  for (const piece of pieces) collector.push(piece);
  return collector.result();
}

/** Any recorded log after accidents that know nothing of lines. */
function checkBytes(c: Choices): void {
  const damaged = mutatedBytes(c.pick(LOGS), c);
  const text = damaged.toString('utf8');
  const reading = readLog(text);
  if (reading.outcome === 'green')
    assert.ok(!verdictsIn(saidInJson(text)).some(({ severity }) => severity === 'error'), 'green in spite of an error');
  checkLines(logReadingLines(reading, PLAIN));
  const failure = classifyBuildFailure(collected([damaged], {}), DRV);
  if (failure !== 'verdict') checkProblem(failure.problem);
}

/** Whatever a terminal gets is text. */
function checkTerminal(fallout: Fallout[], lost: Wish[], c: Choices): void {
  const problem: Problem = {
    message: c.pick(['a\u0007b\nc\u009b', 'd']),
    file: '/etc/nixos/p\u001b.nix',
    line: 1,
    hint: 'do\u0000 it',
  };
  const outcome = c.pick<Run['outcome']>([
    { kind: 'stable' },
    { kind: 'blocked', problem },
    { kind: 'stalled', reason: 'no-rung', symbols: fallout.map(({ symbol }) => symbol) },
  ]);
  const iteration: Iteration = {
    iteration: 1,
    run: 1,
    startedAt: '2026-03-04T05:06:07.000Z',
    durationMs: 5,
    evaluateMs: 1,
    buildMs: 2,
    probe: false,
    outcome: 'fallout',
    drvPath: DRV,
    patchesSha256: null,
    sourceBytes: null,
    fallout,
    entries: fallout.map(({ symbol, cause }) => ({
      symbol,
      from: null,
      to: 'option n',
      rung: 1,
      reason: cause === undefined ? '' : causeText(cause),
    })),
  };
  const run: Run = {
    run: 1,
    target: 'host\u001b[2J',
    cause: 'save',
    startedAt: iteration.startedAt,
    durationMs: 9,
    outcome,
    iterations: [iteration],
    absorbed: 1,
    lost,
  };
  const style = { ...PLAIN, width: 20 + c.below(200) };
  checkLines([
    ...iterationLines({ iteration, run, questions: 3, cut: true }, style, 0),
    ...historyLines([run], style, 0),
  ]);
  const written: string[] = [];
  const screen = reporter(
    { write: (text) => written.push(text), columns: style.width },
    { ...style, live: true },
    { clock: { date: () => new Date(), now: () => 0, every: () => () => undefined } },
  );
  screen.handle({ kind: 'run-started', run: 1, target: run.target, cause: 'save', patchesFile: '/p\u001b' });
  screen.handle({ kind: 'phase', run: 1, iteration: 1, phase: 'build' });
  screen.handle({ kind: 'progress', run: 1, iteration: 1, step: 'step\u001b[2J\r', questions: 3, expected: null });
  screen.handle({ kind: 'iteration-finished', iteration });
  screen.handle({ kind: 'run-finished', run });
  screen.handle({ kind: 'trouble', target: run.target, problem });
  screen.close();
  // Only this it writes by itself, to take its live line away.
  checkLines(written.join('').replaceAll('\r\u001b[K', '').split('\n'));
}

// eslint-disable-next-line no-control-regex -- they are what it is about
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

function checkLines(lines: readonly string[]): void {
  for (const line of lines) assert.doesNotMatch(line, CONTROL);
}

function checkProblem(problem: Problem): void {
  assert.notEqual(problem.message.trim(), '');
  checkLines(problemLines('blocked: ', problem, PLAIN));
}

function settingFrom(c: Choices): Setting {
  const value = c.pick(['y', 'm', 'n', 'y', 'n', '8', '200000', '']);
  const optional = c.oneIn(2);
  if (value === '') return { tristate: null, freeform: null, optional };
  return /^[ymn]$/.test(value)
    ? { tristate: value as Tristate, freeform: null, optional }
    : { tristate: null, freeform: value, optional };
}

function intentFrom(symbol: string, setting: Setting | undefined, index: number, c: Choices): Intent {
  const { tristate = null, freeform = null, optional = false } = setting ?? {};
  const value =
    freeform !== null
      ? { kind: 'freeform' as const, text: freeform }
      : tristate !== null
        ? { kind: 'tristate' as const, tristate }
        : { kind: 'unset' as const };
  const by = c.oneIn(2)
    ? { kind: 'patch' as const, name: c.pick(['mine', 'o"t\u001b', '']), index }
    : { kind: 'nixpkgs' as const };
  return { symbol, ask: { value, optional }, priority: c.pick([100, 50, 1000, 10]), by, position: null };
}

function wantedOf(settings: Settings, symbol: string): string | null {
  const setting = Object.hasOwn(settings, symbol) ? settings[symbol] : undefined;
  return setting?.freeform ?? setting?.tristate ?? null;
}

/** The input as a person reads it. */
export function showTranscript({ log, rest, part }: LogInput): string {
  const lines = mutatedLines(new Choices(log));
  const shown =
    lines.length > 60 ? [...lines.slice(0, 20), `… ${lines.length - 50} lines …`, ...lines.slice(-30)] : lines;
  return `${JSON.stringify({ log: [...log], rest: [...rest], part })}\n${shown.map((line) => JSON.stringify(line.slice(0, 300))).join('\n')}`;
}
