/** The keys of a terminal, one by one and without an echo. */
import { emitKeypressEvents } from 'node:readline';
import type { ReadStream } from 'node:tty';
import { isInForeground } from '../system/foreground.ts';

type Key = { sequence?: string; name?: string; ctrl?: boolean; meta?: boolean };

export type Keyboard = {
  /** Listens again where the shell has put this process back into the foreground, which it need not tell. */
  check: () => void;
  /** Gives the terminal back. */
  close: () => void;
};

/**
 * Calls `onKey` with each character that is typed, while this process is in the foreground. Ctrl-C and Ctrl-Z do what they do
 * everywhere.
 */
export function listenToKeys(input: ReadStream, onKey: (key: string) => void): Keyboard {
  const take = (): void => {
    // Whoever is in the background would be stopped by this.
    if (!isInForeground()) return;
    // Whoever had the terminal meanwhile may have changed it.
    input.setRawMode(false);
    input.setRawMode(true);
    input.resume();
    // Alone it does not keep the process alive.
    input.unref();
  };
  const give = (): void => {
    if (isInForeground()) input.setRawMode(false);
    input.pause();
  };
  const hear = (_: string | undefined, { name, ctrl = false, meta = false, sequence = '' }: Key): void => {
    if (ctrl && name === 'c') process.kill(process.pid, 'SIGINT');
    else if (ctrl && name === 'z') {
      give();
      process.kill(process.pid, 'SIGTSTP');
      // It goes on here, at once where no shell could ever wake it again.
      take();
    } else if (!ctrl && !meta && sequence.length === 1) onKey(sequence);
  };
  emitKeypressEvents(input);
  input.on('keypress', hear);
  process.on('SIGCONT', take);
  take();
  return {
    check: () => {
      if (!input.isRaw || input.isPaused()) take();
    },
    close: () => {
      process.off('SIGCONT', take);
      input.off('keypress', hear);
      give();
    },
  };
}
