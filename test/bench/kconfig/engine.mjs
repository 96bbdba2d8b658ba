/**
 * The engine's side of `npm run bench:kconfig`, in a process of its own so that nothing is warm: `node engine.mjs TASK FILE`, where FILE holds a `Task` (side.ts) as JSON. A
 * `Measured` goes to standard output as JSON. It is JavaScript, and runs the compiled engine, so that no compiler of TypeScript is measured.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const { loadTree, ProbeCache, buildKconfig, dialectOf, Configuration, readConfig, writeConfig, askQuestions } =
  await import(new URL('../../../dist/kconfig/index.js', import.meta.url).href);

const [what = '', file = ''] = process.argv.slice(2);
/** @type {import('./side.ts').Task} */
const task = JSON.parse(readFileSync(file, 'utf8'));

const cache = new ProbeCache(
  task.probes !== null && existsSync(task.probes) ? JSON.parse(readFileSync(task.probes, 'utf8')) : undefined,
);
const tree = await loadTree({ root: task.root, file: 'Kconfig', environment: task.environment }, { cache });
if (task.probes !== null) writeFileSync(task.probes, JSON.stringify(cache.data));
const kconfig = buildKconfig(tree, dialectOf(task.root));
const configuration = new Configuration(kconfig);
readConfig(configuration, task.config);

/** @type {import('./side.ts').Measured} */
const measured = { text: '', changeMs: 0, sessionMs: 0, questions: 0, memory: 0 };
if (what === 'change') measured.changeMs = timeChanges();
if (what === 'session') measured.sessionMs = timeSession();
measured.text = writeConfig(configuration);
// The kernel's own figure would count what the process that started this one had.
measured.memory = Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
process.stdout.write(JSON.stringify(measured));

/** One symbol set to another value and all values read, and back: the mean. */
function timeChanges() {
  const named = kconfig.symbols.filter(
    (symbol) => symbol.name !== null && !symbol.constant && symbol.type !== 'unknown',
  );
  const changeable = named.filter((symbol) => configuration.allows(symbol, 0) && configuration.tri(symbol) !== 0);
  const readAll = () => named.reduce((length, symbol) => length + configuration.value(symbol).length, 0);
  let characters = readAll();
  let ms = 0;
  for (let i = 0; i < task.changes; i++) {
    const symbol = changeable[(i * 7919) % changeable.length];
    const before = configuration.tri(symbol);
    for (const value of [0, before]) {
      const started = performance.now();
      configuration.setTri(symbol, value);
      characters += readAll();
      ms += performance.now() - started;
    }
  }
  if (characters === 0) throw new Error('no values');
  return ms / (2 * task.changes);
}

/** With everything that conf would print. */
function timeSession() {
  const started = performance.now();
  const printed = [];
  const session = askQuestions(configuration, { ask: 'all', print: (text) => printed.push(text) });
  for (let step = session.next(); step.done !== true; step = session.next(task.answers[measured.questions - 1] ?? null))
    measured.questions++;
  if (printed.join('') === '') throw new Error('nothing printed');
  return performance.now() - started;
}
