import { describe, expect, it } from 'vitest';
import { cpuOptions } from '../../src/kernel/cpuOptions.ts';

const KCONFIG = 'config X86_32\n\tbool\n';
const TOP = 'include $(srctree)/arch/$(SRCARCH)/Makefile\n';

/** The symbols for each `-march` of an architecture with this Makefile. */
const options = (makefile: string): Record<string, string[]> =>
  Object.fromEntries(
    cpuOptions(
      new Map([
        ['Makefile', TOP],
        ['Kconfig', KCONFIG],
        ['arch/x86/Makefile', makefile],
      ]),
      'x86',
    ),
  );

describe('cpuOptions', () => {
  it('are those that add a -march, in a list as up to Linux 6.15', () => {
    const text = [
      'ifeq ($(CONFIG_X86_32),y)',
      'cflags-$(CONFIG_MK8) += -march=athlon',
      'else',
      'cflags-$(CONFIG_MK8) += -march=k8',
      'cflags-$(CONFIG_MZEN4)\t+= -march=znver4 -mno-tbm',
      'cflags-$(CONFIG_MNATIVE_AMD) += -march=native',
      'cflags-$(CONFIG_GENERIC_CPU) += -mtune=generic',
      'endif',
      'KBUILD_CFLAGS += $(cflags-y)',
    ];
    expect(options(text.join('\n'))).toEqual({
      athlon: ['X86_32', 'MK8'],
      k8: ['MK8'],
      znver4: ['MZEN4'],
      native: ['MNATIVE_AMD'],
    });
  });

  it('are those that a branch asks for, as since then', () => {
    const text = [
      'ifdef CONFIG_X86_NATIVE_CPU',
      'KBUILD_CFLAGS += -march=native',
      'else',
      'KBUILD_CFLAGS += -march=x86-64 -mtune=generic',
      'endif',
      'ifdef CONFIG_MZEN4',
      'KBUILD_CFLAGS += -march=znver4',
      'endif',
    ];
    expect(options(text.join('\n'))).toEqual({ native: ['X86_NATIVE_CPU'], 'x86-64': [], znver4: ['MZEN4'] });
  });

  it('are none where the Makefiles are not known', () => {
    expect(cpuOptions(new Map(), 'x86').size).toBe(0);
  });
});
