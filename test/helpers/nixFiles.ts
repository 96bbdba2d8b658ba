import fc from 'fast-check';
import type { Ask } from '../../src/model/value.ts';
import type { Entry } from '../../src/model/entry.ts';

/** A file as a user may have it, and the Nix expression that takes the list of patches out of it. */
export type UserFile = { text: string; layout: string; select: string };

type Layout = { name: string; select: string; write: (patches: string[]) => string };

const list = (patches: string[]): string => patches.map((patch) => `    ${patch.replace(/\n/g, '\n    ')}\n`).join('');

/** The layouts of public configurations, in two-space indentation and LF. */
const LAYOUTS: Layout[] = [
  { name: 'plain list', select: 'f', write: (p) => `{ lib, ... }:\n[\n${list(p)}]\n` },
  {
    name: 'list on one line',
    select: 'f',
    write: (p) => `{ lib, ... }: [ ${p.map((x) => x.replace(/ # not here/g, '').replace(/\n\s*/g, ' ')).join(' ')} ]`,
  },
  {
    name: 'rec of named patches',
    select: 'f.all',
    write: (p) =>
      `{ lib, ... }:\n\nwith lib.kernel;\n\nrec {\n${p.map((x, i) => `  patch${i} = ${x.replace(/\n/g, '\n  ')};\n\n`).join('')}  all = [ ${p.map((_, i) => `patch${i}`).join(' ')} ];\n}\n`,
  },
  {
    name: 'rec that shadows',
    select: 'f.all',
    write: (p) =>
      `{ lib, ... }:\nwith lib.kernel;\nrec {\n  option = ${p[0] ?? '{ name = "x"; }'};\n  no = { name = "no"; };\n  all = [\n    option\n    no\n  ];\n}\n`,
  },
  {
    name: 'lists of lists',
    select: 'f.all',
    write: (p) =>
      `{ lib, ... }:\nrec {\n  slim = [\n${list(p)}  ];\n  all = slim ++ [\n    { name = "last"; }\n  ];\n}\n`,
  },
  {
    name: 'module',
    select: 'f.boot.kernelPatches',
    write: (p) => `{ config, lib, pkgs, ... }:\n{\n  boot.kernelPatches = [\n${list(p)}  ];\n}\n`,
  },
  {
    name: 'module with boot set',
    select: 'f.boot.kernelPatches',
    write: (p) =>
      `{ pkgs, ... }@args:\nlet\n  x = args;\nin\n{\n  boot = {\n    initrd = { };\n    kernelPatches = [\n${list(p)}    ];\n  };\n}\n`,
  },
  {
    name: 'singleton',
    select: 'f.boot.kernelPatches',
    write: (p) =>
      `{ lib, ... }:\n{\n  boot.kernelPatches = lib.singleton ${(p[0] ?? '{ }').replace(/\n/g, '\n  ')};\n}\n`,
  },
  {
    name: 'optionals',
    select: 'f.boot.kernelPatches',
    write: (p) =>
      `{ lib, config, ... }:\n{\n  boot.kernelPatches = [\n${list(p)}  ] ++ lib.optionals true [ { name = "maybe"; } ];\n}\n`,
  },
  {
    name: 'only optionals',
    select: 'f.boot.kernelPatches',
    write: (p) => `{ lib, ... }: {\n  boot.kernelPatches = lib.optionals true [\n${list(p)}  ]; # 🐧\n}\n`,
  },
  {
    name: 'mkIf and mkAfter',
    select: 'f.config.boot.kernelPatches',
    write: (p) => `{ lib, ... }:\n{\n  config.boot.kernelPatches = lib.mkIf true (lib.mkAfter [\n${list(p)}  ]);\n}\n`,
  },
  {
    name: 'mkMerge',
    select: 'f.boot.kernelPatches',
    write: (p) => `{ lib, ... }:\n{\n  boot.kernelPatches = lib.mkMerge [\n    [ ]\n    [\n${list(p)}    ]\n  ];\n}\n`,
  },
  {
    name: 'import',
    select: 'f.boot.kernelPatches',
    write: (p) => `{ lib, pkgs, ... }:\nlet patches = [\n${list(p)}]; in\n{\n  boot.kernelPatches = (x: x) patches;\n}`,
  },
];

const PATCHES = [
  '{\n  name = "wifi";\n  patch = null;\n  structuredExtraConfig = with PKGS.lib.kernel; {\n    RTLWIFI = no; # not here\n    "9P_FS" = PKGS.lib.mkForce yes;\n  };\n}',
  '{ name = "old"; patch = null; extraStructuredConfig = { DRM = PKGS.lib.kernel.no; }; }',
  "{\n  name = \"text\";\n  patch = null;\n  extraConfig = ''\n    # falloutd: begin fallout\n    FOO? y\n    # falloutd: end fallout\n  '';\n}",
  '{ name = "🐧 ${toString (1 + 1)}"; patch = null; }',
];

