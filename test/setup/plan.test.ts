import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { chooseAttribute } from '../../src/setup/attribute.ts';
import { isOwnFile, namesPath, usedAttributes } from '../../src/setup/boundNames.ts';
import { stepLines } from '../../src/cli/planLines.ts';
import { planAdding, planRemoval, type Plan, type Present } from '../../src/setup/plan.ts';
import type { Refused } from '../../src/model/errors.ts';
import type { Tracking } from '../../src/system/git.ts';
import { configText, type Described } from '../../src/setup/configText.ts';
import { schemaErrors } from '../helpers/documentSchema.ts';
import { editManaged } from '../helpers/onText.ts';
import { newFalloutFile } from '../../src/managed/addPatch.ts';
import { NixFile } from '../../src/nixfile/nixFile.ts';
import { PLAIN } from '../../src/report/text/style.ts';

const LIST = Buffer.from('{ lib, ... }:\n[\n  { name = "m\xfcde"; }\n]\n', 'latin1');
const NEW = 'structuredExtraConfig';
const FILE = newFalloutFile('fallout', NEW);

function present(
  changes: { patches?: Buffer; fallout?: string | null; config?: string | null; tracking?: Tracking } = {},
): Present {
  return {
    managedName: 'fallout',
    patches: { path: '/flake/patches.nix', content: changes.patches ?? LIST },
    separate: {
      path: '/flake/fallout.nix',
      content: changes.fallout == null ? null : Buffer.from(changes.fallout),
      tracking: changes.tracking ?? 'untracked',
    },
    config: {
      path: '/flake/falloutd.toml',
      content: changes.config == null ? null : Buffer.from(changes.config),
      wanted: 'as init makes it\n',
    },
  };
}

function steps(plan: Plan | Refused): string[] {
  if (plan.kind === 'refused') return [`refused: ${plan.problem.message}`];
  return plan.steps.map((step) => {
    if (step.kind !== 'change') return `${step.kind} ${step.path}`;
    return `${step.change.before === null ? 'make' : step.change.after === null ? 'delete' : 'edit'} ${step.change.path}`;
  });
}

/** The content of a file after a plan. */
function after(plan: Plan | Refused, path: string): Buffer {
  const step = plan.kind === 'plan' ? plan.steps.find((s) => s.kind === 'change' && s.change.path === path) : undefined;
  if (step?.kind !== 'change' || step.change.after === null) throw new Error(`${path} does not change`);
  return step.change.after;
}

describe('adding', () => {
  test('the separate file stands, and git knows it, before anything imports it', () => {
    expect(steps(planAdding(present(), NEW))).toEqual([
      'make /flake/fallout.nix',
      'track /flake/fallout.nix',
      'edit /flake/patches.nix',
      'make /flake/falloutd.toml',
    ]);
    expect(steps(planAdding(present({ tracking: 'no-git' }), NEW))).not.toContain('track /flake/fallout.nix');
  });

  test('only what is missing', () => {
    const imported = after(planAdding(present(), NEW), '/flake/patches.nix');
    expect(
      steps(planAdding(present({ patches: imported, fallout: FILE, config: 'any\n', tracking: 'tracked' }), NEW)),
    ).toEqual([]);
    expect(steps(planAdding(present({ patches: imported, fallout: FILE, config: 'any\n' }), NEW))).toEqual([
      'track /flake/fallout.nix',
    ]);
    const byHand = Buffer.from('{ lib, ... }: [ (import ./fallout.nix { inherit lib; }) ]');
    expect(steps(planAdding(present({ patches: byHand }), NEW))).not.toContain('edit /flake/patches.nix');
  });

  test('bytes that are no UTF-8 stay, and go out again as they came', () => {
    const added = after(planAdding(present(), NEW), '/flake/patches.nix');
    expect(added.includes(Buffer.from('m\xfcde', 'latin1'))).toBe(true);
    expect(after(planRemoval(present({ patches: added })), '/flake/patches.nix')).toEqual(LIST);
  });

  test("refused: a file of the user's in the way, one that git ignores, a list that is not certain", () => {
    expect(steps(planAdding(present({ fallout: '{ }' }), NEW))).toEqual([
      expect.stringContaining('has no managed patch'),
    ]);
    expect(steps(planAdding(present({ tracking: 'ignored' }), NEW))).toEqual([
      expect.stringContaining('git ignores this file'),
    ]);
    const refusal = planAdding(present({ patches: Buffer.from('{ }') }), NEW);
    expect(refusal).toMatchObject({
      kind: 'refused',
      problem: {
        file: '/flake/patches.nix',
        line: 1,
        hint: expect.stringMatching(/import \.\/fallout\.nix[^]*run `falloutd init` again/) as string,
      },
    });
  });
});

