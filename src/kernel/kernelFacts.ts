/** Kernel facts: what the Kconfig engine has to know of a kernel as its builder sees it. nix/recordFacts.pl writes them. */
import { gunzipSync } from 'node:zlib';

export type KernelFacts = {
  /** The text of the answering script that the user's own derivation runs. */
  script: string;
  /** The `.config` that the derivation's `defconfig` made: where the script begins. */
  baseConfig: string;
  autoModules: boolean;
  preferBuiltin: boolean;
  ignoreConfigErrors: boolean;
  /** conf's environment in the builder. */
  environment: Readonly<Record<string, string>>;
  /** What each `$(shell,…)` printed there, by command. */
  answers: ReadonlyMap<string, string>;
  /** Kconfig files, Makefiles, and the sources of kconfig that tell its version, by their path in the tree. */
  files: ReadonlyMap<string, string>;
  /** The lines of the sources with `MODULE_ALIAS…` and `MODULE_DEVICE_TABLE`, as grep prints them. */
  aliases: string;
};

export type FactsReading =
  | { kind: 'facts'; facts: KernelFacts }
  /** A falloutd of another version wrote them. */
  | { kind: 'other-format'; format: number }
  /** It is cut short, damaged, or something else. */
  | { kind: 'unreadable' };

/** The number in the header; facts of another one are made again. */
export const FACTS_FORMAT = 1;

const HEADER = /^falloutd kernel facts (\d{1,9})\n/;
/** Facts of the largest kernels take 15 MB. */
const MOST_BYTES = 256 << 20;
const NEWLINE = 0x0a;

/** Reads kernel facts. Never throws: whatever cannot be read is made again. */
export function readFacts(bytes: Buffer): FactsReading {
  const format = HEADER.exec(bytes.subarray(0, 64).toString('latin1'))?.[1];
  const headerEnd = bytes.indexOf('\n\n');
  if (format === undefined || headerEnd < 0) return { kind: 'unreadable' };
  if (Number(format) !== FACTS_FORMAT) return { kind: 'other-format', format: Number(format) };
  try {
    const content = gunzipSync(bytes.subarray(headerEnd + 2), { maxOutputLength: MOST_BYTES });
    const facts = factsFrom(content);
    return facts === null ? { kind: 'unreadable' } : { kind: 'facts', facts };
  } catch {
    return { kind: 'unreadable' };
  }
}

function factsFrom(content: Buffer): KernelFacts | null {
  const single = new Map<string, string>();
  const environment: Record<string, string> = {};
  const [answers, files, settings] = [new Map<string, string>(), new Map<string, string>(), new Map<string, string>()];
  for (const { kind, name, value } of recordsIn(content)) {
    if (kind === 'environment') environment[name] = value;
    else if (kind === 'answer') answers.set(name, value);
    else if (kind === 'file') files.set(name, value);
    else if (kind === 'setting') settings.set(name, value);
    else single.set(kind, value);
  }
  const [script, baseConfig] = [single.get('script'), single.get('base')];
  if (script === undefined || baseConfig === undefined || !single.has('end') || !files.has('Kconfig')) return null;
  // Perl's truth, by which the script decides.
  const isOn = (name: string): boolean => !['', '0'].includes(settings.get(name) ?? '');
  return {
    script,
    baseConfig,
    autoModules: isOn('AUTO_MODULES'),
    preferBuiltin: isOn('PREFER_BUILTIN'),
    ignoreConfigErrors: settings.get('ignoreConfigErrors') === '1',
    environment,
    answers,
    files,
    aliases: single.get('aliases') ?? '',
  };
}

type FactsRecord = { kind: string; name: string; value: string };

/** @throws RangeError where a record does not end as it says. */
function* recordsIn(content: Buffer): Generator<FactsRecord> {
  for (let at = 0; at < content.length;) {
    const end = content.indexOf(NEWLINE, at);
    const [kind = '', nameLength = '', valueLength = ''] = content.toString('latin1', at, Math.max(at, end)).split(' ');
    const valueAt = end + 1 + Number(nameLength);
    const next = valueAt + Number(valueLength);
    if (end < 0 || content[next] !== NEWLINE) throw new RangeError('the record has another length');
    yield { kind, name: content.toString('utf8', end + 1, valueAt), value: content.toString('utf8', valueAt, next) };
    at = next + 1;
  }
}
