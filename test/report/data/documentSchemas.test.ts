import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { configSchema } from '../../../src/config/configSchema.ts';
import type { Cause } from '../../../src/model/cause.ts';
import type { RunEvent } from '../../../src/model/event.ts';
import { documentText } from '../../../src/report/data/documents.ts';
import { documentSchemas, jsonSchemaOf } from '../../../src/report/data/documentSchemas.ts';
import { documentIn, schemaErrors, schemaFile, type SchemaName } from '../../helpers/documentSchema.ts';

const schemas = Object.entries({ ...documentSchemas, falloutd: configSchema }) as [SchemaName, z.ZodType][];

describe('the schemas', () => {
  // `npm run schema` writes them anew.
  it.each(schemas)('%s stands in config/schema as the zod type gives it', async (name, schema) => {
    // Editors of TOML know draft 7.
    const options = name === 'falloutd' ? ({ io: 'input', target: 'draft-07' } as const) : {};
    const text = `${JSON.stringify(jsonSchemaOf(schema, options), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(fileURLToPath(schemaFile(name)));
  });

  it('are all that stand there', () => {
    expect(readdirSync(new URL('.', schemaFile('run'))).sort()).toEqual(
      schemas.map(([name]) => `${name}.schema.json`).sort(),
    );
  });
});

describe('a document', () => {
  const problem = { message: 'it is full', hint: 'make room' };

  it('carries its version, and every cause its text', () => {
    const cause: Cause = { kind: 'selected', by: [{ symbol: 'A', level: 'm' }] };
    const fallout = { kind: 'value', symbol: 'B', wanted: 'n', got: 'm', by: null, cause } as const;
    const text = documentText({
      outcome: 'fallout',
      fallout: [fallout],
      cut: false,
      warnings: [],
      unread: [],
      drvPath: null,
    });
    expect(text).toMatch(/^\{"version":1,"outcome".*"text":"selected by A"\}.*\}\n$/);
    documentIn('read', text);
  });

  it('with a key that is unknown, missing or of another type is none', () => {
    expect(schemaErrors('history', { version: 1, runs: [] })).toBeNull();
    for (const wrong of [{ version: 1 }, { runs: [] }, { version: 2, runs: [] }, { version: 1, runs: [], more: 1 }, []])
      expect(schemaErrors('history', wrong)).not.toBeNull();
  });

  it.each<RunEvent>([
    { kind: 'run-started', run: 1, target: 'host', cause: 'save', patchesFile: '/p' },
    { kind: 'phase', run: 1, iteration: 2, phase: 'build' },
    {
      kind: 'predicted',
      run: 1,
      iteration: 2,
      target: 'host',
      predictMs: 3,
      fallout: [],
      entries: [],
      managed: 0,
      lost: [],
    },
    { kind: 'progress', run: 1, iteration: 2, step: 's', questions: 3, expected: { questions: 4, buildMs: 5.5 } },
    { kind: 'warning', run: 1, target: 'host', problem },
    { kind: 'trouble', target: 'host', problem },
    { kind: 'late-write', target: 'host', late: { id: 1, path: '/p', foundAt: '2026-03-04T05:06:07.000Z', lines: 2 } },
    { kind: 'build-progress', build: 1, target: 'host', step: 's', objects: 2, elapsedMs: 3, expected: null },
  ])('can be the event $kind', (event) => {
    expect(documentIn('event', documentText({ event }))).toEqual({ event });
  });
});

describe('falloutd.schema.json', () => {
  const example = readFileSync(new URL('../../../config/falloutd.toml', import.meta.url), 'utf8');

  it('fits the example with every key', () => {
    expect(schemaErrors('falloutd', parse(example))).toBeNull();
    const all = example.replace(/^# (?=[\w-]+ = )/gm, '').replace(/^file = .*\n/m, '');
    expect(Object.keys(parse(all)['limits'] ?? {})).toHaveLength(3);
    expect(schemaErrors('falloutd', parse(all))).toBeNull();
  });

  it('refuses a misspelt key, two sources and no target', () => {
    const target = { flake: '.', attribute: 'a' };
    expect(schemaErrors('falloutd', { target: { host: target } })).toBeNull();
    for (const wrong of [
      { target: { host: { ...target, polcy: 'unset' } } },
      { target: { host: { ...target, file: 'b.nix' } } },
      { target: { host: { attribute: 'a' } } },
      { target: { 'a b': target } },
      { target: {} },
      { target: { host: target }, jobs: 0 },
    ])
      expect(schemaErrors('falloutd', wrong)).not.toBeNull();
  });
});
