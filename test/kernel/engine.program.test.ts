import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Engine } from '../../src/kernel/engine.ts';
import type { PredictionInput } from '../../src/kernel/prediction.ts';
import { factsBytes } from '../helpers/facts.ts';

it('a worker answers again and again', async () => {
  const compiled = new URL('../../dist/kernel/engine.js', import.meta.url).href;
  const { Engine: Compiled } = (await import(compiled)) as { Engine: new () => Engine };
  const folder = mkdtempSync(join(tmpdir(), 'falloutd-engine-'));
  const facts = join(folder, 'one.facts');
  writeFileSync(facts, factsBytes({ files: { Kconfig: 'config A\n\tbool "a"\n' } }));
  const asked = { settings: {}, intents: [], legacy: [], managedName: 'fallout', managedIndex: null };
  const input: PredictionInput = { ...asked, entries: [], policy: 'keep-wish' };
  const engine = new Compiled();
  try {
    for (let i = 0; i < 3; i++) {
      const reply = await engine.ask(
        facts,
        { kind: 'predict', input, withEffects: true },
        new AbortController().signal,
      );
      expect(reply.kind).toBe('predicted');
    }
  } finally {
    await engine.close();
    rmSync(folder, { recursive: true });
  }
});

it('the main thread is free during a prediction of thousands of wishes', async () => {
  const compiled = new URL('../../dist/kernel/engine.js', import.meta.url).href;
  const { Engine: Compiled } = (await import(compiled)) as { Engine: new () => Engine };
  const folder = mkdtempSync(join(tmpdir(), 'falloutd-engine-'));
  const facts = join(folder, 'one.facts');
  const names = Array.from({ length: 7000 }, (_, index) => `DRIVER_${index}`);
  const drivers = names.map((name) => `config ${name}\n\ttristate "Driver"\n\tdepends on BUS\n`);
  writeFileSync(facts, factsBytes({ files: { Kconfig: `config BUS\n\tbool "Bus"\n\n${drivers.join('\n')}` } }));
  const by = { kind: 'patch', name: 'mine', index: 0 } as const;
  const ask = { value: { kind: 'tristate', tristate: 'm' }, optional: false } as const;
  const intents = names.map((symbol, index) => {
    return { symbol, ask, priority: 100, by, position: { file: '/p.nix', line: index + 1, column: 1 } };
  });
  const settings = Object.fromEntries(
    names.map((symbol) => [symbol, { tristate: 'm', freeform: null, optional: false } as const]),
  );
  const asked = { settings, intents, legacy: [], managedName: 'fallout', managedIndex: null };
  const input: PredictionInput = { ...asked, entries: [], policy: 'keep-wish' };
  const engine = new Compiled();
  try {
    const turns = new LoopTurns();
    const reply = await engine.ask(facts, { kind: 'predict', input, withEffects: true }, new AbortController().signal);
    const { longest, count } = turns.end();
    expect(reply.kind === 'predicted' && reply.prediction.entries.length).toBe(names.length);
    expect(count).toBeGreaterThan(10);
    expect(longest).toBeLessThan(50);
  } finally {
    await engine.close();
    rmSync(folder, { recursive: true });
  }
});

/** What each turn of the event loop costs this thread, in milliseconds of its own time: other load on the machine does not count. */
class LoopTurns {
  #last = threadMs();
  #longest = 0;
  #count = 0;
  readonly #timer = setInterval(() => this.#turn(), 1);

  #turn(): void {
    const now = threadMs();
    this.#longest = Math.max(this.#longest, now - this.#last);
    this.#last = now;
    this.#count++;
  }

  end(): { longest: number; count: number } {
    clearInterval(this.#timer);
    this.#turn();
    return { longest: this.#longest, count: this.#count };
  }
}

/** The time that this thread has run (proc(5), schedstat). */
const threadMs = (): number => Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
