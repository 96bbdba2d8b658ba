import { Configuration, readConfig, type Kconfig } from '../kconfig/index.ts';

/** A finished .config, and the configuration that it gives. */
export type Finished = { dotConfig: string; configuration: Configuration };

export function finished(kconfig: Kconfig, dotConfig: string): Finished {
  const configuration = new Configuration(kconfig);
  readConfig(configuration, dotConfig);
  return { dotConfig, configuration };
}
