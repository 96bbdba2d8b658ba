import fc from 'fast-check';
import { expect, it } from 'vitest';
import { recogniseScript } from '../../src/kernel/answeringScript.ts';
import { runSession, type AnsweredKernel } from '../../src/kernel/answerSession.ts';
import { readFacts } from '../../src/kernel/kernelFacts.ts';
import { kconfigOf } from '../../src/kernel/kernelTree.ts';
import { factsBytes, LISTING_SCRIPT } from '../helpers/facts.ts';
import { QUESTIONS } from './questionsTree.ts';

const TREE = `${QUESTIONS}
config LATE
	bool "Late"
	select LIBRARY if BUS = y
`;

it('a session that outlives refusals says what the script says, for as long as that lives', () => {
  const read = readFacts(factsBytes({ files: { Kconfig: TREE } }));
  if (read.kind !== 'facts') throw new Error(read.kind);
  const kconfig = kconfigOf(read.facts);
  const answer = fc.constantFrom('y', 'm', 'n', '', '40', 'yes', 'Y', '""');
  const names = ['MODULES', 'BUS', 'DEVICE', 'DRIVER', 'LIBRARY', 'SIZE', 'FIRST', 'SECOND', 'LATE', 'MISSING'];
  const protocol = fc.record({
    moduleAnswers: fc.constantFrom('tristates', 'anywhere'),
    unoffered: fc.constant('repeats'),
    severalYes: fc.constantFrom('one', 'ends'),
    forgetsMembers: fc.boolean(),
    unknownQuestion: fc.constantFrom('default', 'ends'),
    emptyTexts: fc.constantFrom('quotes', 'emptied'),
  }) satisfies fc.Arbitrary<AnsweredKernel['protocol']>;
  const rules = fc.record({ protocol, autoModules: fc.boolean(), preferBuiltin: fc.boolean() });
  let [lived, died] = [0, 0];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), answer), rules, (asked, rule) => {
      const kernel: AnsweredKernel = { ...rule, kconfig, baseConfig: 'CONFIG_MODULES=y\n', ignoreConfigErrors: false };
      const answers = new Map(Object.entries(asked));
      const [ofScript, ofListing]: [string[], string[]] = [[], []];
      const script = runSession(kernel, answers, 'script', (line) => ofScript.push(line));
      const listing = runSession(kernel, answers, 'listing', (line) => ofListing.push(line));
      expect(listing.hasDied).toBe(script.hasDied);
      if (script.hasDied) died++;
      else {
        lived++;
        expect(ofListing).toEqual(ofScript);
        expect({ ...listing, configuration: null }).toEqual({ ...script, configuration: null });
      }
    }),
    { numRuns: 500 },
  );
  expect([lived > 20, died > 20]).toEqual([true, true]);
});

it('an empty text is answered with quotes, or empties the option when all is answered', () => {
  const files = { Kconfig: `${TREE}\nconfig NAME\n\tstring "Name"\n\tdefault "x"\n` };
  const read = readFacts(factsBytes({ files }));
  if (read.kind !== 'facts') throw new Error(read.kind);
  const kernel = { ...read.facts, kconfig: kconfigOf(read.facts), ignoreConfigErrors: false };
  const protocol = recogniseScript(LISTING_SCRIPT);
  if (protocol === null) throw new Error('the script is not known');
  const answers = new Map(['NAME', 'SIZE', 'MISSING'].map((symbol) => [symbol, symbol === 'SIZE' ? '20' : '""']));
  const written = (emptyTexts: 'quotes' | 'emptied'): string =>
    runSession({ ...kernel, protocol: { ...protocol, emptyTexts } }, answers, 'script').dotConfig ?? '';
  expect(written('quotes')).toContain('CONFIG_NAME="\\"\\""\n');
  expect(written('emptied')).toContain('CONFIG_NAME=""\n');
  for (const each of ['quotes', 'emptied'] as const) expect(written(each)).toContain('CONFIG_SIZE=20\n');
  expect(written('emptied')).not.toContain('MISSING');
});
