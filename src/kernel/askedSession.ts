/** A session that never dies, with everything that it was asked. */
import type { Choice, Question } from '../model/observation.ts';
import { questionIn } from '../script/readTranscript.ts';
import { QUESTION } from '../script/logLines.ts';
import { runSession, type AnsweredKernel } from './answerSession.ts';
import type { Answers } from './scriptSession.ts';

/** All questions of both passes, repetitions included. */
export type Asked = { questions: readonly Question[]; choices: readonly Choice[] };

/** What a kernel's script is asked with these answers. */
export function askedWith(kernel: AnsweredKernel, answers: Answers): Asked {
  const questions: Question[] = [];
  const onLine = (line: string): void => {
    const question = line.startsWith(QUESTION) ? questionIn(line).question : null;
    if (question !== null) questions.push(question);
  };
  const answerer = kernel.protocol.unoffered === 'clamps' ? 'script' : 'listing';
  const { observation } = runSession(kernel, answers, answerer, onLine);
  return { questions, choices: observation.choices };
}
