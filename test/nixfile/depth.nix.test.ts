import { execaSync } from 'execa';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkWithNix } from '../../src/nix/checkSyntax.ts';
import { parseNix } from '../../src/nixfile/parse.ts';
import { DEEP, deepMixture } from '../helpers/deepNix.ts';

/** What `nix-instantiate --parse` says of a text. */
function nixSays(text: string): 'parsed' | 'syntax' | 'too-deep' {
  const { stderr, failed } = execaSync('nix-instantiate', ['--store', 'dummy://', '--parse', '-'], {
    input: `{ a, f, x }: ${text}`,
    reject: false,
    stdout: 'ignore',
  });
  // The parser of 2.8 also looks variables up.
  if (!failed || /undefined variable|already defined|duplicate formal/.test(stderr)) return 'parsed';
  return /memory exhausted|stack overflow/.test(stderr) ? 'too-deep' : 'syntax';
}

it.each(Object.entries(DEEP))('reads %s as deeply as Nix does', (_, deep) => {
  const deepest = [9800, 4900, 3200, 2400, 1900].find((depth) => nixSays(deep(depth)) === 'parsed') ?? 0;
  expect(deepest).toBeGreaterThan(0);
  expect(parseNix(deep(deepest)).kind).toBe('parsed');
});

it('agrees with Nix about mixtures, whole and with a character less', () => {
  fc.assert(
    fc.property(deepMixture(4000), fc.option(fc.nat({ max: 60_000 })), (whole, gap) => {
      const at = gap === null ? whole.length : gap % whole.length;
      const text = whole.slice(0, at) + whole.slice(at + 1);
      const said = nixSays(text);
      // Nix 2.8 takes less than falloutd.
      if (said !== 'too-deep') expect(parseNix(text).kind).toBe(said);
    }),
    { numRuns: 40, endOnFailure: true },
  );
});

it('passes on that Nix cannot read what is nested so deeply', async () => {
  expect(await checkWithNix(DEEP.parentheses(20_000))).toMatchObject({
    kind: 'syntax',
    problem: { line: 1, message: 'memory exhausted' },
  });
});
