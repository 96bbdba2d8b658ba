import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeHost, type Host } from '../../../../src/setup/demo/demoHost.ts';
import {
  buildConfig,
  onePatch,
  savePatches,
  temporaryHost,
  verdict,
  type ConfigBuild,
} from '../../../helpers/standIn.ts';

/** What the defaults of the small tree always leave behind: two optional symbols that are not there. */
const ALWAYS = ['warning: unused option: ATH9K_AHB', 'warning: unused option: XEN'];

let host: Host;
beforeAll(async () => {
  host = await temporaryHost();
});
afterAll(async () => removeHost(host));

const built = new Map<string, ConfigBuild>();

async function build(settings: string, more?: string): Promise<ConfigBuild> {
  const patches = onePatch(settings, more);
  const known = built.get(patches);
  if (known !== undefined) return known;
  await savePatches(host, patches);
  const result = await buildConfig(host);
  built.set(patches, result);
  return result;
}

describe('the small tree is green', () => {
  test('with no wish at all', async () => {
    const result = await build('');
    expect(result.green).toBe(true);
    expect(verdict(result)).toEqual(ALWAYS);
  });

  test('and answers m where nobody asks, y where the base config says so', async () => {
    const { config } = await build('');
    expect(config.get('RTL8192CE')).toBe('m');
    expect(config.get('DRM_I915')).toBe('y');
  });
});

describe('listed at the end of a build', () => {
  test.each([
    ['unused: the parent is off', 'RTL8192CE = module; WLAN = no;', 'error: unused option: RTL8192CE'],
    [
      'unused: the parent is m and has to be y',
      'USB_SERIAL_CONSOLE = yes;',
      'error: unused option: USB_SERIAL_CONSOLE',
    ],
    ['unused: no such symbol', 'RTL8192CEE = no;', 'error: unused option: RTL8192CEE'],
    ['value: no prompt, selected', 'RTLWIFI = no;', "error: option not set correctly: RTLWIFI (wanted 'n', got 'm')"],
    ['value: visible, selected at y', 'CRC16 = no;', "error: option not set correctly: CRC16 (wanted 'n', got 'y')"],
    ['value: implied is not selected', 'PTP_1588_CLOCK = no;', null],
    [
      'value: a hex in another spelling',
      'PHYSICAL_ALIGN = freeform "400000";',
      "error: option not set correctly: PHYSICAL_ALIGN (wanted '400000', got '0x400000')",
    ],
    [
      'optional: only a warning',
      'RTLWIFI = option no;',
      "warning: option not set correctly: RTLWIFI (wanted 'n', got 'm')",
    ],
  ])('%s', async (_, settings, expected) => {
    const result = await build(settings);
    const own = verdict(result).filter((line) => !ALWAYS.includes(line));
    expect(own).toEqual(expected === null ? [] : [expected]);
    expect(result.green).toBe(expected === null || expected.startsWith('warning'));
  });

  test('sorted by name, errors and warnings together', async () => {
    const result = await build('RTLWIFI = no; USB_SERIAL_CONSOLE = yes; CRC16 = no;');
    const names = verdict(result).map((line) => /: (\w+)(?: \(|$)/.exec(line)?.[1]);
    expect(names).toEqual(['ATH9K_AHB', 'CRC16', 'RTLWIFI', 'USB_SERIAL_CONSOLE', 'XEN']);
  });
});

describe('asked again, and the script gives up', () => {
  test.each([
    ['y where the parent is m', 'E1000E = yes;', 'E1000E', 'M/n/?', 'y'],
    ['y where only m is possible', 'CRYPTO_TEST = yes;', 'CRYPTO_TEST', 'N/m/?', 'y'],
    ['n where something selects at m', 'CRC32 = no;', 'CRC32', 'M/y/?', 'n'],
    ['m where modules are off', 'MODULES = lib.mkForce no; NTFS3_FS = module;', 'NTFS3_FS', 'N/y/?', 'm'],
    ['an int out of range', 'LOG_BUF_SHIFT = freeform "40";', 'LOG_BUF_SHIFT', '17', '40'],
    ['an int that is none', 'NR_CPUS = lib.mkForce (freeform "many");', 'NR_CPUS', '64', 'many'],
  ])('%s', async (_, settings, name, alternatives, answer) => {
    const result = await build(settings);
    const last = result.lines.filter((line) => line.startsWith('QUESTION: ')).slice(-2);
    const question = last[0] ?? '';
    expect(result.green).toBe(false);
    expect(last).toEqual([question, question]);
    expect(question).toMatch(
      new RegExp(`, NAME: ${name}, ALTS: ${alternatives.replace('?', '\\?')}, ANSWER: ${answer}$`),
    );
    const prompt = /^QUESTION: (.*), NAME: /.exec(question)?.[1] ?? '';
    expect(
      verdict(result).map((line) => line.replace(/ at \/.*-generate-config\.pl line \d+\.$/, ' at SCRIPT')),
    ).toEqual([`repeated question: ${prompt} at SCRIPT`]);
  });

  test('with the reason in the help that conf prints', async () => {
    const result = await build('CRC32 = no;');
    expect(result.lines).toContain('GOT: Symbol: CRC32 [=m]');
    expect(result.lines.join('\n')).toMatch(/GOT: {3}Selected by: .*R8169/);
  });

  test('starving conf fills the log behind it', async () => {
    const result = await build('LOG_BUF_SHIFT = freeform "40";');
    expect(result.lines.filter((line) => line === 'Error in reading or end of file.').length).toBeGreaterThan(10);
  });
});

describe('said by nobody', () => {
  test('a wish that came out as 0', async () => {
    const result = await build('PANIC_ON_OOPS_VALUE = freeform "1";');
    expect(result.green).toBe(true);
    expect(result.config.get('PANIC_ON_OOPS_VALUE')).toBe('0');
  });

  test('a wish that came out as an empty text', async () => {
    const result = await build('SYSTEM_TRUSTED_KEYS = freeform "/etc/keys.pem";');
    expect(result.green).toBe(true);
    expect(result.config.get('SYSTEM_TRUSTED_KEYS')).toBe('""');
  });

  test('freeform beats tristate', async () => {
    const result = await build('NR_CPUS = no;');
    expect(result.green).toBe(true);
    expect(result.config.get('NR_CPUS')).toBe('256');
  });
});

describe('a legacy string', () => {
  test('wins over structured settings: the last line counts', async () => {
    const result = await build('SYSVIPC = yes;', 'extraConfig = "SYSVIPC n\\n";');
    expect(result.green).toBe(true);
    expect(result.config.get('SYSVIPC')).toBe('n');
  });

  test('makes an optional setting mandatory', async () => {
    const result = await build('RTLWIFI = option no;', 'extraConfig = "RTLWIFI n\\n";');
    expect(verdict(result)).toContain("error: option not set correctly: RTLWIFI (wanted 'n', got 'm')");
  });

  test('that is no list of answers ends the build', async () => {
    const result = await build('', 'extraConfig = "CONFIG_SYSVIPC=n\\n";');
    expect(result.green).toBe(false);
    expect(result.lines.join('\n')).toContain('invalid config line: CONFIG_SYSVIPC=n');
  });
});
