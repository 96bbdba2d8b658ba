import { describe, it } from 'vitest';
import { fuzz, TIMEOUT_MS } from './campaign.ts';
import { checkDeepNix, deepNix, showDeep } from './deepShapes.ts';

describe('fuzz', () => {
  it('deep Nix files', { timeout: TIMEOUT_MS }, async () => {
    await fuzz({ name: 'deep-nix', cost: 100, input: deepNix, check: checkDeepNix, show: showDeep });
  });
});