describe('removing', () => {
  test('everything, the import first', () => {
    const imported = after(planAdding(present(), NEW), '/flake/patches.nix');
    expect(
      steps(
        planRemoval(present({ patches: imported, fallout: FILE, config: 'as init makes it\n', tracking: 'tracked' })),
      ),
    ).toEqual([
      'edit /flake/patches.nix',
      'delete /flake/fallout.nix',
      'untrack /flake/fallout.nix',
      'delete /flake/falloutd.toml',
    ]);
    expect(steps(planRemoval(present()))).toEqual([]);
  });

  test("a file that is committed: its removal is the user's to commit", () => {
    const plan = planRemoval(present({ fallout: FILE, tracking: 'committed' }));
    expect(steps(plan)).toEqual(['delete /flake/fallout.nix']);
    expect(plan).toMatchObject({ notes: [expect.stringContaining('commit its removal')] });
  });

  test.each(['#:schema https://example.org/a.json\n', ''])(
    'a falloutd.toml of another version: schema line `%s`',
    (line) => {
      expect(steps(planRemoval(present({ config: `${line}as init makes it\n` })))).toEqual([
        'delete /flake/falloutd.toml',
      ]);
    },
  );

  test('what the user changed stays', () => {
    const plan = planRemoval(present({ fallout: `# mine\n${FILE}`, config: 'mine\n' }));
    expect(steps(plan)).toEqual([]);
    expect(plan).toMatchObject({
      notes: [expect.stringContaining('fallout.nix stays'), expect.stringContaining('falloutd.toml stays')],
    });
  });
});

test("the screen: every file as a unified diff, git's commands, a deleted file in one line", () => {
  const added = planAdding(present(), NEW);
  const lines = added.kind === 'plan' ? stepLines(added.steps, PLAIN) : [];
  expect(lines).toContain('--- /dev/null');
  expect(lines).toContain('@@ -0,0 +1,10 @@');
  expect(lines).toContain('+  (import ./fallout.nix { inherit lib; })');
  expect(lines.join('\n')).toMatch(/^git add -N \S*fallout\.nix/m);
  const removed = planRemoval(present({ fallout: FILE }));
  expect(removed.kind === 'plan' ? stepLines(removed.steps, PLAIN) : []).toContain('-(the whole file, 10 lines)');
  const hostile = stepLines(
    [{ kind: 'change', change: { path: '/a', before: Buffer.from('a\n'), after: Buffer.from('a\n\u001b[2J\n') } }],
    PLAIN,
  );
  expect(hostile.join('')).not.toContain('\u001b');
});

describe("falloutd's own file", () => {
  test('as it is made, with entries, and as a formatter leaves it', () => {
    const edited = editManaged(FILE, 'fallout', [
      {
        symbol: 'A',
        ask: { value: { kind: 'tristate', tristate: 'n' }, optional: true },
        override: 40,
        via: 'structured',
        rung: 1,
        reason: 'wanted n',
      },
    ]);
    expect(isOwnFile(FILE, 'fallout')).toBe(true);
    expect(edited.kind === 'edited' && isOwnFile(edited.text, 'fallout')).toBe(true);
    expect(
      isOwnFile(FILE.replace('{ lib, ... }:', '{ lib\n, ... }:\n').replace('{ lib\n, ...', '{ lib, ...'), 'fallout'),
    ).toBe(true);
  });

  test.each([
    ['a comment', (text: string) => `${text}# mine\n`],
    ['a source patch', (text: string) => text.replace('null', './mine.patch')],
    ['an attribute', (text: string) => text.replace('patch = null;', 'patch = null; features = { };')],
    ['a setting that falloutd does not write', (text: string) => text.replace('{ };', '{ A = mine; };')],
    ['another name', (text: string) => text.replaceAll(' fallout\n', ' other\n')],
  ])("not with %s of the user's", (_, change) => {
    expect(isOwnFile(change(FILE), 'fallout')).toBe(false);
  });
});

