import { expect, it } from 'vitest';
import { promptsText, readPrompts, successorsOf, type Prompts } from '../../src/kernel/formerNames.ts';

const prompts = (entries: Record<string, string>): Prompts => new Map(Object.entries(entries));

const OLDER = prompts({ HOTPLUG_PCI_X: 'PCI hotplug', DEBUG_A: 'Debug it', BOTH: 'Both', AHCI: 'SATA' });
const OWN = prompts({
  PCI_HOTPLUG: 'PCI hotplug',
  BOTH: 'Both',
  DEBUG_B: 'Debug it',
  DEBUG_C: 'Debug it',
  AHCI: 'SATA',
});

it('finds the symbol that has the prompt of the old name', () => {
  expect(successorsOf('HOTPLUG_PCI_X', OWN, [prompts({}), OLDER])).toEqual(['PCI_HOTPLUG']);
});

it('takes no symbol that the other kernel has beside the old name', () => {
  const older = prompts({ OLD: 'PCI hotplug', PCI_HOTPLUG: 'PCI hotplug' });
  expect(successorsOf('OLD', OWN, [older])).toEqual([]);
});

it('names all that took over, unless the prompt says nothing', () => {
  expect(successorsOf('DEBUG_A', OWN, [OLDER])).toEqual(['DEBUG_B', 'DEBUG_C']);
  const many = new Map(['D1', 'D2', 'D3', 'D4'].map((name) => [name, 'Debug it'] as const));
  expect(successorsOf('DEBUG_A', many, [OLDER])).toEqual([]);
});

it('makes nothing of a prompt of one word', () => {
  expect(successorsOf('OLD_AHCI', OWN, [prompts({ OLD_AHCI: 'SATA' })])).toEqual([]);
});

it('knows nothing of a name that no other kernel has', () => {
  expect(successorsOf('NOBODY', OWN, [OLDER])).toEqual([]);
});

it('reads back what it writes', () => {
  expect(readPrompts(promptsText(OLDER))).toEqual(OLDER);
  expect(readPrompts('no tab\n')).toEqual(new Map());
});
