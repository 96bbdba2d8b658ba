import type { load } from 'koffi';

/** The C library, for system calls that Node does not have. */
export type CLibrary = {
  /** A function by its C prototype. @throws Error where the library lacks it. */
  declare: (prototype: string) => ReturnType<ReturnType<typeof load>['func']>;
  /** Why the last call failed, with a `code` as in the errors of node:fs. */
  lastError: (call: string) => Error & { code: string };
};

let loaded: Promise<CLibrary> | undefined;

/** Loaded once, and each function declared once. @throws Error where the C library cannot be called from here. */
export const cLibrary = async (): Promise<CLibrary> => (loaded ??= loadLibrary());

async function loadLibrary(): Promise<CLibrary> {
  const { default: koffi } = await import('koffi');
  const library = koffi.load(null);
  const names = new Map(Object.entries(koffi.os.errno).map(([name, number]) => [number, name]));
  const declared = new Map<string, ReturnType<CLibrary['declare']>>();
  return {
    declare: (prototype) => {
      const known = declared.get(prototype) ?? library.func(prototype);
      declared.set(prototype, known);
      return known;
    },
    lastError: (call) => {
      const errno = koffi.errno();
      const code = names.get(errno) ?? `errno ${errno}`;
      return Object.assign(new Error(`${code}: ${call}`), { code });
    },
  };
}
