import { describe, expect, it } from 'vitest';
import type { Portrait } from '../../src/kernel/portrait.ts';
import { replacementsBetween } from '../../src/kernel/replacements.ts';

type Given = {
  prompts: Record<string, string | null>;
  transitional?: Record<string, string[]>;
  modules?: Record<string, string[]>;
};

const portrait = ({ prompts, transitional = {}, modules = {} }: Given): Portrait => ({
  options: new Map(
    Object.entries(prompts).map(([name, prompt]) => [name, { prompt, menu: '', isAsked: true, hurts: null }]),
  ),
  transitional: new Map(Object.entries(transitional)),
  modules: new Map(Object.entries(modules)),
});

const replacement = (name: string, now: Given, next: Given) => replacementsBetween(portrait(now), portrait(next))(name);

describe('what is in the place of an option', () => {
  it('is what the kernel itself says', () => {
    const next: Given = { prompts: { NEW: 'New', SAME: 'Of two words' }, transitional: { OLD: ['NEW'] } };
    expect(replacement('OLD', { prompts: { OLD: 'Of two words' } }, next)).toEqual({
      kind: 'transitional',
      names: ['NEW'],
    });
  });

  it('is the new option with its prompt', () => {
    const now = { prompts: { RETPOLINE: 'Avoid indirect branches', KEPT: 'Avoid indirect branches' } };
    const next = { prompts: { MITIGATION_RETPOLINE: 'Avoid indirect branches', KEPT: 'Avoid indirect branches' } };
    expect(replacement('RETPOLINE', now, next)).toEqual({ kind: 'prompt', names: ['MITIGATION_RETPOLINE'] });
  });

  it('is the new option that makes its module', () => {
    const now = { prompts: { HABANA_AI: 'HabanaAI', BUS: 'Bus' }, modules: { habanalabs: ['HABANA_AI', 'BUS'] } };
    const next = {
      prompts: { DRM_ACCEL_HABANALABS: 'Accelerators', BUS: 'Bus' },
      modules: { habanalabs: ['DRM_ACCEL_HABANALABS', 'BUS'] },
    };
    expect(replacement('HABANA_AI', now, next)).toEqual({ kind: 'module', names: ['DRM_ACCEL_HABANALABS'] });
  });

  it.each([
    ['USB_ONBOARD_HUB', 'Onboard USB hub support', 'USB_ONBOARD_DEV', 'Onboard USB device support'],
    ['TEST_USER_COPY', 'Test kernel boundary', 'USERCOPY_KUNIT_TEST', 'KUnit test for the kernel boundary'],
  ])('is perhaps an option that is alike: %s', (name, prompt, other, otherPrompt) => {
    expect(replacement(name, { prompts: { [name]: prompt } }, { prompts: { [other]: otherPrompt } })).toEqual({
      kind: 'near',
      names: [other],
    });
  });

  it.each([
    ['of another driver', 'RTL8192U', 'RTL8192U Wireless LAN driver', 'RTL8192DU', 'RTL8192DU USB Wireless Network'],
    ['without a common word', 'PSTORE_842', '842 compression of logs', 'ZRAM_X', '842 compression of logs and more'],
    ['without a prompt', 'OLD_NAME', null, 'OLD_NAMES', 'Old names of things'],
  ])('is not known for one %s', (_what, name, prompt, other, otherPrompt) => {
    expect(replacement(name, { prompts: { [name]: prompt } }, { prompts: { [other]: otherPrompt } })).toBeNull();
  });

  it('is no option that both kernels have', () => {
    const now = { prompts: { SLAB_OLD: 'The old allocator', SLAB_NEW: 'The old allocator here' } };
    expect(replacement('SLAB_OLD', now, { prompts: { SLAB_NEW: 'The old allocator here' } })).toBeNull();
  });
});
