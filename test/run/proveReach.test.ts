import { describe, expect, it } from 'vitest';
import { requestedSettings, type EvaluatedKernel, type EvaluatedPatch } from '../../src/nix/evaluatedKernel.ts';
import { proveReach } from '../../src/run/proveReach.ts';
import type { Ask, Value } from '../../src/model/value.ts';
import type { Entry } from '../../src/model/entry.ts';
import type { Intent } from '../../src/model/intent.ts';
import type { Problem } from '../../src/model/problem.ts';

const FILE = '/home/me/fallout.nix';
const TARGET = { managedName: 'fallout', managedFile: FILE };
const value = (text: string | null): Value =>
  text === null
    ? { kind: 'unset' }
    : /^[ymn]$/.test(text)
      ? { kind: 'tristate', tristate: text as 'y' }
      : { kind: 'freeform', text };
const ask = (text: string | null, optional = true): Ask => ({ value: value(text), optional });
const entry = (symbol: string, text: string | null, rest: Partial<Entry> = {}): Entry => ({
  symbol,
  ask: ask(text),
  override: 40,
  via: 'structured',
  rung: 1,
  reason: '',
  ...rest,
});
const patch = (name: string, index: number, rest: Partial<EvaluatedPatch> = {}): EvaluatedPatch => ({
  name,
  index,
  attributes: ['structuredExtraConfig'],
  position: { file: '/home/me/patches.nix', line: 4 + index, column: 3 },
  ...rest,
});
const intent = (symbol: string, asked: Ask, name = 'fallout', index = 1): Intent => ({
  symbol,
  ask: asked,
  priority: 100,
  by: { kind: 'patch', name, index },
  position: null,
});
const BUILD = { drvPath: '/d', outPath: '/o', kernelDrvPath: null };

function prove(rest: Partial<EvaluatedKernel>, entries: Entry[], request = ''): Problem | null {
  return proveReach(
    {
      version: '',
      storeDir: '/nix/store',
      build: BUILD,
      unmergeable: [],
      facts: null,
      compiler: null,
      intents: [],
      legacy: [],
      patches: [patch('mine', 0), patch('fallout', 1, { position: { file: FILE, line: 2, column: 1 } })],
      settings: requestedSettings(request),
      ...rest,
    },
    entries,
    TARGET,
  );
}

