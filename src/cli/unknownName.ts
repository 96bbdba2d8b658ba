import { causeText } from '../fallout/causeText.ts';
import { UsageError } from '../model/errors.ts';
import type { UnknownName } from '../model/why.ts';

/** A name that the kernel does not define, as what is wrong with the command line. */
export const unknownName = ({ symbol, cause }: UnknownName): UsageError =>
  new UsageError({ message: `${symbol}: ${causeText(cause)}` });
