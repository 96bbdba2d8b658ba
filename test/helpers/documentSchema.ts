import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import type { Documents } from '../../src/report/data/documentSchemas.ts';

export type SchemaName = keyof Documents | 'falloutd';

const folder = new URL('../../config/schema/', import.meta.url);
const known = new Map<SchemaName, ValidateFunction>();

export function schemaFile(name: SchemaName): URL {
  return new URL(`${name}.schema.json`, folder);
}

/** What is wrong with a value by the schema of that name in `config/schema`; null: nothing. */
export function schemaErrors(name: SchemaName, value: unknown): string | null {
  const ajv = name === 'falloutd' ? new Ajv() : new Ajv2020({ allErrors: true });
  const validate = known.get(name) ?? ajv.compile(JSON.parse(readFileSync(schemaFile(name), 'utf8')) as object);
  known.set(name, validate);
  return validate(value) ? null : ajv.errorsText(validate.errors, { separator: '\n' });
}

/** What a JSON document holds besides its version, after a look at whether it is as its schema says. */
export function documentIn<Name extends keyof Documents>(name: Name, text: string): Documents[Name] {
  const { version, ...document } = JSON.parse(text) as { version: number } & Documents[Name];
  expect(version).toBe(1);
  expect(schemaErrors(name, { version, ...document })).toBeNull();
  return document as unknown as Documents[Name];
}
