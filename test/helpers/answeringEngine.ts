/** A config build of a small tree in a few milliseconds: the sessions that predictions are made of, as transcripts. */
import { Configuration, fillNew, readConfig, writeConfig, type Kconfig } from '../../src/kconfig/index.ts';
import { answersOf, complaintsAbout, runSession, type AnsweredKernel } from '../../src/kernel/answerSession.ts';
import type { Complaint } from '../../src/model/observation.ts';
import type { Settings } from '../../src/script/settings.ts';
import type { Answered } from './answering.ts';

const RULES: Omit<AnsweredKernel, 'kconfig' | 'baseConfig'> = {
  protocol: {
    moduleAnswers: 'tristates',
    unoffered: 'repeats',
    severalYes: 'one',
    forgetsMembers: true,
    unknownQuestion: 'default',
    emptyTexts: 'quotes',
  },
  autoModules: true,
  preferBuiltin: true,
  ignoreConfigErrors: false,
};

/** What `make defconfig` and an answering script make of a request, `AUTO_MODULES` and `PREFER_BUILTIN` set. */
export function answerWithEngine(kconfig: Kconfig, defconfig: string, settings: Settings): Answered {
  const base = new Configuration(kconfig);
  readConfig(base, defconfig);
  fillNew(base, 'default');
  const kernel = { ...RULES, kconfig, baseConfig: writeConfig(base) };
  const lines: string[] = [];
  const session = runSession(kernel, answersOf(settings), 'script', (line) => lines.push(line));
  const complaints = complaintsAbout(settings, session, kernel);
  lines.push(...complaints.map(complaintLine), '');
  const hasFailed = session.dotConfig === null || complaints.some(({ severity }) => severity === 'error');
  const status = hasFailed ? 255 : 0;
  return { status, transcript: lines.join('\n'), dotConfig: session.dotConfig ?? kernel.baseConfig };
}

function complaintLine(complaint: Complaint): string {
  const { severity, symbol } = complaint;
  return complaint.kind === 'unused'
    ? `${severity}: unused option: ${symbol}`
    : `${severity}: option not set correctly: ${symbol} (wanted '${complaint.wanted ?? ''}', got '${complaint.got ?? ''}')`;
}
