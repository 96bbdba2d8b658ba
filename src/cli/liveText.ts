import { LiveLine, SYSTEM_CLOCK } from '../report/text/liveLine.ts';
import { style } from '../report/text/style.ts';

/** A line on a terminal that says what goes on, as it was last told; an empty text takes it away. */
export function liveText(): (doing: string) => void {
  let doing = '';
  const live = new LiveLine(process.stderr, style(process.stderr), SYSTEM_CLOCK, () => doing);
  return (text) => {
    doing = text;
    live.update();
  };
}
