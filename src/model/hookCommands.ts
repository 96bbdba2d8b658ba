export type HookName = 'on-stable' | 'on-blocked' | 'on-built';

/** The user's commands by occasion, each a line for `sh -c`. */
export type Hooks = { commands: Partial<Record<HookName, string>>; timeoutMs: number };
