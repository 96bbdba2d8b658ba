import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askCompiler } from '../../src/generate/askCompiler.ts';
import { whichTool } from '../../src/setup/demo/tools.ts';

/** Names that gcc 12 and clang 14 have for x86; CI and every newer compiler know them, too. */
const NAMES = 'core2 nehalem haswell skylake alderlake atom k8 bdver2 znver3 x86-64-v3'.split(' ');
const never = new AbortController().signal;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'falloutd-compiler-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function program(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/bash\n${text}\n`, { mode: 0o755 });
  return file;
}

/** A wrapper as nixpkgs has it: it leaves `-march=native` out unless it is told otherwise. */
const wrapper = (tool: string): string =>
  program(
    `wrapped-${tool}`,
    `if [[ \${NIX_ENFORCE_NO_NATIVE:-1} != 0 ]]; then
  for word; do shift; [[ $word == -m*=native ]] || set -- "$@" "$word"; done
fi
exec '${whichTool(tool)}' "$@"`,
  );

describe.each(['gcc', 'clang'] as const)('%s', (kind) => {
  it.each(NAMES)('compiles for %s', async (cpu) => {
    const answer = await askCompiler(whichTool(kind), cpu, never);
    expect(answer).toMatchObject({ kind: 'known', compiler: { kind, path: whichTool(kind) }, cpu, from: 'asked' });
    expect(answer).toMatchObject({ canTune: cpu !== 'x86-64-v3' });
  });

  it('names the processor of this machine, and lists what it knows beside a name that it does not know', async () => {
    const answer = await askCompiler(whichTool(kind), null, never);
    if (answer.kind !== 'known') throw new Error(answer.kind);
    expect(answer.from).toBe('native');
    const unknown = await askCompiler(whichTool(kind), 'zenver3', never);
    if (unknown.kind !== 'unknown-cpu') throw new Error(unknown.kind);
    expect(unknown.known[0]).toBe('znver3');
    expect(unknown.known).toEqual(expect.arrayContaining([...NAMES.filter((name) => name !== 'atom'), answer.cpu]));
    expect(unknown.known).not.toContain('native');
  });

  it("is asked past nixpkgs' wrapper, which leaves -march=native out", async () => {
    const direct = await askCompiler(whichTool(kind), null, never);
    const wrapped = await askCompiler(wrapper(kind), null, never);
    expect(direct).toMatchObject({ kind: 'known' });
    expect({ ...wrapped, compiler: null }).toEqual({ ...direct, compiler: null });
  });
});

describe('what is no compiler', () => {
  it.each([
    ['true', ':', 'it is neither gcc nor clang'],
    ['broken', 'echo "no space left" >&2; exit 1', 'no space left'],
  ])('%s', async (name, text, reason) => {
    expect(await askCompiler(program(name, text), null, never)).toEqual({ kind: 'no-compiler', reason });
  });

  it('a missing file', async () => {
    expect(await askCompiler(join(folder, 'missing'), null, never)).toMatchObject({ kind: 'no-compiler' });
  });

  it('an interruption', async () => {
    expect(await askCompiler(whichTool('gcc'), null, AbortSignal.abort())).toEqual({ kind: 'aborted' });
  });

  it('one that does not tell the processor of this machine', async () => {
    const mute = program('mute', `[[ $* != *native* ]] || exit 1; exec '${whichTool('gcc')}' "$@"`);
    expect(await askCompiler(mute, null, never)).toMatchObject({ kind: 'no-native', compiler: { kind: 'gcc' } });
    expect(await askCompiler(mute, 'haswell', never)).toMatchObject({ kind: 'known', lacking: [] });
  });
});