describe('proveReach', () => {
  it('is content with entries that the kernel is asked for', () => {
    const entries = [
      entry('A', 'n'),
      entry('B', null, { ask: ask(null, false) }),
      entry('C', '0x10', { ask: ask('0x10', false) }),
    ];
    expect(prove({ intents: entries.map((e) => intent(e.symbol, e.ask)) }, entries, 'A? n\nC 0x10\n')).toBeNull();
    expect(prove({}, [])).toBeNull();
  });

  it.each([
    ['', '""'],
    ['a b', 'a b'],
    [' a ', 'a'],
  ])('is content with the text "%s", however it is written for the script', (text, asked) => {
    expect(prove({ intents: [intent('A', ask(text))] }, [entry('A', text)], `A? ${asked}\n`)).toBeNull();
  });

  it('the managed patch is not in the list', () => {
    expect(prove({ patches: [patch('mine', 0)] }, [])).toMatchObject({
      file: FILE,
      message: expect.stringMatching(/`fallout` does not reach the kernel.*not in its list/) as string,
      hint: expect.stringContaining('falloutd init') as string,
    });
  });

  it('a vendor kernel that shows no patches: only its settings are looked at', () => {
    expect(prove({ patches: [] }, [entry('A', 'n')], 'A? n\n')).toBeNull();
    expect(prove({ patches: [] }, [entry('A', 'n')], 'A y\n')?.message).toContain('the entry A ');
  });

  it.each<[string, Intent[]]>([
    ['lacks an entry', []],
    ['has another value', [intent('A', ask('m'))]],
    ['has no option', [intent('A', ask('n', false))]],
    ['has one more', [intent('A', ask('n')), intent('Z', ask('n'))]],
  ])('another text than on disk, which %s: a locked input', (_, intents) => {
    const problem = prove({ intents }, [entry('A', 'n')], 'A? n\nZ? n\n');
    expect(problem).toMatchObject({
      file: FILE,
      hint: expect.stringMatching(/--override-input.*tracked by git/) as string,
    });
    expect(problem?.message).toMatch(/another text of the managed patch .*\((?:A|Z)\)/);
  });

  it('sees that before there is anything to build, and no more then', () => {
    expect(prove({ build: null, intents: [] }, [entry('A', 'n')])?.message).toContain('another text');
    expect(prove({ build: null, intents: [intent('A', ask('n'))] }, [entry('A', 'n')])).toBeNull();
  });

  it('an entry that another definition beats', () => {
    for (const request of ['A? y\n', 'A n\n', '']) {
      const problem = prove(
        { intents: [intent('A', ask('n')), intent('B', ask('y'))] },
        [entry('A', 'n'), entry('B', 'y')],
        `B? y\n${request}`,
      );
      expect(problem).toMatchObject({
        file: FILE,
        message: expect.stringContaining('the entry A ') as string,
        hint: expect.stringContaining('smaller override number') as string,
      });
    }
    expect(prove({ intents: [intent('A', ask(null))] }, [entry('A', null)], 'A y\n')?.message).toContain(
      'the entry A ',
    );
  });

  it('leaves what a string decides, and lines of its own, to the strings', () => {
    const legacy = [{ symbol: 'A', value: 'y', optional: false, by: { kind: 'kernel' as const }, position: null }];
    expect(prove({ legacy, intents: [intent('A', ask('n'))] }, [entry('A', 'n')], 'A y\n')).toBeNull();
    expect(prove({}, [entry('A', 'n', { via: 'legacy' })], 'A y\n')).toBeNull();
  });

  it.each([
    ['extraStructuredConfig', 'structuredExtraConfig'],
    ['structuredExtraConfig', 'extraStructuredConfig'],
  ] as const)('a patch whose %s this nixpkgs ignores', (used, right) => {
    const mine = patch('mine', 0, { attributes: [used] });
    const problem = prove(
      {
        patches: [mine, patch('fallout', 1)],
        intents: [intent('A', ask('y'), 'mine', 0), intent('B', ask('y'), 'mine', 0)],
      },
      [],
      'C y\n',
    );
    expect(problem).toMatchObject({ file: '/home/me/patches.nix', line: 4, hint: `rename it to \`${right}\`` });
    expect(problem?.message).toContain(`ignores \`${used}\` of patch mine`);
  });

  it('does not blame a patch with both names, with nothing, or whose symbols are unset', () => {
    const both = patch('mine', 0, { attributes: ['extraStructuredConfig', 'structuredExtraConfig'] });
    expect(prove({ patches: [both, patch('fallout', 1)], intents: [intent('A', ask('y'), 'mine', 0)] }, [])).toBeNull();
    expect(
      prove(
        {
          patches: [patch('mine', 0, { attributes: [] }), patch('fallout', 1)],
          intents: [intent('A', ask('y'), 'mine', 0)],
        },
        [],
      ),
    ).toBeNull();
    expect(
      prove({ intents: [intent('A', ask('y'), 'mine', 0), intent('A', ask(null), 'fallout', 1)] }, [
        entry('A', null, { ask: ask(null) }),
      ]),
    ).toBeNull();
    expect(
      prove({ intents: [intent('A', ask('y'), 'mine', 0), intent('B', ask('y'), 'mine', 0)] }, [], 'B y\n'),
    ).toBeNull();
  });

  it('a managed patch that goes by another attribute than the others', () => {
    const problem = prove(
      {
        patches: [
          patch('mine', 0),
          patch('fallout', 1, { attributes: ['extraStructuredConfig'], position: { file: FILE, line: 2, column: 1 } }),
        ],
        intents: [intent('A', ask('n')), intent('A', ask('y', false), 'mine', 0)],
      },
      [entry('A', 'n')],
      'A y\n',
    );
    expect(problem).toMatchObject({ file: FILE, line: 2, hint: 'rename it to `structuredExtraConfig`' });
    expect(problem?.message).toContain('ignores `extraStructuredConfig` of the managed patch');
  });
});
