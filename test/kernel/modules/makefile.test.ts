import { describe, expect, it } from 'vitest';
import { Conditions, judgeOf } from '../../../src/kernel/modules/conditions.ts';
import { Makefile } from '../../../src/kernel/modules/makefile.ts';

/** The words of `obj-y` under some values. */
function words(text: string, values: Record<string, string> = {}, files: Record<string, string> = {}): string {
  const conditions = new Conditions();
  const all = new Map(Object.entries({ ...files, Makefile: text }));
  const makefile = new Makefile({ conditions, files: all, variables: { src: 'drivers/a', 'obj-y': '', 'obj-m': '' } });
  makefile.read('Makefile');
  const found = makefile.words('obj-y');
  const holds = judgeOf(conditions.pack(), (symbol) => values[symbol] ?? null);
  return found.flatMap(({ word, when }) => (holds(when) ? [word] : [])).join(' ');
}

describe('a Makefile', () => {
  it('gives what stands under the values of symbols', () => {
    const text =
      'obj-$(CONFIG_A) += a.o\nifdef CONFIG_B\nobj-y += b.o\nelse ifeq ($(CONFIG_A),m)\nobj-y += c.o\nendif\n';
    expect([words(text), words(text, { A: 'y', B: 'm' }), words(text, { A: 'm' })]).toEqual(['', 'a.o b.o', 'c.o']);
  });

  it('expands := where it stands, and = where it is used', () => {
    expect(words('A = 1\nB := $(A)\nC = $(A)\nA = 2\nobj-y += b$(B) c$(C)\n')).toBe('b1 c2');
    expect(words('A ?= 1\nA ?= 2\nobj-y += $(A)\n')).toBe('1');
  });

  it('replaces a variable only where the condition holds', () => {
    const text = 'A := 1\nifeq ($(CONFIG_X),y)\nA := 2\nendif\nobj-y += a$(A).o\n';
    expect([words(text), words(text, { X: 'y' })]).toEqual(['a1.o', 'a2.o']);
  });

  it('knows the names that are made of several symbols', () => {
    const text = 'obj-$(CONFIG_A)$(CONFIG_B) += a.o\nobj-$(subst m,y,$(CONFIG_C)) += c.o\nobj-$(CONFIG_D:m=y) += d.o\n';
    expect([words(text, { A: 'y' }), words(text, { A: 'y', B: 'y' })]).toEqual(['a.o', '']);
    expect(words(text, { C: 'm', D: 'm' })).toBe('c.o d.o');
  });

  it('knows a symbol that is neither on nor off', () => {
    const text = 'ifeq ($(CONFIG_BITS),64)\nobj-y += a.o\nendif\nifneq ($(CONFIG_FW),"")\nobj-y += fw.o\nendif\n';
    expect([words(text, { BITS: '64', FW: 'x' }), words(text, { BITS: '32', FW: '' })]).toEqual(['a.o fw.o', '']);
  });

  it('has the functions that Kbuild files use', () => {
    const text = `
      dirs := x y
      f = $(addprefix $(1)/,$(2))
      obj-y += $(call f,d,$(dirs)) $(addsuffix .o,$(filter-out y,$(dirs)))
      obj-y += $(foreach d,$(dirs),$(d)_$(CONFIG_A).o) $(patsubst %.c,%.o,a.c b.S) $(notdir p/q.o) $(basename r.s.o)
      obj-y += $(if $(CONFIG_A),on.o,off.o) $(or $(CONFIG_B),$(CONFIG_A)) $(and $(CONFIG_A),$(CONFIG_B))
      obj-y += $(sort b a b) $(word 2,$(dirs)) $(words $(dirs)) $(dirs:%=%z) $(dir p/q.o)
    `;
    expect(words(text, { A: 'm' })).toBe('d/x d/y x.o x_m.o y_m.o a.o b.S q.o r.s on.o m a b y 2 xz yz p/');
  });

  it('runs nothing: a command gives no text', () => {
    expect(words('A := $(shell echo a.o)\nB != echo b.o\nobj-y += $(A) $(B) $(shell ls) c.o\n')).toBe('c.o');
  });

  it('reads what it includes, and no more where it includes itself', () => {
    const files = { 'drivers/a/x/Makefile': 'obj-y += x.o\n', 'lib.mk': 'obj-y += lib.o\ninclude lib.mk\n' };
    const text = 'include $(addsuffix /Makefile,$(addprefix $(src)/,x gone))\nifdef CONFIG_L\ninclude lib.mk\nendif\n';
    expect(words(text, {}, files)).toBe('x.o');
    expect(words(text, { L: 'y' }, files)).toMatch(/^x\.o( lib\.o)+$/);
  });

  it('that defines a variable by itself gives nothing for it', () => {
    expect(words('A = $(B)\nB = $(A)\nobj-y += $(A) a.o\n')).toBe('a.o');
  });
});
