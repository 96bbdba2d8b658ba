import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/config.ts';
import { Service, type ServiceNews } from '../../src/daemon/service.ts';
import type { RunEvent } from '../../src/model/event.ts';
import type { FakeWork } from './fakeWork.ts';
import { PATCHES } from './target.ts';

/** A folder with a configuration of two targets, `one` and `two`, that a service serves without Nix. */
export class ServiceHost {
  readonly dir: string;
  readonly events: RunEvent[] = [];
  readonly news: ServiceNews[] = [];
  readonly #work: FakeWork;

  constructor(dir: string, work: FakeWork) {
    this.dir = dir;
    this.#work = work;
    mkdirSync(join(dir, 'host'));
    for (const target of ['one', 'two']) writeFileSync(this.patchesFile(target), PATCHES);
  }

  get configFile(): string {
    return join(this.dir, 'host', 'falloutd.toml');
  }

  get stateDir(): string {
    return join(this.dir, 'state');
  }

  patchesFile(target: string): string {
    return join(this.dir, 'host', `${target}.nix`);
  }

  /** Writes the configuration; a service that watches it does not hear of it before `save`. */
  configure({ jobs = 2, targets = ['one', 'two'], more = '' } = {}): void {
    const tables = targets.map(
      (name) =>
        `[target.${name}]\nfile = "default.nix"\nattribute = "k"\npatches = "${name}.nix"\nname = "fallout-${name}"\n`,
    );
    writeFileSync(this.configFile, `jobs = ${jobs}\n${tables.join('')}${more}`);
  }

  async start(): Promise<Service> {
    return await Service.start(loadConfig(this.configFile, this.stateDir), {
      onEvent: (event) => this.events.push(event),
      onNews: (news) => this.news.push(news),
      configReadAt: Date.now(),
      retryMs: [1],
      work: this.#work,
    });
  }

  /** As if the user saved a target's file, or the configuration. */
  save(what: string): void {
    this.#work.save(what === 'config' ? this.configFile : this.patchesFile(what));
  }
}
