import { execaSync } from 'execa';
import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { editManaged, planInit, removeInit } from '../helpers/onText.ts';
import { readManaged } from '../../src/managed/managedPatch.ts';
import type { Entry } from '../../src/model/entry.ts';
import { entries, userFile, type UserFile } from '../helpers/nixFiles.ts';
import { reformat } from '../helpers/reformat.ts';

const attribute = fc.constantFrom('structuredExtraConfig' as const, 'extraStructuredConfig' as const);

function planned(
  file: UserFile,
  how: 'inside' | { importOf: string } = 'inside',
  name: 'structuredExtraConfig' | 'extraStructuredConfig' = 'structuredExtraConfig',
): string {
  const plan = planInit(file.text, { name: 'fallout', how, attribute: name });
  if (plan.kind !== 'planned') throw new Error(`${file.layout}: ${plan.problem.message}\n${file.text}`);
  return plan.text;
}

function edited(text: string, wanted: readonly Entry[]): string {
  const edit = editManaged(text, 'fallout', wanted);
  if (edit.kind === 'refused') throw new Error(`${edit.problem.message}\n${text}`);
  return edit.kind === 'edited' ? edit.text : text;
}

/** What stands before and behind the block. */
function outside(text: string): [string, string] {
  const reading = readManaged(text, 'fallout');
  if (reading.kind !== 'managed') throw new Error(reading.kind);
  return [text.slice(0, reading.patch.begin.to), text.slice(reading.patch.end.from)];
}

function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('the managed patch in random files', () => {
  it('changes nothing outside of the markers, reads back as asked, and is then left alone', () => {
    fc.assert(
      fc.property(userFile, attribute, entries, entries, (file, name, first, second) => {
        let text = planned(file, 'inside', name);
        for (const wanted of [first, second, []]) {
          const before = outside(text);
          text = edited(text, wanted);
          expect(outside(text)).toEqual(before);
          expect(editManaged(text, 'fallout', wanted)).toEqual({ kind: 'unchanged' });
          expect(editManaged(text, 'fallout', [...wanted].reverse())).toEqual({ kind: 'unchanged' });
        }
      }),
      { numRuns: 80 },
    );
  });

  it('gives the original bytes back when init is taken back, also after edits', () => {
    fc.assert(
      fc.property(
        userFile,
        fc.constantFrom('inside' as const, { importOf: './fallout.nix' }),
        entries,
        (file, how, wanted) => {
          let text = planned(file, how);
          if (how === 'inside') text = edited(text, wanted);
          expect(removeInit(text, 'fallout')).toEqual({ kind: 'removed', text: file.text });
          expect(removeInit(file.text, 'fallout')).toEqual({ kind: 'absent' });
        },
      ),
      { numRuns: 80 },
    );
  });

  it('starts no fight with a formatter', () => {
    fc.assert(
      fc.property(userFile, entries, fc.integer(), (file, wanted, seed) => {
        const text = edited(planned(file), wanted);
        const formatted = reformat(text, generator(seed));
        expect(editManaged(formatted, 'fallout', wanted)).toEqual({ kind: 'unchanged' });
      }),
      { numRuns: 80 },
    );
  });

  it('edits what a formatter made of the file', () => {
    fc.assert(
      fc.property(userFile, entries, entries, fc.integer(), (file, first, second, seed) => {
        const formatted = reformat(edited(planned(file), first), generator(seed));
        const text = edited(formatted, second);
        expect(outside(text)).toEqual(outside(formatted));
        expect(editManaged(text, 'fallout', second)).toEqual({ kind: 'unchanged' });
      }),
      { numRuns: 80 },
    );
  });

  it('leaves a hundred kilobytes of comments alone', () => {
    fc.assert(
      fc.property(userFile, entries, fc.integer({ min: 0, max: 99 }), (file, wanted, filler) => {
        const noise = `# ${String.fromCodePoint(0x1f400 + filler)} falloutd: begin fallout\n`.repeat(2500);
        const text = planned({ ...file, text: noise + file.text.replace('\ufeff', '') });
        expect(edited(text, wanted).startsWith(noise)).toBe(true);
      }),
      { numRuns: 5 },
    );
  });
});

const hasNix = execaSync('nix-instantiate', ['--version'], { reject: false }).code !== 'ENOENT';

describe.skipIf(!hasNix)('the managed patch as Nix sees it', () => {
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
