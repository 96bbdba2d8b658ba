import { describe, expect, it } from 'vitest';
import { reasonComment } from '../../src/managed/edit.ts';
import { editManaged } from '../helpers/onText.ts';
import { newFalloutFile } from '../../src/managed/addPatch.ts';
import type { Ask } from '../../src/model/value.ts';
import type { Entry } from '../../src/model/entry.ts';

function entry(
  symbol: string,
  value: 'y' | 'm' | 'n' | 'unset' | { freeform: string },
  more: Partial<Entry> & { optional?: boolean } = {},
): Entry {
  const { optional = true, ...rest } = more;
  const ask: Ask = {
    value:
      typeof value === 'object'
        ? { kind: 'freeform', text: value.freeform }
        : value === 'unset'
          ? { kind: 'unset' }
          : { kind: 'tristate', tristate: value },
    optional,
  };
  return { symbol, ask, override: 40, via: 'structured', rung: 1, reason: `about ${symbol}`, ...rest };
}

function edited(text: string, entries: Entry[]): string {
  const edit = editManaged(text, 'fallout', entries);
  if (edit.kind !== 'edited') throw new Error(JSON.stringify(edit));
  return edit.text;
}

const FILE = newFalloutFile('fallout', 'structuredExtraConfig');
const settings = (text: string): string => /structuredExtraConfig = [^]*?\n {2}\};/.exec(text)?.[0] ?? text;

/** A file whose block holds these lines at four spaces. */
const withLines = (...lines: string[]): string =>
  FILE.replace('{ };', `{\n${lines.map((line) => `    ${line}\n`).join('')}  };`);

