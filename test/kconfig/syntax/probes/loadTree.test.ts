import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TreeSource } from '../../../../src/kconfig/syntax/ast.ts';
import { formatDiagnostic, KconfigError } from '../../../../src/kconfig/syntax/diagnostics.ts';
import { ProbeCache } from '../../../../src/kconfig/syntax/probes/probeCache.ts';
import { loadTree } from '../../../../src/kconfig/syntax/probes/loadTree.ts';
import { readTree } from '../../../../src/kconfig/syntax/readTree.ts';
import { shellProbe, shellRunner, type Runner } from '../../../../src/kconfig/syntax/probes/shell.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kconfig-probes-'));
  mkdirSync(join(root, 'scripts'));
});
afterEach(() => rmSync(root, { recursive: true }));

const source = (environment: Record<string, string> = {}): TreeSource => ({
  root,
  file: 'Kconfig',
  environment: { PATH: process.env['PATH'] ?? '', srctree: root, ...environment },
});

function tree(text: string, others: Record<string, string> = {}): void {
  for (const [name, content] of Object.entries({ Kconfig: text, ...others })) writeFileSync(join(root, name), content);
}

/** A runner that answers each command by `answer`, and notes them in order. */
function noting(answer: (command: string) => string): { ran: string[]; run: Runner } {
  const ran: string[] = [];
  const run: Runner = (command) => {
    ran.push(command);
    return Promise.resolve({ output: answer(command), errors: '' });
  };
  return { ran, run };
}

const symbols = async (run: Runner): Promise<unknown[]> =>
  (await loadTree(source(), { run })).statements.map(
    (statement) =>
      statement.kind === 'config' &&
      `${statement.symbol} ${JSON.stringify(statement.options.map((o) => ('value' in o ? o.value : o.kind)))}`,
  );

describe('the answers are those of one command after the other', () => {
  test('a command made of answers, a file named by one, a macro defined by one', async () => {
    tree(
      `A := $(shell,first)
B := $(shell,second $(A))
source "$(B)"
config END
	def_bool $(shell,third $(B) $(LATE))
`,
      { chosen: 'LATE := $(shell,late)\nconfig CHOSEN\n\tdef_bool y\n' },
    );
    const answers: Record<string, string> = { first: 'one', 'second one': 'chosen', late: 'L', 'third chosen L': 'm' };
    const { ran, run } = noting((command) => answers[command] ?? 'wrong');
    expect(await symbols(run)).toEqual([
      'CHOSEN [{"kind":"symbol","operand":{"name":"y","constant":false}},"type"]',
      'END [{"kind":"symbol","operand":{"name":"m","constant":false}},"type"]',
    ]);
    expect(ran).toEqual(['first', 'second one', 'late', 'third chosen L']);
  });

  test('an answer is put where its placeholder was an operand; an empty word is none', async () => {
    const answers: Record<string, string> = { type: 'y', again: 'm' };
    const { run } = noting((command) => answers[command] ?? '');
    tree('config A\n\tdef_bool $(shell,type)\n\tdefault "$(shell,none)" if $(shell,a$(shell,none)gain) = X\n');
    expect(await symbols(run)).toEqual([
      'A [{"kind":"symbol","operand":{"name":"y","constant":false}},"type",{"kind":"symbol","operand":{"name":"","constant":true}}]',
    ]);
    tree('config A\n\tdef_bool y $(shell,none)\n\tdepends on X $(shell,none)\n');
    expect(await symbols(run)).toEqual([
      'A [{"kind":"symbol","operand":{"name":"y","constant":false}},"type","depends"]',
    ]);
    tree('config A\n\tdef_bool $(shell,none)\n');
    await expect(symbols(run)).rejects.toThrow('syntax error');
  });

  test('what only a placeholder leads to is not told: an error-if, a warning, a missing file', async () => {
    tree('$(error-if,$(shell,no),stop)\n$(warning-if,$(shell,yes),told)\nX := $(shell,file)\nsource "$(X)"\n', {
      real: 'config R\n\tbool\n',
    });
    const loaded = await loadTree(source(), {
      run: noting((command) => ({ no: 'n', yes: 'y', file: 'real' })[command] ?? '').run,
    });
    expect(loaded.diagnostics.map(formatDiagnostic)).toEqual(['Kconfig:2: told']);
    expect(loaded.files).toEqual(['Kconfig', 'real']);
  });

  test('an error that remains is thrown, once every command has ended', async () => {
    tree('X := $(shell,slow)\n$(error-if,$(shell,yes),stop)\n');
    let ended = 0;
    const run: Runner = async (command) => {
      await new Promise((resolve) => setImmediate(resolve));
      ended++;
      return { output: command === 'yes' ? 'y' : '', errors: '' };
    };
    await expect(loadTree(source(), { run })).rejects.toThrow(KconfigError);
    expect(ended).toBe(2);
  });

  test('a runner that fails ends it', async () => {
    tree('X := $(shell,broken)\n');
    await expect(loadTree(source(), { run: () => Promise.reject(new Error('no shell')) })).rejects.toThrow('no shell');
  });

  test('never more commands than jobs at the same time, each once', async () => {
    tree(Array.from({ length: 40 }, (_, i) => `config A${i}\n\tdef_bool $(shell,${i % 20})\n`).join(''));
    let running = 0,
      most = 0,
      all = 0;
    const run: Runner = async () => {
      most = Math.max(most, ++running);
      all++;
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return { output: 'y', errors: '' };
    };
    await loadTree(source(), { run, jobs: 3 });
    expect([all, most]).toEqual([20, 3]);
  });

  test('random macro files, against a shell for each command in turn', async () => {
    const name = fc.constantFrom('A', 'B', 'C', 'D');
    const value = fc
      .array(
        fc.oneof(
          name.map((n) => `$(${n})`),
          name.map((n) => `$(shell,echo ${n}$(${n}))`),
          fc.constantFrom('x', 'y', ' '),
        ),
        { maxLength: 3 },
      )
      .map((parts) => parts.join(''));
    const line = fc.oneof(
      fc.tuple(name, fc.constantFrom(':=', '='), value).map(([n, flavour, v]) => `${n} ${flavour} ${v}`),
      value.map((v) => `config S\n\tstring "${v}"`),
      value.map((v) => `config T\n\tstring\n\tdefault "${v}" if A = "${v}"\n\tdepends on ${v}`),
      value.map((v) => `$(warning-if,$(shell,test "${v}" = y && echo y),w ${v})`),
      name.map((n) => `source "f-$(${n})"`),
    );
    const kept = new Map<string, string>();
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 8 }), async (lines) => {
        tree(`${lines.join('\n')}\n`, { 'f-': 'config EMPTY\n\tbool\n', 'f-x': 'C := $(shell,echo in x)\n' });
        const shell = shellProbe({ directory: root, environment: source().environment });
        const probe = (command: string): string =>
          kept.get(command) ?? (kept.set(command, shell(command)), kept.get(command) ?? '');
        const outcome = async (read: () => unknown): Promise<string> => {
          try {
            return JSON.stringify(await read());
          } catch (error) {
            if (error instanceof KconfigError) return error.diagnostics.map(formatDiagnostic).join('\n');
            throw error;
          }
        };
        const run: Runner = (command) => Promise.resolve({ output: probe(command), errors: '' });
        expect(await outcome(() => loadTree(source(), { run }))).toBe(await outcome(() => readTree(source(), probe)));
      }),
      { numRuns: 150 },
    );
  });
});

