import { jsonOf } from '../../fallout/causeText.ts';
import type { Documents } from './documentSchemas.ts';

export type Document = Documents[keyof Documents];

/**
 * A JSON document, with its version. A key that goes or changes its meaning makes a new version; a new key does not.
 * @param indent spaces; without it the text is one line.
 */
export function documentText(document: Document, indent?: number): string {
  return `${jsonOf({ version: 1, ...document }, indent)}\n`;
}