const COMMENTS = [
  '# plain',
  '# 🐧 emoji ∀',
  '/* # falloutd: begin fallout */',
  '# see falloutd: begin fallout',
  '/* two\n   lines **/',
  `# ${'long '.repeat(200)}`,
];

/** Real-looking files; `pkgs.lib` where a layout has no `lib`. */
export const userFile: fc.Arbitrary<UserFile> = fc
  .record({
    layout: fc.constantFrom(...LAYOUTS),
    patches: fc.subarray(PATCHES, { minLength: 1 }),
    header: fc.array(fc.constantFrom(...COMMENTS), { maxLength: 2 }),
    tabs: fc.boolean(),
    crlf: fc.boolean(),
    byteOrderMark: fc.boolean(),
    finalNewline: fc.boolean(),
  })
  .map(({ layout, patches, header, tabs, crlf, byteOrderMark, finalNewline }) => {
    let text = layout.write(patches);
    text = text.replace(/PKGS\./g, /[ {]lib,/.test(text) ? '' : 'pkgs.');
    text = [...header, ''].join('\n') + text.trimEnd() + (finalNewline ? '\n' : '');
    if (tabs) text = text.replace(/^(?: {2})+/gm, (blanks) => '\t'.repeat(blanks.length / 2));
    if (crlf) text = text.replace(/\n/g, '\r\n');
    return { text: (byteOrderMark ? '\ufeff' : '') + text, layout: layout.name, select: layout.select };
  });

const symbol = fc.oneof(
  fc.constantFrom('RTLWIFI', 'DRM', '9P_FS', 'SND_SOC', 'option', 'if', '3C515', 'USB_SERIAL', 'A', 'Z'),
  fc.stringMatching(/^[A-Z0-9_]{1,12}$/),
);

const freeform = fc.oneof(
  fc.constantFrom(
    '',
    '0x200000',
    'a b',
    "''",
    '${x}',
    '$${x}',
    '$',
    '\\',
    '"',
    "a'${b}",
    'line\nend\r\n\tx',
    '🐧',
    "''${",
    'y',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replace(/\0/g, '')),
);

const ask: fc.Arbitrary<Ask> = fc.record({
  value: fc.oneof(
    fc.constantFrom('y', 'm', 'n').map((tristate) => ({ kind: 'tristate', tristate }) as const),
    freeform.map((text) => ({ kind: 'freeform', text }) as const),
    fc.constant({ kind: 'unset' } as const),
  ),
  optional: fc.boolean(),
});

const reason = fc.oneof(
  fc.constantFrom(
    'wanted n, got m: selected by RTL8192CE',
    '',
    'a\nb # c',
    'falloutd: end fallout',
    '*/ /* 🐧',
    "''${x}",
  ),
  fc.string({ maxLength: 20 }),
);

const structured: fc.Arbitrary<Entry> = fc.record({
  symbol,
  ask,
  override: fc.integer({ min: 0, max: 49 }),
  via: fc.constant('structured' as const),
  rung: fc.constant(1 as const),
  reason,
});

const legacy: fc.Arbitrary<Entry> = fc.record({
  symbol: fc.constantFrom('FOO', 'BAR', 'X86_64', '9P_FS'),
  ask: fc.record({
    value: fc.oneof(
      fc.constantFrom('y', 'm', 'n').map((tristate) => ({ kind: 'tristate', tristate }) as const),
      fc
        .constantFrom('8', '0x1f', "a'${b}", "''", 'two words', '${x}')
        .map((text) => ({ kind: 'freeform', text }) as const),
    ),
    optional: fc.boolean(),
  }),
  override: fc.constant(40),
  via: fc.constant('legacy' as const),
  rung: fc.constant(1 as const),
  reason,
});

const keyOf = (entry: Entry): string => `${entry.via} ${entry.symbol}`;

export const entries: fc.Arbitrary<Entry[]> = fc
  .tuple(
    fc.uniqueArray(structured, { selector: keyOf, maxLength: 8 }),
    fc.oneof(
      { weight: 3, arbitrary: fc.constant<Entry[]>([]) },
      { weight: 1, arbitrary: fc.uniqueArray(legacy, { selector: keyOf, maxLength: 3 }) },
    ),
  )
  .map(([one, other]) => [...one, ...other]);
