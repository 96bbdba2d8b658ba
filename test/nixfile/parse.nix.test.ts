import { execaSync } from 'execa';
import { expect, it } from 'vitest';
import { parseNix } from '../../src/nixfile/parse.ts';
import { ACCEPTED, REFUSED } from './expressions.ts';

function nixAccepts(text: string): boolean {
  const { stderr, failed } = execaSync('nix-instantiate', ['--parse', '-'], { input: text, reject: false });
  // The parser of 2.8 also looks variables up; that a name is undefined says that the syntax is right.
  return !failed || /undefined variable|already defined|duplicate formal/.test(stderr);
}

it.each([...ACCEPTED, ...REFUSED.map(([text]) => text)].filter((text) => !text.includes('|>')))(
  'parseNix agrees with nix about %j',
  (text) => {
    expect(parseNix(text).kind === 'parsed').toBe(nixAccepts(text));
  },
);
