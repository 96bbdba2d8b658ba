import { UsageError } from '../../model/errors.ts';
import { askQuestions, Configuration, EndOfAnswers, readConfig, writeConfig } from '../../kconfig/index.ts';
import { warn } from './configure.ts';
import { loadKernel, readText, writeResult, type TreeOptions } from './load.ts';

/**
 * `falloutd kconfig questions --answers FILE`: the session of `make config` with one answer a line, as conf prints it. When the answers end, the rest takes its defaults.
 */
export async function questions(
  options: TreeOptions & { answers: string; config?: string | undefined; output?: string | undefined },
): Promise<void> {
  const answers = readText(options.answers).split('\n');
  if (answers.at(-1) === '') answers.pop();
  const given = options.config === undefined ? null : { file: options.config, text: readText(options.config) };
  const configuration = new Configuration((await loadKernel(options)).kconfig);
  if (given !== null) warn(given.file, readConfig(configuration, given.text));
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
    process.stdout.write(printed.join(''));
  }
  if (options.output !== undefined) writeResult(options.output, writeConfig(configuration));
}
