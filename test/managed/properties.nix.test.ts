import { execaSync } from 'execa';
import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../src/model/entry.ts';
import { entries, userFile } from '../helpers/nixFiles.ts';
import { edited, generator, planned } from '../helpers/plannedFiles.ts';
import { reformat } from '../helpers/reformat.ts';

describe('the managed patch as Nix sees it', () => {
  it('evaluates to the entries, whatever shadows the names', () => {
    const folder = mkdtempSync(join(tmpdir(), 'falloutd-patches-'));
    try {
      const samples = fc.sample(fc.tuple(userFile, entries, fc.integer()), { numRuns: 60, seed: 20 });
      const expected: unknown[] = [];
      const expressions = samples.map(([file, wanted, seed], index) => {
        const noMark = { ...file, text: file.text.replace('\ufeff', '') };
        const text = edited(planned(noMark), wanted);
        const path = join(folder, `file-${index}.nix`);
        writeFileSync(path, index % 2 === 0 ? text : reformat(text, generator(seed)));
        expected.push({ settings: settingsOf(wanted), lines: linesOf(wanted) });
        return `(let f = import ${path} args; p = builtins.head (builtins.filter (p: (p.name or "") == "fallout") (${file.select}));
          in { settings = p.structuredExtraConfig; lines = p.extraConfig or ""; })`;
      });
      const library = join(import.meta.dirname, '../fixtures/lib.nix');
      const all = join(folder, 'all.nix');
      writeFileSync(
        all,
        `let lib = import ${library}; args = { inherit lib; pkgs = { inherit lib; }; config = { }; }; in [\n${expressions.join('\n')}\n]\n`,
      );
      const { stdout } = execaSync('nix-instantiate', ['--eval', '--strict', '--json', all], { maxBuffer: 1e8 });
      const got = (JSON.parse(stdout) as { settings: unknown; lines: string }[]).map(({ settings, lines }) => ({
        settings,
        lines: lines
          .split('\n')
          .filter((line) => line !== '')
          .sort(),
      }));
      expect(got).toEqual(expected);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('evaluates with the import of a separate file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'falloutd-patches-'));
    try {
      const samples = fc.sample(userFile, { numRuns: 40, seed: 3 });
      writeFileSync(join(folder, 'fallout.nix'), '{ lib, ... }: { name = "fallout"; is = lib.kernel.yes.tristate; }');
      const expressions = samples.map((file, index) => {
        const path = join(folder, `file-${index}.nix`);
        writeFileSync(path, planned({ ...file, text: file.text.replace('\ufeff', '') }, { importOf: './fallout.nix' }));
        return `(let f = import ${path} args; in (builtins.elemAt (${file.select}) (builtins.length (${file.select}) - ${file.layout === 'optionals' ? 2 : 1})).is)`;
      });
      const library = join(import.meta.dirname, '../fixtures/lib.nix');
      const all = join(folder, 'all.nix');
      writeFileSync(
        all,
        `let lib = import ${library}; args = { inherit lib; pkgs = { inherit lib; }; config = { }; }; in [\n${expressions.join('\n')}\n]\n`,
      );
      const { stdout } = execaSync('nix-instantiate', ['--eval', '--strict', '--json', all]);
      expect(JSON.parse(stdout)).toEqual(samples.map(() => 'y'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function settingsOf(wanted: readonly Entry[]): Record<string, unknown> {
  return Object.fromEntries(
    wanted
      .filter((entry) => entry.via === 'structured')
      .map((entry) => [entry.symbol, { _type: 'override', priority: entry.override, content: contentOf(entry) }]),
  );
}

function contentOf({ ask: { value, optional } }: Entry): unknown {
  if (value.kind === 'freeform') return { freeform: value.text, optional };
  return { tristate: value.kind === 'unset' ? null : value.tristate, optional };
}

function linesOf(wanted: readonly Entry[]): string[] {
  return wanted
    .filter((entry) => entry.via === 'legacy')
    .map(({ symbol, ask: { value, optional } }) => {
      const said = value.kind === 'freeform' ? value.text : value.kind === 'tristate' ? value.tristate : '';
      return `${symbol}${optional ? '?' : ''} ${said}`;
    })
    .sort();
}
