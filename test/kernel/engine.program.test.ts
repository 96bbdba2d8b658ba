import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
      const reply = await engine.ask(facts, { kind: 'predict', input }, new AbortController().signal);
      expect(reply.kind).toBe('predicted');
    }
  } finally {
    await engine.close();
    rmSync(folder, { recursive: true });
  }
});
