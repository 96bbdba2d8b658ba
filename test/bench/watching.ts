/** A `falloutd watch` that runs for long: its process, and what it logs as it goes. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import type { Host } from '../../src/setup/demo/demoHost.ts';
import type { Iteration, RunOutcome } from '../../src/model/run.ts';
import { MAIN } from './falloutd.ts';

export class Watching {
  readonly pid: number;
  readonly #process;
  readonly #lines;

  /** Begins to watch a host; `stable` waits for its first run. */
  constructor(host: Host) {
    this.#process = execa(MAIN, ['watch', '--config', host.configFile], {
      reject: false,
      buffer: false,
      stdin: 'ignore',
      stderr: 'inherit',
    });
    this.pid = this.#process.pid ?? 0;
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** Waits for the next run to end, one that was not superseded; `onIteration` is called as each iteration ends. @throws Error when it is not stable. */
  async stable(onIteration: (iteration: Iteration) => void = () => undefined): Promise<void> {
    for (;;) {
      const line = await this.#lines.next();
      if (line.done === true) throw new Error('falloutd watch has ended');
      const { iteration, run } = JSON.parse(line.value) as {
        iteration?: Iteration;
        run?: number | { outcome: RunOutcome };
      };
      if (iteration !== undefined) onIteration(iteration);
      if (typeof run !== 'object' || run.outcome.kind === 'superseded') continue;
      if (run.outcome.kind !== 'stable') throw new Error(`falloutd watch ended ${run.outcome.kind}: ${line.value}`);
      return;
    }
  }

  /** The memory that is resident, in MB. */
  residentMb(): number {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1]) / 1024;
  }

  /** The processor time of the process itself, without its children, in seconds: proc_pid_stat(5), in ticks of 10 ms. */
  processorSeconds(): number {
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  async end(): Promise<void> {
    this.#process.kill('SIGTERM');
    await this.#process;
  }
}
