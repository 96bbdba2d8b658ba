import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';

const INTENTS = fileURLToPath(new URL('../../src/nix/intents.nix', import.meta.url));
const LIB = fileURLToPath(new URL('../../src/setup/demo/nixpkgs/lib', import.meta.url));

/** `symbol priority tristate` of each definition that intents.nix finds in a patch's settings. */
async function definitions(settings: string): Promise<string[]> {
  const kernel = `{ drvPath = "d"; outPath = "o"; kernelConfig = ""; kernelPatches = [ { name = "mine"; structuredExtraConfig = with lib.kernel; ${settings}; } ]; }`;
  const expression = `let lib = import ${LIB}; kernel = ${kernel}; in builtins.head (import ${INTENTS} { factsScript = ""; } (removeAttrs kernel [ "outPath" ] // { configfile = removeAttrs kernel [ "outPath" ]; })).patches`;
  const { stdout } = await execa('nix-instantiate', [
    '--eval',
    '--strict',
    '--json',
    '--store',
    'dummy://',
    '--expr',
    expression,
  ]);
  const patch = JSON.parse(stdout) as { bindings: { symbol: string; priority: number; tristate: string | null }[] };
  return patch.bindings.map(({ symbol, priority, tristate }) => `${symbol} ${priority} ${tristate ?? 'null'}`);
}

test.each([
  ['{ A = no; }', ['A 100 n']],
  ['{ A = lib.mkForce no; B = lib.mkDefault yes; }', ['A 50 n', 'B 1000 y']],
  ['{ A = lib.mkIf true (lib.mkForce no); B = lib.mkIf false no; }', ['A 50 n']],
  ['{ A = lib.mkMerge [ no (lib.mkForce yes) ]; }', ['A 100 n', 'A 50 y']],
  ['lib.mapAttrs (_: lib.mkForce) { A = lib.mkDefault no; }', ['A 50 n']],
  ['{ A = lib.mkOverride 60 (lib.mkForce no); }', ['A 60 n']],
  ['{ A = lib.mkOverride 60 (lib.mkIf true (lib.mkForce no)); }', ['A 60 n']],
])('of overrides around overrides the outermost counts, as in lib.modules: %s', async (settings, expected) => {
  expect(await definitions(settings)).toEqual(expected);
});
