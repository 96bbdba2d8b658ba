/** The modules that the hosts of targets name. */
import type { History } from './historyDatabase.ts';

/** Keeps what a host was last found to name. */
export function keepHostModules(history: History, target: string, modules: readonly string[]): void {
  history.insert('host_modules', { target, modules: [...new Set(modules)] }, 'OR REPLACE');
}

/** What it last named; nothing where that was never evaluated. */
export function hostModules(history: History, target: string): string[] {
  const row = history.get<{ modules: string }>('SELECT modules FROM host_modules WHERE target = ?', target);
  return row === undefined ? [] : (JSON.parse(row.modules) as string[]);
}