describe('answers are kept', () => {
  const text =
    'A := $(shell,$(CC) -v)\nB := $(shell,$(srctree)/scripts/b.sh)\nC := $(shell,test -e $(PLUGIN) && echo y)\nconfig S\n\tstring "$(A) $(B) $(C)"\n';
  let outside = '',
    tool = '',
    plugin = '';
  afterEach(() => rmSync(outside, { recursive: true }));
  beforeEach(() => {
    tree(text);
    outside = mkdtempSync(join(tmpdir(), 'kconfig-tools-'));
    tool = join(outside, 'cc');
    plugin = join(outside, 'plugin.h');
    writeFileSync(tool, '#!/bin/sh\necho compiler\necho warned >&2\n');
    chmodSync(tool, 0o755);
    writeFileSync(join(root, 'scripts/b.sh'), '#!/bin/sh\necho script\n');
    chmodSync(join(root, 'scripts/b.sh'), 0o755);
  });

  /** How many commands a load runs with the answers of those before, through JSON. */
  let kept: unknown;
  const commandsOf = async (environment: Record<string, string> = {}): Promise<number> => {
    const cache = new ProbeCache(kept);
    const shell = shellRunner({ directory: root, environment: source().environment });
    let ran = 0;
    const run: Runner = (command) => {
      ran++;
      return shell(command);
    };
    await loadTree(source({ CC: tool, PLUGIN: plugin, ...environment }), { run, cache });
    kept = JSON.parse(JSON.stringify(cache.data));
    return ran;
  };
  beforeEach(() => (kept = undefined));

  test('a second load starts nothing', async () => {
    expect(await commandsOf()).toBe(3);
    expect(await commandsOf()).toBe(0);
    expect(await commandsOf({ TERM: 'other', CC_VERSION_TEXT: 'text', SSH_AUTH_SOCK: '/x' })).toBe(0);
  });

  test('another compiler, another environment, another script of the tree ask anew', async () => {
    await commandsOf();
    appendFileSync(tool, '# changed\n');
    expect(await commandsOf()).toBe(3);
    expect(await commandsOf({ CPATH: '/x' })).toBe(3);
    appendFileSync(join(root, 'scripts/b.sh'), '# changed\n');
    expect(await commandsOf()).toBe(3);
    expect(await commandsOf()).toBe(0);
  });

  test('a file that a command names counts for that command', async () => {
    await commandsOf();
    writeFileSync(plugin, '');
    expect(await commandsOf()).toBe(1);
    expect(await commandsOf()).toBe(0);
  });

  test('a copy of the tree elsewhere takes them', async () => {
    await commandsOf();
    const original = root;
    try {
      root = mkdtempSync(join(tmpdir(), 'kconfig-copy-'));
      mkdirSync(join(root, 'scripts'));
      tree(text);
      writeFileSync(join(root, 'scripts/b.sh'), readFileSync(join(original, 'scripts/b.sh')));
      expect(await commandsOf()).toBe(0);
    } finally {
      rmSync(root, { recursive: true });
      root = original;
    }
  });

  test('what a command printed to standard error is told each time', async () => {
    const cache = new ProbeCache();
    const diagnostics = async (): Promise<unknown> =>
      (await loadTree(source({ CC: tool, PLUGIN: plugin }), { cache })).diagnostics;
    expect(await diagnostics()).toEqual([{ level: 'info', at: null, text: 'warned' }]);
    expect(await diagnostics()).toEqual([{ level: 'info', at: null, text: 'warned' }]);
  });

  test('anything else than a cache is an empty one', async () => {
    for (const data of [null, 3, 'x', {}, { version: 2, sets: {} }, { version: 1, sets: null }]) {
      kept = data;
      expect(await commandsOf()).toBe(3);
    }
  });
});
