import { describe, expect, it } from 'vitest';
import {
  askQuestions,
  buildKconfig,
  Configuration,
  explainLine,
  explain,
  fillNew,
  KconfigError,
  listNew,
  needsText,
  obstacleTo,
  parseText,
  writeConfig,
  writeDefconfig,
  type Dialect,
} from '../../src/kconfig/index.ts';
import { CHAINS, REFUSED } from '../helpers/deepKconfig.ts';

const KINDS: readonly Dialect['choices'][] = ['ranked', 'symbol'];

describe.each(KINDS)('choices %s', (choices) => {
  // More symbols within each other than functions can call each other.
  it.each(Object.entries(CHAINS))('%s have values, questions and reasons', (_, of) => {
    const kconfig = buildKconfig(parseText(of(1500)), { choices });
    const configuration = new Configuration(kconfig);
    fillNew(configuration, 'yes');
    const lines = writeConfig(configuration).split('\n').length;
    expect(lines).toBeGreaterThan(4);
    writeDefconfig(configuration);
    configuration.clear();
    expect(listNew(configuration).length).toBeLessThan(lines);
    const session = askQuestions(configuration, { ask: 'all' });
    let asked = 0;
    while (session.next(null).done !== true) asked++;
    expect(asked).toBeLessThan(lines);
    for (const name of ['A', 'S0', 'S1499']) expect(explainLine(explain(configuration, name))).toContain(`${name}=`);
  });

  it.each(Object.entries(REFUSED))('%s are an error with its file and line', (_, of) => {
    expect(() => buildKconfig(parseText(of(8_000)), { choices })).toThrow(KconfigError);
    try {
      buildKconfig(parseText(of(8_000)), { choices });
    } catch (error) {
      const { file, line, message } = error as KconfigError;
      expect(file, message.slice(0, 200)).toBe('Kconfig');
      expect(line).toBeGreaterThan(0);
    }
  });
});

it('a condition that is nested too deep to be told names what alone decides there', () => {
  const names = Array.from({ length: 3000 }, (_, n) => `S${n}`);
  const nested = names.map((name, n) => `(${name} ${n % 2 === 0 ? '||' : '&&'} `).join('') + 'B' + ')'.repeat(3000);
  const symbols = ['B', ...names].map((name) => `config ${name}\n\tbool "${name}"\n`).join('');
  const tree = `${symbols}config A\n\tbool "A"\n\tdepends on ${nested}\n`;
  const configuration = new Configuration(buildKconfig(parseText(tree), { choices: 'ranked' }));
  const found = obstacleTo(configuration, 'A', 'y');
  expect(found?.kind === 'needs' && needsText(found.condition)).toContain('needs S0 or (S1 and (S2 or (S3 and ');
});

it('a computation that was too deep leaves no other values than one in the right order', () => {
  const kconfig = buildKconfig(parseText(CHAINS['dependencies on what comes later'](2000)), { choices: 'ranked' });
  const [first, last] = [new Configuration(kconfig), new Configuration(kconfig)];
  for (const configuration of [first, last]) fillNew(configuration, 'yes');
  for (const symbol of [...kconfig.symbols].reverse()) last.value(symbol);
  expect(writeConfig(first)).toBe(writeConfig(last));
  expect(writeConfig(first)).toContain('CONFIG_S0=y\n');
});
