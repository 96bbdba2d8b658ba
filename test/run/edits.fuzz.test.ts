/**
 * Random edits of the wishes, each followed by a run: the managed patch and the .config are those of a fresh database.
 * Without Nix: see helpers/fakeNix.ts. More of them, or others: FALLOUTD_EDITS=5000 FALLOUTD_SEED=1.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test, vi } from 'vitest';
import type { Target } from '../../src/config/config.ts';
import { readManaged } from '../../src/managed/managedPatch.ts';
import { spelledAsk } from '../../src/fallout/absorb.ts';
import type { Run } from '../../src/model/run.ts';
import { converge } from '../../src/run/converge.ts';
import { parseDotConfig } from '../../src/script/dotConfig.ts';
import { openHistory, type History } from '../../src/state/historyDatabase.ts';
import { dotConfig } from '../../src/state/recordedRuns.ts';
import { smallNix } from '../helpers/fakeNix.ts';
import { MANAGED } from '../helpers/patchesText.ts';
import { targetIn } from '../helpers/target.ts';
import { edited, savesOf, noWishes, wishablesOf, wishesText, type Edit, type Wishes } from '../helpers/wishEdits.ts';

const SEQUENCES = Number(process.env['FALLOUTD_EDITS'] ?? 40);
const SEED = Number(process.env['FALLOUTD_SEED'] ?? Math.floor(Date.now() / 1000));

const { current } = vi.hoisted(() => ({
  current: { evaluate: (): unknown => null, build: (drvPath: string): unknown => drvPath },
}));
vi.mock('../../src/nix/evaluate.ts', () => ({ evaluate: async () => Promise.resolve(current.evaluate()) }));
vi.mock('../../src/nix/configBuild.ts', () => ({
  buildConfig: async (drvPath: string) => Promise.resolve(current.build(drvPath)),
}));
// The edit of the text is checked by falloutd's own grammar as well.
vi.mock('../../src/nix/checkSyntax.ts', () => ({ checkWithNix: async () => Promise.resolve({ kind: 'ok' }) }));

const dir = mkdtempSync(join(tmpdir(), 'falloutd-edits-'));
afterAll(() => rmSync(dir, { recursive: true }));

const nix = smallNix();
current.build = (drvPath) => nix.build(drvPath);

type Settled = { outcome: string; entries: Record<string, string>; config: Record<string, string> };

/** A host that a user edits. */
class EditedHost {
  readonly #target: Target;
  #history: History;
  #wishes: Wishes = noWishes();
  readonly #blocks: string[] = [MANAGED];
  readonly #dir = mkdtempSync(join(dir, 'host-'));
  #states = 0;

  constructor() {
    this.#target = targetIn(this.#dir, wishesText(this.#wishes));
    this.#history = this.#open();
  }

  get wishes(): Wishes {
    return this.#wishes;
  }

  close(): void {
    this.#history.close();
    rmSync(this.#dir, { recursive: true });
  }

  async apply(edit: Edit): Promise<void> {
    this.#wishes = edited(this.#wishes, edit);
    let managed = this.#managed();
    if (edit.kind === 'forget') {
      this.#history.close();
      this.#history = this.#open();
    }
    if (edit.kind === 'old-entries') managed = this.#blocks.at(-1 - edit.n) ?? managed;
    if (edit.kind === 'delete-entry') {
      const entries = managed.split('\n').filter((line) => line.includes('lib.mkOverride'));
      const gone = entries[edit.n % Math.max(1, entries.length)];
      if (gone !== undefined) managed = managed.replace(`${gone}\n`, '');
    }
    await this.save(this.#wishes, managed);
  }

  async save(wishes: Wishes, managed: string): Promise<void> {
    this.#wishes = wishes;
    writeFileSync(this.#target.patchesFile, wishesText(wishes, managed));
    return Promise.resolve();
  }

  async run(): Promise<{ run: Run; settled: Settled }> {
    current.evaluate = () => nix.evaluate(this.#target.patchesFile, this.#wishes);
    const run = await converge(this.#target, this.#history, {
      cause: 'command',
      signal: new AbortController().signal,
      emit: () => undefined,
    });
    this.#blocks.push(this.#managed());
    const last = run.iterations.findLast(({ probe }) => !probe);
    const config = last === undefined ? null : dotConfig(this.#history, last.iteration);
    return {
      run,
      settled: {
        outcome: JSON.stringify(run.outcome).replaceAll(this.#dir, ''),
        entries: this.#entries(),
        config: Object.fromEntries(parseDotConfig(config ?? '')),
      },
    };
  }

  #open(): History {
    return openHistory(join(this.#dir, `state-${this.#states++}`));
  }

  /** What stands between the markers, markers included. */
  #managed(): string {
    const text = readFileSync(this.#target.patchesFile, 'utf8');
    return text.slice(text.indexOf('  # falloutd: begin'), text.lastIndexOf(']'));
  }

  #entries(): Record<string, string> {
    const reading = readManaged(readFileSync(this.#target.patchesFile, 'utf8'), 'fallout');
    if (reading.kind !== 'managed') return { '': reading.kind };
    const { bindings, legacy } = reading.patch;
    const structured = bindings.map(({ symbol, ask, override }): [string, string] => {
      return [symbol, `${override ?? ''} ${ask === null ? '' : spelledAsk(ask)}`];
    });
    const lines = legacy.map(({ symbol, value, optional }): [string, string] => {
      return [`${symbol} (line)`, `${optional ? 'option ' : ''}${value}`];
    });
    return Object.fromEntries([...structured, ...lines]);
  }
}

const fresh = new Map<string, Settled>();

/** What a fresh database comes to on a copy. */
async function freshly(wishes: Wishes): Promise<Settled> {
  const text = wishesText(wishes);
  const known = fresh.get(text);
  if (known !== undefined) return known;
  const host = new EditedHost();
  await host.save(wishes, MANAGED);
  const { settled } = await host.run();
  host.close();
  fresh.set(text, settled);
  return settled;
}

test(`${SEQUENCES} sequences of edits: after each edit the entries and the .config are those of a fresh database (seed ${SEED})`, async () => {
  let edits = 0;
  const outcomes: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(savesOf(wishablesOf(nix.kconfig), 12), async (sequence) => {
      const host = new EditedHost();
      try {
        for (const save of sequence) {
          for (const edit of save) await host.apply(edit);
          const { run, settled } = await host.run();
          const expected = await freshly(host.wishes);
          edits++;
          const kind = run.outcome?.kind ?? 'none';
          outcomes[kind] = (outcomes[kind] ?? 0) + 1;
          expect(settled.outcome, wishesText(host.wishes)).toBe(expected.outcome);
          if (kind !== 'stable') continue;
          expect(settled.entries, wishesText(host.wishes)).toEqual(expected.entries);
          expect(settled.config, wishesText(host.wishes)).toEqual(expected.config);
        }
      } finally {
        host.close();
      }
    }),
    { numRuns: SEQUENCES, seed: SEED, endOnFailure: process.env['FALLOUTD_SHRINK'] === undefined },
  );
  process.stdout.write(`${edits} edits: ${JSON.stringify(outcomes)}\n`);
}, 3_600_000);