test('what a file uses and names: code counts, comments and strings do not', () => {
  const file = (text: string): NixFile => NixFile.parseLoosely(text);
  expect(
    usedAttributes(file('{ structuredExtraConfig.A = 1; b = "extraStructuredConfig"; } # extraStructuredConfig')),
  ).toEqual(['structuredExtraConfig']);
  expect(namesPath(file('[ (import ./fallout.nix { }) ]'), './fallout.nix')).toBe(true);
  expect(namesPath(file('[ ] # ./fallout.nix'), './fallout.nix')).toBe(false);
});

test.each([
  [
    "the user's",
    ['extraStructuredConfig'],
    ['structuredExtraConfig', 'extraStructuredConfig'],
    'extraStructuredConfig',
  ],
  ['not one that this nixpkgs ignores', ['extraStructuredConfig'], ['structuredExtraConfig'], 'structuredExtraConfig'],
  ['the one that is read', [], ['extraStructuredConfig'], 'extraStructuredConfig'],
  [
    "today's where the user has both",
    ['structuredExtraConfig', 'extraStructuredConfig'],
    null,
    'structuredExtraConfig',
  ],
  ["the user's where nothing is known", ['extraStructuredConfig'], [], 'extraStructuredConfig'],
  ["today's where nothing is known at all", [], null, 'structuredExtraConfig'],
] as const)('the attribute name: %s', (_, used, reads, expected) => {
  expect(chooseAttribute(used, reads)).toBe(expected);
});

describe('falloutd.toml', () => {
  const described: Described[] = [
    {
      name: 'nixie',
      installable: {
        kind: 'flake',
        dir: '/etc/nixos',
        attribute: 'nixosConfigurations."my.host".config.system.build.kernel',
      },
      nixArgs: [],
      patchesFile: '/etc/nixos/kernel/patches.nix',
      managedFile: '/etc/nixos/kernel/fallout.nix',
      managedName: 'fallout',
    },
    {
      name: 'old',
      installable: { kind: 'file', file: '<nixpkgs/nixos>', attribute: 'config.system.build.kernel' },
      nixArgs: ['-I', 'nixos-config=/etc/nixos/configuration.nix'],
      patchesFile: '/etc/nixos/configuration.nix',
      managedFile: '/etc/nixos/configuration.nix',
      managedName: 'after',
    },
  ];

  test.each(described)('says what was chosen: $name', (chosen) => {
    const text = configText(chosen, '/etc/nixos/falloutd.toml');
    const [target] = parseConfig(text, '/etc/nixos/falloutd.toml', '/state').targets;
    expect(target).toMatchObject(chosen);
    expect(text).toMatch(chosen.managedFile === chosen.patchesFile ? /^(?![^]*\nmanaged = )/ : /\nmanaged = /);
    expect(text).toMatch(/^#:schema https:\/\/\S+\/config\/schema\/falloutd\.schema\.json\n/);
    expect(schemaErrors('falloutd', parse(text))).toBeNull();
    // One comment above each key and table.
    expect(text).toMatch(/^(?:#.*\n)+\n(?:#.*\n(?:\[|[a-z-]+ = ).*\n)+$/);
    expect(
      Math.max(
        ...text
          .split('\n')
          .filter((line) => line.startsWith('#'))
          .map((line) => line.length),
      ),
    ).toBeLessThan(79);
  });
});
