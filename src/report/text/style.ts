import pc from 'picocolors';

/** How to write for one output: with which colours, and how many columns there are. */
export type Style = {
  colors: ReturnType<typeof pc.createColors>;
  /** Infinity where nothing has to fit (a pipe, a file). */
  width: number;
  /** True for a terminal that understands control sequences: only there is a line rewritten in place. */
  live: boolean;
};

/** What `style` needs to know of an output; `process.stdout` is one. */
export type Output = { isTTY?: boolean; columns?: number };

/** No colours, 80 columns: for tests and for text that is kept. */
export const PLAIN: Style = { colors: pc.createColors(false), width: 80, live: false };

/**
 * The one place where colour is decided: NO_COLOR (not empty) turns it off, else FORCE_COLOR turns it on
 * (`0` and `false`: off), else a terminal other than TERM=dumb has it. COLUMNS gives the width of what is no terminal.
 */
export function style(output: Output, env: Readonly<Record<string, string | undefined>> = process.env): Style {
  const terminal = output.isTTY === true;
  const capable = terminal && env['TERM'] !== 'dumb';
  return {
    colors: pc.createColors(wantsColor(env, capable)),
    width: widthOf(output, terminal, env['COLUMNS']),
    live: capable,
  };
}

function wantsColor(env: Readonly<Record<string, string | undefined>>, capable: boolean): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  return capable;
}

function widthOf(output: Output, terminal: boolean, columns: string | undefined): number {
  if (terminal && output.columns !== undefined && output.columns > 0) return output.columns;
  const asked = Number(columns);
  if (Number.isInteger(asked) && asked > 0) return asked;
  return terminal ? 80 : Infinity;
}
