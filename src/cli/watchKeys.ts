/** What `falloutd watch` does when a key is pressed in its terminal. */
import type { Service } from '../daemon/service.ts';
import type { TargetLoop } from '../daemon/targetLoop.ts';
import { problemOf } from '../model/errors.ts';
import { problemLines } from '../report/text/problemLines.ts';
import { wrap, type Style } from '../report/text/style.ts';
import type { Reporter } from '../report/text/terminalReporter.ts';
import { openHistory, type History } from '../state/historyDatabase.ts';
import { diff } from './diff.ts';
import { lost } from './lost.ts';
import type { OutputOptions } from './output.ts';
import { status } from './status.ts';
import { undoneText } from './undo.ts';

export type KeyAction =
  | { kind: 'lost' | 'diff' | 'status' | 'pause' | 'retry' | 'undo' | 'build' | 'quit' | 'help' }
  /** Counts from 1. */
  | { kind: 'choose'; target: number };

const KEYS = {
  l: ['lost', 'lists the wishes that are not honoured, and why'],
  d: ['diff', 'shows what changed between the last two stable results'],
  s: ['status', 'says where each target stands'],
  p: ['pause', 'pauses, and goes on'],
  r: ['retry', 'runs now'],
  u: ['undo', 'takes the last run back; asks first'],
  b: ['build', 'builds the whole kernel; asks first'],
  q: ['quit', 'ends falloutd'],
  '?': ['help', 'lists the keys'],
} as const;

/** What a key asks for; null for one that means nothing. */
export function keyAction(key: string): KeyAction | null {
  if (/^[1-9]$/.test(key)) return { kind: 'choose', target: Number(key) };
  return Object.hasOwn(KEYS, key) ? { kind: KEYS[key as keyof typeof KEYS][0] } : null;
}

/** Answers one key after the other, on the screen that shows the runs. */
export class WatchKeys {
  #chosen = 0;
  /** What the next key confirms if it is y. */
  #asked: (() => Promise<void>) | null = null;
  #working = Promise.resolve();

  constructor(
    private readonly service: Service,
    private readonly stateDir: string,
    private readonly screen: Pick<Reporter, 'print'>,
    private readonly style: () => Style,
    private readonly quit: () => void,
  ) {}

  /** Takes a key as it was typed. What it asks for begins when the key before it is done. Never rejects. */
  async press(key: string): Promise<void> {
    this.#working = this.#working.then(async () => {
      try {
        await this.#answer(key);
      } catch (error) {
        this.screen.print(problemLines('', problemOf(error), this.style()));
      }
    });
    await this.#working;
  }

  async #answer(key: string): Promise<void> {
    const confirmed = this.#asked;
    this.#asked = null;
    if (confirmed !== null) {
      if (key === 'y') await confirmed();
      else this.screen.print(['  no']);
      return;
    }
    const action = keyAction(key);
    if (action !== null) await this.#act(action);
  }

  async #act(action: KeyAction): Promise<void> {
    switch (action.kind) {
      case 'lost':
        return this.#printFrom(lost);
      case 'diff':
        return this.#printFrom((db, output) => diff(db, undefined, undefined, output));
      case 'status': {
        const live = (await this.service.daemon()).live();
        return this.#printFrom((db, output) => status(db, { ...output, target: undefined, live }));
      }
      case 'pause': {
        const loop = await this.#loop();
        if (loop.live().state === 'held') loop.resume();
        else await loop.hold('paused');
        return;
      }
      case 'retry':
        (await this.#loop()).retry();
        return;
      case 'undo': {
        const loop = await this.#loop();
        this.#ask(`take the last run of ${loop.target.name} back, and hold it?`, async () => {
          const undone = await this.service.undo(loop, null);
          const lines = undoneText(undone).trimEnd().split('\n');
          this.screen.print(lines.flatMap((line) => wrap(line, this.style().width)));
        });
        return;
      }
      case 'build': {
        const loop = await this.#loop();
        this.#ask(`build the whole kernel of ${loop.target.name}?`, async () => this.#build(loop));
        return;
      }
      case 'choose':
        return this.#choose(action.target);
      case 'help':
        return this.#help();
      case 'quit':
        this.quit();
    }
  }

  /** The target that the keys are about. A changed configuration may have fewer. */
  async #loop(): Promise<TargetLoop> {
    const daemon = await this.service.daemon();
    const names = Object.keys(daemon.live());
    const loop = daemon.loop(names[this.#chosen] ?? names[0] ?? '');
    if (loop === null) throw new Error('there is no target');
    return loop;
  }

  async #printFrom(render: (db: History, output: OutputOptions) => string): Promise<void> {
    const target = (await this.#loop()).target.name;
    const db = openHistory(this.stateDir, { readonly: true });
    try {
      this.screen.print(render(db, { style: this.style(), target }).trimEnd().split('\n'));
    } finally {
      db.close();
    }
  }

  #ask(question: string, act: () => Promise<void>): void {
    this.screen.print([`${question} (y/n)`]);
    this.#asked = act;
  }

  /** The events of the build come to the screen by themselves. */
  async #build(loop: TargetLoop): Promise<void> {
    const asked = { target: loop.target, state: loop.live().state, converge: () => loop.trigger('command') };
    const { state } = await this.service.kernels.request(asked, { whenStable: true });
    if (state === 'waiting') this.screen.print([`the kernel is built when ${loop.target.name} is stable`]);
    if (state === 'queued') this.screen.print(['it is built when the kernel build before it has ended']);
  }

  async #choose(number: number): Promise<void> {
    const name = Object.keys((await this.service.daemon()).live())[number - 1];
    if (name === undefined) return;
    this.#chosen = number - 1;
    this.screen.print([`the keys are about ${name} now`]);
  }

  async #help(): Promise<void> {
    const names = Object.keys((await this.service.daemon()).live());
    const targets =
      names.length < 2
        ? []
        : [`  1–${names.length}  the keys are about ${names.map((name, i) => `${i + 1} ${name}`).join(', ')}`];
    this.screen.print([...Object.entries(KEYS).map(([key, [, does]]) => `  ${key}  ${does}`), ...targets]);
  }
}
