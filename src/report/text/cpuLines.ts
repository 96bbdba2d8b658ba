/** What a kernel for one processor comes to, for standard error: the module itself is Nix. */
import type { CpuNote } from '../../model/cpu.ts';
import type { Documents } from '../data/documentSchemas.ts';
import { missingLines } from './patchSummaryLines.ts';
import { parts, plural } from './sentenceParts.ts';
import { hanging, type Style } from './style.ts';

/** @param subject which kernel it is. */
export function cpuLines(
  { compiler, cpu, from, makeFlags, settings, notAskable, notes }: Documents['patch-cpu'],
  subject: string,
  style: Style,
): string[] {
  const whose = from === 'native' ? ', the processor of this machine' : '';
  const counted = parts(
    ', ',
    ...(makeFlags.length === 0 ? [] : [plural(makeFlags.length, 'make flag')]),
    ...(settings.length === 0 ? [] : [plural(settings.length, 'setting')]),
  );
  const added = counted === '' ? 'it is compiled so already' : counted;
  const head = `${subject}, by ${compiler.kind} ${compiler.version} for ${cpu}${whose}: ${added}`;
  return [
    ...hanging('', head, style.width).map((line) => style.colors.bold(line)),
    ...missingLines(notAskable, style),
    ...notes.flatMap((note) => hanging('  ', noteText(note, cpu), style.width)),
  ];
}

function noteText(note: CpuNote, cpu: string): string {
  switch (note.kind) {
    case 'lacking':
      return `this machine lacks ${note.instructions.join(', ')}, which compilers use for ${cpu}: such a kernel may not run here`;
    case 'native-options':
      return `${note.symbols.join(', ')} would be -march=native, and is not offered: nixpkgs leaves that flag out, and where it does not, the processor of whichever machine builds counts`;
    case 'joined':
      return `the kernel has ${note.flags.join(' ')} already: the new flags come after that`;
    case 'replaced':
      return `${note.flags.join(' ')} no longer counts: take it out of your extraMakeFlags`;
    case 'options-unknown':
      return `whether this kernel has an option for it is not known: ${note.reason}`;
  }
}
