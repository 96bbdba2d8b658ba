/** Problems for settings that no kernel can be built with: their place, and what to write instead. */
import { askerName } from '../model/asker.ts';
import type { Asker, Position } from '../model/intent.ts';
import type { Problem } from '../model/problem.ts';
import { nixString } from '../nixfile/strings.ts';

/** A definition that is not a value of lib.kernel. `type` is Nix's; `text` is the value if it is a plain one, else empty. */
export type Malformed = { symbol: string; type: string; text: string; by: Asker; position: Position | null };

/** A line of an `extraConfig` string that is not `SYMBOL VALUE`. */
export type InvalidLine = { text: string; by: Asker; position: Position | null };

const WORDS: Record<string, string> = {
  ...{ y: 'yes', yes: 'yes', true: 'yes', on: 'yes' },
  ...{ n: 'no', no: 'no', false: 'no', off: 'no', 'is not set': 'no' },
  ...{ m: 'module', mod: 'module', module: 'module' },
};

/** The problem with definitions such as `RTLWIFI = "n"` and `PREEMPT = true`; it has the place of the first one. */
export function malformedProblem(found: readonly Malformed[]): Problem {
  const written = ({ symbol, type, text }: Malformed): string =>
    `${symbol} = ${type === 'string' ? nixString(text) : text === '' ? `(a ${type})` : text}`;
  const place = found.find(({ position }) => position !== null)?.position;
  return {
    message: `${found.map(written).join(', ')}: ${found.length === 1 ? 'not a value' : 'no values'} of lib.kernel`,
    ...placeIn(place ?? null),
    hint: `write ${found.map((each) => `\`${each.symbol} = ${valueFor(each)};\``).join(', ')} (a value is yes, no, module, unset or freeform "…", or option of one)`,
  };
}

function valueFor({ type, text }: Malformed): string {
  if (type === 'null') return 'unset';
  if (type !== 'string' && type !== 'bool' && type !== 'int' && type !== 'float') return 'VALUE';
  return WORDS[text.toLowerCase()] ?? `freeform ${nixString(text)}`;
}

/** The problem with lines such as `CRC32=n` in an `extraConfig` string; it has the place of the first one. */
export function invalidLineProblem([first, ...others]: readonly [InvalidLine, ...InvalidLine[]]): Problem {
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  const right = requestFor(first.text);
  return {
    message: `the extraConfig of ${askerName(first.by)} has a line that is not \`SYMBOL VALUE\`: ${first.text.trim()}${more}`,
    ...placeIn(first.position),
    hint:
      right === null
        ? 'each line is a symbol without CONFIG_, a blank and y, m, n or a text'
        : `write \`${right}\`; or better a setting: structuredExtraConfig = with lib.kernel; { … }`,
  };
}

/** `CONFIG_CRC32=n;` as the answering script wants it: `CRC32 n`. Null if that cannot be guessed. */
function requestFor(line: string): string | null {
  const [, symbol, text = ''] = /^\s*(?:CONFIG_)?([A-Za-z0-9_]+\??)\s*(?:[=:]\s*|\s)(.*?)\s*;?\s*$/.exec(line) ?? [];
  if (symbol === undefined) return null;
  const bare = text.replace(/^(["'])([ymn]|yes|no|module)\1$/, '$2');
  const word = WORDS[bare.toLowerCase()];
  const value = word === undefined ? bare : word === 'module' ? 'm' : word.slice(0, 1);
  return value === '' ? null : `${symbol} ${value}`;
}

/** The place of a problem that is where a definition stands. */
export const placeIn = (position: Position | null): Partial<Problem> =>
  position === null ? {} : { file: position.file, line: position.line, column: position.column ?? undefined };

/** A patch that uses the old name of its settings, and the place of that name. */
export type OldName = { name: string; position: Position | null };

/** The problem with patches whose settings nixpkgs no longer reads; `isOwn` says whether a file is the user's. */
export function oldNameProblem(patches: readonly OldName[], isOwn: (file: string) => boolean): Problem {
  const at = ({ position }: OldName): string => (position === null ? '' : `${position.file}:${position.line}`);
  const places = new Set(patches.map(at).filter((place) => place !== ''));
  const own = patches.find(({ position }) => position !== null && isOwn(position.file));
  const named = patches.map(
    (patch) => `${patch.name === '' ? '(unnamed)' : patch.name}${at(patch) === '' ? '' : ` (${at(patch)})`}`,
  );
  const count = patches.length === 1 ? 'patch' : `${patches.length} patches in ${places.size} places:`;
  return {
    message: `extraStructuredConfig is not supported anymore by this nixpkgs: ${count} ${named.join(', ')}`,
    ...placeIn(own?.position ?? null),
    hint:
      own === undefined && places.size > 0
        ? 'none of these is a file of yours, they come with an input: update that, or leave its patches out'
        : 'rename extraStructuredConfig to structuredExtraConfig there',
  };
}

/** The problem with `linuxManualConfig` and with a `configfile` of the user: nixpkgs' script does not make that .config. */
export const finishedConfigProblem = (attribute: string, file: string): Problem => ({
  message: `\`${attribute}\` is built from a finished configuration${file === '' ? '' : ` (${file})`}, which the settings of kernelPatches cannot reach`,
  hint: 'edit that file, or use a kernel that nixpkgs configures (linuxPackages, buildLinux)',
});
