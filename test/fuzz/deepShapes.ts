/** Nix files and Kconfig trees that are nested deeply, whole or with a character less, through what reads them. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  buildKconfig,
  Configuration,
  explain,
  fillNew,
  KconfigError,
  parseText,
  writeConfig,
} from '../../src/kconfig/index.ts';
import { parseNix } from '../../src/nixfile/parse.ts';
import { deepTree } from '../helpers/deepKconfig.ts';
import { deepMixture } from '../helpers/deepNix.ts';
import { editManaged } from '../helpers/onText.ts';

export type DeepInput = { whole: string; gap: number | null };

const withGap = (text: fc.Arbitrary<string>): fc.Arbitrary<DeepInput> =>
  fc.record({ whole: text, gap: fc.option(fc.nat({ max: 1 << 20 }), { freq: 2 }) });
export const deepNix = withGap(deepMixture(20_000));
export const deepKconfig = withGap(deepTree(8_000));

const textOf = ({ whole, gap }: DeepInput): string =>
  gap === null ? whole : whole.slice(0, gap % whole.length) + whole.slice((gap % whole.length) + 1);

export const showDeep = (input: DeepInput): string => JSON.stringify(textOf(input));

/** What is whole is read, or beyond a limit; its place in a file is no hindrance to an edit beside it. */
export function checkDeepNix(input: DeepInput): void {
  const text = textOf(input);
  const { kind } = parseNix(text);
  if (input.gap === null) assert.notEqual(kind, 'syntax');
  const file = `{ lib, ... }: [ { all = ${text}; }
  # falloutd: begin fallout
  { structuredExtraConfig = with lib.kernel; { }; }
  # falloutd: end fallout
]`;
  const ask = { value: { kind: 'tristate', tristate: 'n' }, optional: true } as const;
  const entry = { symbol: 'USB', ask, override: 40, via: 'structured', rung: 1, reason: 'deep' } as const;
  const edit = editManaged(file, 'fallout', [entry]);
  if (input.gap === null && parseNix(file).kind === 'parsed') assert.equal(edit.kind, 'edited');
}

/** A tree is configured and explained, or refused with its file and line. */
export function checkDeepKconfig(input: DeepInput, n: number): void {
  try {
    const kconfig = buildKconfig(parseText(textOf(input)), { choices: n % 2 === 0 ? 'ranked' : 'symbol' });
    const configuration = new Configuration(kconfig);
    fillNew(configuration, 'yes');
    assert.match(writeConfig(configuration), /CONFIG_/);
    explain(configuration, 'A');
  } catch (error) {
    if (!(error instanceof KconfigError)) throw error;
    assert.equal(error.file, 'Kconfig');
    assert.ok(error.line > 0);
  }
}