describe('editManaged', () => {
  it('writes entries as a person would', () => {
    const text = edited(FILE, [
      entry('RTLWIFI', 'n', { reason: 'wanted n, got m: selected by RTL8192CE' }),
      entry('9P_FS', { freeform: 'a "b" ${c}' }),
      entry('ARCH_X', 'unset', { optional: false, reason: '' }),
      entry('if', 'm', { override: 9 }),
    ]);
    expect(settings(text)).toBe(`structuredExtraConfig = with lib.kernel; {
    "9P_FS" = lib.mkOverride 40 (option (freeform "a \\"b\\" \\\${c}")); # about 9P_FS
    ARCH_X = lib.mkOverride 40 unset;
    RTLWIFI = lib.mkOverride 40 (option no); # wanted n, got m: selected by RTL8192CE
    "if" = lib.mkOverride 9 (option module); # about if
  };`);
  });

  it('writes another comment where a reason is another one, and nowhere else', () => {
    const before = withLines(
      'A = lib.mkOverride 40 (option no); # not true',
      'C = lib.mkOverride 40 (option no); # mine',
    );
    const entries = [entry('A', 'n'), entry('C', 'n')];
    expect(editManaged(before, 'fallout', entries)).toEqual({ kind: 'unchanged' });
    const edit = editManaged(before, 'fallout', entries, new Set(['A']));
    expect(edit).toEqual({ kind: 'edited', text: before.replace('# not true', '# about A') });
  });

  it('edits the lines that differ and no others', () => {
    const before = withLines(
      'A = lib.mkOverride 40 (option no);   # mine',
      'C = lib.mkOverride 40 (option no); # old',
      'E = lib.mkOverride 40 (option yes);# gone',
      '# stays',
    );
    const text = edited(before, [
      entry('A', 'n'),
      entry('C', 'm'),
      entry('B', 'y', { optional: false }),
      entry('D', 'n'),
      entry('F', 'n'),
    ]);
    expect(settings(text)).toBe(`structuredExtraConfig = with lib.kernel; {
    A = lib.mkOverride 40 (option no);   # mine
    B = lib.mkOverride 40 yes; # about B
    C = lib.mkOverride 40 (option module); # about C
    D = lib.mkOverride 40 (option no); # about D
    F = lib.mkOverride 40 (option no); # about F
    # stays
  };`);
  });

  it.each([
    ['another layout', 'A\n=\nlib.mkOverride\n40\n(option\nno)\n;'],
    ['parentheses', 'A = (lib.mkOverride 40 ((option) (no)));'],
    ['other comments', '# above\n A = /* in */ lib.mkOverride 40 # behind\n (option no);'],
    ['qualified names', 'A = lib.mkOverride 40 (lib.kernel.option lib.kernel.no);'],
    ['a quoted name', '"A" = lib.mkOverride 40 (option no);'],
  ])('calls the same bindings unchanged: %s', (_, line) => {
    expect(editManaged(withLines(line), 'fallout', [entry('A', 'n')])).toEqual({ kind: 'unchanged' });
  });

  it('takes mkForce for the number it stands for, and a plain value for 100', () => {
    const text = withLines('A = lib.mkForce (option no);', 'B = yes;');
    expect(
      editManaged(text, 'fallout', [
        entry('A', 'n', { override: 50 }),
        entry('B', 'y', { override: 100, optional: false }),
      ]).kind,
    ).toBe('unchanged');
    expect(
      editManaged(text, 'fallout', [
        entry('A', 'n', { override: 40 }),
        entry('B', 'y', { override: 100, optional: false }),
      ]).kind,
    ).toBe('edited');
  });

  it('settles doubled bindings and forms it does not know', () => {
    const text = withLines('A.tristate = "y";', 'A.optional = true;', 'B = { };');
    expect(settings(edited(text, [entry('A', 'n')]))).toBe(`structuredExtraConfig = with lib.kernel; {
    A = lib.mkOverride 40 (option no); # about A
  };`);
  });

  it('breaks a joined line where a comment would swallow the rest', () => {
    const text = FILE.replace('{ };', '{ A = lib.mkOverride 40 (option no); C = yes; };');
    expect(settings(edited(text, [entry('A', 'm'), entry('B', 'n')]))).toContain(
      'B = lib.mkOverride 40 (option no); # about B\n',
    );
    expect(
      editManaged(edited(text, [entry('A', 'm'), entry('B', 'n')]), 'fallout', [entry('B', 'n'), entry('A', 'm')]).kind,
    ).toBe('unchanged');
    expect(edited(text, [])).toContain('structuredExtraConfig = with lib.kernel; { };');
  });

  it('keeps CRLF, tabs and a missing final newline', () => {
    const before = `{ lib, ... }:\r\n[\r\n\t# falloutd: begin fallout\r\n\t{\r\n\t\tstructuredExtraConfig = {\r\n\t\t};\r\n\t}\r\n\t# falloutd: end fallout\r\n]`;
    expect(edited(before, [entry('A', 'n'), entry('L', 'y', { via: 'legacy' })])).toBe(
      before.replace(
        '= {\r\n\t\t};',
        '= {\r\n\t\t\tA = lib.mkOverride 40 (lib.kernel.option lib.kernel.no); # about A\r\n\t\t};\r\n\t\textraConfig = "L? y\\n";',
      ),
    );
  });

  it.each([
    ['{ lib, ... }: with lib.kernel;', 'lib.mkOverride 40 (option no)'],
    ['{ lib, ... }:', 'lib.mkOverride 40 (lib.kernel.option lib.kernel.no)'],
    ['{ pkgs, ... }:', 'pkgs.lib.mkOverride 40 (pkgs.lib.kernel.option pkgs.lib.kernel.no)'],
    ['{ pkgs, ... }: with pkgs.lib;', 'mkOverride 40 (pkgs.lib.kernel.option pkgs.lib.kernel.no)'],
    ['{ lib, ... }: let option = 1; in with lib.kernel;', 'lib.mkOverride 40 (lib.kernel.option no)'],
    ['{ lib, no, ... }: with lib.kernel;', 'lib.mkOverride 40 (option lib.kernel.no)'],
    ['{ lib, x, ... }: with lib.kernel; with x;', 'lib.mkOverride 40 (lib.kernel.option lib.kernel.no)'],
    ['{ nixpkgs, ... }: with nixpkgs.lib.kernel;', 'nixpkgs.lib.mkOverride 40 (option no)'],
    ['final: prev:', 'final.lib.mkOverride 40 (final.lib.kernel.option final.lib.kernel.no)'],
    ['let lib = import <nixpkgs/lib>; in', 'lib.mkOverride 40 (lib.kernel.option lib.kernel.no)'],
    ['with import <nixpkgs/lib>;', 'mkOverride 40 (kernel.option kernel.no)'],
  ])('writes names as they resolve: %s', (header, written) => {
    const text = `${header}\n# falloutd: begin fallout\n{ structuredExtraConfig = { }; }\n# falloutd: end fallout\n`;
    expect(edited(text, [entry('A', 'n')])).toContain(`A = ${written};`);
  });

  it('refuses where lib cannot be reached, but can still take everything out', () => {
    const text = `{ config, ... }:\n# falloutd: begin fallout\n{ structuredExtraConfig = { A = 1; }; }\n# falloutd: end fallout\n`;
    const edit = editManaged(text, 'fallout', [entry('A', 'n')]);
    expect(edit).toMatchObject({
      kind: 'refused',
      problem: { line: 3, hint: expect.stringContaining('{ lib, ... }:') as string },
    });
    expect(edited(text, [])).toContain('structuredExtraConfig = { };');
  });

  it('creates, changes and removes the lines of its own extraConfig', () => {
    const one = edited(FILE, [entry('FOO', 'n', { via: 'legacy' }), entry('A', 'n')]);
    expect(one).toContain("\n  extraConfig = ''\n    FOO? n\n  '';\n}");
    const two = edited(one, [
      entry('FOO', { freeform: "8'${" }, { via: 'legacy', optional: false }),
      entry('BAR', 'y', { via: 'legacy' }),
    ]);
    expect(two).toContain("\n  extraConfig = ''\n    BAR? y\n    FOO 8''\\'''${\n  '';\n}");
    expect(edited(two, [])).toBe(FILE.replace('{ };', '{\n  };'));
    expect(editManaged(FILE, 'fallout', [entry('FOO', 'unset', { via: 'legacy' })]).kind).toBe('refused');
    expect(editManaged(FILE, 'fallout', [entry('FOO', { freeform: 'a\nb' }, { via: 'legacy' })]).kind).toBe('refused');
  });

  it('refuses in a rec set an entry that the others would be written with', () => {
    const text = FILE.replace('{ };', 'rec { };');
    expect(editManaged(text, 'fallout', [entry('RTLWIFI', 'n')]).kind).toBe('edited');
    expect(editManaged(text, 'fallout', [entry('option', 'n'), entry('RTLWIFI', 'n')])).toMatchObject({
      kind: 'refused',
      problem: { message: expect.stringContaining('the entry for option') as string },
    });
  });

  it('refuses what is not there or damaged, with the place', () => {
    expect(editManaged('[ ]', 'fallout', [])).toMatchObject({ kind: 'refused' });
    expect(editManaged('[\n# falloutd: begin fallout\n]', 'fallout', [])).toMatchObject({
      kind: 'refused',
      problem: { line: 2 },
    });
    expect(editManaged('[ ; ]', 'fallout', [])).toMatchObject({ kind: 'refused', problem: { line: 1, column: 3 } });
    expect(editManaged(FILE, 'fallout', [entry('A', 'n'), entry('A', 'y')]).kind).toBe('refused');
  });

  it('writes reasons that stay comments of one line and are no markers', () => {
    expect(reasonComment('a\nb\u0000\u2028c')).toBe(' # a b c');
    expect(reasonComment(' \n ')).toBe('');
    expect(reasonComment('falloutd: end fallout')).not.toContain('falloutd:');
  });
});
