/** The middle of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** Prints a figure beside its target, and whether it is met; `atMost` and `atLeast` say which way is good. */
export function printFigure(
  name: string,
  value: number,
  unit: string,
  target: { atMost: number } | { atLeast: number },
  details = '',
): void {
  const isMet = 'atMost' in target ? value <= target.atMost : value >= target.atLeast;
  const wanted = 'atMost' in target ? `at most ${target.atMost}` : `at least ${target.atLeast}`;
  process.stdout.write(
    `${name}: ${rounded(value)} ${unit} (target: ${wanted} ${unit}): ${isMet ? 'met' : 'NOT MET'}${details === '' ? '' : `; ${details}`}\n`,
  );
}

export function printLine(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function rounded(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
