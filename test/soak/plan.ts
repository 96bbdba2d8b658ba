import fc from 'fast-check';
import { WISHES } from './wishes.ts';

/** How an editor, or a script, puts a text into a file. */
type Style =
  'rename' | 'backup-rename' | 'in-place' | 'slow-in-place' | 'write-chmod' | 'delete-recreate' | 'two-quick';

/** Something that is seen of a running falloutd from outside; `time` is none, only the clock. */
export type Occasion =
  | 'time'
  /** A line of its log. */
  | 'log'
  /** A process that it starts. */
  | 'child'
  /** Its database grows. */
  | 'database'
  /** The temporary file of a write appears, has its mode (and is about to be renamed), is gone. */
  | 'temporary'
  | 'before-rename'
  | 'renamed';

/** The n-th time that something is seen, and so long after it. */
export type Moment = { on: Occasion; n: number; us: number };

export type Save = {
  /** In whose file. */
  target: TargetName;
  /** Which of WISHES is saved. */
  wishes: number;
  style: Style;
  /** What else it changes: an entry between the markers goes, or a comment comes. */
  inside: 'nothing' | 'entry-removed' | 'comment';
  at: Moment;
  /** How long a slow save takes, ms. */
  pauseMs: number;
};

/** Who is killed: falloutd, Nix or its builder, or the first two together. Where no Nix runs, falloutd alone. */
export type Victim = 'falloutd' | 'nix' | 'builder' | 'both';

/** The two targets of a host, each with a patches file of its own. */
export const TARGETS = ['demo', 'other'] as const;
export type TargetName = (typeof TARGETS)[number];

/** Where the managed patches stand, and how many runs may go on at once. */
export type Layout = { managed: 'inside' | 'separate'; jobs: 1 | 2 };

export type KillPlan = {
  layout: Layout;
  /** Begin with an empty database. */
  forgets: boolean;
  /** Ask for something that no build was made for yet. */
  isNew: boolean;
  /** Whether the first save comes before falloutd starts, or when it has converged. */
  begins: 'before-start' | 'while-idle';
  saves: Save[];
  kill: Moment;
  victim: Victim;
  /** Which command comes after the kill. */
  next: 'once' | 'watch';
};

/** A falloutd that is stopped for a while, as Ctrl-Z or a suspended machine does. */
export type Stop = { at: Moment; ms: number };

export type RacePlan = { layout: Layout; isNew: boolean; first: Save; second: Save; stop: Stop | null };

/** The round of a seed; always the same. */
export function killPlan(seed: number): KillPlan {
  return sampled(KILLS, seed);
}

export function racePlan(seed: number): RacePlan {
  return sampled(RACES, seed);
}

function sampled<T>(arbitrary: fc.Arbitrary<T>, seed: number): T {
  const [plan] = fc.sample(arbitrary, { seed, numRuns: 1 });
  if (plan === undefined) throw new Error('fast-check gave no sample');
  return plan;
}

const LATER = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 0, max: 60_000 }));
const ONCE_SEEN = fc.record({
  on: fc.constantFrom<Occasion>('log', 'child', 'database', 'temporary', 'before-rename', 'renamed'),
  n: fc.integer({ min: 1, max: 6 }),
  us: LATER,
});
const BY_CLOCK = fc.record({
  on: fc.constant<Occasion>('time'),
  n: fc.constant(1),
  us: fc.integer({ min: 0, max: 2_600_000 }),
});
const AT_A_WRITE = fc.record({
  on: fc.constantFrom<Occasion>('temporary', 'before-rename', 'renamed'),
  n: fc.integer({ min: 1, max: 2 }),
  us: LATER,
});

const STYLE = fc.constantFrom<Style>(
  'rename',
  'backup-rename',
  'in-place',
  'slow-in-place',
  'write-chmod',
  'delete-recreate',
  'two-quick',
);

function save(at: fc.Arbitrary<Moment>): fc.Arbitrary<Save> {
  return fc.record({
    target: fc.constantFrom<TargetName>('demo', 'demo', 'other'),
    wishes: fc.nat(WISHES.length - 1),
    style: STYLE,
    inside: fc.oneof(
      { weight: 4, arbitrary: fc.constant('nothing' as const) },
      { weight: 1, arbitrary: fc.constant('entry-removed' as const) },
      { weight: 1, arbitrary: fc.constant('comment' as const) },
    ),
    at,
    pauseMs: fc.integer({ min: 0, max: 120 }),
  });
}

const LAYOUT = fc.record<Layout>({
  managed: fc.constantFrom('inside', 'separate'),
  jobs: fc.constantFrom(1, 2),
});
const AT_ONCE = fc.constant<Moment>({ on: 'time', n: 1, us: 0 });

const KILLS: fc.Arbitrary<KillPlan> = fc.record({
  layout: LAYOUT,
  forgets: fc.nat(7).map((n) => n === 0),
  isNew: fc.boolean(),
  begins: fc.constantFrom('before-start' as const, 'while-idle' as const),
  saves: fc
    .tuple(save(AT_ONCE), fc.array(save(fc.oneof(ONCE_SEEN, BY_CLOCK)), { maxLength: 1 }))
    .map(([first, more]) => [first, ...more]),
  kill: fc.oneof(ONCE_SEEN, BY_CLOCK),
  victim: fc.oneof(
    { weight: 4, arbitrary: fc.constant('falloutd' as const) },
    { weight: 4, arbitrary: fc.constantFrom('nix' as const, 'builder' as const, 'both' as const) },
  ),
  next: fc.nat(3).map((n) => (n === 0 ? ('once' as const) : ('watch' as const))),
});

const RACES: fc.Arbitrary<RacePlan> = fc.record({
  layout: LAYOUT,
  isNew: fc.nat(3).map((n) => n === 0),
  first: save(AT_ONCE),
  second: save(
    fc.oneof(
      { weight: 3, arbitrary: AT_A_WRITE },
      { weight: 1, arbitrary: ONCE_SEEN },
      { weight: 1, arbitrary: BY_CLOCK },
    ),
  ),
  stop: fc.option(fc.record({ at: fc.oneof(ONCE_SEEN, BY_CLOCK), ms: fc.integer({ min: 1, max: 1_500 }) }), {
    freq: 2,
  }),
});
