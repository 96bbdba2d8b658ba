import { describe, expect, it } from 'vitest';
import { makeStatements, splitArguments } from '../../../src/kernel/modules/makeSyntax.ts';

const assigned = (text: string): string[] =>
  makeStatements(text).flatMap((each) =>
    each.kind === 'assign' ? [`${each.name} ${each.operator} ${each.value}`] : [],
  );

describe('the statements of a Makefile', () => {
  it('are assignments of every kind, without comments, over several lines', () => {
    expect(
      assigned(
        'obj-$(CONFIG_A)\t+= a.o # why\na-y := b.o \\\n\tc.o\nCC ?= gcc\nV = $(if $(x),a = b:c,d)\nE ::= \\#1\nS != date\n',
      ),
    ).toEqual([
      'obj-$(CONFIG_A) += a.o',
      'a-y := b.o c.o',
      'CC ?= gcc',
      'V = $(if $(x),a = b:c,d)',
      'E := #1',
      'S != date',
    ]);
  });

  it('are none in rules, recipes and the variables of a target', () => {
    expect(
      assigned('all: a b\n\techo x = y\n$(obj)/a.o: CFLAGS = -O2\nobj-y := a.o\n\tobj-y += b.o\nx: ; y = 1\n'),
    ).toEqual(['obj-y := a.o', 'obj-y += b.o']);
  });

  it('have the tests of conditions in all their spellings', () => {
    const equal = (left: string, right: string, negated = false) => ({ kind: 'equal', left, right, negated });
    const tests = makeStatements(
      'ifeq ($(A),y)\nelse ifneq "$(B)" \'m\'\nelse\nendif # A\nifdef CONFIG_C\nendif\n  ifndef D\n  endif\nifeq ($(call f,a,b),)\nendif\n',
    ).flatMap((each) => ('test' in each ? [each.test] : []));
    expect(tests).toEqual([
      equal('$(A)', 'y'),
      equal('$(B)', 'm', true),
      null,
      { kind: 'defined', name: 'CONFIG_C', negated: false },
      { kind: 'defined', name: 'D', negated: true },
      equal('$(call f,a,b)', ''),
    ]);
  });

  it('are what is included and exported, and what stands between define and endef', () => {
    expect(
      makeStatements(
        'include $(srctree)/a b\n-include c\nexport A B\nexport C := 1\ndefine f\nx-y += 1\nendef\noverride D := 2\n',
      ),
    ).toEqual([
      { kind: 'include', files: '$(srctree)/a b' },
      { kind: 'include', files: 'c' },
      { kind: 'export', names: 'A B' },
      { kind: 'assign', name: 'C', operator: ':=', value: '1', exported: true },
      { kind: 'assign', name: 'f', operator: '=', value: 'x-y += 1', exported: false },
      { kind: 'assign', name: 'D', operator: ':=', value: '2', exported: false },
    ]);
  });

  it('are found in whatever is cut short', () => {
    for (const text of ['define f\nobj-y += a.o', 'ifeq ($(A', 'obj-$(CONFIG_A += a.o', 'include', 'export', 'ifeq'])
      expect(() => makeStatements(text)).not.toThrow();
  });
});

it('the last argument of a function keeps its commas', () => {
  expect(splitArguments('$(a,b),c,d', 2)).toEqual(['$(a,b)', 'c,d']);
});
