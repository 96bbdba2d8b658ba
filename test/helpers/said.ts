import type { Complaint, Refusal } from '../../src/model/observation.ts';
import type { TranscriptReading } from '../../src/script/readTranscript.ts';
import type { Fault } from '../../src/script/statements.ts';

/** All that a transcript states besides questions and choices. */
export const saidIn = ({ observation, faults }: TranscriptReading): (Refusal | Complaint | Fault)[] => [
  ...observation.refusals,
  ...observation.complaints,
  ...faults,
];
