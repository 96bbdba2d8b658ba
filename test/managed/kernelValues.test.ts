import { describe, expect, it } from 'vitest';
import { editManaged } from '../helpers/onText.ts';
import { readManaged } from '../../src/managed/managedPatch.ts';
import { checkWithNix } from '../../src/nix/checkSyntax.ts';
import type { Entry } from '../../src/model/entry.ts';

const TEXT =
  '{ lib, ... }:\n[\n  # falloutd: begin fallout\n  {\n    name = "fallout";\n    patch = null;\n    structuredExtraConfig = { };\n  }\n  # falloutd: end fallout\n]\n';

describe("an override number below zero, over a mkOverride 0 of the user's", () => {
  const entry: Entry = {
    symbol: 'A',
    ask: { value: { kind: 'tristate', tristate: 'n' }, optional: true },
    override: -1,
    via: 'structured',
    rung: 1,
    reason: '',
  };
  const edit = editManaged(TEXT, 'fallout', [entry]);
  const text = edit.kind === 'edited' ? edit.text : '';

  it('is an argument, not a subtraction', async () => {
    expect(text).toContain('lib.mkOverride (-1) (');
    expect(await checkWithNix(text)).toEqual({ kind: 'ok' });
  });

  it('is read back', () => {
    const reading = readManaged(text, 'fallout');
    expect(reading.kind === 'managed' && reading.patch.bindings).toMatchObject([
      { symbol: 'A', ask: entry.ask, override: -1 },
    ]);
    expect(editManaged(text, 'fallout', [entry]).kind).toBe('unchanged');
  });
});
