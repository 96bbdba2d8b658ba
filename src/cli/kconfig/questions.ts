import { UsageError } from '../../model/errors.ts';
import { askQuestions, Configuration, EndOfAnswers, writeConfig } from '../../kconfig/index.ts';
import { printResult } from '../output.ts';
import { loadKernel, readGiven, setValues, type TreeOptions } from './load.ts';
import { writeResult } from '../writeResult.ts';

/** `falloutd kconfig questions --answers FILE`: the session of `make config`, as conf prints it; the rest takes its defaults. */
export async function questions(
  options: TreeOptions & { answers: string; config?: string | undefined; output?: string | undefined },
): Promise<void> {
  const answers = (await readGiven(options.answers)).text.split('\n');
  if (answers.at(-1) === '') answers.pop();
  const given = options.config === undefined ? null : await readGiven(options.config);
  const configuration = new Configuration((await loadKernel(options)).kconfig);
  if (given !== null) setValues(configuration, given);
  const printed: string[] = [];
  const session = askQuestions(configuration, { ask: 'all', print: (text) => void printed.push(text) });
  try {
    let given = 0;
    for (let asked = session.next(); asked.done !== true;) asked = session.next(answers[given++] ?? null);
  } catch (error) {
    if (error instanceof EndOfAnswers)
      throw new UsageError({ message: error.message, file: options.answers }, { cause: error });
    throw error;
  } finally {
    printResult(printed.join(''));
  }
  if (options.output !== undefined) writeResult(options.output, writeConfig(configuration));
}
