/** The needless settings of the user's own files, for a person. */
import { causeText } from '../../fallout/causeText.ts';
import type { Needless, NeedlessReason } from '../../model/tidy.ts';
import { shortPath } from '../../system/shortPath.ts';
import { askedBy, rootText } from './falloutText.ts';
import { askerName } from '../../model/asker.ts';
import { parts, plural } from './sentenceParts.ts';
import { clean, hanging, type Style } from './style.ts';
import { listing } from './table.ts';

/** Those that never matter first, then those that are true anyway today; each with its reason, by file. */
export function tidyLines(needless: readonly Needless[], target: string, style: Style): string[] {
  const isForced = ({ reason }: Needless): boolean => reason.kind === 'idle-force';
  const forced = needless.filter(isForced);
  const dead = needless.filter((each) => each.group === 'dead' && !isForced(each));
  const implied = needless.filter(({ group }) => group === 'implied');
  const counted = parts(
    ', ',
    dead.length === 0 ? '' : `${plural(dead.length, 'setting')} that never ${dead.length === 1 ? 'matters' : 'matter'}`,
    forced.length === 0 ? '' : `${forced.length} forced for nothing`,
    implied.length === 0 ? '' : `${implied.length} true anyway today`,
  );
  const head = `${target}: ${counted === '' ? 'no needless setting' : counted}`;
  const warning = 'what is true anyway today may be otherwise after an update of nixpkgs';
  return [
    ...hanging('', head, style.width).map((line) => style.colors.bold(line)),
    ...groupLines('never matter', dead, style),
    ...groupLines('need not be forced, and stay', forced, style),
    ...groupLines('true anyway today', implied, style),
    ...(implied.length === 0 ? [] : hanging('  → ', warning, style.width)),
  ];
}

function groupLines(title: string, group: readonly Needless[], style: Style): string[] {
  return [...new Set(group.map(({ file }) => file))].flatMap((file) => {
    const items = group
      .filter((each) => each.file === file)
      .map(({ line, text, reason }) => ({
        cells: [
          { text: String(line).padStart(5), paint: style.colors.dim },
          { text: text.replace(/\s+/g, ' '), paint: style.colors.yellow },
        ],
        text: needlessText(reason),
      }));
    return [clean(`  ${title}, ${shortPath(file)}`), ...listing(items, style.width - 4).map((line) => `    ${line}`)];
  });
}

function needlessText(reason: NeedlessReason): string {
  switch (reason.kind) {
    case 'unknown-name':
      return causeText(reason.cause);
    case 'doubled':
      return `${askedBy(reason.by, reason.position)} decides`;
    case 'fallout-line':
      return 'changes nothing';
    case 'idle-force':
      return 'nobody asks for anything else';
    case 'repeated':
      return `${askerName(reason.by)} asks for the same`;
    case 'default':
      return 'it is so by itself';
    case 'implied':
      return parts(' and ', ...reason.by.slice(0, 2).map((root) => `because ${rootText(root)}`));
  }
}
