import type { Config } from '../config/config.ts';
import { FalloutdError } from '../model/errors.ts';
import type { LostOfTarget } from '../report/data/documentSchemas.ts';
import { remediesOfLost } from '../run/lostRemedies.ts';
import { remedyFinder } from '../run/remediesFor.ts';
import { lookAtTarget } from './lookAtTarget.ts';
import { printNote } from './output.ts';

/**
 * What is lost of a target, with a remedy for each wish that has one; null after an interruption. What keeps falloutd from looking is said,
 * and the wishes are told without.
 */
export async function withRemedies(lost: LostOfTarget, config: Config): Promise<LostOfTarget | null> {
  const target = config.targets.find(({ name }) => name === lost.target);
  if (target === undefined || lost.lost.length === 0) return lost;
  try {
    const found = await lookAtTarget(config, async (history, looking, say) => {
      const find = await remedyFinder(target, history, looking);
      const onSearch = (symbol: string, left: number): void => say(`looking for a remedy for ${symbol}, ${left} left`);
      return find && (await remediesOfLost(find, lost.lost, onSearch));
    });
    if (found === null) return null;
    const { remedies, left } = found;
    return { ...lost, remedies, ...(left === 0 ? {} : { notSearched: left }) };
  } catch (error) {
    if (!(error instanceof FalloutdError)) throw error;
    printNote(`no remedies: ${error.problem.message}`);
    return lost;
  }
}
