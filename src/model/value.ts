export type Tristate = 'y' | 'm' | 'n';

/** What a definition gives a symbol. `unset` is nixpkgs' `tristate = null`: no answer is given at all. */
export type Value = { kind: 'tristate'; tristate: Tristate } | { kind: 'freeform'; text: string } | { kind: 'unset' };

/** A value as asked for; `optional` is nixpkgs' `option V`: the same answer, but a miss only warns. */
export type Ask = { value: Value; optional: boolean };

/** A value in kconfig's spelling, as the answering script is told; null for `unset`. */
export function spelled(value: Value): string | null {
  if (value.kind === 'unset') return null;
  return value.kind === 'tristate' ? value.tristate : value.text;
}

/** What a setting in kconfig's spelling is as a value. */
export function valueOf(text: string): Value {
  return text === 'y' || text === 'm' || text === 'n'
    ? { kind: 'tristate', tristate: text }
    : { kind: 'freeform', text };
}

export function sameAsk(a: Ask, b: Ask): boolean {
  return a.optional === b.optional && a.value.kind === b.value.kind && spelled(a.value) === spelled(b.value);
}
