import type { Documents } from '../data/documentSchemas.ts';
import { clean, hanging, type Style } from './style.ts';
import { duration } from './duration.ts';
import { missLines } from './lostLines.ts';
import { plural } from './sentenceParts.ts';
import { problemLines } from './problemLines.ts';

type Predicted = Documents['predict'];

/** What a run would come to: the end, the entries that would change, and the wishes that would be lost. */
export function predictionLines(predicted: Predicted, target: string, style: Style): string[] {
  const { outcome, entries, predictMs } = predicted;
  const head = `${target}: predicted in ${duration(predictMs)}: ${ending(predicted)}`;
  return [
    ...hanging('', head, style.width).map((line) => style.colors.bold(line)),
    ...(outcome.kind === 'blocked' ? problemLines('  ', outcome.problem, style) : []),
    ...entries.flatMap(({ symbol, from, to, reason }) =>
      hanging(
        '  ',
        `${to === null ? `- ${symbol} = ${from ?? ''}` : `+ ${symbol} = ${to}`}  # ${clean(reason)}`,
        style.width,
      ),
    ),
    ...missLines(predicted, style),
  ];
}

function ending({ outcome, entries, lost }: Predicted): string {
  const changes =
    entries.length === 0
      ? 'the managed patch stays as it is'
      : `${plural(entries.length, 'entry', 'entries')} would change`;
  const wishes = lost.length === 0 ? 'every wish honoured' : `${plural(lost.length, 'wish', 'wishes')} not honoured`;
  if (outcome.kind === 'stable') return `one config build would find it stable; ${changes}; ${wishes}`;
  return outcome.kind === 'stalled'
    ? `no entry is left to try for ${outcome.symbols.join(', ')}`
    : 'a run would be blocked';
}
