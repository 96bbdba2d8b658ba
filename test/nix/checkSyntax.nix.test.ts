import { describe, expect, it } from 'vitest';
import { checkWithNix } from '../../src/nix/checkSyntax.ts';

describe('checkWithNix', () => {
  it('gives what nix says, with the place', async () => {
    expect(await checkWithNix('{ a = 1; } # \udce4')).toEqual({ kind: 'ok' });
    expect(await checkWithNix('{\n  a = ;\n}')).toEqual({
      kind: 'syntax',
      problem: { message: "syntax error, unexpected ';'", line: 2, column: 7 },
    });
    expect(await checkWithNix('{ a = b; }')).toMatchObject({
      kind: 'syntax',
      problem: { message: expect.stringContaining("undefined variable 'b'") as string, line: 1, column: 7 },
    });
  });

  it('takes a text for right where Nix cannot be asked', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = '/nonexistent';
    try {
      expect(await checkWithNix('{ a = ; }')).toEqual({ kind: 'ok' });
    } finally {
      process.env['PATH'] = path;
    }
  });
});
