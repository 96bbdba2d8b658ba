import { describe, expect, it } from 'vitest';
import { type InitOptions, newFalloutFile } from '../../src/managed/addPatch.ts';
import { planInit, removeInit } from '../helpers/onText.ts';
import { readManaged } from '../../src/managed/managedPatch.ts';
import { checkWithNix } from '../../src/nix/checkSyntax.ts';

const INSIDE: InitOptions = { name: 'fallout', how: 'inside', attribute: 'structuredExtraConfig' };
const IMPORT: InitOptions = { name: 'fallout', how: { importOf: './fallout.nix' }, attribute: 'structuredExtraConfig' };

function planned(text: string, options = IMPORT): string {
  const plan = planInit(text, options);
  if (plan.kind !== 'planned') throw new Error(JSON.stringify(plan.problem));
  return plan.text;
}

describe('planInit', () => {
  it.each(['{ lib, ... }: with lib; [ ]', '{ lib, ... }: { boot.kernelPatches = lib.singleton { }; }'])(
    'adds a second managed patch beside one that was appended: %s',
    (before) => {
      const one = planned(before, { ...INSIDE, name: 'one' }).replace(/\n {2}# Put.*/, '');
      // An own `++ [ … ]` between markers is no list of the user.
      const appended =
        '{ lib, ... }: with lib; [ ]\n  # falloutd: begin one\n  ++ [ { structuredExtraConfig = { }; } ]\n  # falloutd: end one\n';
      for (const text of [one, appended]) {
        const two = planned(text, { ...INSIDE, name: 'two' });
        expect(readManaged(two, 'one').kind).toBe('managed');
        expect(readManaged(two, 'two').kind).toBe('managed');
        expect(removeInit(two, 'two')).toEqual({ kind: 'removed', text });
      }
    },
  );

  it('adds a list element on lines of its own', () => {
    const before = '{ lib, ... }:\n{\n  boot.kernelPatches = [\n    { name = "a"; }\n  ]; # mine\n}\n';
    expect(planned(before)).toBe(
      before.replace(
        '  ];',
        '    # falloutd: begin import fallout\n    (import ./fallout.nix { inherit lib; })\n    # falloutd: end import fallout\n  ];',
      ),
    );
    expect(planned(before, { ...INSIDE, attribute: 'extraStructuredConfig' })).toBe(
      before.replace(
        '  ];',
        `    # falloutd: begin fallout
    {
      name = "fallout";
      patch = null;
      extraStructuredConfig = with lib.kernel; { };
    }
    # falloutd: end fallout
  ];`,
      ),
    );
  });

  const ADDED = '(import ./fallout.nix { inherit lib; })';
  it.each([
    [
      'a host that only chooses a kernel',
      '{ lib, pkgs, ... }: {\n  boot.kernelPackages = pkgs.linuxPackages_latest; # mine\n  x = 1;\n}\n',
      `  boot.kernelPatches = [ ${ADDED} ];\n`,
    ],
    [
      'a host that overrides its kernel',
      `{ lib, pkgs, ... }: {
  boot = {
    kernelPackages = pkgs.linuxPackagesFor (pkgs.linux_6_12.override {
      structuredExtraConfig = with lib.kernel; { DRM = no; };
    });
  };
}
`,
      `    kernelPatches = [ ${ADDED} ];\n`,
    ],
    [
      'all in one line',
      '{ lib, pkgs, ... }: { "boot".kernelPackages = pkgs.linuxPackages; }\n',
      `"boot".kernelPatches = [ ${ADDED} ];`,
    ],
    [
      'a package',
      `{ pkgs, lib }:
pkgs.linux_6_12.override {
  structuredExtraConfig = with lib.kernel; { DRM = no; };
  ignoreConfigErrors = true;
}
`,
      `  kernelPatches = pkgs.linux_6_12.kernelPatches ++ [ ${ADDED} ];\n`,
    ],
  ])('binds a list where none is bound: %s', (_, before, added) => {
    for (const options of [IMPORT, INSIDE]) {
      const text = planned(before, options);
      if (options === IMPORT) expect(text).toContain(added);
      else expect(readManaged(text, 'fallout').kind).toBe('managed');
      expect(removeInit(text, 'fallout')).toEqual({ kind: 'removed', text: before });
    }
  });

  it.each([
    ['a set of settings that no override takes', '{ lib }: { a = { structuredExtraConfig = { }; }; }'],
    ['the declaration of the option', '{ lib, ... }: { options.boot.kernelPackages = lib.mkOption { default = 1; }; }'],
    ['a kernel that has no name', '{ lib, f }: (f 1).override { structuredExtraConfig = { }; }'],
    ['a specialisation', '{ lib, ... }: { specialisation.x.configuration.boot.kernelPackages = 1; }'],
  ])('binds none in %s', (_, text) => {
    expect(planInit(text, IMPORT).kind).toBe('refused');
  });

  it('adds a part to a mkMerge whose parts are all conditions', () => {
    const before = '{ lib, ... }: {\n  boot.kernelPatches = lib.mkMerge [\n    (lib.mkIf false [ 1 ])\n  ];\n}\n';
    const text = planned(before);
    expect(text).toContain(`\n    [ ${ADDED} ]\n`);
    expect(removeInit(text, 'fallout')).toEqual({ kind: 'removed', text: before });
  });

  it.each([
    ['{ pkgs, ... }@args: [ ]', '(import ./fallout.nix { lib = pkgs.lib; })'],
    ['{ lib, ... }: rec { a = { }; all = [ a ]; }', '(import ./fallout.nix { inherit lib; })'],
    ['{ lib, ... }: with lib.kernel; rec { a = { }; slim = [ a ]; all = slim ++ [ a ]; }', '(import'],
    ['{ lib, ... }: { boot = { kernelPatches = lib.singleton { }; }; }', '++ ['],
    ['{ lib, ... }: { boot.kernelPatches = lib.optionals true [ ]; }', '++ ['],
    ['{ lib, ... }: { boot.kernelPatches = [ ] ++ lib.optionals true [ 1 ]; }', '(import'],
    ['{ lib, ... }: { config = lib.mkIf true { boot.kernelPatches = lib.mkAfter [ ]; }; }', '(import'],
    ['{ lib, ... }: { boot.kernelPatches = lib.mkMerge [ [ ] (lib.mkIf true [ 1 ]) ]; }', '(import'],
    ['{ lib, ... }: { boot.kernelPatches = lib.flatten [ [ 1 ] 2 ]; }', '(import'],
    ['{ lib, ... }: { boot.kernelPatches = lib.concatLists [ [ 1 ] [ 2 ] ]; }', '(import'],
    ['{ lib, ... }: { "boot"."kernelPatches" = (import ./patches.nix { inherit lib; }).all; }', '++ ['],
    ['{ lib, ... }: let patches = [ ]; in { boot.kernelPatches = patches; }', '++ ['],
    ['{ lib, ... }: rec { patches = [ a ]; a = { patch = null; }; }', '(import'],
    ['{ lib, ... }: let x = 1; in assert true; with x; ([ ])', '(import'],
    ['{ nixpkgs, ... }: let inherit (nixpkgs) lib; in [ ]', '{ inherit lib; }'],
    [
      '{ lib, ... }: { specialisation.x.configuration.boot.kernelPatches = [ ]; boot.kernelPatches = [ 1 ]; }',
      '(import',
    ],
  ])('finds the list in %s', async (text, added) => {
    for (const options of [IMPORT, INSIDE]) {
      const plan = planned(text, options);
      if (options === IMPORT) expect(plan).toContain(added);
      else expect(readManaged(plan, 'fallout').kind).toBe('managed');
      expect(removeInit(plan, 'fallout')).toEqual({ kind: 'removed', text });
      expect(await checkWithNix(plan)).toEqual({ kind: 'ok' });
    }
  });

  it('puts the element into the list that counts', () => {
    const at = (text: string, mark: string): boolean => planned(text).indexOf('(import') > text.indexOf(mark);
    expect(at('{ lib, ... }: { slim = [ 1 ]; all = [ 2 ]; }', '2')).toBe(true);
    const optional = planned(
      '{ lib, ... }: { boot.kernelPatches = [ 1 ] ++ lib.optionals x [ 2 ]; }'.replace('x', 'true'),
    );
    expect(optional.indexOf('(import')).toBeLessThan(optional.indexOf('optionals'));
  });

  it.each([
    ['{ lib, ... }: { a = [ ]; b = [ ]; }', /'a', 'b' could be the list/],
    ['{ lib, ... }: { imports = [ ]; boot.x = { patch = null; }; }', /neither 'kernelPatches' nor a list/],
    ['{ lib, ... }: { packages = [ ]; }', /neither 'kernelPatches' nor a list/],
    ['{ lib, ... }: { environment.packages = [ ]; x = { patch = null; }; }', /neither 'kernelPatches' nor a list/],
    ['{ lib, ... }: { x.boot.kernelPatches = [ ]; y.boot.kernelPatches = [ ]; }', /more than once/],
    ['{ lib, ... }: { specialisation.x.configuration.boot.kernelPatches = [ ]; }', /neither/],
    ['{ lib, ... }: { name = "x"; structuredExtraConfig = { }; }', /single patch/],
    ['{ lib, ... }: if true then [ ] else [ ]', /no list/],
    ['{ lib, ... }: import ./x.nix', /is not clear whether/],
    ['{ lib, ... }: { boot.kernelPatches = lib.mkOption { }; }', /is not clear whether/],
    ['{ lib, x, ... }: { boot.kernelPatches = lib.mkAfter x; }', /mkAfter/],
    ['{ lib, x, ... }: { boot.kernelPatches = lib.mkMerge x; }', /mkMerge/],
  ])('refuses %s and says what to add by hand', (text, message) => {
    const plan = planInit(text, IMPORT);
    expect(plan).toMatchObject({
      kind: 'refused',
      problem: { line: 1, hint: expect.stringContaining('(import ./fallout.nix { inherit lib; })') as string },
    });
    if (plan.kind === 'refused') expect(plan.problem.message).toMatch(message);
  });

  it('refuses where lib is out of reach, what does not parse, and a second time', () => {
    expect(planInit('{ config, ... }: [ ]', IMPORT)).toMatchObject({
      kind: 'refused',
      problem: { message: expect.stringContaining("'lib'") as string },
    });
    expect(planInit('[ ; ]', IMPORT)).toMatchObject({ kind: 'refused', problem: { line: 1, column: 3 } });
    expect(planInit(planned('{ lib, ... }: [ ]'), INSIDE)).toMatchObject({ kind: 'refused', problem: { line: 2 } });
  });

  it('quotes what is no plain path or name', () => {
    expect(planned('{ lib, ... }: [ ]', { ...IMPORT, how: { importOf: './my fallout.nix' } })).toContain(
      '(import (./. + "/my fallout.nix") { inherit lib; })',
    );
    expect(planned('{ lib, ... }: [ ]', { ...INSIDE, name: 'fallout-my "host"' })).toContain(
      'name = "fallout-my \\"host\\"";',
    );
  });

  it('keeps two managed patches apart', () => {
    const one = planned('{ lib, ... }: [\n]\n', INSIDE);
    const two = planned(one, { ...INSIDE, name: 'fallout-laptop' });
    expect(readManaged(two, 'fallout').kind).toBe('managed');
    expect(readManaged(two, 'fallout-laptop').kind).toBe('managed');
    expect(removeInit(two, 'fallout-laptop')).toEqual({ kind: 'removed', text: one });
  });
});

describe('newFalloutFile', () => {
  it('is a function to one patch with the markers', async () => {
    const text = newFalloutFile('fallout', 'extraStructuredConfig');
    expect(readManaged(text, 'fallout')).toMatchObject({
      kind: 'managed',
      patch: { attribute: 'extraStructuredConfig', bindings: [] },
    });
    expect(await checkWithNix(text)).toEqual({ kind: 'ok' });
    expect(removeInit(text, 'fallout')).toMatchObject({
      kind: 'refused',
      problem: { hint: expect.stringContaining('delete') as string },
    });
  });
});

describe('removeInit', () => {
  it('refuses damaged markers and files that do not parse', () => {
    expect(removeInit('[\n# falloutd: begin fallout\n]', 'fallout')).toMatchObject({
      kind: 'refused',
      problem: { line: 2 },
    });
    expect(removeInit('[', 'fallout').kind).toBe('refused');
    expect(removeInit('[ ]', 'fallout')).toEqual({ kind: 'absent' });
  });
});
