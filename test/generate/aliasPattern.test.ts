import fc from 'fast-check';
import { expect, it } from 'vitest';
import { aliasPattern, deviceAlias, overlaps } from '../../src/generate/aliasPattern.ts';

const fits = (pattern: string, device: string): boolean => overlaps(aliasPattern(pattern), deviceAlias(device));

it.each([
  ['pci:v00008086d00001502sv*sd*bc*sc*i*', 'pci:v00008086d00001502sv000017AAsd000021CEbc02sc00i00', true],
  ['pci:v00008086d00001503sv*sd*bc*sc*i*', 'pci:v00008086d00001502sv000017AAsd000021CEbc02sc00i00', false],
  ['usb:v046Dp*d000[0-5]dc*dsc*dp*ic03isc*ip*in*', 'usb:v046DpC52Bd0004dc00dsc00dp00ic03isc01ip01in00', true],
  ['usb:v046Dp*d000[0-5]dc*dsc*dp*ic03isc*ip*in*', 'usb:v046DpC52Bd0006dc00dsc00dp00ic03isc01ip01in00', false],
  ['hid:b[!4]*', 'hid:b0003g0001', true],
  ['a:[!x-z]', 'a:y', false],
  ['acpi*:PNP0C0A:*', 'acpi:PNP0C0A:', true],
  ['platform:i2c-designware', 'platform:i2c_designware', true],
  ['a:?', 'a:', false],
])('%s and %s: %j', (pattern, device, expected) => expect(fits(pattern, device)).toBe(expected));

it.each([
  ['pci:v00001022d*sv*sd*bc06sc07i*', false],
  ['pci:v*d*sv*sd*bc0Csc03i30*', true],
  ['pci:v*d*sv*sd*bc0Csc03i20*', true],
  ['pci:v*d*sv*sd*bc06sc07i*', false],
  ['pci:v00001022d00001639sv000017AAsd*bc*sc*i*', true],
])('a device whose subsystem and interface are not known may be one of %s: %j', (pattern, expected) => {
  expect(fits(pattern, 'pci:v00001022d00001639sv*sd*bc0Csc03i*')).toBe(expected);
});

it('compares as a shell does', () => {
  const word = fc.array(fc.constantFrom('a', 'B', '0', ':'), { maxLength: 8 }).map((letters) => letters.join(''));
  const pattern = fc.array(fc.constantFrom('a', 'B', '0', ':', '*', '?', '[aB]', '[!0]'), { maxLength: 8 });
  fc.assert(
    fc.property(pattern, word, (parts, text) => {
      const source = parts.map((part) => part.replace('*', '.*').replace('?', '.').replace('!', '^')).join('');
      expect(fits(parts.join(''), text)).toBe(new RegExp(`^${source}$`).test(text));
    }),
    { numRuns: 2000 },
  );
});

it('what fits a device fits it when digits of it are not known', () => {
  const part = fc.constantFrom('v', 'A', '1', 'i');
  const device = fc.array(part, { maxLength: 8 });
  const pattern = fc.array(fc.constantFrom('v', 'A', '1', 'i', '*', '?'), { maxLength: 8 });
  fc.assert(
    fc.property(device, pattern, fc.nat(7), (letters, parts, at) => {
      const hidden = letters.map((letter, index) => (index === at && /[0-9A-F]/.test(letter) ? '*' : letter));
      if (fits(parts.join(''), letters.join(''))) expect(fits(parts.join(''), hidden.join(''))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
