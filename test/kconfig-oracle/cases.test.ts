import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { shellProbe } from '../../src/kconfig/index.ts';
import { inMemory } from '../helpers/kconfRun.ts';
import { EVERY_MODE, type KconfigCase } from '../kconfig/cases/case.ts';
import { CHOICES } from '../kconfig/cases/choices.ts';
import { CONFIG_FILES } from '../kconfig/cases/configFiles.ts';
import { DEPENDENCIES } from '../kconfig/cases/dependencies.ts';
import { ERRORS } from '../kconfig/cases/errors.ts';
import { MACROS } from '../kconfig/cases/macros.ts';
import { VALUES } from '../kconfig/cases/values.ts';
import { confOf } from './confOf.ts';
import { differencesOnTree } from './fuzz.ts';
import { kernelNames } from './kernel.ts';

describe.each(kernelNames())('conf of Linux %s', (name) => {
  const opened = confOf(name);

  describe.each(
    Object.entries({
      choices: CHOICES,
      dependencies: DEPENDENCIES,
      values: VALUES,
      'configuration files': CONFIG_FILES,
      macros: MACROS,
      errors: ERRORS,
    }),
  )('%s', (_, cases) => {
    test.each(cases.map((each) => [each.name, each] as const))('%s', async (_name, each) => {
      if (each.only !== undefined && !each.only(opened().kernel)) return;
      expect(await differencesOf(each)).toEqual([]);
    });
  });

  async function differencesOf({
    kconfig,
    files = {},
    environment = {},
    requests = EVERY_MODE,
  }: KconfigCase): Promise<string[]> {
    const { conf, kernel } = opened();
    const directory = mkdtempSync(join(inMemory(), 'falloutd-case-'));
    try {
      for (const [file, text] of Object.entries({ ...files, Kconfig: kconfig })) {
        mkdirSync(dirname(join(directory, file)), { recursive: true });
        writeFileSync(join(directory, file), text);
      }
      const source = {
        file: 'Kconfig',
        environment: { srctree: directory, PATH: process.env['PATH'] ?? '', ...environment },
      };
      return await differencesOnTree(
        conf,
        kernel,
        source,
        requests,
        shellProbe({ directory, environment: source.environment }),
      );
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }
});
