/** What a kernel lacks of what its host needs, for a person. */
import type { Miss, Need, Preflight } from '../../model/preflight.ts';
import { isStorePath } from '../../nix/sources.ts';
import { shortPath } from '../../system/shortPath.ts';
import { firstOf } from '../../system/someOf.ts';
import { rootText } from './falloutText.ts';
import { parts, plural } from './sentenceParts.ts';
import { clean, hanging, type Style } from './style.ts';

/** The whole answer: every miss, what is not known, and what to do. */
export function preflightLines(found: Preflight, target: string, style: Style): string[] {
  const { misses, unknown, met } = found;
  const head = parts(', ', missesText(misses), `${plural(met, 'need')} met`, unknownText(unknown));
  const paint = misses.length === 0 ? style.colors.green : isFatal(found) ? style.colors.red : style.colors.yellow;
  return [
    ...hanging('', `${target}: ${head}`, style.width).map((line) => paint(style.colors.bold(line))),
    ...misses.toSorted(bySeverity).flatMap((miss) => missLines(miss, style)),
    ...adviceLines(misses, style),
    ...unknownLines(unknown, style),
  ];
}

/** Whether the build of the kernel, of the system or the boot would fail. */
export const isFatal = ({ misses }: Pick<Preflight, 'misses'>): boolean =>
  misses.some(({ severity }) => severity === 'error');

/** `✗ initrd needs xhci_pci (USB_XHCI_PCI), which is n because of patches.nix:31 USB_SUPPORT = no`. */
export const missLines = (miss: Miss, { width }: Pick<Style, 'width'>): string[] =>
  hanging(miss.severity === 'error' ? '  ✗ ' : '  ! ', missText(miss), width);

/** So many misses are listed while a run goes on. */
const MOST_LISTED = 6;

/** The same in the middle of a run: what it lacks, or that it lacks nothing any more. */
export function unfitLines(misses: readonly Miss[], style: Style): string[] {
  if (misses.length === 0) return ['  the host needs nothing any more that this kernel lacks'];
  const more = misses.length - MOST_LISTED;
  return [
    ...misses
      .toSorted(bySeverity)
      .slice(0, MOST_LISTED)
      .flatMap((miss) => missLines(miss, style)),
    ...(more > 0
      ? [`    and ${more} more: \`falloutd preflight\` lists what the host needs and this kernel lacks`]
      : []),
  ];
}

/** A miss in a sentence. */
export function missText({ need, symbols, roots }: Miss): string {
  const [first] = symbols;
  const [root] = roots;
  const names = symbols.length === 0 ? '' : ` (${firstOf(symbols.map(({ symbol }) => symbol))})`;
  const because = root === undefined ? '' : ` because ${rootText(root)}`;
  return clean(`${needText(need)}${names}${first === undefined ? '' : `, which is ${first.value}${because}`}`);
}

const bySeverity = (a: Miss, b: Miss): number => Number(b.severity === 'error') - Number(a.severity === 'error');

function missesText(misses: readonly Miss[]): string {
  if (misses.length === 0) return 'nothing is missing';
  const errors = misses.filter(({ severity }) => severity === 'error').length;
  const warnings = misses.length - errors;
  return parts(' and ', errors === 0 ? '' : plural(errors, 'error'), warnings === 0 ? '' : plural(warnings, 'warning'));
}

const unknownText = (unknown: readonly Need[]): string => (unknown.length === 0 ? '' : `${unknown.length} not known`);

/** Who needs what. */
function needText(need: Need): string {
  switch (need.kind) {
    case 'initrd':
      return `initrd${need.from === 'encryption' ? ', for encrypted disks,' : placeIn(need.file)} needs ${need.module}`;
    case 'loaded':
      return `boot.kernelModules${placeIn(need.file)} needs ${need.module}`;
    case 'file-system':
      return `${need.mountPoint} needs the file system ${need.type}`;
    case 'supported-file-system':
      return `boot.supportedFilesystems needs ${need.type}`;
    case 'swap':
      return 'swapDevices needs swap space';
    case 'modules':
      return 'modules_install, which nixpkgs runs for every kernel, needs modules';
    case 'required':
      return `NixOS needs ${need.line === '' ? need.message : need.line}`;
  }
}

/** Of the user's own files; what stands in the store came with nixpkgs. */
const placeIn = (file: string | null): string =>
  file === null || isStorePath(file) || !file.startsWith('/') ? '' : ` of ${shortPath(file)}`;

const UNKNOWN: readonly [kind: Need['kind'], who: string][] = [
  ['initrd', 'the initrd names'],
  ['loaded', 'boot.kernelModules names'],
  ['file-system', 'fileSystems names'],
  ['supported-file-system', 'boot.supportedFilesystems names'],
  ['required', 'NixOS requires'],
];

/** What no option of this kernel stands for, by who names it: it may come from elsewhere, or be called otherwise. */
function unknownLines(unknown: readonly Need[], { width }: Style): string[] {
  return UNKNOWN.flatMap(([kind, who]) => {
    const names = unknown.filter((need) => need.kind === kind).map(nameOf);
    return names.length === 0
      ? []
      : hanging('  ? ', `not in the sources of this kernel: ${who} ${names.join(', ')}`, width);
  });
}

function nameOf(need: Need): string {
  switch (need.kind) {
    case 'initrd':
    case 'loaded':
      return need.module;
    case 'file-system':
    case 'supported-file-system':
      return need.type;
    case 'required':
      return need.line === '' ? need.message : need.line;
    case 'swap':
    case 'modules':
      return need.kind;
  }
}

/** Where NixOS' own list is to blame, there is another way out than to build what nobody needs. */
function adviceLines(misses: readonly Miss[], { width }: Style): string[] {
  const own = misses.filter(({ need }) => need.kind === 'initrd' && need.from === 'defaults');
  if (own.length === 0) return [];
  const advice = `NixOS itself puts ${own.length === 1 ? 'one of these' : `${own.length} of these`} into every initrd; \`boot.initrd.includeDefaultModules = false\` leaves that list out, and boot.initrd.availableKernelModules names what this machine needs`;
  return hanging('  → ', advice, width);
}
