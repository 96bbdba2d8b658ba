/** A duration for people: `0.2 s`, `43.2 s`, `1 m 12 s`, `2 h 05 m`, `3 d 4 h`. Takes ms. */
export function duration(ms: number): string {
  const tenths = Math.round(Math.max(0, ms) / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  return wholeSeconds(Math.round(Math.max(0, ms) / 1000));
}

/** The same without tenths, for a line that is rewritten: `43 s`, `1 m 12 s`. Takes ms. */
export function roughly(ms: number): string {
  return wholeSeconds(Math.round(Math.max(0, ms) / 1000));
}

function wholeSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${two(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${two(minutes % 60)} m`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/**
 * A moment for people, in local time with how long ago it was: `13:05:11 (4 m ago)`, and with its date
 * unless that is today's: `2026-03-04 13:05:11 (12 d ago)`. Takes ISO 8601; `now` in ms.
 */
export function moment(iso: string, now: number): string {
  const then = new Date(iso);
  const time = timeOf(then);
  return `${dayOf(then) === dayOf(new Date(now)) ? time : `${dayOf(then)} ${time}`} (${ago(now - then.getTime())})`;
}

/** `13:05:11`, in local time. */
export function timeOf(date: Date): string {
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** How long ago, in one unit: `just now`, `4 m ago`, `12 d ago`; of what is still to come, `by a clock that was ahead`. Takes ms. */
export function ago(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < -60) return 'by a clock that was ahead';
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

function dayOf(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
