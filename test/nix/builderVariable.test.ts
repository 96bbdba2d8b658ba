import fc from 'fast-check';
import { expect, it } from 'vitest';
import { builderVariable } from '../../src/nix/builderVariable.ts';

/** As Nix writes a string into a `.drv`. */
const written = (text: string): string =>
  `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}"`;

const derivation = (variables: Record<string, string>): string => {
  const pairs = Object.entries(variables).map(([name, value]) => `(${written(name)},${written(value)})`);
  return `Derive([("out","/nix/store/x","","")],[],[],"x86_64-linux","/bin/sh",[],[${pairs.join(',')}])`;
};

it('reads back whatever a variable holds', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, text) => {
      expect(builderVariable(derivation({ before, text, zlib: '' }), 'text')).toBe(text);
      const structured = derivation({ __json: JSON.stringify({ before, text }), out: before });
      expect(builderVariable(structured, 'text')).toBe(text);
    }),
  );
});

it('is null where there is none', () => {
  expect(builderVariable('', 'text')).toBeNull();
  expect(builderVariable(derivation({ other: 'A y' }), 'text')).toBeNull();
  expect(builderVariable(derivation({ __json: '{"other":1}' }), 'text')).toBeNull();
});
