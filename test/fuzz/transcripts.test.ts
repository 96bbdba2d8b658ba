import { describe, it } from 'vitest';
import { fuzz, TIMEOUT_MS } from './campaign.ts';
import { checkTranscript, logInput, showTranscript } from './transcripts.ts';

describe('fuzz', () => {
  it('transcripts', { timeout: TIMEOUT_MS }, async () => {
    await fuzz({ name: 'transcripts', input: logInput, check: checkTranscript, show: showTranscript });
  });
});
