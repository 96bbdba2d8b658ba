/**
 * The engine on kept facts for `npm run bench:kconfig`, in a process of its own: `node predictions.mjs explain FACTS` or
 * `node predictions.mjs predict FACTS COUNT`. It runs what was compiled. A `Predicting` (predicting.ts) goes to standard output as JSON.
 */
import { readFileSync } from 'node:fs';

const dist = (file) => import(new URL(`../../../dist/${file}`, import.meta.url).href);
const [what, facts = '', count = '0'] = process.argv.slice(2);
process.stdout.write(JSON.stringify(what === 'explain' ? await explainOne() : await predictAll(Number(count))));

/** Loads what is kept beside facts, and explains one symbol. */
async function explainOne() {
  const { keptKernel } = await dist('kernel/keptTree.js');
  const { Configuration, explain, explainLine, readConfig, unpackTree } = await dist('kconfig/index.js');
  const kept = keptKernel(facts);
  if (kept === null) throw new Error('nothing is kept beside the facts');
  const configuration = new Configuration(unpackTree(kept.tree));
  readConfig(configuration, kept.baseConfig);
  return { line: explainLine(explain(configuration, 'USB_HID')) };
}

/** What the daemon does from a save on, without the evaluation; then `times` predictions, for the memory they leave. */
async function predictAll(times) {
  const { Engine } = await dist('kernel/engine.js');
  const engine = new Engine();
  const names = [...readFileSync(`${facts}.symbols`, 'utf8').split('\n')];
  const measured = { first: { ms: 0, loadMs: 0 }, warm: 0, sessions: [], verdicts: [], memory: [] };
  const verdict = async (wishes) => {
    const started = performance.now();
    const reply = await engine.ask(
      facts,
      { kind: 'predict', input: asking(wishes), withEffects: true },
      new globalThis.AbortController().signal,
    );
    if (reply.kind !== 'predicted') throw new Error(`no prediction: ${JSON.stringify(reply)}`);
    return { ms: performance.now() - started, reply };
  };
  const first = await verdict([['USB_HID', 'n']]);
  measured.first = { ms: first.ms, loadMs: first.reply.loadMs };
  for (const value of ['m', 'y', 'n', 'm', 'y']) {
    const { reply } = await verdict([['USB_HID', value]]);
    measured.sessions.push(reply.predictMs / reply.prediction.sessions);
  }
  for (const number of [300, 7000]) {
    const wishes = everyNth(names, number).map((name) => [name, 'n']);
    const runs = [];
    for (let i = 0; i < 3; i++) runs.push(await verdict(wishes));
    const [{ reply }] = runs;
    measured.verdicts.push({ wishes: number, ms: runs.map(({ ms }) => ms), sessions: reply.prediction.sessions });
  }
  for (let i = 0; i < times; i++) {
    await verdict([['USB_HID', i % 2 === 0 ? 'm' : 'y']]);
    if ((i + 1) % Math.ceil(times / 3) === 0) measured.memory.push(process.memoryUsage.rss() / (1 << 20));
  }
  await engine.close();
  return measured;
}

function everyNth(names, number) {
  return names.filter(
    (_, index) => Math.floor((index * number) / names.length) !== Math.floor(((index - 1) * number) / names.length),
  );
}

/** @param wishes pairs of a symbol and `y`, `m` or `n`, all in one patch of the user's. */
function asking(wishes) {
  const by = { kind: 'patch', name: 'mine', index: 0 };
  const intents = wishes.map(([symbol, tristate], index) => {
    const ask = { value: { kind: 'tristate', tristate }, optional: false };
    return { symbol, ask, priority: 100, by, position: { file: '/p.nix', line: index + 1, column: 1 } };
  });
  const settings = Object.fromEntries(
    wishes.map(([symbol, tristate]) => [symbol, { tristate, freeform: null, optional: false }]),
  );
  const managed = { managedName: 'fallout', managedIndex: 1, entries: [] };
  return { settings, intents, legacy: [], policy: 'keep-wish', ...managed };
}
