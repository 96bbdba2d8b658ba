import fc from 'fast-check';

/** A Kconfig tree in small, and what a user wishes of it. */
export type RandomTree = {
  kconfig: string;
  defconfig: string;
  /** Symbol to the value that is wished, in kconfig's spelling. */
  wishes: Map<string, Wish>;
  preferBuiltin: boolean;
};

type Wish = { value: string; optional: boolean };

type Reference = { to: number; form: 'plain' | 'not' | 'is-y' };
type Draft = {
  type: 'bool' | 'tristate' | 'int';
  isAsked: boolean;
  depends: Reference[];
  isEither: boolean;
  selects: number[];
  implies: number[];
  preset: 'y' | 'm' | 'n' | null;
  base: 'y' | 'm' | 'n' | null;
  place: number;
  wish: { tristate: 'y' | 'm' | 'n'; number: number; optional: boolean } | null;
};
type ChoiceDraft = { members: { wish: boolean; selects: number[] }[]; depends: number | null; place: number };

const tristate = fc.constantFrom('y' as const, 'm' as const, 'n' as const);
const index = fc.nat(63);
const sometimes = <T>(arbitrary: fc.Arbitrary<T>, freq: number): fc.Arbitrary<T | null> =>
  fc.option(arbitrary, { freq });

const draft: fc.Arbitrary<Draft> = fc.record({
  type: fc.oneof(
    { weight: 4, arbitrary: fc.constant('bool' as const) },
    { weight: 8, arbitrary: fc.constant('tristate' as const) },
    { weight: 1, arbitrary: fc.constant('int' as const) },
  ),
  isAsked: fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  depends: fc.array(
    fc.record({
      to: index,
      form: fc.constantFrom('plain' as const, 'plain' as const, 'not' as const, 'is-y' as const),
    }),
    { maxLength: 2 },
  ),
  isEither: fc.boolean(),
  selects: fc.array(index, { maxLength: 2 }),
  implies: fc.array(index, { maxLength: 1 }),
  preset: sometimes(tristate, 2),
  base: sometimes(tristate, 2),
  place: index,
  wish: sometimes(
    fc.record({
      tristate,
      number: fc.integer({ min: 0, max: 40 }),
      optional: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    }),
    2,
  ),
});
const choiceDraft: fc.Arbitrary<ChoiceDraft> = fc.record({
  members: fc.array(fc.record({ wish: fc.boolean(), selects: fc.array(index, { maxLength: 1 }) }), {
    minLength: 2,
    maxLength: 4,
  }),
  depends: sometimes(index, 1),
  place: index,
});

/**
 * Random trees with parents, selects, implies, choices, tristates and ints, whose questions stand in any order, with random wishes.
 * References lead from a lower number to a higher one only, so that no tree depends on itself.
 */
export const randomTree: fc.Arbitrary<RandomTree> = fc
  .record({
    drafts: fc.array(draft, { minLength: 6, maxLength: 24 }),
    choices: fc.array(choiceDraft, { maxLength: 2 }),
    preferBuiltin: fc.boolean(),
    withoutModules: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    unknown: sometimes(tristate, 1),
  })
  .map(({ drafts, choices, preferBuiltin, withoutModules, unknown }) => {
    const wishes = new Map<string, Wish>();
    const members = choices.flatMap((choice, c) => choice.members.map((_, m) => `CHOICE${c}_${m}`));
    const blocks = [
      ...choices.map((choice, c) => ({ place: choice.place, text: choiceText(choice, c, drafts) })),
      ...drafts.map((each, i) => ({ place: each.place, text: symbolText(each, i, drafts, members) })),
    ];
    choices.forEach((choice, c) =>
      choice.members.forEach((member, m) => {
        if (member.wish) wishes.set(`CHOICE${c}_${m}`, { value: 'y', optional: false });
      }),
    );
    drafts.forEach((each, i) => {
      if (each.wish !== null)
        wishes.set(`S${i}`, {
          value: each.type === 'int' ? String(each.wish.number) : each.wish.tristate,
          optional: each.wish.optional,
        });
    });
    if (withoutModules) wishes.set('MODULES', { value: 'n', optional: false });
    if (unknown !== null) wishes.set('NO_SUCH_SYMBOL', { value: unknown, optional: false });
    const ordered = blocks.toSorted((a, b) => a.place - b.place).map((block) => block.text);
    return {
      kconfig: `mainmenu "A random tree"\n\nconfig MODULES\n\tbool "Loadable modules"\n\toption modules\n\tdefault y\n\n${ordered.join('\n')}`,
      defconfig:
        [
          'CONFIG_MODULES=y',
          ...drafts.flatMap((each, i) =>
            each.base === null || each.base === 'n' || each.type === 'int' ? [] : [`CONFIG_S${i}=${each.base}`],
          ),
        ].join('\n') + '\n',
      wishes,
      preferBuiltin,
    };
  });

function choiceText(choice: ChoiceDraft, c: number, drafts: Draft[]): string {
  const members = choice.members.map((member, m) => {
    const selects = member.selects
      .flatMap((to) => selectable(drafts, to % drafts.length))
      .map((name) => `\tselect ${name}\n`);
    return `config CHOICE${c}_${m}\n\tbool "Member ${m} of choice ${c}"\n${selects.join('')}`;
  });
  return `choice\n\tprompt "Choice ${c}"\n\tdefault CHOICE${c}_0\n\n${members.join('\n')}\nendchoice\n`;
}

function symbolText(each: Draft, i: number, drafts: Draft[], members: string[]): string {
  const lower = [...members, ...drafts.slice(0, i).flatMap((other, j) => (other.type === 'int' ? [] : [`S${j}`]))];
  const expression =
    lower.length === 0
      ? []
      : each.depends.map(({ to, form }) => {
          const name = lower[to % lower.length] ?? '';
          return form === 'not' ? `!${name}` : form === 'is-y' ? `${name}=y` : name;
        });
  const higher = (to: number): string[] =>
    i + 1 < drafts.length ? selectable(drafts, i + 1 + (to % (drafts.length - i - 1))) : [];
  const lines = [`${each.type}${each.isAsked ? ` "Symbol ${i}"` : ''}`];
  if (expression.length > 0) lines.push(`depends on ${[...new Set(expression)].join(each.isEither ? ' || ' : ' && ')}`);
  if (each.type === 'int') lines.push('range 8 32', 'default 16');
  else {
    if (each.preset !== null) lines.push(`default ${each.type === 'bool' && each.preset === 'm' ? 'y' : each.preset}`);
    for (const to of each.selects) for (const name of higher(to)) lines.push(`select ${name}`);
    for (const to of each.implies) for (const name of higher(to)) lines.push(`imply ${name}`);
  }
  return `config S${i}\n${[...new Set(lines)].map((line) => `\t${line}\n`).join('')}\thelp\n\t  This is symbol ${i}.\n`;
}

/** Selections fall on a symbol that is not a number; a quarter of the symbols is never selected. */
function selectable(drafts: Draft[], at: number): string[] {
  return drafts[at]?.type === 'int' || at % 4 === 0 ? [] : [`S${at}`];
}
