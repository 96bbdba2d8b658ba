import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildKconfig,
  Configuration,
  needsText,
  obstacleTo,
  parseText,
  readConfig,
  type Condition,
  type Kconfig,
  type Obstacle,
} from '../../../src/kconfig/index.ts';

const tree = (text: string): Kconfig =>
  buildKconfig(parseText(`config MODULES\n\tbool "modules"\n\tmodules\n\tdefault y\n${text}`), { choices: 'ranked' });

function configured(kconfig: Kconfig, config: string): Configuration {
  const configuration = new Configuration(kconfig);
  readConfig(configuration, config);
  return configuration;
}

const obstacle = (text: string, config: string, symbol: string, wanted: string): Obstacle | null =>
  obstacleTo(configured(tree(text), config), symbol, wanted);

function needs(text: string, config: string, wanted = 'y'): string {
  const found = obstacle(text, config, 'A', wanted);
  if (found?.kind !== 'needs') throw new Error(`no condition: ${JSON.stringify(found)}`);
  return needsText(found.condition);
}

const PARENTS =
  'config P\n\ttristate "p"\nconfig Q\n\ttristate "q"\nconfig R\n\tbool "r"\nconfig N\n\tint "n"\n\tdefault 5\n';

describe('what a prompt lacks', () => {
  it.each([
    ['tristate "a"\n\tdepends on P || R', '', 'needs P or R'],
    ['tristate "a"\n\tdepends on P && R && Q', 'CONFIG_R=y\n', 'needs P and Q'],
    ['tristate "a"\n\tdepends on !Q', 'CONFIG_Q=y\n', 'Q must be off'],
    ['tristate "a"\n\tdepends on N >= 7', '', 'needs N >= 7, it is 5'],
    ['tristate "a"\n\tdepends on !(N < 7)', '', 'needs N >= 7, it is 5'],
    ['tristate "a"\n\tdepends on P', 'CONFIG_P=m\n', 'needs P=y, it is m'],
    ['tristate "a"\n\tdepends on P=y', 'CONFIG_P=m\n', 'needs P=y, it is m'],
    ['tristate "a"\n\tdepends on P!=n', '', 'needs P'],
    ['tristate "a" if R\n\tdepends on P', '', 'needs P and R'],
    ['bool "a"\n\tdepends on NOWHERE', '', 'needs NOWHERE'],
  ])('%s', (definition, config, text) => {
    expect(needs(`${PARENTS}config A\n\t${definition}\n`, config)).toBe(text);
  });

  it('is not a parent at m below which a bool is offered all the same', () => {
    const bool = `${PARENTS}config A\n\tbool "a"\n\tdepends on P && !Q\n`;
    expect(needs(bool, 'CONFIG_P=m\nCONFIG_Q=y\n')).toBe('Q must not be y');
  });

  it('holds for an n that cannot be asked for, too', () => {
    expect(needs(`${PARENTS}config A\n\ttristate "a"\n\tdepends on P\n`, '', 'n')).toBe('needs P');
  });
});

