/** What generated patches come to, for standard error: the patches themselves are Nix. */
import { causeText } from '../../fallout/causeText.ts';
import type { DroppedModule, KeptBecause, KeptModule, Tables } from '../../model/keptModule.ts';
import type { NotAskable } from '../../model/patchSetting.ts';
import { firstOf } from '../../system/someOf.ts';
import type { Documents } from '../data/documentSchemas.ts';
import { shownValue } from './falloutText.ts';
import { plural } from './sentenceParts.ts';
import { hanging, type Style } from './style.ts';
import { listing } from './table.ts';

/** So many options are told one by one. */
const MOST = 20;

const AUTO_MODULES =
  'whatever else can be a module becomes one: this kernel has autoModules, which kernel.override { autoModules = false; } turns off';

export type GivenOptions = {
  /** What was given for which kernel. */
  subject: string;
  /** The needless settings stand in the patches, too. */
  isWhole: boolean;
  /** How many options were given that are on. */
  given: number;
};

/** How many settings there are, and what they do not reach. */
export function patchSummaryLines(
  {
    patches,
    needless,
    notAskable,
    newOptions,
    objects,
    kept,
    dropped,
    tables,
    unknown = [],
    off = [],
    autoModules,
  }: Documents['patch'],
  { subject, isWhole, given }: GivenOptions,
  style: Style,
): string[] {
  const settings = patches.reduce((sum, patch) => sum + patch.settings.length, 0);
  const left = needless === 0 ? '' : `, ${needless} needless ones ${isWhole ? 'among them' : 'left out'}`;
  const head =
    settings === 0
      ? 'nothing to ask for'
      : `${plural(settings, 'setting')} in ${plural(patches.length, 'patch', 'patches')}${left}`;
  const compiled = objects === null ? '' : `; ${objectsText(objects)}`;
  return [
    ...hanging('', `${subject}: ${head}${compiled}`, style.width).map((line) => style.colors.bold(line)),
    ...(kept === undefined || dropped === undefined ? [] : moduleLines(kept, dropped, style)),
    ...(tables === undefined ? [] : hanging('  ', tablesText(tables), style.width)),
    ...(autoModules === true ? hanging('  ', AUTO_MODULES, style.width) : []),
    ...namedLines('not of this kernel', unknown, style),
    ...namedLines('off as it stands, and not turned on', off, style),
    ...foreignLines(notAskable, given, style),
    ...missingLines(notAskable, style),
    ...namedLines('new in this kernel, at their defaults', namesOf(newOptions), style),
  ];
}

const shown = (count: number): string => count.toLocaleString('en');

/** Why modules stay, in the order in which it is told. */
const STAYING: Readonly<Record<KeptBecause['kind'], string>> = {
  asked: 'asked for',
  loaded: 'loaded',
  device: 'for devices',
  'in-use': 'in use',
  host: 'for the host',
  'needed-by': 'needed by others',
  companion: 'beside those',
  'plugged-in-later': 'for what is plugged in later',
  'not-recorded': 'for what is not recorded',
  'not-in-tables': 'not in the tables',
  functionality: 'functionality',
};

function moduleLines(kept: readonly KeptModule[], dropped: readonly DroppedModule[], style: Style): string[] {
  const distinct = (all: readonly { module: string }[]): number => new Set(all.map(({ module }) => module)).size;
  const reasons = Object.entries(STAYING).flatMap(([kind, text]) => {
    const own = kept.filter(({ because }) => because.kind === kind);
    return own.length === 0 ? [] : [`${shown(distinct(own))} ${text}`];
  });
  const [going, staying] = [distinct(dropped), distinct(kept)];
  const head =
    going === 0
      ? `${shown(staying)} ${staying === 1 ? 'module is' : 'modules are'} there`
      : `${shown(going)} ${going === 1 ? 'module goes' : 'modules go'}, ${shown(staying)} stay`;
  const text = `${head}: ${reasons.join(', ')}`;
  const functionality = dropped.filter(
    ({ role, because }) => role === 'functionality' && because.kind === 'not-loaded',
  );
  return [
    ...hanging('  ', text, style.width),
    ...namedLines(
      `${functionality.length} of them functionality, which was loaded on demand`,
      functionality.map(({ module }) => module),
      style,
    ),
  ];
}

function tablesText(tables: Tables): string {
  if (tables.kind === 'stock') return `devices by the stock kernel, ${tables.folder}`;
  const running = `devices by the kernel that runs, ${tables.folder}`;
  if (tables.kind === 'running') return running;
  return `${running}: it lacks ${plural(tables.lacking, 'driver')}, which stay. ${tables.reason}; --modules names a stock kernel`;
}

function objectsText({ before, after }: NonNullable<Documents['patch']['objects']>): string {
  const more = Math.abs(before - after).toLocaleString('en');
  return before === after
    ? 'as many objects to compile'
    : `${more} ${after < before ? 'fewer' : 'more'} objects to compile`;
}

const isUnknown = ({ cause }: NotAskable): boolean => cause?.kind === 'unknown';

/** So different a version, or so damaged a file, that the rest says little. */
function foreignLines(notAskable: readonly NotAskable[], given: number, style: Style): string[] {
  const unknown = notAskable.filter(isUnknown).length;
  if (unknown * 2 <= given) return [];
  const text = `this kernel does not know ${unknown} of the ${given} options that were given: they are most likely another system's`;
  return hanging('  ', text, style.width).map((line) => style.colors.red(line));
}

/** What no setting gives, each with why. */
export function missingLines(notAskable: readonly NotAskable[], style: Style): string[] {
  const known = notAskable.filter((each) => !isUnknown(each));
  const asked = known.filter(({ prompt }) => prompt !== null);
  const shown = asked.slice(0, MOST).map(({ symbol, wanted, got, cause }) => ({
    cells: [
      { text: symbol, paint: style.colors.yellow },
      { text: `wanted ${shownValue(wanted ?? 'n')}, ${got === null ? 'not in .config' : `got ${shownValue(got)}`}` },
    ],
    text: cause === null ? '' : causeText(cause),
  }));
  return [
    ...(asked.length === 0 ? [] : [`  ${plural(asked.length, 'option')} cannot be had:`]),
    ...listing(shown, style.width - 4).map((line) => `    ${line}`),
    ...(asked.length > MOST ? [`    … and ${asked.length - MOST} more`] : []),
    ...namedLines(
      'without a prompt, and otherwise here',
      namesOf(known.filter(({ prompt }) => prompt === null)),
      style,
    ),
    ...namedLines('unknown to this kernel', namesOf(notAskable.filter(isUnknown)), style),
  ];
}

const namesOf = (all: readonly { symbol: string }[]): string[] => all.map(({ symbol }) => symbol);

const namedLines = (what: string, names: readonly string[], style: Style): string[] =>
  names.length === 0 ? [] : hanging('  ', `${what}: ${firstOf(names, MOST / 2)}`, style.width);
