import { describe, expect, it } from 'vitest';
import { withPursued } from '../../src/config/withPursued.ts';

const TEXT = `# mine
[target.laptop]
flake = "."
attribute = "kernel" # the kernel

# another
[target."the-server"]
flake = "/srv"
attribute = "kernel"
pursue = ["SND_SE6X"]
`;

const edited = (target: string, symbol = 'RTLWIFI', text = TEXT): string =>
  withPursued(text, 'falloutd.toml', target, symbol);

describe('one more wish to be pursued', () => {
  it('stands at the end of its target’s table, or in the list that is there', () => {
    expect(edited('laptop')).toBe(TEXT.replace('# the kernel\n', '# the kernel\npursue = ["RTLWIFI"]\n'));
    expect(edited('the-server')).toBe(TEXT.replace('["SND_SE6X"]', '["SND_SE6X","RTLWIFI"]'));
  });

  it.each([
    ['a target that pursues all', 'laptop', 'RTLWIFI', TEXT.replace('flake = "."', 'flake = "."\npursue = "all"')],
    ['a wish that is in the list', 'the-server', 'SND_SE6X', TEXT],
    ['a table in one line', 'laptop', 'RTLWIFI', 'target = { laptop = { flake = ".", attribute = "kernel" } }\n'],
    ['a list on several lines', 'the-server', 'A', TEXT.replace('["SND_SE6X"]', '[\n  "SND_SE6X",\n]')],
  ])('%s gives an error that names the line', (_, target, symbol, text) => {
    expect(() => edited(target, symbol, text)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});