describe('obstacleTo', () => {
  it('says what sets a symbol while it has no prompt', () => {
    const hidden = 'config E\n\tbool "e"\nconfig A\n\tbool "a" if E\n\tdefault y if !E\n';
    expect(obstacle(hidden, '', 'A', 'n')).toMatchObject({
      kind: 'no-prompt',
      needs: { kind: 'symbol', symbol: 'E', value: 'n' },
      setBy: { kind: 'default', value: 'y' },
    });
    const none = 'config S\n\tbool "s"\n\tselect A\nconfig A\n\tbool\n';
    expect(obstacle(none, '', 'A', 'y')).toMatchObject({
      kind: 'no-prompt',
      needs: null,
      setBy: { kind: 'nothing' },
      reach: { kind: 'symbol', symbol: 'S' },
    });
    expect(obstacle('config A\n\tbool\n', '', 'A', 'y')).toEqual({
      kind: 'no-prompt',
      needs: null,
      setBy: { kind: 'nothing' },
    });
  });

  it('names only those who select it higher than was wanted', () => {
    const selects =
      'config S\n\ttristate "s"\n\tselect A\nconfig T\n\ttristate "t"\n\tselect A\nconfig A\n\ttristate "a"\n';
    const config = 'CONFIG_S=y\nCONFIG_T=m\n';
    expect(obstacle(selects, config, 'A', 'm')).toEqual({ kind: 'selected', by: [{ symbol: 'S', level: 'y' }] });
    expect(obstacle(selects, config, 'A', 'n')).toMatchObject({ by: [{ symbol: 'S' }, { symbol: 'T', level: 'm' }] });
  });

  it('knows the member that is chosen', () => {
    const choice = 'choice\n\tprompt "c"\nconfig A\n\tbool "a"\nconfig B\n\tbool "b"\nendchoice\n';
    expect(obstacle(choice, 'CONFIG_B=y\n', 'A', 'y')).toEqual({ kind: 'chosen', has: 'B' });
    expect(obstacle(choice, 'CONFIG_B=y\n', 'B', 'n')).toEqual({ kind: 'chosen', has: 'B', itself: true });
  });

  it('knows the range of a number, also where other symbols bound it', () => {
    const number = 'config TOP\n\tint\n\tdefault 25\nconfig A\n\tint "a"\n\trange 12 TOP\n\tdefault 17\n';
    expect(obstacle(number, '', 'A', '40')).toEqual({ kind: 'range', low: '12', high: '25', nearest: '25' });
    expect(obstacle(number, '', 'A', '1')).toMatchObject({ nearest: '12' });
    expect(obstacle(number, '', 'A', 'many')).toEqual({ kind: 'malformed', type: 'int' });
  });

  it('knows what hides a string, and that none is empty', () => {
    const text = 'config ON\n\tbool "on"\nconfig A\n\tstring "a"\n\tdepends on ON\n';
    expect(obstacle(text, '', 'A', 'quiet')).toMatchObject({ kind: 'needs', condition: { symbol: 'ON' } });
    expect(obstacle(text, 'CONFIG_ON=y\nCONFIG_A="x"\n', 'A', '')).toEqual({ kind: 'empty-text' });
  });

  it('tells what cannot be m', () => {
    expect(obstacle('config A\n\tbool "a"\n', '', 'A', 'm')).toEqual({ kind: 'not-tristate', type: 'bool' });
    const off = '# CONFIG_MODULES is not set\n';
    expect(obstacle('config A\n\ttristate "a"\n', off, 'A', 'm')).toEqual({ kind: 'no-modules' });
  });

  it('knows no symbol that only a condition names', () => {
    expect(obstacle('config A\n\tbool "a"\n\tdepends on B\n', '', 'B', 'y')).toEqual({ kind: 'undefined', now: [] });
  });
});

describe('a condition', () => {
  const names = ['P', 'Q', 'R'];
  const symbol = fc.constantFrom(...names);
  const expression = fc.letrec<{ any: string }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      symbol,
      fc.tuple(symbol, fc.constantFrom('=', '!='), fc.constantFrom('y', 'm', 'n')).map((parts) => parts.join('')),
      tie('any').map((of) => `!(${of})`),
      fc
        .tuple(tie('any'), fc.constantFrom('&&', '||'), tie('any'))
        .map(([a, operator, b]) => `(${a} ${operator} ${b})`),
    ),
  })).any;
  const value = fc.constantFrom('y', 'm', 'n');

  it('that is made true gives what was wanted', () => {
    fc.assert(
      fc.property(expression, fc.tuple(value, value, value), fc.constantFrom('y', 'm'), (depends, values, wanted) => {
        const kconfig = tree(
          `${names.map((name) => `config ${name}\n\ttristate "${name}"\n`).join('')}config A\n\ttristate "a"\n\tdepends on ${depends}\n`,
        );
        const config = names.map((name, i) => `CONFIG_${name}=${values[i] ?? 'n'}\n`).join('');
        const configuration = configured(kconfig, config);
        const set = (name: string, to: string): void => {
          const found = configuration.symbol(name);
          if (found !== undefined) configuration.set(found, to);
        };
        set('A', wanted);
        // Making one part true may make another untrue: `P && !P` is never met.
        for (let round = 0; round < 4; round++) {
          const found = obstacleTo(configuration, 'A', wanted);
          if (found?.kind !== 'needs') break;
          if (!fulfil(found.condition, set)) return;
          set('A', wanted);
        }
        const left = obstacleTo(configuration, 'A', wanted);
        if (left !== null) expect(contradicts(depends)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  /** Makes a condition true; false where that cannot be. */
  function fulfil(condition: Condition, set: (name: string, to: string) => void): boolean {
    switch (condition.kind) {
      case 'symbol':
        if (!names.includes(condition.symbol)) return false;
        set(condition.symbol, condition.needed);
        return true;
      case 'off':
        set(condition.symbol, condition.most);
        return true;
      case 'comparison':
        if (condition.operator === '=') set(condition.left, condition.right);
        else set(condition.left, condition.right === 'm' ? 'y' : 'm');
        return true;
      case 'all':
        return condition.of.every((each) => fulfil(each, set));
      case 'any':
        return condition.of.some((each) => fulfil(each, set));
    }
  }

  /** Whether a symbol stands in it twice, so that one place may ask for what the other forbids. */
  const contradicts = (depends: string): boolean => names.some((name) => depends.split(name).length > 2);
});
