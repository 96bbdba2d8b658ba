/** The name in a store path of a derivation: `/nix/store/HASH-linux-config-6.12.drv` gives `linux-config-6.12`. */
export const derivationName = (drvPath: string): string =>
  /^(?:.*\/)?(?:[0-9a-z]{32}-)?(.*?)(?:\.drv)?$/.exec(drvPath)?.[1] ?? drvPath;
