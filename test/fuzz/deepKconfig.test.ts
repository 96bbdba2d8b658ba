import { describe, it } from 'vitest';
import { fuzz, TIMEOUT_MS } from './campaign.ts';
import { checkDeepKconfig, deepKconfig, showDeep } from './deepShapes.ts';

describe('fuzz', () => {
  it('deep Kconfig trees', { timeout: TIMEOUT_MS }, async () => {
    await fuzz({ name: 'deep-kconfig', cost: 200, input: deepKconfig, check: checkDeepKconfig, show: showDeep });
  });
});
