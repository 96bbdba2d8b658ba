import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runSession, type AnsweredKernel } from '../../src/kernel/answerSession.ts';
import { readFacts } from '../../src/kernel/kernelFacts.ts';
import { kconfigOf } from '../../src/kernel/kernelTree.ts';
import { factsBytes } from '../helpers/facts.ts';
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
  const answer = fc.constantFrom('y', 'm', 'n', '', '40', 'yes', 'Y');
  const names = ['MODULES', 'BUS', 'DEVICE', 'DRIVER', 'LIBRARY', 'SIZE', 'FIRST', 'SECOND', 'LATE', 'MISSING'];
  const protocol = fc.record({
    moduleAnswers: fc.constantFrom('tristates', 'anywhere'),
    unoffered: fc.constant('repeats'),
    severalYes: fc.constantFrom('one', 'ends'),
    forgetsMembers: fc.boolean(),
    unknownQuestion: fc.constantFrom('default', 'ends'),
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
