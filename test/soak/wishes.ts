/** What users of the soak wish for: one set of each kind of fallout, and one without any. */
export const WISHES: readonly (readonly string[])[] = [
  ['RTLWIFI = no;'],
  ['HIDRAW = no;', 'E1000E = yes;'],
  ['WLAN = no;', 'ATH9K = module;'],
  ['SWAP = no;'],
  ['LOG_BUF_SHIFT = freeform "40";', 'PREEMPT = yes;'],
  ['RTL8192CEE = no;', 'USB_SERIAL_CONSOLE = yes;'],
  [
    'RTLWIFI = no;',
    'E1000E = yes;',
    'HIDRAW = no;',
    'LOG_BUF_SHIFT = freeform "40";',
    'PREEMPT = yes;',
    'WLAN = no;',
    'ATH9K = module;',
  ],
];

const BLOCK = /^[ \t]*# falloutd: begin fallout$[^]*^[ \t]*# falloutd: end fallout$/m;
const ENTRY = /^.*= lib\.mkOverride .*\n/m;
const OPENING = /^.*structuredExtraConfig = .*\{\n/m;
const REMARK = '        # mine\n';

/** The managed patch with its markers; null where the text holds none. */
export function blockOf(text: string): string | null {
  return BLOCK.exec(text)?.[0] ?? null;
}

/** The text without what stands between the markers; the whole text where there are none. */
export function outside(text: string): string {
  return text.replace(BLOCK, '');
}

/** The managed patch as a user leaves it who also edits there. */
export function editedInside(block: string, change: 'nothing' | 'entry-removed' | 'comment'): string {
  const bare = block.replaceAll(REMARK, '');
  if (change === 'comment') return bare.replace(OPENING, (line) => line + REMARK);
  return change === 'entry-removed' ? bare.replace(ENTRY, '') : bare;
}

/** patches.nix of one save. All sets of wishes are in a patch of one name; `mark` tells the save from all others. */
export function patchesText({
  wishes,
  mark,
  version,
  managed,
}: {
  wishes: number;
  mark: string;
  version: string | null;
  managed: string;
}): string {
  const lines = [...(WISHES[wishes] ?? []), ...(version === null ? [] : [`LOCALVERSION = freeform "-${version}";`])];
  return `{ lib, ... }:
# save ${mark} 🐧
[
  {
    name = "mine";
    patch = null;
    structuredExtraConfig = with lib.kernel; {
${lines.map((line) => `      ${line}\n`).join('')}    };
  }
${managed}
]
# the end of ${mark}
`;
}
